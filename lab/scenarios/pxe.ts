/** Real firmware booting from the network: iPXE in a BIOS machine, OVMF in a UEFI one. */
import type { Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { copied, pause, served, waitLog } from '../verbs/network.ts';
import { dhcpd, dnsmasq, tftpd, webServer } from '../verbs/services.ts';
import { console, vm, vmPort } from '../verbs/vm.ts';
import { ABSENCES, ACCUSATIONS, client, DORA, PROFILE, RACK, RACK2, RACK_DHCP, ROGUE, ROGUE_DHCP } from './segment.ts';

/** Long enough for every DHCP message; TFTP data is clipped to its first bytes. */
const SNAP = { snaplen: 620 } as const;
const PORT = at('vm-port', 'sw', 'p-vm', SNAP);
const AT_RACK = at('rack', 'rack', 'eth0', SNAP);
const BIOS_MAC = '52:54:00:14:00:01';
const BIOS: Step = vm({ on: 'sw', mac: BIOS_MAC, firmware: 'bios' });

/** iPXE takes the last OFFER that it has when it stops waiting: a rogue that answers a second late wins. */
const LATE = ['--dhcp-reply-delay=1'] as const;

const SCRIPT = '#!ipxe\necho LAB-RACK-SCRIPT\nsleep 1\npoweroff\n';
const EVIL = '#!ipxe\necho LAB-ROGUE-SCRIPT\nsleep 1\npoweroff\n';

export const pxeBiosIpxe: Scenario = {
  name: 'pxe-bios-ipxe',
  title: 'A BIOS machine with an iPXE ROM boots from its rack',
  about: 'ISC dhcpd on the rack gives an address, next-server and boot file; the firmware fetches the file by TFTP and runs it. Nothing is wrong.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe', pingCheck: true }), tftpd('rack', 'tftp', '198.51.100.2:69'), BIOS, console(/LAB-RACK-SCRIPT/, 90)],
  profile: PROFILE,
  shows: [...DORA('vm-port.pcap'), ...DORA('rack.pcap'), { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1' }],
  expect: [
    { captures: ['vm-port.pcap'], verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'dhcp-boot-options-missing'] },
    { captures: ['vm-port.pcap'], profile: true, verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ],
  notAsserted: 'That the firmware waits about 13 s after its ACK for an IPv6 router.',
};

export const roguePxeTakeover: Scenario = {
  name: 'rogue-pxe-takeover',
  title: 'A rogue DHCP server takes over a PXE boot',
  about: 'The rack (ISC dhcpd) and a rogue (dnsmasq) both answer the firmware of a BIOS machine. The rogue wins, names itself as next-server with its own boot file, and the machine fetches that file from it by TFTP and runs it.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT), served('evil/evil.ipxe', EVIL)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    dnsmasq('rogue', [...ROGUE_DHCP.filter((one) => !one.startsWith('--dhcp-boot')), ...LATE, '--dhcp-boot=evil.ipxe,rogue,198.51.100.66'], 'evil'),
    BIOS,
    console(/LAB-ROGUE-SCRIPT/, 90),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66' },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.66' },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and ip.dst == 198.51.100.66' },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 3 and ip.src == 198.51.100.66' },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 198.51.100.66' },
  ],
  expect: [
    { captures: ['vm-port.pcap'], profile: true, verdict: 'compromised', must: ['dhcp-rogue-server', 'dhcp-boot-hijack'], mustNot: ABSENCES },
    { captures: ['vm-port.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', 'dhcp-request-unanswered', 'dhcp-offer-ignored'] },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};


const LPXELINUX: readonly Step[] = [
  copied('/usr/lib/PXELINUX/lpxelinux.0', 'tftp/lpxelinux.0'),
  copied('/usr/lib/syslinux/modules/bios/ldlinux.c32', 'tftp/ldlinux.c32'),
  served('tftp/pxelinux.cfg/default', 'DEFAULT x\nSAY LAB-PXELINUX-OK\nLABEL x\n KERNEL boot-kernel\n'),
  served('tftp/boot-kernel', 30000),
];

