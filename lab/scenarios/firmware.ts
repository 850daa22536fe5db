/** What the firmware scenarios share: the machine, where it is recorded, what it is served. */
import type { Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { copied, served } from '../verbs/network.ts';
import { dnsmasq } from '../verbs/services.ts';
import { vm } from '../verbs/vm.ts';
import { RACK_DHCP } from './segment.ts';

const SNAP = { clip: true } as const;

export const PORT = at('vm-port', 'sw', 'p-vm', SNAP);

export const AT_RACK = at('rack', 'rack', 'eth0', SNAP);

const BIOS_MAC = '52:54:00:14:00:01';

export const BIOS: Step = vm({ on: 'sw', mac: BIOS_MAC, firmware: 'bios' });

/** iPXE takes the last OFFER that it has when it stops waiting: a rogue that answers a second late wins. */
export const LATE = ['--dhcp-reply-delay=1'] as const;

export const SCRIPT = '#!ipxe\necho LAB-RACK-SCRIPT\nsleep 1\npoweroff\n';

export const EVIL = '#!ipxe\necho LAB-ROGUE-SCRIPT\nsleep 1\npoweroff\n';

export const LPXELINUX: readonly Step[] = [
  copied('/usr/lib/PXELINUX/lpxelinux.0', 'tftp/lpxelinux.0'),
  copied('/usr/lib/syslinux/modules/bios/ldlinux.c32', 'tftp/ldlinux.c32'),
  served('tftp/pxelinux.cfg/default', 'DEFAULT x\nSAY LAB-PXELINUX-OK\nLABEL x\n KERNEL boot-kernel\n'),
  served('tftp/boot-kernel', 30000),
];

/** The address server of the ProxyDHCP scenarios: it knows nothing of boot files. */
export const PLAIN_DHCP = { ...RACK_DHCP, nextServer: undefined, file: undefined } as const;

export function proxy(node: string, folder: string, file: string): Step {
  return dnsmasq(
    node,
    [
      '--bind-interfaces',
      '--dhcp-range=198.51.100.0,proxy',
      `--pxe-service=x86PC,Boot from ${node},${file}`,
      `--pxe-prompt=${node},1`,
    ],
    folder,
  );
}
