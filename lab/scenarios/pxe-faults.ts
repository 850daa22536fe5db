/** Real firmware that is taken over, or that gets nothing to boot. */
import type { Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { served } from '../verbs/network.ts';
import { dhcpd, dnsmasq, tftpd } from '../verbs/services.ts';
import { console, vmPort } from '../verbs/vm.ts';
import { AT_RACK, BIOS, EVIL, LATE, PLAIN_DHCP, PORT, proxy, SCRIPT } from './firmware.ts';
import { ABSENCES, ACCUSATIONS, client, DORA, PROFILE, RACK, RACK_DHCP, ROGUE, ROGUE_DHCP } from './segment.ts';

const roguePxeTakeover: Scenario = {
  name: 'rogue-pxe-takeover',
  title: 'A rogue DHCP server takes over a PXE boot',
  about:
    'The rack (ISC dhcpd) and a rogue (dnsmasq) both answer the firmware of a BIOS machine. The rogue wins, names itself as next-server with its own boot file, and the machine fetches that file from it by TFTP and runs it.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT), served('evil/evil.ipxe', EVIL)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    dnsmasq(
      'rogue',
      [
        ...ROGUE_DHCP.filter((one) => !one.startsWith('--dhcp-boot')),
        ...LATE,
        '--dhcp-boot=evil.ipxe,rogue,198.51.100.66',
      ],
      'evil',
    ),
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
    {
      captures: ['vm-port.pcap'],
      profile: true,
      verdict: 'compromised',
      must: ['dhcp-rogue-server', 'dhcp-boot-hijack'],
      mustNot: ABSENCES,
    },
    {
      captures: ['vm-port.pcap'],
      must: ['dhcp-servers-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    {
      captures: ['rack.pcap'],
      mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', 'dhcp-request-unanswered', 'dhcp-offer-ignored'],
    },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};

const rogueProxyDhcp: Scenario = {
  name: 'rogue-proxydhcp',
  title: 'A rogue that is a ProxyDHCP server only: it gives no addresses, only its own boot file',
  about:
    'The address server gives no boot file and the site has no boot server here; a rogue answers PXE clients as ProxyDHCP and the firmware fetches its program. It never appears as a DHCP server, so a probe for DHCP servers never sees it.',
  twin: 'pxe-proxydhcp',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE },
  before: [vmPort('sw'), served('tftp/evil.0', EVIL)],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', PLAIN_DHCP), proxy('rogue', 'tftp', 'evil'), BIOS, console(/LAB-ROGUE-SCRIPT/, 90)],
  profile: { ...PROFILE, boot: [] },
  shows: [
    { capture: 'vm-port.pcap', filter: 'udp.port == 4011 and ip.src == 198.51.100.66' },
    { capture: 'vm-port.pcap', filter: 'tftp.opcode == 1 and ip.dst == 198.51.100.66' },
  ],
  expect: [
    {
      captures: ['vm-port.pcap'],
      profile: true,
      verdict: 'compromised',
      must: ['dhcp-rogue-proxydhcp'],
      mustNot: ABSENCES,
    },
    {
      captures: ['vm-port.pcap'],
      quiet: true,
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      must: ['dhcp-rogue-proxydhcp'],
      mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    { captures: ['rack.pcap'], mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
  ],
  notAsserted: 'Without a profile: that this ProxyDHCP server is the rogue; it looks as the twin does.',
};

const bootOptionsMissing: Scenario = {
  name: 'boot-options-missing',
  title: 'A PXE machine gets a lease without next-server and boot file',
  about:
    'The rack leases an address but says nothing of booting, and there is no ProxyDHCP server. The firmware has an address and nothing to load.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw')],
  captures: [PORT, AT_RACK],
  steps: [dhcpd('rack', PLAIN_DHCP), BIOS, console(/Nothing to boot|No more network/, 90)],
  profile: PROFILE,
  shows: [...DORA('vm-port.pcap'), { capture: 'vm-port.pcap', filter: 'tftp', atMost: 0 }],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['dhcp-boot-options-missing'],
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
    { captures: ['rack.pcap'], profile, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ]),
  notAsserted: 'At the rack: whether another host sent the boot options by unicast.',
};

const pxeTftpMissing: Scenario = {
  name: 'pxe-tftp-missing',
  title: 'The boot file that DHCP names does not exist on the TFTP server',
  about:
    'The lease names boot.ipxe, the TFTP server answers "file not found", and the firmware gives up. No later name heals it.',
  twin: 'pxe-bios-ipxe',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK },
  before: [vmPort('sw'), served('tftp/other.ipxe', SCRIPT)],
  captures: [PORT, AT_RACK],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    BIOS,
    console(/No more network|Nothing to boot|not found/i, 90),
  ],
  profile: PROFILE,
  shows: [{ capture: 'vm-port.pcap', filter: 'tftp.opcode == 5' }],
  expect: [false, true].flatMap((profile) => [
    {
      captures: ['vm-port.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['tftp-missing-file'],
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled'],
    },
    {
      captures: ['rack.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['tftp-missing-file'],
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'tftp-stalled'],
    },
  ]),
  notAsserted: 'Whether the name or the server is wrong.',
};

const roguePxeOnly: Scenario = {
  name: 'rogue-pxe-only',
  title: 'A rogue that answers PXE clients only',
  about:
    "A probe for DHCP servers and an ordinary client see only the rack; the firmware of a booting machine is answered by the rogue too, and boots the rogue's file.",
  twin: 'pxe-bios-ipxe',
  emulated: ['the probe, as MAAS sends it (client id 00 "MAAS-"), is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  before: [vmPort('sw'), served('tftp/boot.ipxe', SCRIPT), served('evil/evil.ipxe', EVIL)],
  captures: [PORT, AT_RACK, at('client', 'client')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'boot.ipxe' }),
    tftpd('rack', 'tftp', '198.51.100.2:69'),
    dnsmasq(
      'rogue',
      [
        ...ROGUE_DHCP.filter((one) => !one.startsWith('--dhcp-boot')),
        '--dhcp-vendorclass=set:pxe,PXEClient',
        '--dhcp-ignore=tag:!pxe',
        ...LATE,
        '--dhcp-boot=evil.ipxe,rogue,198.51.100.66',
      ],
      'evil',
    ),
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
    {
      captures: ['vm-port.pcap'],
      profile: true,
      verdict: 'compromised',
      must: ['dhcp-rogue-server', 'dhcp-boot-hijack'],
    },
    { captures: ['vm-port.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server'] },
    { captures: ['client.pcap'], mustNot: ['dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    {
      captures: ['client.pcap'],
      profile: true,
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    {
      captures: ['rack.pcap'],
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
  ],
  notAsserted: "At the client's port the rogue shows only as the server named in the firmware's broadcast REQUEST.",
};

export const PXE_FAULTS: readonly Scenario[] = [
  roguePxeTakeover,
  rogueProxyDhcp,
  roguePxeOnly,
  bootOptionsMissing,
  pxeTftpMissing,
];