const pxeBiosLpxelinux: Scenario = {
  name: 'pxe-bios-lpxelinux',
  title: 'A BIOS machine boots lpxelinux, which asks for configuration names that do not exist',
  about: 'The firmware fetches lpxelinux.0; that asks for pxelinux.cfg names by UUID, MAC and address, gets "file not found" for each, and goes on with pxelinux.cfg/default. The not-founds are normal: a later name heals them.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), ...LPXELINUX],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', RACK_DHCP), tftpd('rack', 'tftp', '198.51.100.2:69'), BIOS, console(/LAB-PXELINUX-OK/, 90), pause(3, 'the kernel file, which is no kernel, is fetched after the message')],
  profile: PROFILE,
  shows: [{ capture: 'vm-port.pcap', filter: 'tftp.opcode == 5 and tftp.error.code == 1', atLeast: 9 }, { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and tftp.source_file contains "boot-kernel"' }],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, 'tftp-missing-file', 'tftp-stalled'] },
    { captures: ['rack.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, 'tftp-missing-file', 'tftp-stalled'] },
  ]),
  notAsserted: 'That the served kernel is no kernel.',
};

/** The firmware gets iPXE; iPXE, which says so in its user class, gets the script: two requests, two files. */
const BY_ARCHITECTURE = 'if option user-class = "iPXE" { filename "boot.ipxe"; } elsif option arch = 00:07 { filename "bootx64.efi"; } else { filename "lpxelinux.0"; }';
const UEFI_PROFILE = { ...PROFILE, boot: [{ architectures: [7], files: ['bootx64.efi', 'boot.ipxe'] }] } as const;

const pxeUefi: Scenario = {
  name: 'pxe-uefi',
  title: 'A UEFI machine (OVMF) boots from its rack, with its aborted first TFTP read',
  about: 'The firmware asks the size of bootx64.efi, aborts that transfer with an ERROR once it knows it, and then fetches the file, which is iPXE. iPXE asks DHCP again, says so in its user class, and rightly gets another file.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), copied('/usr/lib/ipxe/snponly.efi', 'tftp/bootx64.efi'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', { ...RACK_DHCP, file: undefined, inSubnet: BY_ARCHITECTURE }), tftpd('rack', 'tftp', '198.51.100.2:69'), vm({ on: 'sw', mac: '52:54:00:14:00:06', firmware: 'uefi' }), console(/LAB-RACK-SCRIPT/, 150)],
  profile: UEFI_PROFILE,
  shows: [{ capture: 'vm-port.pcap', filter: 'tftp.opcode == 1', atLeast: 3 }, { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 }, { capture: 'vm-port.pcap', filter: 'tftp.opcode == 5' }, ...DORA('vm-port.pcap')],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'tftp-missing-file', 'dhcp-boot-options-missing'] },
    { captures: ['rack.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'tftp-missing-file'] },
  ]),
  notAsserted: 'Nothing beyond silence.',
};

const httpBootUefi: Scenario = {
  name: 'http-boot-uefi',
  title: 'A UEFI machine boots over HTTP',
  about: 'OVMF asks as HTTPClient (architecture 16), the rack answers with a URL and the vendor class HTTPClient, and the firmware fetches the program by HEAD and GET; that is iPXE, which asks again and fetches its script by HTTP. No TFTP, no next-server: nothing is missing.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), copied('/usr/lib/ipxe/snponly.efi', 'www/images/bootx64.efi'), served('www/images/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, nextServer: undefined, file: undefined, inSubnet: 'if option user-class = "iPXE" { filename "http://198.51.100.2:5248/images/boot.ipxe"; } elsif substring (option vendor-class-identifier, 0, 10) = "HTTPClient" { option vendor-class-identifier "HTTPClient"; filename "http://198.51.100.2:5248/images/bootx64.efi"; }' }),
    webServer('rack', 'www', '198.51.100.2', 5248),
    vm({ on: 'sw', mac: '52:54:00:14:00:07', firmware: 'uefi', extra: ['-fw_cfg', 'name=opt/org.tianocore/IPv4PXESupport,string=n', '-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=n'] }),
    waitLog('http-rack', /GET \/images\/bootx64\.efi/, 150),
    console(/LAB-RACK-SCRIPT/, 90),
  ],
  profile: { ...PROFILE, boot: [{ architectures: [16], files: ['bootx64.efi'] }, { architectures: [7], files: ['boot.ipxe'] }] },
  shows: [...DORA('vm-port.pcap'), { capture: 'vm-port.pcap', filter: 'http.request.method == "GET"' }, { capture: 'vm-port.pcap', filter: 'dhcp.option.vendor_class_id contains "HTTPClient" and dhcp.type == 2' }],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'] },
    { captures: ['rack.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'] },
  ]),
  notAsserted: 'Nothing beyond silence.',
};

