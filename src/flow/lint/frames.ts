import { hasTime, readTime, type Time } from '../../capture/clock.ts';
import { PICK, type FilePlace, type Picks, type PickTaker } from '../../capture/sieve.ts';
import type { CaptureInterface } from '../../capture/types.ts';
import { read32, read48 } from '../../wire/cursor.ts';
import { CLAIMS } from '../../wire/dissect.ts';
import { FOUND, Layers } from '../../wire/layers.ts';
import type { Sight } from '../sight.ts';
import { groupAddress } from '../visibility.ts';
import { headerChecksum, udpChecksum } from './checksums.ts';
import { EVIDENCE, type CaptureView, type LintNote } from './types.ts';

/** Picked frames of a capture that are looked at: what it is like, its first ones show, and each takes two microseconds. */
const LOOKED = 8_192;
const STATIONS = 1_024;
const CONVERSATIONS = 1_024;
const SENDERS = 64;
/** Frames of a conversation in one direction without one in the other before it counts as one-sided. */
const ONE_WAY = 3;
const UDP = 17;
/** Cards with several queues, and several interfaces, hand frames over in disorder by less than this (microseconds). */
const JITTER = 1e4;
/** A step back larger than this is no load either. */
const STEP = 1e6;

/** One station's checksums. */
interface Sender {
  wrong: number;
  right: number;
  evidence: Sight[];
}

interface Seen {
  frames: number;
  heard: Set<number>;
  conversations: Map<string, [forth: number, back: number]>;
  header: Map<number, Sender>;
  udp: Map<number, Sender>;
  ttls: Map<string, number>;
  ttlChanges: Sight[];
  ttlCount: number;
  lastTime: number;
  backwards: Sight[];
  furthest: number;
}

/**
 * Looks at the headers of picked frames on their way to the sequential stage: what a recorder could not have written,
 * and what this vantage sees at all. It changes nothing and keeps numbers only.
 */
export class FrameLint implements PickTaker {
  private readonly inner: PickTaker;
  private readonly layers = new Layers(CLAIMS);
  private readonly captures = new Map<number, Seen>();
  private readonly time: Time = { sec: 0, nsec: 0 };
  private interfaces: readonly CaptureInterface[] = [];
  private place: FilePlace = { capture: 0, file: 0, apart: false };
  private seen: Seen = newSeen();

  constructor(inner: PickTaker) {
    this.inner = inner;
  }

  beginFile(place: FilePlace, interfaces: readonly CaptureInterface[]): void {
    this.place = place;
    this.interfaces = interfaces;
    let seen = this.captures.get(place.capture);
    if (seen === undefined) this.captures.set(place.capture, (seen = newSeen()));
    this.seen = seen;
    seen.lastTime = 0;
    this.inner.beginFile(place, interfaces);
  }

  take(bytes: Uint8Array, picks: Picks): void | Promise<void> {
    const { seen } = this;
    for (let row = 0; row < picks.count * PICK.size && seen.frames < LOOKED; row += PICK.size) {
      this.frame(bytes, picks.picks, row);
    }
    return this.inner.take(bytes, picks);
  }

  /** @param reached whether unicast to a station passes anywhere in this capture */
  view(capture: number, reached: (mac: number) => boolean): CaptureView {
    const { heard, conversations, frames } = this.captures.get(capture) ?? newSeen();
    let [oneWay, bothWays] = [0, 0];
    for (const [forth, back] of conversations.values()) {
      if (forth > 0 && back > 0) bothWays += 1;
      else if (forth + back >= ONE_WAY) oneWay += 1;
    }
    let count = 0;
    for (const mac of heard) if (reached(mac)) count += 1;
    return { stations: heard.size, reached: count, oneWay, bothWays, frames };
  }

  notes(): LintNote[] {
    return [...this.captures].flatMap(([capture, seen]) => [
      ...backwardsNote(capture, seen),
      ...checksumNote(capture, seen.header, 'IPv4 header', ['a router or recorder that damages headers']),
      ...checksumNote(capture, seen.udp, 'UDP', [
        'a card or driver that computes checksums after the recorder saw them',
      ]),
      ...ttlNote(capture, seen),
    ]);
  }

  private frame(bytes: Uint8Array, picks: Int32Array, row: number): void {
    const { layers, seen } = this;
    const at = picks[row + PICK.at] ?? 0;
    const end = at + (picks[row + PICK.captured] ?? 0);
    const source = this.interfaces[picks[row + PICK.iface] ?? 0];
    if (source === undefined) return;
    const found = layers.walk(bytes, at, end, source.linkType);
    if (found !== FOUND.claim && found !== FOUND.fragment) return;
    seen.frames += 1;
    const [high, low] = [(picks[row + PICK.high] ?? -1) >>> 0, (picks[row + PICK.low] ?? -1) >>> 0];
    const timed = hasTime(high, low);
    if (timed) readTime(source.clock, high, low, this.time);
    const { sec, nsec } = this.time;
    const sight = { capture: this.place.capture, file: this.place.file, frame: picks[row] ?? 0, sec, nsec };
    if (timed) this.order(sight);
    this.where(bytes);
    if (layers.ipVersion === 4 && layers.tunnels === 0) this.addresses(bytes, end, sight, found === FOUND.claim);
  }

  private order(sight: Sight): void {
    const { seen } = this;
    const time = sight.sec * 1e6 + sight.nsec / 1e3;
    if (time < seen.lastTime - JITTER) {
      if (seen.backwards.length < EVIDENCE) seen.backwards.push(sight);
      seen.furthest = Math.max(seen.furthest, seen.lastTime - time);
    }
    seen.lastTime = time;
  }

