import type { Envelope } from '../../wire/envelope.ts';
import type { ArpRecord } from '../../wire/protocols/arp.ts';
import type { StpRecord } from '../../wire/protocols/stp.ts';
import { macText } from '../../wire/values.ts';
import { BoundedMap } from '../bounded.ts';
import type { FlowEvent } from '../events.ts';
import type { Flow } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';
import type { Transfer } from '../transfers/types.ts';
import { EVIDENCE, type LintNote } from './types.ts';

/** Messages looked at of one capture and kind. */
const LOOKED = 65_536;
const PORTS = 256;
const CLIENTS = 1_024;
const SENDERS = 256;
/** Hellos that are missing on end before a hole is told: a bridge that is busy loses one or two. */
const HELLOS = 5;
/** Frames of others in the hole, so that it is none of the whole recording. */
const ALIVE = 3;
/** RFC 826. */
const REQUEST = 1;
const REPLY = 2;

interface Port {
  last: number;
  sight: Sight;
  bpdus: number;
  /** Messages of the capture when it last spoke. */
  at: number;
}

interface Hole {
  from: Sight;
  to: Sight;
  missing: number;
}

/** What one capture's messages show. */
interface Seen {
  arps: number;
  messages: number;
  /** Sender address in the message → Ethernet source, where they differ; and whether one was ever equal. */
  strangers: Map<number, { ethernet: number; sight: Sight }>;
  equal: number;
  /** Replies that go to another Ethernet address than the one that they name. */
  misdirected: number;
  holes: Hole[];
  holeCount: number;
  blocks: { transfer: Transfer; missing: number }[];
  blockCount: number;
  /** DHCP clients whose own frames, and the answers to them, have another address than they say; and all others. */
  moved: Map<number, Sight>;
  settled: number;
}

/**
 * Looks at messages for what a recorder could not have written: blocks of a file that were acknowledged and are not
 * there, hellos that stop and go on, addresses in frames that no message agrees with.
 */
export class RecordLint {
  private readonly captures = new Map<number, Seen>();
  private readonly ports = new BoundedMap<string, Port>('', PORTS);

  flow(): Flow {
    return {
      name: 'lint',
      protocols: ['arp', 'stp'],
      start: () => ({
        on: (record, e) => {
          if (record.cut !== undefined) return;
          if (record.protocol === 'arp') this.arp(record, e);
          else if (record.protocol === 'stp') this.stp(record, e);
        },
        end: () => {},
        limits: () => [],
      }),
    };
  }

  on(event: FlowEvent): void {
    if (event.type === 'transfer-end') this.transfer(event.transfer);
    else if (event.type === 'dhcp4-exchange') {
      const { discovers, offers, acks, chaddr, giaddr } = event.exchange;
      const asked = discovers[0];
      const answer = [...offers, ...acks].find(({ broadcast }) => !broadcast);
      if (asked === undefined || answer === undefined || giaddr !== 0 || chaddr < 0 || asked.ethSrc < 0) return;
      const seen = this.seen(asked.sight.capture);
      // An attacker lies in chaddr alone; that the answer goes to the very address that the frame came from, too, is not
      // his to make.
      if (asked.ethSrc !== chaddr && answer.ethDst === asked.ethSrc) {
        if (seen.moved.size < CLIENTS) seen.moved.set(chaddr, asked.sight);
      } else seen.settled += 1;
    }
  }

  notes(unlost: (capture: number) => boolean): LintNote[] {
    return [...this.captures].flatMap(([capture, seen]) => [
      ...blocksNote(capture, seen, unlost(capture)),
      ...holesNote(capture, seen),
      ...addressesNote(capture, seen),
    ]);
  }

  private seen(capture: number): Seen {
    let seen = this.captures.get(capture);
    if (seen === undefined) {
      seen = {
        arps: 0,
        messages: 0,
        strangers: new Map(),
        equal: 0,
        misdirected: 0,
        holes: [],
        holeCount: 0,
        blocks: [],
        blockCount: 0,
        moved: new Map(),
        settled: 0,
      };
      this.captures.set(capture, seen);
    }
    return seen;
  }

  private arp(r: ArpRecord, e: Envelope): void {
    const seen = this.seen(e.capture);
    seen.messages += 1;
    if (seen.arps >= LOOKED || e.ethSrc < 0 || e.ethDst < 0 || r.senderMac <= 0) return;
    if (r.operation !== REQUEST && r.operation !== REPLY) return;
    seen.arps += 1;
    if (r.senderMac === e.ethSrc) seen.equal += 1;
    else if (seen.strangers.size < SENDERS && !seen.strangers.has(r.senderMac)) {
      seen.strangers.set(r.senderMac, { ethernet: e.ethSrc, sight: sightOf(e) });
    }
    if (r.operation === REPLY && r.targetMac > 0 && r.targetMac !== e.ethDst) seen.misdirected += 1;
  }