const pxeHaPair: Scenario = {
  name: 'pxe-ha-pair',
  title: 'A BIOS machine boots where two racks of one site answer, each with its own next-server',
  about: 'Two ISC dhcpd servers offer the same network and the same boot file, each from itself. The firmware takes one OFFER and fetches the file from that rack. Nothing is hijacked.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2 },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.110'], file: 'boot.ipxe' }),
    dhcpd('rack2', { ...RACK_DHCP, range: ['198.51.100.111', '198.51.100.120'], file: 'boot.ipxe', nextServer: '198.51.100.3' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    tftpd('rack2', 'tftp', '198.51.100.3:69'),
    BIOS,
    console(/LAB-RACK-SCRIPT/, 90),
  ],
  profile: {
    ...PROFILE,
    dhcp: {
      servers: [...PROFILE.dhcp.servers, { name: 'rack2', addresses: ['198.51.100.3'], macs: ['02:16:3e:00:00:02'], roles: ['dhcp'] }],
      haGroups: [{ name: 'racks', members: ['rack1', 'rack2'] }],
    },
    tftp: { servers: ['198.51.100.2', '198.51.100.3'] },
  },
  shows: [
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.3' },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1' },
  ],
  expect: [
    { captures: ['vm-port.pcap'], quiet: true, must: ['dhcp-multiple-servers'], mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['vm-port.pcap'], profile: true, verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ],
  notAsserted: 'Which rack wins.',
};

/** The address server of the ProxyDHCP scenarios: it knows nothing of boot files. */
const PLAIN_DHCP = { ...RACK_DHCP, nextServer: undefined, file: undefined } as const;
const ADDRESSES = { on: 'sw', mac: '02:16:3e:00:00:09', addresses: ['198.51.100.9/24'] } as const;
const PROXY_PROFILE = {
  ...PROFILE,
  dhcp: {
    servers: [
      { name: 'addresses', addresses: ['198.51.100.9'], macs: ['02:16:3e:00:00:09'], roles: ['dhcp'] },
      { name: 'rack1', addresses: ['198.51.100.2'], macs: ['02:16:3e:00:00:01'], roles: ['proxydhcp'] },
    ],
  },
} as const;

function proxy(node: string, folder: string, file: string): Step {
  return dnsmasq(node, ['--bind-interfaces', '--dhcp-range=198.51.100.0,proxy', `--pxe-service=x86PC,Boot from ${node},${file}`, `--pxe-prompt=${node},1`], folder);
}

const pxeProxyDhcp: Scenario = {
  name: 'pxe-proxydhcp',
  title: 'A ProxyDHCP boot: addresses from one server, the boot file from another over port 4011',
  about: 'ISC dhcpd gives only the address; dnsmasq on the rack answers as ProxyDHCP (yiaddr 0, PXEClient), the firmware asks it again on port 4011 and fetches lpxelinux.0. Two servers, one network, nothing wrong.',
  switches: { sw: 'bridge' },
  nodes: { dhcp: ADDRESSES, rack: RACK },
  before: [vmPort('sw'), ...LPXELINUX],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('dhcp', PLAIN_DHCP), proxy('rack', 'tftp', 'lpxelinux'), BIOS, console(/LAB-PXELINUX-OK/, 90)],
  profile: PROXY_PROFILE,
  shows: [{ capture: 'vm-port.pcap', filter: 'udp.port == 4011', atLeast: 2 }, { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and dhcp.ip.your == 0.0.0.0' }],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing', 'tftp-missing-file'] },
    { captures: ['rack.pcap'], profile, mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'] },
  ]),
  notAsserted: 'The menu that the ProxyDHCP server shows.',
};

