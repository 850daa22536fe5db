import type { SwitchLine, SwitchLineKind } from '../../switch/line.ts';
import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

export type { DialectName, LineTime, SwitchLine, SwitchLineKind, SwitchReason } from '../../switch/line.ts';

/** A line of a switch's log or table that a dialect understood. All of them come before the first frame. */
export interface SwitchLineEvent {
  type: 'switch-line';
  line: SwitchLine;
  /** Beginning of its interval (microseconds since 1970 UTC), 0 where it has no time. */
  time: number;
}

export type SwitchEvent = SwitchLineEvent;

/** What a line must agree with; what is absent is not asked. */
export interface SwitchQuery {
  /** 48-bit number: equals the line's station, chaddr or ARP target. */
  mac?: number;
  /** Equals the line's address or ARP target. */
  ip?: Address;
  /** A line that names no VLAN agrees with all; 0 (untagged) agrees with all. */
  vlan?: number;
  port?: string;
  /** Microseconds: the line's interval, widened by `slack`, holds it. A line without a time agrees with all. */
  time?: number;
  /** Microseconds, default 2 s: switches stamp whole seconds, later than the frame. */
  slack?: number;
  kinds?: readonly SwitchLineKind[];
}

/** Where a switch has learned a MAC address. */
export interface SwitchPort {
  device: string;
  port: string;
  vlan: number;
  /** The line that says so. */
  line: SwitchLine;
}

/**
 * What the switches say, for detectors: there before the first frame, the same for the whole run. A switch that says
 * nothing proves nothing: no line is no evidence of no drop.
 */
export interface SwitchText {
  /** No switch text was given, or nothing of it was understood. */
  readonly empty: boolean;
  /** Lines that agree with all that is asked, in the order of the texts; the first 256. One of mac, ip, port or kinds must be asked. */
  linesFor(query: SwitchQuery): readonly SwitchLine[];
  /** The row of a binding table for this MAC or address; the last one where tables differ. */
  bindingFor(who: { mac: number } | { ip: Address }, vlan?: number): SwitchLine | undefined;
  /**
   * Where this MAC was learned: a MAC table is believed before a binding, a binding before what a log says. Of several
   * tables the port with the fewest stations counts: the others are on the way to it.
   */
  portOf(mac: number, vlan?: number): SwitchPort | undefined;
  /** What a table or a configuration says of a port: `trusted` or `untrusted`, undefined where nothing does. */
  trustOf(port: string, device?: string): 'trusted' | 'untrusted' | undefined;
  /**
   * The line may have been written while the captures ran, or shortly before or after; true where its time is not known.
   * Right only when all captures have ended: logs run for months.
   */
  during(line: SwitchLine): boolean;
  /** Frames that this line speaks of, as far as they were seen by now: same station, same message, same time. */
  framesFor(line: SwitchLine): readonly Sight[];
}
