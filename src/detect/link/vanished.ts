import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { JoinedMessage, Passage } from '../../flow/vantages/types.ts';
import type { EvidenceNote } from '../finding.ts';

/** Stations and ways between two vantages on which something was lost. */
const WAYS = 4_096;
/** Frames kept of one way. */
const FRAMES = 4;

/** What one station sent at one vantage and what never came to another. */
export interface Vanishing {
  mac: number;
  from: number;
  to: number;
  count: number;
  sights: Passage[];
  /** When it was to be seen there, the first and the last time (microseconds). */
  since: number;
  until: number;
  /** The clocks of the two were compared. */
  measured: boolean;
  /** The other point saw something at that time, of anybody. */
  alive: boolean;
  /** Messages of this station that did reach it: ARP, and all else but DHCP. */
  arpPassed: number;
  ipPassed: number;
  /** The last message that was lost. */
  message: JoinedMessage;
}

/** Losses between vantages, by station and way; what the recorder may have lost itself is passed over. */
export class Vanished {
  private readonly ways: BoundedMap<string, Vanishing>;
  private readonly names: readonly string[];

  constructor(name: string, names: readonly string[] = []) {
    this.ways = new BoundedMap(name, WAYS);
    this.names = names;
  }

  add(mac: number, message: JoinedMessage, last: Passage): void {
    for (const missing of message.missing) {
      if (missing.mayBeCaptureLoss !== '') continue;
      const key = `${mac}/${last.capture}/${missing.capture}`;
      const known = this.ways.get(key);
      if (known === undefined) {
        this.ways.set(key, {
          mac,
          from: last.capture,
          to: missing.capture,
          count: 1,
          sights: [last],
          since: missing.from,
          until: missing.to,
          measured: missing.clock === 'measured',
          alive: missing.way !== 'silent',
          arpPassed: missing.arpPassed,
          ipPassed: missing.ipPassed,
          message,
        });
        continue;
      }
      known.count += 1;
      known.since = Math.min(known.since, missing.from);
      known.until = Math.max(known.until, missing.to);
      known.measured &&= missing.clock === 'measured';
      known.alive ||= missing.way !== 'silent';
      known.arpPassed = Math.max(known.arpPassed, missing.arpPassed);
      known.ipPassed = Math.max(known.ipPassed, missing.ipPassed);
      known.message = message;
      if (known.sights.length < FRAMES) known.sights.push(last);
    }
  }

  values(): Iterable<Vanishing> {
    return this.ways.values();
  }

  name(capture: number): string {
    const given = this.names[capture] ?? '';
    return given === '' ? `capture ${capture + 1}` : given;
  }

  /** The frames at the one point, and that they are absent at the other. */
  evidence(one: Vanishing, what: string): EvidenceNote[] {
    return [
      ...one.sights.map(({ sight }) => ({ kind: 'frame' as const, sight, note: `${what} at ${this.name(one.from)}` })),
      {
        kind: 'absence',
        capture: one.to,
        from: one.since,
        to: one.until,
        expected: `the same at ${this.name(one.to)}`,
      },
    ];
  }

  limits(): LimitReached[] {
    const limit = this.ways.limit();
    return limit === undefined ? [] : [limit];
  }
}
