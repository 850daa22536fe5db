/** Real firmware booting well from the network: iPXE in a BIOS machine, OVMF in a UEFI one. */
import type { Scenario } from '../scenario.ts';
import { copied, pause, served, waitLog } from '../verbs/network.ts';
import { dhcpd, tftpd, webServer } from '../verbs/services.ts';
import { console, vm, vmPort } from '../verbs/vm.ts';
import { AT_RACK, BIOS, LPXELINUX, PLAIN_DHCP, PORT, proxy, SCRIPT } from './firmware.ts';
import { ABSENCES, ACCUSATIONS, DORA, PROFILE, RACK, RACK2, RACK_DHCP } from './segment.ts';

const pxeBiosIpxe: Scenario = {
  name: 'pxe-bios-ipxe',
  title: 'A BIOS machine with an iPXE ROM boots from its rack',
  about:
    'ISC dhcpd on the rack gives an address, next-server and boot file; the firmware fetches the file by TFTP and runs it. Nothing is wrong.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe', pingCheck: true }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    BIOS,
    console(/LAB-RACK-SCRIPT/, 90),
  ],
  profile: PROFILE,
  shows: [...DORA('vm-port.pcap'), ...DORA('rack.pcap'), { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1' }],
  expect: [
    {
      captures: ['vm-port.pcap'],
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'dhcp-boot-options-missing'],
    },
    {
      captures: ['vm-port.pcap'],
      profile: true,
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
    { captures: ['rack.pcap'], verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    {
      captures: ['rack.pcap'],
      profile: true,
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
  ],
  notAsserted: 'That the firmware waits about 13 s after its ACK for an IPv6 router.',
};

const pxeBiosLpxelinux: Scenario = {
  name: 'pxe-bios-lpxelinux',
  title: 'A BIOS machine boots lpxelinux, which asks for configuration names that do not exist',
  about:
    'The firmware fetches lpxelinux.0; that asks for pxelinux.cfg names by UUID, MAC and address, gets "file not found" for each, and goes on with pxelinux.cfg/default. The not-founds are normal: a later name heals them.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), ...LPXELINUX],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', RACK_DHCP),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    BIOS,
    console(/LAB-PXELINUX-OK/, 90),
    pause(3, 'the kernel file, which is no kernel, is fetched after the message'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 5 and tftp.error.code == 1', atLeast: 9 },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and tftp.source_file contains "boot-kernel"' },
  ],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, 'tftp-missing-file', 'tftp-stalled'],
    },
    {
      captures: ['rack.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, 'tftp-missing-file', 'tftp-stalled'],
    },
  ]),
  notAsserted: 'That the served kernel is no kernel.',
};

/** The firmware gets iPXE; iPXE, which says so in its user class, gets the script: two requests, two files. */
const BY_ARCHITECTURE =
  'if option user-class = "iPXE" { filename "boot.ipxe"; } elsif option arch = 00:07 { filename "bootx64.efi"; } else { filename "lpxelinux.0"; }';

const UEFI_PROFILE = { ...PROFILE, boot: [{ architectures: [7], files: ['bootx64.efi', 'boot.ipxe'] }] } as const;

const pxeUefi: Scenario = {
  name: 'pxe-uefi',
  title: 'A UEFI machine (OVMF) boots from its rack, with its aborted first TFTP read',
  about:
    'The firmware asks the size of bootx64.efi, aborts that transfer with an ERROR once it knows it, and then fetches the file, which is iPXE. iPXE asks DHCP again, says so in its user class, and rightly gets another file.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), copied('/usr/lib/ipxe/snponly.efi', 'tftp/bootx64.efi'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: undefined, inSubnet: BY_ARCHITECTURE }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    vm({ on: 'sw', mac: '52:54:00:14:00:06', firmware: 'uefi' }),
    console(/LAB-RACK-SCRIPT/, 150),
  ],
  profile: UEFI_PROFILE,
  shows: [
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1', atLeast: 3 },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 5' },
    ...DORA('vm-port.pcap'),
  ],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'tftp-missing-file', 'dhcp-boot-options-missing'],
    },
    {
      captures: ['rack.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled', 'tftp-missing-file'],
    },
  ]),
  notAsserted: 'Nothing beyond silence.',
};

