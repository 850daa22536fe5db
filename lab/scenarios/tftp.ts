/** TFTP transfers between hosts that have their addresses by hand. */
import type { CapturePoint, Expectation, Node, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping, tftpGet } from '../verbs/clients.ts';
import { actorStays, filter } from '../verbs/faults.ts';
import { hub, inside, ip, pause, served } from '../verbs/network.ts';
import { tftpd } from '../verbs/services.ts';

const RACK: Node = { on: 'sw', mac: '02:16:3e:00:00:01', addresses: ['198.51.100.2/24'] };
const CLIENT: Node = { on: 'sw', mac: '52:54:00:ee:00:01', addresses: ['198.51.100.100/24'] };
const PROFILE = { schema: 'rackwitness.profile/1', name: 'lab', tftp: { servers: ['198.51.100.2'] } } as const;
/** Data blocks are clipped to their headers; no block is left out. */
const SNAP = { snaplen: 128 } as const;
const SECOND: Node = { on: 'sw', mac: '52:54:00:ee:00:02', addresses: ['198.51.100.101/24'] };
const POINTS: readonly CapturePoint[] = [at('client', 'client', 'eth0', SNAP), at('rack', 'rack', 'eth0', SNAP)];
const FAULTS: readonly string[] = ['tftp-missing-file', 'tftp-stalled', 'tftp-rogue-server', 'tftp-reply-wrong-source'];

function silent(files: readonly string[]): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: FAULTS,
    })),
  );
}
function fault(files: readonly string[], id: string): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'fault' as const,
      must: [id],
      mustNot: FAULTS.filter((other) => other !== id),
    })),
  );
}

const BOOT_FILE = served('tftp/boot.efi', 150000);
const SERVER = tftpd('rack', 'tftp', '198.51.100.2:69');

const clean: Scenario = {
  name: 'tftp-clean',
  title: 'A file is fetched whole',
  about:
    'busybox tftp asks for blocks of 1468 bytes, tftpd-hpa agrees, and 150 kB arrive block by block; then the same file in blocks of 512 bytes without options.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT },
  before: [BOOT_FILE],
  captures: POINTS,
  steps: [
    SERVER,
    tftpGet('client', '198.51.100.2', 'boot.efi', 'ok'),
    tftpGet('client', '198.51.100.2', 'boot.efi', 'ok', ['-b', '512']),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'tftp.opcode == 6' },
    { capture: 'client.pcap', filter: 'tftp.opcode == 3', atLeast: 390 },
  ],
  expect: silent(['client.pcap', 'rack.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const missing: Scenario = {
  name: 'tftp-missing',
  title: 'The file does not exist',
  about:
    'The client asks for grubx64.efi, the server says "file not found", and the client gives up, twice. Another client fetches another file meanwhile.',
  twin: 'tftp-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT, second: SECOND },
  before: [BOOT_FILE],
  captures: [at('client', 'client', 'eth0', SNAP), at('rack', 'rack', 'eth0', SNAP)],
  steps: [
    SERVER,
    tftpGet('client', '198.51.100.2', 'grubx64.efi', 'fails'),
    pause(10, 'a loader would have tried its next name by now'),
    // Another machine's success must not heal it, and shows that the server is well.
    tftpGet('second', '198.51.100.2', 'boot.efi', 'ok'),
    tftpGet('client', '198.51.100.2', 'grubx64.efi', 'fails'),
    pause(10, 'the capture goes on'),
    tftpGet('second', '198.51.100.2', 'boot.efi', 'ok'),
    ping('second', '198.51.100.100'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'tftp.opcode == 5 and tftp.error.code == 1' }],
  expect: fault(['client.pcap', 'rack.pcap'], 'tftp-missing-file'),
  notAsserted: 'Whether the name or the server is wrong.',
};

const stalled: Scenario = {
  name: 'tftp-stalled',
  title: 'A transfer stops in the middle',
  about:
    'After 60 kB nothing from the server reaches the client any more. The server repeats its block, the client its acknowledgement, until both give up. Another client fetches the file afterwards.',
  twin: 'tftp-clean',
  emulated: ['the dying path is an nftables quota'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT, second: SECOND },
  before: [BOOT_FILE, filter('sw', ['oifname "p-client" ip protocol udp quota over 60 kbytes drop'])],
  captures: POINTS,
  steps: [
    SERVER,
    tftpGet('client', '198.51.100.2', 'boot.efi', 'fails', ['-b', '1468'], 20),
    pause(16, 'longer than the server repeats its block'),
    tftpGet('second', '198.51.100.2', 'boot.efi', 'ok'),
    ping('client', '198.51.100.2'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'tftp.opcode == 3', atLeast: 30, atMost: 60 },
    { capture: 'client.pcap', filter: 'tftp.opcode == 5', atMost: 0 },
  ],
  expect: fault(['client.pcap', 'rack.pcap'], 'tftp-stalled'),
  notAsserted: 'Where the blocks are lost: that needs both captures together.',
};

const lossy: Scenario = {
  name: 'tftp-lossy',
  title: 'A transfer over a lossy path: slow, but whole',
  about:
    'The switch drops one datagram in eight. Blocks and acknowledgements are repeated and the file arrives complete.',
  twin: 'tftp-clean',
  emulated: ['the loss is an nftables rule'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT },
  before: [
    served('tftp/boot.efi', 60000),
    filter('sw', ['ip protocol udp udp dport != 69 numgen inc mod 8 == 3 counter drop']),
  ],
  captures: POINTS,
  steps: [SERVER, tftpGet('client', '198.51.100.2', 'boot.efi', 'ok', ['-b', '1468'], 60)],
  profile: PROFILE,
  shows: [{ capture: 'rack.pcap', filter: 'tftp.opcode == 3', atLeast: 44 }],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({ captures: [file], profile, mustNot: FAULTS })),
  ),
  notAsserted: 'That the loss is reported, or how.',
};

