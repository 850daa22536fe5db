/** The flat provisioning segment that most scenarios share: addresses, servers, profile. */
import type { Node, Scenario } from '../scenario.ts';
import type { DhcpdSettings } from '../verbs/services.ts';

export const RACK: Node = { on: 'sw', mac: '02:16:3e:00:00:01', addresses: ['198.51.100.2/24'] };
export const RACK2: Node = { on: 'sw', mac: '02:16:3e:00:00:02', addresses: ['198.51.100.3/24'] };
export const ROGUE: Node = { on: 'sw', mac: '02:16:3e:66:66:66', addresses: ['198.51.100.66/24'] };
/** A host that takes no part: what its port sees is what any bystander sees. */
export const BYSTANDER: Node = { on: 'sw', mac: '52:54:00:bb:00:99', addresses: ['198.51.100.99/24'] };

export function client(number: number, more: Partial<Node> = {}): Node {
  return { on: 'sw', mac: `52:54:00:bb:00:${number.toString(16).padStart(2, '0')}`, ...more };
}

/** What the legitimate server promises. */
export const RACK_DHCP: DhcpdSettings = {
  range: ['198.51.100.100', '198.51.100.120'],
  router: '198.51.100.1',
  dns: '198.51.100.2',
  domain: 'maas.example',
  nextServer: '198.51.100.2',
  file: 'lpxelinux.0',
};

/** What the rogue promises: itself as router, resolver and boot server. */
export const ROGUE_DHCP: readonly string[] = [
  '--bind-interfaces',
  '--no-ping',
  '--dhcp-range=198.51.100.200,198.51.100.220,10m',
  '--dhcp-option=3,198.51.100.66',
  '--dhcp-option=6,198.51.100.66',
  '--dhcp-boot=evil.0,rogue,198.51.100.66',
];

/** The profile of a site with one rack. */
export const PROFILE = {
  schema: 'rackwitness.profile/1',
  name: 'lab',
  dhcp: {
    servers: [
      { name: 'rack1', addresses: ['198.51.100.2'], macs: ['02:16:3e:00:00:01'], roles: ['dhcp', 'proxydhcp'] },
    ],
  },
  tftp: { servers: ['198.51.100.2'] },
  boot: [
    { architectures: [0], files: ['lpxelinux.0', 'boot.ipxe'] },
    { architectures: [7], files: ['bootx64.efi'] },
  ],
} as const;

/** Everything that accuses a server: none of it may be said of a healthy network. */
export const ACCUSATIONS = [
  'dhcp-rogue-server',
  'dhcp-servers-conflict',
  'dhcp-rogue-proxydhcp',
  'dhcp-boot-hijack',
  'dhcp-server-id-spoofed',
  'dhcp-nak-by-other-server',
  'dhcp-duplicate-address',
  'tftp-rogue-server',
  'arp-spoof',
  'arp-conflict',
] as const;

/** Everything that claims that something did not happen. */
export const ABSENCES = [
  'dhcp-no-offer',
  'dhcp-request-unanswered',
  'dhcp-offer-ignored',
  'dhcp-pool-exhausted',
] as const;

export const DORA = (capture: string): Scenario['shows'] => [
  { capture, filter: 'dhcp.option.dhcp == 1' },
  { capture, filter: 'dhcp.option.dhcp == 2' },
  { capture, filter: 'dhcp.option.dhcp == 3' },
  { capture, filter: 'dhcp.option.dhcp == 5' },
];
