/** Healthy DHCP that a naive rule takes for a fault: pairs of servers, renewals, mirrors. */
import type { CapturePoint, Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, ping, udhcpc } from '../verbs/clients.ts';
import { inside, ip, pause, span, waitLog } from '../verbs/network.ts';
import { daemon, dhcpd } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, BYSTANDER, client, DORA, PROFILE, RACK, RACK2, RACK_DHCP } from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

const NOTHING = 'Nothing beyond silence.';

const HA_PROFILE = {
  ...PROFILE,
  dhcp: {
    servers: [
      ...PROFILE.dhcp.servers,
      { name: 'rack2', addresses: ['198.51.100.3'], macs: ['02:16:3e:00:00:02'], roles: ['dhcp', 'proxydhcp'] },
    ],
    haGroups: [{ name: 'racks', members: ['rack1', 'rack2'] }],
  },
  tftp: { servers: ['198.51.100.2', '198.51.100.3'] },
};

/** Silent from every named vantage, without and with the profile. */
function silent(files: readonly string[], more: Partial<Expectation> = {}): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-malformed', 'dhcp-starvation'],
      ...more,
    })),
  );
}

const haPair: Scenario = {
  name: 'ha-pair',
  title: 'Two racks of one site answer each DISCOVER, each with its own next-server',
  about:
    'Two ISC dhcpd servers with the same network promises offer each another free address and name themselves as next-server; their resolvers come in another order. The client takes one.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2, client: client(1) },
  captures: [...POINTS, at('rack2', 'rack2')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.110'], dns: '198.51.100.2, 198.51.100.3' }),
    dhcpd('rack2', {
      ...RACK_DHCP,
      range: ['198.51.100.111', '198.51.100.120'],
      dns: '198.51.100.3, 198.51.100.2',
      nextServer: '198.51.100.3',
    }),
    dhclient('client'),
    pause(0.5, 'the losing OFFER may come after the ACK'),
  ],
  profile: HA_PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.3' },
  ],
  expect: [
    { captures: ['client.pcap'], must: ['dhcp-multiple-servers'], quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
    ...['rack.pcap', 'rack2.pcap'].flatMap((file) =>
      [false, true].map((profile) => ({
        captures: [file],
        profile,
        quiet: true,
        mustNot: [...ACCUSATIONS, ...ABSENCES],
      })),
    ),
  ],
  notAsserted: 'With the profile: whether dhcp-multiple-servers is said at all.',
};

function failover(role: 'primary' | 'secondary'): string {
  const [own, peer] = role === 'primary' ? ['198.51.100.2', '198.51.100.3'] : ['198.51.100.3', '198.51.100.2'];
  return `failover peer "racks" { ${role}; address ${own}; port 647; peer address ${peer}; peer port 647; max-response-delay 30; max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 20; split 255; ' : ''}}`;
}

const POOL = 'pool { failover peer "racks"; range 198.51.100.100 198.51.100.120; }';

const haFailover: Scenario = {
  name: 'ha-failover',
  title: 'An ISC failover pair as MAAS configures it',
  about:
    'Two ISC dhcpd servers share one pool over the failover protocol on TCP 647; the primary answers. The first lease is short (the maximum client lead time).',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: undefined, text: failover('primary'), inSubnet: POOL }),
    dhcpd('rack2', {
      ...RACK_DHCP,
      range: undefined,
      nextServer: '198.51.100.3',
      text: failover('secondary'),
      inSubnet: POOL,
    }),
    waitLog('dhcpd-rack', /I move from [\w-]+ to normal/, 45),
    waitLog('dhcpd-rack2', /I move from [\w-]+ to normal/, 45),
    dhclient('client', { seconds: 30, conf: 'timeout 40;\ninitial-interval 2;\nbackoff-cutoff 3;\n' }),
  ],
  profile: HA_PROFILE,
  shows: [...DORA('client.pcap'), { capture: 'rack.pcap', filter: 'tcp.port == 647', atLeast: 4 }],
  expect: silent(['client.pcap', 'rack.pcap']),
  notAsserted: NOTHING,
};

const renewal: Scenario = {
  name: 'renewal',
  title: 'A client renews its lease by unicast, again and again',
  about:
    'With a lease of ten seconds dhclient renews at half time with a unicast REQUEST that carries no server identifier, and with the transaction id of its first DISCOVER.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), bystander: BYSTANDER },
  captures: [...POINTS, at('bystander', 'bystander')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, lease: 10 }),
    dhclient('client'),
    waitLog('dhcpd-rack', /(DHCPACK[\s\S]*){3}/, 30),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.ip.client != 0.0.0.0', atLeast: 2 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 3 },
  ],
  expect: silent(['client.pcap', 'rack.pcap', 'bystander.pcap']),
  notAsserted: NOTHING,
};