  private where(bytes: Uint8Array): void {
    const { layers, seen } = this;
    if (layers.ethernet < 0 || seen.heard.size >= STATIONS) return;
    const from = read48(bytes, layers.ethernet + 6);
    if (!groupAddress(from) && from > 0) seen.heard.add(from);
  }

  private addresses(bytes: Uint8Array, end: number, sight: Sight, whole: boolean): void {
    const { layers, seen } = this;
    const { ip } = layers;
    const [src, dst] = [read32(bytes, ip + 12), read32(bytes, ip + 16)];
    const from = layers.ethernet < 0 ? -1 : read48(bytes, layers.ethernet + 6);
    const to = layers.ethernet < 0 ? -1 : read48(bytes, layers.ethernet);
    if (from >= 0) checked(seen.header, from, headerChecksum(bytes, layers, end), sight);
    if (layers.ipProtocol !== UDP || !whole) return;
    if (from >= 0) checked(seen.udp, from, udpChecksum(bytes, layers), sight);
    // Group addresses are answered by others, 0.0.0.0 is everybody's, and of DHCP one side is mostly broadcast.
    const dhcp = layers.dstPort === 67 || layers.dstPort === 68;
    if (dhcp || src === 0 || dst >= 0xe0000000 || (to >= 0 && groupAddress(to))) return;
    const forth = src < dst;
    const key = forth ? `${src}/${dst}` : `${dst}/${src}`;
    let counts = seen.conversations.get(key);
    if (counts === undefined && seen.conversations.size < CONVERSATIONS) {
      seen.conversations.set(key, (counts = [0, 0]));
    }
    if (counts !== undefined) counts[forth ? 0 : 1] += 1;
    this.ttl(`${from}/${src}/${dst}/${layers.srcPort}/${layers.dstPort}`, bytes[ip + 8] ?? 0, sight);
  }

  /** Between two ports nothing but the way changes the TTL, and a way rarely changes. */
  private ttl(key: string, ttl: number, sight: Sight): void {
    const { ttls } = this.seen;
    const known = ttls.get(key);
    if (known === undefined) {
      if (ttls.size < CONVERSATIONS) ttls.set(key, ttl);
      return;
    }
    if (known === ttl) return;
    ttls.set(key, ttl);
    this.seen.ttlCount += 1;
    if (this.seen.ttlChanges.length < EVIDENCE) this.seen.ttlChanges.push(sight);
  }
}

function newSeen(): Seen {
  return {
    frames: 0,
    heard: new Set(),
    conversations: new Map(),
    header: new Map(),
    udp: new Map(),
    ttls: new Map(),
    ttlChanges: [],
    ttlCount: 0,
    lastTime: 0,
    backwards: [],
    furthest: 0,
  };
}

function checked(senders: Map<number, Sender>, mac: number, is: string | undefined, sight: Sight): void {
  if (is !== 'right' && is !== 'wrong') return;
  let sender = senders.get(mac);
  if (sender === undefined) {
    if (senders.size >= SENDERS) return;
    senders.set(mac, (sender = { wrong: 0, right: 0, evidence: [] }));
  }
  sender[is] += 1;
  if (is === 'wrong' && sender.evidence.length < EVIDENCE) sender.evidence.push(sight);
}

/**
 * Checksums that no longer fit what they are of. Of one sender that may be its card; a frame that was received with a
 * wrong one would have been thrown away, so of several it is the recording that was changed.
 */
function checksumNote(
  capture: number,
  senders: ReadonlyMap<number, Sender>,
  what: string,
  otherwise: readonly string[],
): LintNote[] {
  const wrong = [...senders.values()].filter((one) => one.wrong > 0);
  const count = wrong.reduce((sum, one) => sum + one.wrong, 0);
  if (count < MANY) return [];
  const several = wrong.length > 1;
  const mixed = several ? ` from ${wrong.length} stations` : '';
  return [
    {
      id: 'headers-rewritten',
      severity: 'low',
      sure: several ? 'likely' : 'possible',
      capture,
      message: `${count} frames${mixed} have ${what} checksums that fit neither their bytes nor what a card leaves to compute: addresses or contents were changed after they were sent`,
      otherwise: several ? otherwise : [...otherwise, 'one sender that computes it wrong'],
      evidence: wrong
        .flatMap((one) => one.evidence.slice(0, 2))
        .slice(0, EVIDENCE)
        .map((sight) => ({ sight, note: `wrong ${what} checksum` })),
      count,
    },
  ];
}

/** Fewer wrong ones are damage, or a test of somebody's. */
const MANY = 3;

function ttlNote(capture: number, { ttlChanges, ttlCount }: Seen): LintNote[] {
  if (ttlCount < MANY) return [];
  return [
    {
      id: 'headers-rewritten',
      severity: 'info',
      sure: 'possible',
      capture,
      message: `the TTL changes ${ttlCount} times inside conversations between the same two ports and the same station`,
      otherwise: ['the way changed meanwhile', 'somebody answers in the name of another'],
      evidence: ttlChanges.map((sight) => ({ sight, note: 'another TTL than before' })),
      count: ttlCount,
    },
  ];
}

function backwardsNote(capture: number, { backwards, furthest }: Seen): LintNote[] {
  if (backwards.length === 0) return [];
  const far = furthest > STEP;
  return [
    {
      id: 'frames-out-of-order',
      severity: far ? 'low' : 'info',
      sure: far ? 'likely' : 'possible',
      capture,
      message: `frames stand behind later ones, by up to ${(furthest / 1e6).toFixed(6)} s: a recorder writes them as they come`,
      otherwise: far
        ? ['the clock was set back while it recorded', 'several captures were joined without sorting']
        : ['a card with several queues, or several interfaces, hands them over so'],
      evidence: backwards.map((sight) => ({ sight, note: 'earlier than the frame before it' })),
      count: backwards.length,
    },
  ];
}
