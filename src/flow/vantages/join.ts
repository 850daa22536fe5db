import type { Cover } from '../../capture/covers.ts';
import { PROTOCOLS } from '../../wire/registry.ts';
import type { LimitReached } from '../bounded.ts';
import type { Emit, Flow } from '../flow.ts';
import { compareClocks, type Clock } from './clocks.ts';
import { Expectations, markBlackouts } from './expected.ts';
import { CommonClock, joinEntry, type Joined } from './match.ts';
import { rankOf } from './places.ts';
import { MOST_VANTAGES, Sightings } from './sightings.ts';
import type { JoinedVantage, VantageEvent, VantagePair } from './types.ts';

/** Losses of messages other than DHCP that are told: an address resolution that never works repeats for hours. */
const OTHER_LOSSES = 4096;
/** Losses of other messages than DHCP that the report may list. */
const LISTED = 256;

/**
 * Joins the captures of one incident. While they are read, one after the other, it keeps what each saw; when all have
 * ended it compares their clocks, finds every message in each, and says where one was last seen and never arrived.
 */
export class VantageJoin {
  readonly pairs: VantagePair[] = [];
  /** The first losses, for the report. */
  readonly losses: Extract<VantageEvent, { type: 'vantage-lost' }>[] = [];
  private readonly names: readonly string[];
  private readonly covers: Cover[] = [];
  private readonly sightings = new Sightings();
  private untold = 0;
  private clock: CommonClock | undefined;

  /** @param names of the vantages by capture, '' where none was given */
  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** What feeds it; none where there is nothing to join, so that a single capture pays nothing. */
  flows(): readonly Flow[] {
    if (this.names.length < 2) return [];
    const { sightings } = this;
    return [
      {
        name: 'vantages',
        protocols: PROTOCOLS.map(({ name }) => name),
        start: () => ({
          on: (record, envelope) => sightings.on(record, envelope),
          end: () => {},
          limits: () => sightings.limits(),
        }),
      },
    ];
  }

  /** A capture has been read: from when to when it looked. */
  covered(capture: number, cover: Cover): void {
    this.covers[capture] = cover;
  }

  /** All captures have been read. */
  finish(emit: Emit): void {
    const captures = Math.min(this.names.length, MOST_VANTAGES);
    if (captures < 2) return;
    const { sightings, names, covers } = this;
    const clocks: Clock[] = [];
    const entries = [...sightings.dhcp.values(), ...sightings.others.values()];
    for (let a = 0; a < captures; a += 1) {
      for (let b = a + 1; b < captures; b += 1) {
        const clock = compareClocks(a, b, entries, rankOf(names[a] ?? '', names[b] ?? ''));
        clocks.push(clock);
        this.pairs.push(clock.pair);
      }
    }
    const common = new CommonClock(captures, clocks);
    this.clock = common;
    const judge = new Expectations({ names: names.slice(0, captures), covers, clocks, sightings, clock: common });
    for (const pair of this.pairs) emit({ type: 'vantage-pair', pair, time: 0 });

    const exchanges = new Map<string, Joined[]>();
    const messages: Joined[] = [];
    for (const entry of sightings.dhcp.values()) {
      if (entry.overfull) continue;
      const key = `${entry.chaddr}/${entry.xid}`;
      let list = exchanges.get(key);
      if (list === undefined) exchanges.set(key, (list = []));
      const joined = joinEntry(entry, common);
      list.push(...joined);
      messages.push(...joined);
    }
    const lastAsked = new Map<number, number>();
    for (const { reply, chaddr, time } of messages) {
      if (!reply) lastAsked.set(chaddr, Math.max(time, lastAsked.get(chaddr) ?? 0));
    }
    for (const list of exchanges.values()) {
      list.sort((x, y) => x.time - y.time);
      const around = { messages: list, lastAsked: lastAsked.get(list[0]?.chaddr ?? -1) ?? 0 };
      for (const message of list) message.missing = judge.missing(message, around);
    }
    for (const entry of sightings.others.values()) {
      if (entry.overfull) continue;
      for (const message of joinEntry(entry, common)) {
        message.missing = judge.missing(message, undefined);
        messages.push(message);
      }
    }
    messages.sort((x, y) => x.time - y.time);
    markBlackouts(messages, captures);
    countPassed(messages);
    this.tell(messages, exchanges, emit);
  }

