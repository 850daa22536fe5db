/** One exchange in every file format that the recorders write. */
import type { Scenario } from '../scenario.ts';
import { at, onCaptures } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { waitLog } from '../verbs/network.ts';
import { dhcpd } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, client, PROFILE, RACK, RACK_DHCP } from './segment.ts';

const FILES = [
  'micro.pcap',
  'nano.pcap',
  'client.pcapng',
  'two-interfaces.pcapng',
  'any-sll2.pcap',
  'any-sll.pcap',
  'nano.pcap.gz',
  'client.pcapng.zst',
  'nano-merged.pcapng',
  'clipped.pcap',
] as const;
const ROTATED = ['rotated-1.pcapng', 'rotated-2.pcapng'] as const;
const SILENT = {
  verdict: 'nothing-found' as const,
  quiet: true,
  mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-malformed'],
};

const formats: Scenario = {
  name: 'formats',
  title: 'One healthy exchange in every capture format',
  about:
    'The same lease and renewal recorded at once as pcap in microseconds and nanoseconds, as pcapng, as Linux cooked v1 and v2 on all interfaces, as a rotated set, clipped by a snap length; and then compressed and merged.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: [
    at('micro', 'client'),
    at('nano', 'client', 'eth0', { extra: ['--time-stamp-precision=nano'] }),
    at('client', 'client', 'eth0', { tool: 'dumpcap' }),
    at('two-interfaces', 'sw', 'p-client', { tool: 'dumpcap', extra: ['-i', 'p-rack'] }),
    at('any-sll2', 'client', 'any'),
    at('any-sll', 'client', 'any', { extra: ['-y', 'LINUX_SLL'] }),
    at('rotated', 'client', 'eth0', { tool: 'dumpcap', filter: 'port 67 or port 68', extra: ['-b', 'packets:3'] }),
    at('clipped', 'client', 'eth0', { filter: 'arp or icmp', snaplen: 64 }),
  ],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, lease: 10 }),
    dhclient('client'),
    waitLog('dhcpd-rack', /(DHCPACK[\s\S]*){2}/, 20),
  ],
  after: [
    onCaptures([
      'sh',
      '-c',
      'n=0; for f in rotated_*; do n=$((n+1)); mv "$f" "rotated-$n.pcapng"; done; rm -f rotated-[3-9].pcapng',
    ]),
    onCaptures(['gzip', '-9nk', 'nano.pcap']),
    onCaptures(['zstd', '-q', '-19', 'client.pcapng']),
    onCaptures(['mergecap', '-w', 'nano-merged.pcapng', 'nano.pcap', 'any-sll2.pcap']),
  ],
  profile: PROFILE,
  shows: [
    ...FILES.filter((file) => !file.endsWith('.zst') && !file.startsWith('clipped')).map((capture) => ({
      capture,
      filter: 'dhcp.option.dhcp == 5',
      atLeast: 2,
    })),
    { capture: 'rotated-1.pcapng', filter: 'dhcp', atLeast: 3, atMost: 3 },
    { capture: 'rotated-2.pcapng', filter: 'dhcp', atLeast: 3, atMost: 3 },
  ],
  expect: [
    ...FILES.flatMap((file) => [false, true].map((profile) => ({ captures: [file], profile, ...SILENT }))),
    ...[false, true].map((profile) => ({ captures: ROTATED, profile, ...SILENT, verdict: undefined })),
  ],
  notAsserted:
    'Frame counts and times, which the oracle compares, and a verdict on the rotated set when its files are judged as separate vantages.',
};

export const FORMATS: readonly Scenario[] = [formats];