/** Renewal and rebinding long before the lease ends: dhclient's random backoff must fit between. */
const EARLY = 'option dhcp-renewal-time 4; option dhcp-rebinding-time 8;';

const renewalToPeer: Scenario = {
  name: 'renewal-to-peer',
  title: 'A rack dies; its client rebinds to the other rack',
  about:
    "The first rack's cable is pulled after the lease. The client's unicast renewal finds nobody, so it broadcasts (REBINDING), and the second rack, which serves the same range, says ACK for the same address.",
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2, client: client(1) },
  captures: [at('client', 'client'), at('rack2', 'rack2')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, lease: 60, inSubnet: EARLY }),
    dhclient('client'),
    ip('rack', 'link set dev eth0 down'),
    dhcpd('rack2', { ...RACK_DHCP, lease: 60, inSubnet: EARLY, nextServer: '198.51.100.3', authoritative: false }),
    waitLog('dhcpd-rack2', /DHCPACK/, 50),
  ],
  profile: HA_PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: 'dhcp.option.dhcp == 3 and ip.dst == 255.255.255.255 and dhcp.ip.client != 0.0.0.0',
    },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.3' },
  ],
  expect: silent(['client.pcap', 'rack2.pcap'], {
    mustNot: [
      ...ACCUSATIONS,
      'dhcp-request-unanswered',
      'dhcp-no-offer',
      'dhcp-ack-differs-from-offer',
      'address-moved',
    ],
  }),
  notAsserted: NOTHING,
};

const bondPair: Scenario = {
  name: 'bond-pair',
  title: 'Both ports of a bond get the same address, as MAAS gives it',
  about:
    'The server has one address for two hardware addresses, the members of an active-backup bond. Each member asks once, then one member uses the address; later the other takes over with a gratuitous ARP and the first is silent.',
  emulated: ['the bond: two plain interfaces, used one after the other (this kernel has no bonding driver)'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, node: client(1), host: BYSTANDER },
  links: [{ a: ['node', 'eth1'], b: ['sw', 'p-node-eth1'], bridged: true, mac: '52:54:00:bb:00:02' }],
  captures: [at('span', 'sw', 'br0'), at('host', 'host')],
  steps: [
    dhcpd('rack', {
      ...RACK_DHCP,
      text: 'host a { hardware ethernet 52:54:00:bb:00:01; fixed-address 198.51.100.50; } host b { hardware ethernet 52:54:00:bb:00:02; fixed-address 198.51.100.50; }',
    }),
    udhcpc('node', { iface: 'eth0' }),
    ip('node', 'addr flush dev eth0'),
    udhcpc('node', { iface: 'eth1' }),
    ip('node', 'addr flush dev eth1'),
    ip('node', 'link set dev eth1 down'),
    ip('node', 'addr add 198.51.100.50/24 dev eth0'),
    inside('node', ['arping', '-U', '-c', '2', '-I', 'eth0', '198.51.100.50'], { mayFail: true }),
    ping('host', '198.51.100.50'),
    ip('node', 'addr flush dev eth0'),
    ip('node', 'link set dev eth0 down'),
    ip('node', 'link set dev eth1 up'),
    ip('node', 'addr add 198.51.100.50/24 dev eth1'),
    inside('node', ['arping', '-U', '-c', '2', '-I', 'eth1', '198.51.100.50'], { mayFail: true }),
    ping('host', '198.51.100.50'),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'span.pcap',
      filter: 'dhcp.option.dhcp == 5 and dhcp.ip.your == 198.51.100.50 and dhcp.hw.mac_addr == 52:54:00:bb:00:01',
    },
    {
      capture: 'span.pcap',
      filter: 'dhcp.option.dhcp == 5 and dhcp.ip.your == 198.51.100.50 and dhcp.hw.mac_addr == 52:54:00:bb:00:02',
    },
    { capture: 'host.pcap', filter: 'icmp.type == 0', atLeast: 2 },
  ],
  expect: silent(['span.pcap', 'host.pcap'], {
    mustNot: ['dhcp-duplicate-address', 'arp-spoof', 'arp-conflict', 'dhcp-rogue-server', 'dhcp-servers-conflict'],
  }),
  notAsserted: 'That address-moved (info) is said of the handover.',
};

