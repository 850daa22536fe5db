/** A hop with a small MTU between rack and machine. */
import type { Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping, tftpGet } from '../verbs/clients.ts';
import { forwarding, inside, ip, served } from '../verbs/network.ts';
import { dnsmasq } from '../verbs/services.ts';
import { PROFILE } from './segment.ts';

const SERVER = '198.51.100.2';

const NETWORK = {
  nodes: { client: {}, near: {}, far: {}, rack: {} },
  links: [
    { a: ['client', 'eth0'], b: ['near', 'eth0'], mac: '52:54:00:bb:00:01', addresses: ['203.0.113.100/24'] },
    { a: ['near', 'eth1'], b: ['far', 'eth0'], addresses: ['192.0.2.1/24'] },
    { a: ['rack', 'eth0'], b: ['far', 'eth1'], mac: '02:16:3e:00:00:01', addresses: [`${SERVER}/24`] },
  ],
  captures: [at('client', 'client'), at('rack', 'rack')],
  profile: PROFILE,
} as const;

/** Addresses and routes, and 1,000 bytes between the two routers. */
const BEFORE: readonly Step[] = [
  ip('near', 'addr add 203.0.113.1/24 dev eth0'),
  ip('far', 'addr add 192.0.2.2/24 dev eth0'),
  ip('far', 'addr add 198.51.100.1/24 dev eth1'),
  ip('near', 'link set dev eth1 mtu 1000'),
  ip('far', 'link set dev eth0 mtu 1000'),
  forwarding('near'),
  forwarding('far'),
  ip('client', 'route add default via 203.0.113.1'),
  ip('rack', 'route add default via 198.51.100.1'),
  ip('near', 'route add default via 192.0.2.2'),
  ip('far', 'route add default via 192.0.2.1'),
  served('tftp/pxelinux.0', 20_000),
  ping('client', SERVER),
];
const TFTP = dnsmasq('rack', ['--enable-tftp', '--tftp-root=/srv'], 'tftp');

const blackhole: Scenario = {
  ...NETWORK,
  name: 'link-mtu-fragments-dropped',
  title: 'Large TFTP blocks are fragmented at a hop with a small MTU, and a filter drops the fragments',
  about:
    'Between rack and client 1,000 bytes fit, and the next router lets no fragment through. A read with blocks of 1,408 bytes gets its agreement and no block; with 512 bytes it works.',
  twin: 'link-mtu-fragments',
  before: [
    ...BEFORE,
    inside('near', [
      'nft',
      'add table inet lab; add chain inet lab through { type filter hook prerouting priority -500; }; add rule inet lab through ip frag-off & 0x3fff != 0 drop',
    ]),
  ],
  steps: [
    TFTP,
    tftpGet('client', SERVER, 'pxelinux.0', 'fails', ['-b', '1408'], 25),
    tftpGet('client', SERVER, 'pxelinux.0', 'ok', ['-b', '512']),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'tftp.opcode == 3 and frame.len > 1400', atLeast: 2 },
    { capture: 'client.pcap', filter: 'ip.flags.mf == 1 or ip.frag_offset > 0', atMost: 0 },
    { capture: 'client.pcap', filter: 'tftp.opcode == 3', atLeast: 10 },
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['mtu-mismatch'],
    })),
    { captures: ['rack.pcap'], mustNot: ['tftp-rogue-server'] },
  ],
  notAsserted: 'What is said at the rack, where the blocks are seen and the acknowledgements are not.',
};

const fragments: Scenario = {
  ...NETWORK,
  name: 'link-mtu-fragments',
  title: 'Large TFTP blocks are fragmented at a hop with a small MTU and arrive',
  about: 'The same path without the filter: fragments arrive and are put together.',
  before: BEFORE,
  steps: [TFTP, tftpGet('client', SERVER, 'pxelinux.0', 'ok', ['-b', '1408'])],
  shows: [{ capture: 'client.pcap', filter: 'ip.frag_offset > 0', atLeast: 10 }],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: ['mtu-mismatch', 'tftp-stalled'],
    })),
  ),
  notAsserted: 'Nothing beyond silence.',
};

export const LINK_MTU: readonly Scenario[] = [blackhole, fragments];
