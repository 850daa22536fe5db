/** The vm verb: a machine whose firmware boots from the network. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Skip } from '../lab.ts';
import type { Step } from '../scenario.ts';

interface VmSettings {
  /** The switch whose bridge gets the machine's port `p-vm`. */
  readonly on: string;
  readonly mac: string;
  readonly firmware: 'bios' | 'uefi';
  readonly extra?: readonly string[];
}

const UUID = '00112233-4455-6677-8899-aabbccddee01';

/** Makes the switch port of the machine, so that a capture can start before the machine does. */
export function vmPort(on: string): Step {
  return {
    tools: ['ip'],
    run: async (lab) => {
      const made = await lab.run(on, ['ip', 'tuntap', 'add', 'dev', 'p-vm', 'mode', 'tap'], { mayFail: true });
      if (made.code !== 0) throw new Skip(`no tap devices here: ${made.stderr.trim()}`);
      await lab.run(null, ['ip', '-n', lab.ns(on), 'link', 'set', 'dev', 'p-vm', 'master', 'br0']);
      await lab.run(null, ['ip', '-n', lab.ns(on), 'link', 'set', 'dev', 'p-vm', 'up']);
    },
  };
}

/** qemu without KVM. The iPXE ROM of the card boots a BIOS machine; OVMF boots a UEFI one. */
export function vm(s: VmSettings): Step {
  return {
    tools: ['qemu-system-x86_64', ...(s.firmware === 'uefi' ? ['ovmf'] : ['ipxe-qemu'])],
    run: async (lab) => {
      const serial = join(lab.work, 'vm.serial');
      const common = [
        '-accel',
        'tcg',
        '-nodefaults',
        '-display',
        'none',
        '-vga',
        'none',
        '-no-reboot',
        '-uuid',
        UUID,
        '-serial',
        `file:${serial}`,
        '-netdev',
        'tap,id=n0,ifname=p-vm,script=no,downscript=no',
      ];
      if (s.firmware === 'bios') {
        lab.tool('ipxe-qemu');
        lab.start(s.on, 'vm', [
          'qemu-system-x86_64',
          '-machine',
          'pc,graphics=off',
          '-m',
          '256',
          ...common,
          '-device',
          `e1000,netdev=n0,mac=${s.mac},bootindex=1`,
          ...(s.extra ?? []),
        ]);
        return;
      }
      const code = '/usr/share/OVMF/OVMF_CODE_4M.fd';
      if (!existsSync(code)) throw new Skip('ovmf is not installed');
      lab.tool('ovmf');
      const vars = join(lab.work, 'vars.fd');
      await lab.run(null, ['cp', '/usr/share/OVMF/OVMF_VARS_4M.fd', vars]);
      lab.start(s.on, 'vm', [
        'qemu-system-x86_64',
        '-machine',
        'q35,graphics=off',
        '-m',
        '512',
        ...common,
        '-device',
        `virtio-net-pci,romfile=,netdev=n0,mac=${s.mac},bootindex=1`,
        '-drive',
        `if=pflash,unit=0,format=raw,readonly=on,file=${code}`,
        '-drive',
        `if=pflash,unit=1,format=raw,file=${vars}`,
        '-device',
        'virtio-rng-pci',
        ...(s.extra ?? []),
      ]);
    },
  };
}

/** Waits for text on the machine's serial console; lines wrap at 80 columns, so ask for short strings. */
export function console(text: RegExp, seconds: number): Step {
  return {
    tools: [],
    run: async (lab) => {
      const { readFileSync } = await import('node:fs');
      const serial = join(lab.work, 'vm.serial');
      await lab.until(
        `${text} on the console`,
        seconds,
        () => existsSync(serial) && text.test(readFileSync(serial, 'latin1')),
      );
    },
  };
}