const wrongSource: Scenario = {
  name: 'tftp-wrong-source',
  title: 'The server answers from its other address',
  about:
    'The client asks 198.51.100.2; the answer comes from 198.51.100.3, which belongs to the same machine. Clients that check the address refuse it.',
  twin: 'tftp-clean',
  emulated: ['the multihomed server: an nftables rule rewrites the source address of what the real server sends'],
  switches: { sw: 'bridge' },
  nodes: { rack: { ...RACK, addresses: ['198.51.100.2/24', '198.51.100.3/24'] }, client: CLIENT },
  before: [served('tftp/boot.efi', 20000)],
  captures: POINTS,
  steps: [
    SERVER,
    inside('rack', [
      'nft',
      'add table ip lab; add chain ip lab out { type filter hook output priority 0; }; add rule ip lab out udp sport != 69 ip saddr 198.51.100.2 ip saddr set 198.51.100.3',
    ]),
    inside('rack', [
      'nft',
      'add chain ip lab in { type filter hook prerouting priority -300; }; add rule ip lab in udp dport != 69 ip daddr 198.51.100.3 ip daddr set 198.51.100.2',
    ]),
    inside(
      'client',
      ['timeout', '12', 'busybox', 'tftp', '-b', '1468', '-g', '-r', 'boot.efi', '-l', '/dev/null', '198.51.100.2'],
      { mayFail: true },
    ),
  ],
  profile: { ...PROFILE, tftp: { servers: ['198.51.100.2', '198.51.100.3'] } },
  shows: [
    { capture: 'client.pcap', filter: 'udp and ip.src == 198.51.100.3 and eth.src == 02:16:3e:00:00:01' },
    { capture: 'client.pcap', filter: 'tftp.opcode == 1 and ip.dst == 198.51.100.2' },
  ],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      must: ['tftp-reply-wrong-source'],
      mustNot: ['tftp-rogue-server', 'tftp-missing-file'],
    })),
  ),
  notAsserted: 'Whether the transfer then counts as stalled.',
};

const rogueRace: Scenario = {
  name: 'tftp-rogue-server',
  title: 'A second server answers the read request with a file of its own',
  about:
    'On a switch that floods, an attacker overhears the read request and answers it from its own address. Two servers answer one request; the client asked only one of them.',
  twin: 'tftp-clean',
  emulated: ['the attacker is a script', 'the flooding switch: a bridge that forgets every address'],
  switches: { sw: 'bridge' },
  nodes: {
    rack: RACK,
    client: CLIENT,
    attacker: { on: 'sw', mac: '02:ba:d0:00:00:66', addresses: ['198.51.100.66/24'] },
  },
  before: [hub('sw'), served('tftp/boot.efi', 20000), ip('attacker', 'link set dev eth0 promisc on')],
  captures: POINTS,
  steps: [
    SERVER,
    actorStays('attacker', 'tftp_race.py', ['--ip', '198.51.100.66']),
    inside(
      'client',
      ['timeout', '12', 'busybox', 'tftp', '-b', '1468', '-g', '-r', 'boot.efi', '-l', '/dev/null', '198.51.100.2'],
      { mayFail: true },
    ),
    inside(
      'client',
      ['timeout', '12', 'busybox', 'tftp', '-b', '1468', '-g', '-r', 'boot.efi', '-l', '/dev/null', '198.51.100.2'],
      { mayFail: true },
    ),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'udp and ip.src == 198.51.100.66' },
    { capture: 'rack.pcap', filter: 'udp and ip.src == 198.51.100.66' },
    { capture: 'client.pcap', filter: 'tftp.opcode == 6 and ip.src == 198.51.100.2' },
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      must: ['tftp-rogue-server'],
      mustNot: ['tftp-missing-file'],
    })),
    ...[false, true].map((profile) => ({
      captures: ['rack.pcap'],
      profile,
      must: ['tftp-rogue-server'],
      mustNot: ['tftp-missing-file'],
    })),
  ],
  notAsserted: 'Which of the two files the client kept.',
};

export const TFTP: readonly Scenario[] = [clean, missing, stalled, lossy, wrongSource, rogueRace];