const spanCopies: Scenario = {
  name: 'span-copies',
  title: 'A mirror port that records every frame twice, and a capture on all interfaces that records it more often',
  about:
    'A SPAN session copies what enters and what leaves two switch ports, so each frame between them appears twice; "-i any" on the switch records each frame at every interface it passes. One exchange, many copies, nothing wrong.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), bystander: BYSTANDER },
  before: [span('sw', ['p-rack', 'p-client'], ['ingress', 'egress'])],
  captures: [
    at('span', 'sw', 'span1'),
    at('any', 'sw', 'any', { filter: 'port 67 or port 68 or arp or icmp' }),
    at('client', 'client'),
  ],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true, lease: 10 }),
    dhclient('client'),
    waitLog('dhcpd-rack', /(DHCPACK[\s\S]*){2}/, 20),
    ping('bystander', '198.51.100.2'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'span.pcap', filter: 'dhcp.option.dhcp == 2', atLeast: 2 },
    { capture: 'any.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 3 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2', atMost: 1 },
  ],
  expect: silent(['span.pcap', 'any.pcap', 'client.pcap'], {
    mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-nak-storm', 'dhcp-ack-differs-from-offer'],
  }),
  notAsserted: 'How many copies are counted.',
};

const oneDirection: Scenario = {
  name: 'one-direction',
  title: 'A capture of one direction only',
  about:
    "The same healthy exchange recorded twice at the client: once only what it sends, once only what it receives. Half of the conversation is missing from each, and that is the capture's fault, not the network's.",
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: [
    at('client-sent', 'client', 'eth0', { direction: 'out' }),
    at('client-received', 'client', 'eth0', { direction: 'in' }),
  ],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, lease: 10 }),
    dhclient('client'),
    waitLog('dhcpd-rack', /(DHCPACK[\s\S]*){2}/, 20),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client-sent.pcap', filter: 'dhcp.type == 2', atMost: 0 },
    { capture: 'client-received.pcap', filter: 'dhcp.type == 1', atMost: 0 },
    { capture: 'client-received.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 },
  ],
  expect: silent(['client-sent.pcap', 'client-received.pcap'], { verdict: undefined }),
  notAsserted: 'Whether the verdict is undecided or nothing-found; it must only accuse nobody and claim no absence.',
};

const lldp: Scenario = {
  name: 'lldp',
  title: 'A switch tells its name and port by LLDP, and nothing else happens',
  about:
    "lldpd on the switch advertises on the client's port every two seconds. A sign of life, and no provisioning at all: a capture that shows nothing must not read as clean.",
  switches: { sw: 'bridge' },
  nodes: { client: client(1) },
  captures: [at('client', 'client')],
  steps: [
    inside('sw', ['mkdir', '-p', '/run/lldpd']),
    ip('sw', 'link set dev p-client address 02:00:5e:00:17:05'),
    // lldpd tells the name of its machine, so it gets a machine name of its own.
    daemon(
      'sw',
      'lldpd',
      (lab) => [
        'unshare',
        '--uts',
        'sh',
        '-c',
        'hostname access-sw-17 && exec "$@"',
        'lldpd',
        'lldpd',
        '-d',
        '-u',
        `${lab.work}/lldpd.sock`,
        '-I',
        'p-client',
        '-C',
        'p-client',
        '-L',
        '/usr/sbin/lldpcli',
        '-S',
        'Lab switch',
      ],
      null,
      ['lldpd'],
    ),
    {
      tools: ['lldpcli'],
      run: async (lab) => {
        const cli = (...words: string[]) =>
          lab.run('sw', ['lldpcli', '-u', `${lab.work}/lldpd.sock`, ...words], { mayFail: true });
        await lab.until('lldpd to answer', 10, async () => (await cli('show', 'chassis')).code === 0);
        await cli('configure', 'lldp', 'tx-interval', '2');
        await cli('update');
      },
    },
    pause(5, 'two or three advertisements'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'lldp', atLeast: 2 },
    { capture: 'client.pcap', filter: 'lldp.tlv.system.name != "access-sw-17"', atMost: 0 },
    { capture: 'client.pcap', filter: 'dhcp', atMost: 0 },
  ],
  expect: [{ captures: ['client.pcap'], verdict: 'nothing-found', quiet: true }],
  notAsserted: 'How coverage words it.',
};

export const DHCP_HEALTHY: readonly Scenario[] = [
  haPair,
  haFailover,
  renewal,
  renewalToPeer,
  bondPair,
  spanCopies,
  oneDirection,
  lldp,
];
