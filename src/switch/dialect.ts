import { parseAddress, parseMac, safeText } from '../wire/values.ts';
import type { Address } from '../wire/envelope.ts';
import type { DialectName, SwitchLine, SwitchLineKind, SwitchReason } from './line.ts';
import type { Stamp } from './stamp.ts';

/** What a rule read from a line; what it does not give is absent. */
export interface LineFacts extends Partial<
  Pick<
    SwitchLine,
    | 'detail'
    | 'mac'
    | 'chaddr'
    | 'ip'
    | 'targetMac'
    | 'targetIp'
    | 'message'
    | 'vlan'
    | 'vlanName'
    | 'port'
    | 'otherPort'
    | 'count'
    | 'lease'
  >
> {
  kind: SwitchLineKind;
  reason?: SwitchReason;
  /** A time inside the message, which says more than the header's. */
  stamp?: Stamp | undefined;
}

/** One message of a switch's log, or one sentence of a `show` command. */
export interface LineRule {
  /** Literal with which the message begins: found first, then `pattern` is tried there. */
  hint: string;
  /** Sticky; begins with the hint. Every repetition in it is bounded. */
  pattern: RegExp;
  /** A line of this kind as the source prints it: test and timing. */
  sample: string;
  /** The program that must have written it, where several systems write the same sentence. */
  app?: string;
  /** Only the output of a `show` command. */
  shown?: boolean;
  /** undefined: the line is understood, and says nothing that is used here. */
  read(match: RegExpExecArray): LineFacts | undefined;
}

/** A table of a `show` command: rows count only under their own header. */
export interface TableRule {
  /** The command. */
  command: string;
  /** Of the whole line. */
  header: RegExp;
  /** Of the whole line. */
  row: RegExp;
  /** Lines that belong to the table and say nothing more (`Total number of bindings: 2`). */
  ignore?: RegExp;
  /** Header and rows as the source prints them. */
  sample: readonly string[];
  read(match: RegExpExecArray): LineFacts | undefined;
}

/** A vendor's dialect: one file, one line in `registry.ts`. */
export interface Dialect {
  name: DialectName;
  vendor: string;
  rules: readonly LineRule[];
  tables: readonly TableRule[];
}

/** A pattern that begins with `hint` taken literally and goes on with `rest`. */
export function after(hint: string, rest: string, flags = ''): RegExp {
  return new RegExp(`${hint.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}${rest}`, `y${flags}`);
}

/** In patterns: a port as switches write it, without the full stop that may follow. */
export const PORT = '([A-Za-z0-9](?:[\\w/:-]|\\.(?=\\w)){0,63})';
/** A MAC address in any spelling that `parseMac` knows. */
export const MAC = '([0-9A-Fa-f][0-9A-Fa-f.:-]{10,16})';
export const IPV4 = '([0-9]{1,3}(?:\\.[0-9]{1,3}){3})';
/** Space between columns. */
export const GAP = '[ \\t]{1,80}';

export function mac(text: string | undefined): number {
  return parseMac(text ?? '');
}

export function ip(text: string | undefined): Address {
  return parseAddress(text ?? '');
}

/** 1 to 4094, else -1. */
export function vlan(text: string | undefined): number {
  const id = Number(text ?? Number.NaN);
  return Number.isInteger(id) && id >= 1 && id <= 4094 ? id : -1;
}

/** `Vl 10`, `VLAN0010` → 10. */
export function namedVlan(text: string | undefined): number {
  return vlan(/^(?:vlan|vl)[ -]?0{0,4}(\d{1,4})$/i.exec(text ?? '')?.[1]);
}

export function count(text: string | undefined): number {
  const n = Number(text ?? Number.NaN);
  return Number.isSafeInteger(n) && n >= 0 ? n : 1;
}

/** Seconds, or -1 for `infinite` and what is no number. */
export function seconds(text: string | undefined): number {
  return /^\d{1,10}$/.test(text ?? '') ? Number(text) : -1;
}

/** `DHCPOFFER` → `OFFER`. */
export function message(text: string | undefined): string {
  return safeText((text ?? '').replace(/^DHCP/, ''));
}

/** The switches' own words for why they shut a port down, in ours. */
const CAUSES: readonly (readonly [RegExp, SwitchReason])[] = [
  [/^(?:psecure|port-?security)/i, 'port-security'],
  [/^arp-inspection/i, 'arp-rate'],
  [/^dhcp-rate/i, 'dhcp-rate'],
  [/^bpdu-?guard/i, 'bpdu-guard'],
  [/^loop/i, 'loop'],
  [/^link-?flap/i, 'link-flap'],
  [/^storm/i, 'storm'],
  [/^security-violation/i, 'dot1x'],
];

export function cause(text: string | undefined): SwitchReason {
  return CAUSES.find(([pattern]) => pattern.test(text ?? ''))?.[1] ?? 'other';
}

/** True for a station's own address: not a group's, not zero. */
export function isStation(address: number): boolean {
  return address > 0 && Math.floor(address / 2 ** 40) % 2 === 0;
}