const rogueProxyDhcp: Scenario = {
  name: 'rogue-proxydhcp',
  title: 'A rogue that is a ProxyDHCP server only: it gives no addresses, only its own boot file',
  about: 'The address server gives no boot file and the site has no boot server here; a rogue answers PXE clients as ProxyDHCP and the firmware fetches its program. It never appears as a DHCP server, so a probe for DHCP servers never sees it.',
  twin: 'pxe-proxydhcp',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE },
  before: [vmPort('sw'), served('tftp/evil.0', EVIL)],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', PLAIN_DHCP), proxy('rogue', 'tftp', 'evil'), BIOS, console(/LAB-ROGUE-SCRIPT/, 90)],
  profile: { ...PROFILE, boot: [] },
  shows: [{ capture: 'vm-port.pcap', filter: 'udp.port == 4011 and ip.src == 198.51.100.66' }, { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and ip.dst == 198.51.100.66' }],
  expect: [
    { captures: ['vm-port.pcap'], profile: true, verdict: 'compromised', must: ['dhcp-rogue-proxydhcp'], mustNot: ABSENCES },
    { captures: ['vm-port.pcap'], quiet: true, mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-server-id-spoofed', ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, must: ['dhcp-rogue-proxydhcp'], mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
  ],
  notAsserted: 'Without a profile: that this ProxyDHCP server is the rogue; it looks as the twin does.',
};

const bootOptionsMissing: Scenario = {
  name: 'boot-options-missing',
  title: 'A PXE machine gets a lease without next-server and boot file',
  about: 'The rack leases an address but says nothing of booting, and there is no ProxyDHCP server. The firmware has an address and nothing to load.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw')],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', PLAIN_DHCP), BIOS, console(/Nothing to boot|No more network/, 90)],
  profile: PROFILE,
  shows: [...DORA('vm-port.pcap'), { capture: 'vm-port.pcap', filter: 'tftp', atMost: 0 }],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'fault' as const, must: ['dhcp-boot-options-missing'], mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], profile, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ]),
  notAsserted: 'At the rack: whether another host sent the boot options by unicast.',
};

const pxeTftpMissing: Scenario = {
  name: 'pxe-tftp-missing',
  title: 'The boot file that DHCP names does not exist on the TFTP server',
  about: 'The lease names boot.ipxe, the TFTP server answers "file not found", and the firmware gives up. No later name heals it.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), served('tftp/other.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }), tftpd('rack', 'tftp', '198.51.100.2:69'), BIOS, console(/No more network|Nothing to boot|not found/i, 90)],
  profile: PROFILE,
  shows: [{ capture: 'vm-port.pcap', filter: 'tftp.opcode == 5' }],
  expect: [false, true].flatMap((profile) => [
    { captures: ['vm-port.pcap'], profile, verdict: 'fault' as const, must: ['tftp-missing-file'], mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled'] },
    { captures: ['rack.pcap'], profile, verdict: 'fault' as const, must: ['tftp-missing-file'], mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled'] },
  ]),
  notAsserted: 'Whether the name or the server is wrong.',
};

const roguePxeOnly: Scenario = {
  name: 'rogue-pxe-only',
  title: 'A rogue that answers PXE clients only',
  about: 'A probe for DHCP servers and an ordinary client see only the rack; the firmware of a booting machine is answered by the rogue too, and boots the rogue\'s file.',
  twin: 'pxe-bios-ipxe',
  emulated: ['the probe, as MAAS sends it (client id 00 "MAAS-"), is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT), served('evil/evil.ipxe', EVIL)],
  captures: [PORT, AT_RACK, at('client', 'client')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    dnsmasq('rogue', [...ROGUE_DHCP.filter((one) => !one.startsWith('--dhcp-boot')), '--dhcp-vendorclass=set:pxe,PXEClient', '--dhcp-ignore=tag:!pxe', ...LATE, '--dhcp-boot=evil.ipxe,rogue,198.51.100.66'], 'evil'),
    dhclient('client'),
    actor('rack', 'dhcp_client.py', ['maas-probe', '--mac', '02:16:3e:00:00:01']),
    BIOS,
    console(/LAB-ROGUE-SCRIPT|LAB-RACK-SCRIPT/, 90),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66', atMost: 0 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5' },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66' },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and ip.dst == 198.51.100.66' },
  ],
  expect: [
    { captures: ['vm-port.pcap'], profile: true, verdict: 'compromised', must: ['dhcp-rogue-server', 'dhcp-boot-hijack'] },
    { captures: ['vm-port.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server'] },
    { captures: ['client.pcap'], mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['client.pcap'], profile: true, must: ['dhcp-rogue-server'], mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], profile: true, must: ['dhcp-rogue-server'], mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
  ],
  notAsserted: 'At the client\'s port the rogue shows only as the server named in the firmware\'s broadcast REQUEST.',
};

export const PXE: readonly Scenario[] = [roguePxeTakeover, pxeBiosIpxe, pxeBiosLpxelinux, pxeUefi, httpBootUefi, pxeHaPair, pxeProxyDhcp, rogueProxyDhcp, roguePxeOnly, bootOptionsMissing, pxeTftpMissing];