const httpBootUefi: Scenario = {
  name: 'http-boot-uefi',
  title: 'A UEFI machine boots over HTTP',
  about:
    'OVMF asks as HTTPClient (architecture 16), the rack answers with a URL and the vendor class HTTPClient, and the firmware fetches the program by HEAD and GET; that is iPXE, which asks again and fetches its script by HTTP. No TFTP, no next-server: nothing is missing.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [
    vmPort('sw'),
    copied('/usr/lib/ipxe/snponly.efi', 'www/images/bootx64.efi'),
    served('www/images/boot.ipxe', SCRIPT),
  ],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', {
      ...RACK_DHCP,
      nextServer: undefined,
      file: undefined,
      inSubnet:
        'if option user-class = "iPXE" { filename "http://198.51.100.2:5248/images/boot.ipxe"; } elsif substring (option vendor-class-identifier, 0, 10) = "HTTPClient" { option vendor-class-identifier "HTTPClient"; filename "http://198.51.100.2:5248/images/bootx64.efi"; }',
    }),
    webServer('rack', 'www', '198.51.100.2', 5248),
    vm({
      on: 'sw',
      mac: '52:54:00:14:00:07',
      firmware: 'uefi',
      extra: [
        '-fw_cfg',
        'name=opt/org.tianocore/IPv4PXESupport,string=n',
        '-fw_cfg',
        'name=opt/org.tianocore/IPv6PXESupport,string=n',
      ],
    }),
    waitLog('http-rack', /GET \/images\/bootx64\.efi/, 150),
    console(/LAB-RACK-SCRIPT/, 90),
  ],
  profile: {
    ...PROFILE,
    boot: [
      { architectures: [16], files: ['bootx64.efi'] },
      { architectures: [7], files: ['boot.ipxe'] },
    ],
  },
  shows: [
    ...DORA('vm-port.pcap'),
    { capture: 'vm-port.pcap', filter: 'http.request.method == "GET"' },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.vendor_class_id contains "HTTPClient" and dhcp.type == 2' },
  ],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'],
    },
    {
      captures: ['rack.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'],
    },
  ]),
  notAsserted: 'Nothing beyond silence.',
};

const pxeHaPair: Scenario = {
  name: 'pxe-ha-pair',
  title: 'A BIOS machine boots where two racks of one site answer, each with its own next-server',
  about:
    'Two ISC dhcpd servers offer the same network and the same boot file, each from itself. The firmware takes one OFFER and fetches the file from that rack. Nothing is hijacked.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2 },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.110'], file: 'boot.ipxe' }),
    dhcpd('rack2', {
      ...RACK_DHCP,
      range: ['198.51.100.111', '198.51.100.120'],
      file: 'boot.ipxe',
      nextServer: '198.51.100.3',
    }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    tftpd('rack2', 'tftp', '198.51.100.3:69'),
    BIOS,
    console(/LAB-RACK-SCRIPT/, 90),
  ],
  profile: {
    ...PROFILE,
    dhcp: {
      servers: [
        ...PROFILE.dhcp.servers,
        { name: 'rack2', addresses: ['198.51.100.3'], macs: ['02:16:3e:00:00:02'], roles: ['dhcp'] },
      ],
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
    {
      captures: ['vm-port.pcap'],
      quiet: true,
      must: ['dhcp-multiple-servers'],
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
    {
      captures: ['vm-port.pcap'],
      profile: true,
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
    { captures: ['rack.pcap'], quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ],
  notAsserted: 'Which rack wins.',
};

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

const pxeProxyDhcp: Scenario = {
  name: 'pxe-proxydhcp',
  title: 'A ProxyDHCP boot: addresses from one server, the boot file from another over port 4011',
  about:
    'ISC dhcpd gives only the address; dnsmasq on the rack answers as ProxyDHCP (yiaddr 0, PXEClient), the firmware asks it again on port 4011 and fetches lpxelinux.0. Two servers, one network, nothing wrong.',
  switches: { sw: 'bridge' },
  nodes: { dhcp: ADDRESSES, rack: RACK },
  before: [vmPort('sw'), ...LPXELINUX],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('dhcp', PLAIN_DHCP), proxy('rack', 'tftp', 'lpxelinux'), BIOS, console(/LAB-PXELINUX-OK/, 90)],
  profile: PROXY_PROFILE,
  shows: [
    { capture: 'vm-port.pcap', filter: 'udp.port == 4011', atLeast: 2 },
    { capture: 'vm-port.pcap', filter: 'dhcp.option.dhcp == 2 and dhcp.ip.your == 0.0.0.0' },
  ],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing', 'tftp-missing-file'],
    },
    { captures: ['rack.pcap'], profile, mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-boot-options-missing'] },
  ]),
  notAsserted: 'The menu that the ProxyDHCP server shows.',
};

export const PXE: readonly Scenario[] = [pxeBiosIpxe, pxeBiosLpxelinux, pxeUefi, httpBootUefi, pxeHaPair, pxeProxyDhcp];
