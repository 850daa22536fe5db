import type { Cursor } from './cursor.ts';
import type { Envelope } from './envelope.ts';
import type { Fault } from './fault.ts';

/**
 * Which frames are this protocol's. At load the claims of all protocols fill flat tables that the sieve and the
 * dissector share; two claims on one number fail the conformance test.
 */
export interface Claims {
  /** UDP ports; the destination is asked first, then the source. */
  udp?: readonly number[];
  /** TCP ports. */
  tcp?: readonly number[];
  /** EtherTypes. */
  ether?: readonly number[];
  /** IP protocol numbers (IPv4) and next headers (IPv6). */
  ip?: readonly number[];
  /** ICMPv4 types. */
  icmp4?: readonly number[];
  /** ICMPv6 types. */
  icmp6?: readonly number[];
  /** LLC service access points (IEEE 802.2) of unnumbered information, the same as source and destination. */
  llc?: readonly number[];
  /** Organization and protocol of a SNAP header (RFC 1042). */
  snap?: readonly { readonly oui: number; readonly pid: number }[];
  /** Known by the payload's first bytes where no port says it. */
  shape?: {
    over: 'udp' | 'tcp';
    /** First 16 bits (UDP) or first 32 bits (TCP), big-endian; any of these. */
    first: readonly number[];
  };
}

/** A message whose fixed part was cut: there is nothing else to rely on. */
export interface CutRecord<P extends string> {
  protocol: P;
  cut: Fault;
  faults: readonly Fault[];
}

/**
 * What a field says of machines and people, in the words of redaction (`src/redact/kinds.ts`). Addresses, UUIDs and domain
 * names say it by their type. Beyond those words:
 * - `mask`: an IPv4 address mask
 * - `network4`, `network6`: the first bits of an address; the field `prefixLength` or `maskWidth` before it says how many
 * - `packet`: a packet that is quoted
 * - a pattern: a word of the protocol's own where all of the value matches it, else of no kind
 */
export type FieldKind =
  | 'mac'
  | 'hostname'
  | 'domain'
  | 'username'
  | 'uuid'
  | 'serial'
  | 'circuit-id'
  | 'remote-id'
  | 'vendor-class'
  | 'url'
  | 'filename'
  | 'vlan-name'
  | 'secret'
  | 'time'
  | 'text'
  | 'payload'
  | 'mask'
  | 'network4'
  | 'network6'
  | 'packet'
  | RegExp;

/**
 * Kinds by field path without indexes; a group whose first number is a code may bear it, as `options#12.text`. The
 * longest matching end of a path counts, and with codes before without.
 */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/** What every record has. `protocol` tells the union apart; a record type declares `cut?: undefined` beside its fields. */
export interface RecordBase {
  protocol: string;
  cut?: Fault | undefined;
  /** Everything wrong with the message, in the order found; empty when clean. */
  faults: readonly Fault[];
}

/**
 * A decoder, in one object in one file. Decoding is pure: the same bytes give the same record, nothing is kept.
 * A record is a plain object of numbers, short strings and spans; it lives for one call.
 */
export interface Protocol<R extends RecordBase = RecordBase> {
  name: R['protocol'];
  title: string;
  /** RFCs and sections, or the standard's name. */
  spec: readonly string[];
  claims: Claims;
  /** How many bytes of payload this protocol can ever use; the sieve trims picks to that. */
  keep: number | 'all';
  /** The names that `kindOf` can give, in the order in which they are listed and counted. */
  kinds: readonly string[];
  /** What its fields of characters and bytes hold, and the numbers that identify; what is not listed is of no kind. */
  fields?: FieldKinds;
  /** Decodes the payload under the cursor. With a fixed part cut: `{ protocol, cut, faults }` and nothing else. */
  decode(c: Cursor, envelope: Envelope): R;
  kindOf(record: R): string;
}