  /** A time of a capture on the clock that all share (microseconds); its own where nothing was joined. */
  common(capture: number, time: number): number {
    return this.clock?.common(capture, time) ?? time;
  }

  /** For the report: every vantage that was joined. */
  vantages(): JoinedVantage[] {
    return this.covers.map((cover, capture) => ({
      capture,
      name: this.names[capture] ?? '',
      cover,
      records: this.sightings.records[capture] ?? 0,
    }));
  }

  limits(): LimitReached[] {
    const more = Math.max(0, this.names.length - MOST_VANTAGES);
    return [
      ...(more > 0 ? [{ name: 'vantages', cap: MOST_VANTAGES, lost: more }] : []),
      ...(this.untold > 0 ? [{ name: 'vantages.losses', cap: OTHER_LOSSES, lost: this.untold }] : []),
    ];
  }

  private tell(messages: readonly Joined[], exchanges: ReadonlyMap<string, Joined[]>, emit: Emit): void {
    const told = new Map<string, { chaddr: number; xid: number; messages: readonly Joined[] }>();
    const sorted = [...exchanges.values()].sort((x, y) => (x[0]?.time ?? 0) - (y[0]?.time ?? 0));
    for (const list of sorted) {
      const [first] = list;
      if (first === undefined) continue;
      const exchange = { chaddr: first.chaddr, xid: first.xid, messages: list };
      told.set(`${first.chaddr}/${first.xid}`, exchange);
      emit({ type: 'vantage-exchange', exchange, time: first.time });
    }
    let others = 0;
    for (const message of messages) {
      if (message.missing.length === 0) continue;
      const last = message.passages.at(-1);
      if (last === undefined) continue;
      if (message.protocol !== 'dhcpv4') {
        others += 1;
        if (others > OTHER_LOSSES) {
          this.untold += 1;
          continue;
        }
      }
      const exchange = told.get(`${message.chaddr}/${message.xid}`);
      const loss = {
        type: 'vantage-lost' as const,
        message,
        exchange: message.protocol === 'dhcpv4' ? exchange : undefined,
        last,
        time: message.time,
      };
      if (this.losses.length < LISTED || message.protocol === 'dhcpv4') this.losses.push(loss);
      emit(loss);
    }
  }
}

/** Says of each loss what else of the same station came through. */
function countPassed(messages: readonly Joined[]): void {
  const lost = new Map<string, { arp: number; ip: number }>();
  const each = (
    told: (key: string, message: Joined) => void,
    where: (m: Joined) => readonly { capture: number }[],
  ): void => {
    for (const message of messages) {
      const source = message.passages[0]?.ethSrc ?? -1;
      if (source < 0) continue;
      for (const { capture } of where(message)) told(`${source}/${capture}`, message);
    }
  };
  each(
    (key) => lost.set(key, { arp: 0, ip: 0 }),
    ({ missing }) => missing,
  );
  each(
    (key, { protocol }) => {
      const counts = lost.get(key);
      if (counts === undefined || protocol === 'dhcpv4' || protocol === 'dhcpv6') return;
      if (protocol === 'arp') counts.arp += 1;
      else counts.ip += 1;
    },
    ({ passages }) => passages,
  );
  for (const { passages, missing } of messages) {
    for (const one of missing) {
      const counts = lost.get(`${passages[0]?.ethSrc ?? -1}/${one.capture}`);
      one.arpPassed = counts?.arp ?? 0;
      one.ipPassed = counts?.ip ?? 0;
    }
  }
}
