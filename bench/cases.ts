import type { Command, Series } from './measure.ts';

/** What a capture for the benchmark is made of. */
export interface CaptureSpec {
  name: string;
  mode: 'mixed' | 'dense';
  /** Bytes of the whole benchmark, and of `--quick`. */
  bytes: number;
  quick: number;
  seed?: number;
  /** Microseconds by which its clock is ahead: rotated files follow one another. */
  from?: number;
  gzip?: boolean;
}

const GB = 1e9;
const HOUR = 3600e6;
const rotated = (index: number): CaptureSpec => ({
  name: `rotated-${index}.pcap.gz`,
  mode: 'mixed',
  bytes: GB / 2,
  quick: 4e6,
  seed: 100 + index,
  from: index * HOUR,
  gzip: true,
});

export const CAPTURES = {
  mixed2: { name: 'mixed-2g.pcap', mode: 'mixed', bytes: 2 * GB, quick: 16e6 },
  mixed8: { name: 'mixed-8g.pcap', mode: 'mixed', bytes: 8 * GB, quick: 32e6 },
  mixed1: { name: 'mixed-1g.pcap', mode: 'mixed', bytes: GB, quick: 8e6 },
  dense: { name: 'dense-400m.pcap', mode: 'dense', bytes: 0.4 * GB, quick: 4e6 },
  small: { name: 'mixed-200m.pcap', mode: 'mixed', bytes: 0.2 * GB, quick: 4e6 },
  sample: { name: 'dense-100k.pcap', mode: 'dense', bytes: 1e5, quick: 1e5 },
  gz0: rotated(0),
  gz1: rotated(1),
  gz2: rotated(2),
  gz3: rotated(3),
} as const satisfies Record<string, CaptureSpec>;

export type CaptureName = keyof typeof CAPTURES;

/** One comparison: ours against a peer, or against a number. */
export interface Case {
  id: string;
  title: string;
  captures: readonly CaptureName[];
  /** Programs that it needs besides Node. */
  tools: readonly string[];
  /** Short runs are repeated more often: their medians jump. */
  times?: number;
  ours(paths: readonly string[]): Command;
  peer?(paths: readonly string[]): Command;
  peerName: string;
  target: string;
  /** Wall time unless the target says otherwise. */
  judge(ours: Series, peer: Series | undefined): Judgement;
}

export interface Judgement {
  value: string;
  /** undefined: no target, the number stands beside. */
  met: boolean | undefined;
}

const NODE = process.execPath;
const MAIN = new URL('../dist/main.js', import.meta.url).pathname;
const PARSER = new URL('./pcap-parser.cjs', import.meta.url).pathname;
const FILTER = 'port 67 or port 68 or port 69 or arp or icmp6';
const analyze = (paths: readonly string[]): Command => [NODE, MAIN, 'analyze', ...paths, '--format', 'json'];
const tcpdump = ([path = '']: readonly string[]): Command => ['tcpdump', '-r', path, '-w', '/dev/null', FILTER];

export const CASES: readonly Case[] = [
  {
    id: 'mixed-2g',
    title: 'mixed 2 GB',
    captures: ['mixed2'],
    tools: ['tcpdump'],
    ours: analyze,
    peer: tcpdump,
    peerName: 'tcpdump filter',
    target: '≤ 1.0',
    judge: atMost(1),
  },
  {
    id: 'mixed-8g',
    title: 'mixed 8 GB',
    captures: ['mixed8'],
    tools: ['tcpdump'],
    ours: analyze,
    peer: tcpdump,
    peerName: 'tcpdump filter',
    target: '≤ 0.8',
    judge: atMost(0.8),
  },
  {
    id: 'tshark-1g',
    title: 'mixed 1 GB',
    captures: ['mixed1'],
    tools: ['tshark'],
    ours: analyze,
    peer: ([path = '']) => ['tshark', '-n', '-r', path, '-Y', 'dhcp or arp or tftp or icmpv6'],
    peerName: 'tshark -Y',
    target: '≥ 40 times faster',
    judge(ours, peer) {
      const times = (peer?.wall ?? Number.NaN) / ours.wall;
      return { value: `${times.toFixed(1)} times faster`, met: times >= 40 };
    },
  },
  {
    id: 'dense-400m',
    title: 'dense 400 MB',
    captures: ['dense'],
    tools: ['tcpdump'],
    ours: analyze,
    peer: ([path = '']) => ['tcpdump', '-nn', '-r', path],
    peerName: 'tcpdump -nn',
    target: '≤ 0.8',
    judge: atMost(0.8),
  },
  {
    id: 'gzip-4',
    title: 'four gzip files of 500 MB',
    captures: ['gz0', 'gz1', 'gz2', 'gz3'],
    tools: ['tcpdump', 'gzip', 'xargs'],
    ours: analyze,
    peer: (paths) => [
      'sh',
      '-c',
      `printf '%s\\0' "$@" | xargs -0 -P2 -n1 sh -c 'gzip -dc "$0" | tcpdump -r - -w /dev/null "${FILTER}"'`,
      'sh',
      ...paths,
    ],
    peerName: 'xargs -P2: gzip -dc to tcpdump',
    target: '≤ 0.6',
    judge: atMost(0.6),
  },
  {
    id: 'version',
    title: '--version',
    captures: [],
    tools: [],
    times: 21,
    ours: () => [NODE, MAIN, '--version'],
    peer: () => [NODE, '-e', '0'],
    peerName: 'node -e 0',
    target: '≤ + 90 ms',
    judge: atMostLater(90),
  },
  {
    id: 'sample',
    title: 'a capture of 100 kB',
    captures: ['sample'],
    tools: [],
    times: 21,
    ours: analyze,
    peer: () => [NODE, '-e', '0'],
    peerName: 'node -e 0',
    target: '≤ + 150 ms',
    judge: atMostLater(150),
  },
  {
    id: 'pcap-parser',
    title: 'mixed 200 MB',
    captures: ['small'],
    tools: [],
    ours: analyze,
    peer: ([path = '']) => [NODE, PARSER, path],
    peerName: 'pcap-parser counts frames',
    target: 'stands beside',
    judge: (ours, peer) => ({ value: ratio(ours, peer).toFixed(2), met: undefined }),
  },
];

/** Peak memory that `analyze` may take, in MB, whatever the size of the file. */
export const MOST_MEMORY = 250;

function ratio(ours: Series, peer: Series | undefined): number {
  return ours.wall / (peer?.wall ?? Number.NaN);
}

function atMost(limit: number): Case['judge'] {
  return (ours, peer) => {
    const value = ratio(ours, peer);
    return { value: value.toFixed(2), met: value <= limit };
  };
}

function atMostLater(milliseconds: number): Case['judge'] {
  return (ours, peer) => {
    const later = ours.wall - (peer?.wall ?? Number.NaN);
    return { value: `+ ${later.toFixed(0)} ms`, met: later <= milliseconds };
  };
}