  private stp(r: StpRecord, e: Envelope): void {
    const seen = this.seen(e.capture);
    seen.messages += 1;
    if (r.bridge === undefined || r.helloTime <= 0) return;
    const key = `${e.segment}/${r.bridge.address}/${r.portId}/${r.originatingVlan}`;
    const hello = (r.helloTime / 256) * 1e6;
    const port = this.ports.get(key);
    if (port === undefined) {
      this.ports.set(key, { last: e.time, sight: sightOf(e), bpdus: 1, at: seen.messages });
      return;
    }
    const missing = Math.floor((e.time - port.last) / hello) - 1;
    const alive = seen.messages - port.at - 1 >= ALIVE;
    // Two hellos before show that it speaks at all; a bridge that was restarted begins with changes of topology.
    if (missing >= HELLOS && port.bpdus >= 3 && alive && (r.flags & 1) === 0) {
      seen.holeCount += 1;
      if (seen.holes.length < EVIDENCE) seen.holes.push({ from: port.sight, to: sightOf(e), missing });
    }
    port.last = e.time;
    port.sight = sightOf(e);
    port.bpdus += 1;
    port.at = seen.messages;
  }

  /** Without a window each block waits for the one before it: a block behind one that is not here proves that it was sent. */
  private transfer(transfer: Transfer): void {
    const { protocol, windowSize, lastBlock, dataFrames, duplicates, sources } = transfer;
    if (protocol !== 'tftp' || windowSize > 1 || sources.length !== 1) return;
    // Some servers go on with block 1, not 0, after 65535.
    const missing = lastBlock - (dataFrames - duplicates) - Math.floor(lastBlock / 65_536);
    if (missing <= 0) return;
    const seen = this.seen(transfer.request.capture);
    seen.blockCount += missing;
    if (seen.blocks.length < EVIDENCE) seen.blocks.push({ transfer, missing });
  }
}

function blocksNote(capture: number, { blocks, blockCount }: Seen, unlost: boolean): LintNote[] {
  if (blockCount === 0) return [];
  return [
    {
      id: 'frames-removed',
      severity: 'low',
      sure: unlost ? 'likely' : 'possible',
      capture,
      message: `${blockCount} block${blockCount === 1 ? '' : 's'} of files that were read here ${blockCount === 1 ? 'is' : 'are'} not in the capture, though the client went on with the next: the frames were there`,
      otherwise: [
        unlost
          ? 'the mirror port lost them before the recorder (which says that it lost none)'
          : 'the recorder or its mirror port lost them',
        'they took another way',
      ],
      evidence: blocks.map(({ transfer, missing }) => ({
        sight: transfer.request,
        note: `${missing} of ${transfer.lastBlock} blocks of this read are missing`,
      })),
      count: blockCount,
    },
  ];
}

function holesNote(capture: number, { holes, holeCount }: Seen): LintNote[] {
  if (holeCount === 0) return [];
  return [
    {
      id: 'frames-removed',
      severity: 'info',
      sure: 'possible',
      capture,
      message: `a bridge's hellos stop and go on ${holeCount} time${holeCount === 1 ? '' : 's'} while others are heard`,
      otherwise: ['the bridge was too busy to send them', 'the recorder lost frames', 'the clock was set forward'],
      evidence: holes.flatMap(({ from, to, missing }) => [
        { sight: from, note: `the last hello before ${missing} are missing` },
        { sight: to, note: 'the next one' },
      ]),
      count: holeCount,
    },
  ];
}

/** Ethernet addresses that no message agrees with: what a tool does that rewrites frames and not what they carry. */
function addressesNote(capture: number, { strangers, equal, misdirected, moved, settled }: Seen): LintNote[] {
  const byArp = strangers.size >= 2 && equal === 0 && misdirected > 0;
  const byDhcp = moved.size >= 2 && settled === 0;
  if (!byArp && !byDhcp) return [];
  const evidence = byArp
    ? [...strangers].map(([mac, { ethernet, sight }]) => ({
        sight,
        note: `from ${macText(ethernet)}, and says that it is ${macText(mac)}`,
      }))
    : [...moved].map(([mac, sight]) => ({ sight, note: `of ${macText(mac)}, by what it says` }));
  const count = byArp ? strangers.size : moved.size;
  return [
    {
      id: 'headers-rewritten',
      severity: 'low',
      sure: byArp && byDhcp ? 'certain' : 'likely',
      capture,
      message: `the Ethernet addresses of ${count} stations agree with none of their ${byArp ? 'ARP' : 'DHCP'} messages, in both directions`,
      otherwise: ['a bridge that translates addresses between two links'],
      evidence: evidence.slice(0, EVIDENCE),
      count,
    },
  ];
}
