import { BoundedMap } from '../../flow/bounded.ts';
import type { Transfer } from '../../flow/transfers/types.ts';
import type { TooBig } from '../../flow/link/types.ts';
import type { Sight } from '../../flow/sight.ts';
import { addressText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import type { Emission } from '../finding.ts';
import { lostBetween, TransferViews, type LostBlocks } from '../link/transfer-views.ts';
import { seconds } from '../link/words.ts';

/** Refusals after the sender was told: some are under way, more are a sender that does not listen. */
const IGNORED = 3;
const IGNORED_US = 2e6;
/** Transfers whose block sizes are compared. */
const TRANSFERS = 8_192;
const PATHS = 4_096;
/** A TFTP block above this does not fit an Ethernet frame: 1500 - 20 - 8 - 4. */
const LARGEST_UNFRAGMENTED = 1468;
/** IPv4, UDP and TFTP headers. */
const HEADERS = 32;
/** What MACsec adds to a frame: SecTAG with identifier and integrity check value (IEEE 802.1AE 9). */
const MACSEC = 32;

interface Stopped {
  transfer: Transfer;
  time: number;
}

export const mtuMismatch: Detector = {
  id: 'mtu-mismatch',
  title: 'Large packets do not get through where small ones do',
  severity: 'medium',
  about:
    'Some hop on the way takes smaller packets than the ends believe. Small requests work, so that everything looks alive, and the first large answer (a boot file, a kernel) hangs. Make the MTU equal on the path, or the ends smaller than its narrowest hop.',
  fires: [
    'a sender goes on with packets that a router has refused as too big, for two seconds or more',
    'a boot file read stops at large blocks, and the same client reads it with blocks that fit a frame',
    'a boot file read stops, and a router had refused packets between the two as too big',
    'a host gave up waiting for the rest of a fragmented packet',
    'between two vantage points the large blocks of a read are lost, sent again and lost again, while its small packets pass',
  ],
  quiet: [
    'path MTU discovery that works: refused once or twice, smaller from then on',
    'a read that stops for other reasons (tftp-stalled)',
  ],
  needs: ['ipv4', 'ipv6', 'time', 'sizes'],
  references: ['RFC 1191', 'RFC 8201', 'RFC 2348', 'IEEE 802.1AE 9'],
  proof:
    'In the lab the small hop and the fragments are real, and a filter rule drops them; hosts that wait in vain and senders that do not listen are proved with hand-built captures. The overhead of MACsec is not played: it shows as any small hop does.',
  remedy: {
    runbook: '',
    steps: [
      'Find the narrowest hop: `tracepath <address>` from both ends; look for tunnels, VPNs and MACsec (32 bytes more in each frame) on the way.',
      'Raise the MTU of that hop (switch ports, bridges, tunnels alike), or lower that of the ends (DHCP option 26, RA MTU option).',
      'Let ICMP "fragmentation needed" and "packet too big" through every firewall on the way.',
      'Until then cap the TFTP block size at 1468 (dnsmasq `--tftp-no-blocksize`, tftpd-hpa `--blocksize 1468`).',
    ],
    verify: ['`ping -M do -s 1472 <address>` works in both directions.'],
  },
  start,
};

function start({ coverage, vantages = [] }: DetectorContext): DetectorRun {
  const views = new TransferViews();
  const stopped = new BoundedMap<string, Stopped>('mtu-mismatch.reads', TRANSFERS);
  const finished = new BoundedMap<string, Transfer>('mtu-mismatch.finished', TRANSFERS);
  const paths = new BoundedMap<string, TooBig>('mtu-mismatch.paths', PATHS);
  const macsec = { seen: false };
  const said = new Set<string>();
  return {
    on: {
      'transfer-end'({ transfer, end, time }) {
        views.add(transfer, end, time);
        if (transfer.protocol !== 'tftp' || transfer.write) return;
        const key = `${transfer.segment}/${transfer.client}/${transfer.file}`;
        if (end === 'complete') finished.set(key, transfer);
        else if (end === 'stalled' && transfer.couldSeeReplies) stopped.set(key, { transfer, time });
      },
      'macsec-link'() {
        macsec.seen = true;
      },
      'packet-too-big'({ path, time }, emit) {
        paths.set(`${path.src}/${path.dst}`, path);
        if (path.ignored < IGNORED || path.lastTime - path.firstTime < IGNORED_US) return;
        const [src, dst] = [addressText(path.src), addressText(path.dst)];
        said.add(`${path.src}/${path.dst}`);
        emit({
          subject: { sender: src, receiver: dst },
          confidence: confidence(
            'likely',
            [
              `${addressText(path.router)} refused ${path.count} packets as too big (MTU ${path.mtu}) over ${seconds(path.lastTime - path.firstTime)}`,
              `${path.ignored} of them after the sender had been told`,
            ],
            ['whether the refusals reach the sender: a capture there'],
          ),
          message: `${src} goes on sending packets of ${path.length} bytes to ${dst}, though ${addressText(path.router)} says that only ${path.mtu} fit.`,
          segment: path.segment,
          time: path.firstTime > 0 ? path.firstTime : time,
          evidence: [
            { kind: 'frame', sight: path.first, note: `too big, MTU ${path.mtu}` },
            { kind: 'frame', sight: path.last, note: `the last of ${path.count}` },
          ],
          count: path.count,
          causes: ['a firewall drops ICMP on its way to the sender', 'the sender does not do path MTU discovery'],
        });
      },
      'reassembly-timeout'({ segment, host, sender, sight, time }, emit) {
        const [to, from] = [addressText(host), sender === -1 ? 'somebody' : addressText(sender)];
        emit({
          subject: { sender: from, receiver: to },
          confidence: confidence(
            'likely',
            [`${to} says that fragments of a packet never came`],
            ['a capture at the sender'],
          ),
          message: `${to} waited in vain for the rest of a fragmented packet from ${from}.`,
          segment,
          time,
          evidence: [{ kind: 'frame', sight, note: 'fragment reassembly time exceeded' }],
          causes: [
            'a firewall or a load balancer drops fragments',
            'a hop with a smaller MTU drops what does not fit',
            'packets are lost on the way',
          ],
        });
      },
    },
    end(emit) {
      const between = new Set<string>();
      for (const list of views.all()) {
        const lost = lostBetween(list);
        if (lost === undefined) continue;
        between.add(`${lost.near.server}/${lost.near.client}`);
        emit(betweenVantages(lost, vantages));
      }
      for (const [key, { transfer, time }] of stopped.entries()) {
        const small = finished.peek(key);
        const path =
          paths.peek(`${transfer.server}/${transfer.client}`) ?? paths.peek(`${transfer.client}/${transfer.server}`);
        const smaller = small !== undefined && tooLarge(transfer, small);
        // Two points say it better than one.
        if (between.has(`${transfer.server}/${transfer.client}`)) continue;
        if (!smaller && path === undefined) {
          if (transfer.blockSize > LARGEST_UNFRAGMENTED) {
            coverage.add({
              id: 'fragments-not-judged',
              capture: transfer.request.capture,
              segment: transfer.segment,
              message:
                'a TFTP read with blocks larger than a frame stopped: whether its fragments were dropped for their size stays open',
              undecided: ['mtu-mismatch'],
            });
          }
          continue;
        }
        if (path !== undefined && said.has(`${path.src}/${path.dst}`) && !smaller) continue;
        const [client, server] = [addressText(transfer.client), addressText(transfer.server)];
        const file = safeText(transfer.file);
        const size = blockOf(transfer) + HEADERS;
        emit({
          subject: { sender: server, receiver: client },
          confidence: confidence(
            'likely',
            [
              `the read of ${file} with blocks of ${blockOf(transfer)} bytes stopped after block ${transfer.lastBlock}`,
              ...(smaller && small !== undefined
                ? [`the same client read it with blocks of ${blockOf(small)} bytes`]
                : []),
              ...(path === undefined
                ? []
                : [`${addressText(path.router)} refused packets between the two as too big (MTU ${path.mtu})`]),
            ],
            ['a capture on the other side of the narrow hop'],
          ),
          message: `Packets of ${size} bytes from ${server} do not reach ${client}${path === undefined ? '' : `; the path takes ${path.mtu}`}.`,
          segment: transfer.segment,
          time: transfer.firstTime,
          evidence: [
            frame(transfer.request, `asks for ${file}`),
            frame(transfer.lastSight, `the last packet of the read, at block ${transfer.lastBlock}`),
            ...(path === undefined ? [] : [frame(path.first, `too big, MTU ${path.mtu}`)]),
            ...(smaller && small !== undefined
              ? [frame(small.lastSight, `read with blocks of ${blockOf(small)} bytes`)]
              : []),
            {
              kind: 'absence',
              capture: transfer.request.capture,
              from: transfer.lastTime,
              to: time,
              expected: `block ${transfer.lastBlock + 1}`,
            },
          ],
          causes: [
            'a hop with a smaller MTU (a tunnel, a VPN, a switch port)',
            ...(macsec.seen
              ? [`MACsec on this link takes ${MACSEC} bytes of each frame`]
              : ['MACsec on the way takes 32 bytes of each frame']),
            'a firewall drops fragments',
          ],
        });
      }
    },
    limits: () => [
      ...[stopped.limit(), finished.limit(), paths.limit()].filter((limit) => limit !== undefined),
      ...views.limits(),
    ],
  };
}

/** Where the blocks were seen last, and where they never came. */
function betweenVantages({ near, far }: LostBlocks, vantages: readonly string[]): Emission {
  const [client, server] = [addressText(near.client), addressText(near.server)];
  const [here, there] = [near, far].map(({ capture }) => vantages[capture] || `capture ${capture + 1}`);
  const file = safeText(near.file);
  const size = near.blockSize + HEADERS;
  return {
    subject: { sender: server, receiver: client },
    confidence: confidence(
      'likely',
      [
        `block ${near.lastBlock} of ${file} (${size} bytes) passes ${here} ${near.duplicates + 1} times and never comes to ${there}`,
        `smaller packets of the same read do come to ${there}`,
      ],
      [`a capture between ${here} and ${there}`, 'the same read with blocks of 512 bytes'],
    ),
    message: `Packets of ${size} bytes from ${server} to ${client} are lost between ${here} and ${there}; small ones pass.`,
    segment: far.segment,
    time: near.firstTime,
    evidence: [
      frame(near.request, `asks for ${file}, at ${here}`),
      frame(near.lastSight, `the last packet of the read at ${here}, at block ${near.lastBlock}`),
      frame(far.lastSight, `the last packet of the read at ${there}, at block ${far.lastBlock}`),
      {
        kind: 'absence',
        capture: far.capture,
        from: far.firstTime,
        to: far.time,
        expected: `block ${near.lastBlock}`,
      },
    ],
    causes: [
      `a hop between ${here} and ${there} with a smaller MTU (a tunnel, a VPN, a switch port)`,
      'MACsec on the way takes 32 bytes of each frame',
      'a firewall drops fragments',
    ],
  };
}

/** One read needs fragments, or never got a block, and the same works with smaller blocks that need none. */
function tooLarge(stopped: Transfer, small: Transfer): boolean {
  if (blockOf(small) >= blockOf(stopped) || blockOf(small) > LARGEST_UNFRAGMENTED) return false;
  return blockOf(stopped) > LARGEST_UNFRAGMENTED || (stopped.lastBlock <= 0 && 2 * blockOf(small) <= blockOf(stopped));
}

/** RFC 2348: 512 unless agreed otherwise. */
function blockOf({ blockSize }: Transfer): number {
  return blockSize > 0 ? blockSize : 512;
}

function frame(sight: Sight, note: string): { kind: 'frame'; sight: Sight; note: string } {
  return { kind: 'frame', sight, note };
}
