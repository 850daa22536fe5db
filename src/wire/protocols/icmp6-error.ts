import type { Cursor } from '../cursor.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import { readQuoted } from '../quoted.ts';
import type { QuotedPacket } from '../quoted.ts';

/** An ICMPv6 error (RFC 4443 3). */
export interface Icmp6ErrorRecord extends RecordBase {
  protocol: 'icmp6-error';
  cut?: undefined;
  /** 1 destination unreachable, 2 packet too big, 3 time exceeded, 4 parameter problem. */
  type: number;
  /** Of type 1: 0 no route, 1 administratively prohibited, 3 address unreachable, 4 port unreachable … */
  code: number;
  /** Type 2: the next hop's MTU; -1 for other types. */
  mtu: number;
  /** Type 4: the byte of the quoted packet that is wrong; -1 for other types. */
  pointer: number;
  quoted: QuotedPacket | undefined;
}

const UNREACHABLE = 1;
const TOO_BIG = 2;
const TIME_EXCEEDED = 3;
const PARAMETER_PROBLEM = 4;
/** Header, IPv6 header, a few extension headers and the first bytes of the payload. */
const KEEP = 8 + 40 + 80;

const KINDS = ['', 'destination-unreachable', 'packet-too-big', 'time-exceeded', 'parameter-problem'];

/** IANA "ICMPv6 Parameters", codes by type. */
const CODES = [
  [],
  [
    'no route to destination',
    'administratively prohibited',
    'beyond scope of source address',
    'address unreachable',
    'port unreachable',
    'source address failed ingress/egress policy',
    'reject route to destination',
    'error in source routing header',
    'headers too long',
  ],
  [],
  ['hop limit exceeded in transit', 'fragment reassembly time exceeded'],
  ['erroneous header field', 'unrecognized next header', 'unrecognized IPv6 option', 'incomplete IPv6 header chain'],
];

export const icmp6Error: Protocol<Icmp6ErrorRecord | CutRecord<'icmp6-error'>> = {
  name: 'icmp6-error',
  title: 'Internet Control Message Protocol for IPv6: errors',
  spec: ['RFC 4443', 'RFC 4884'],
  claims: { icmp6: [UNREACHABLE, TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM] },
  keep: KEEP,
  kinds: [...KINDS.slice(1), 'other', 'cut'],
  fields: { quoted: 'packet' },
  decode(c: Cursor) {
    if (!c.need(8, 'header')) return { protocol: 'icmp6-error', cut: c.faults[0]!, faults: c.faults };
    const type = c.u8('type');
    c.means(KINDS[type] ?? 'unknown');
    const code = c.u8('code');
    const meaning = CODES[type]?.[code];
    if (meaning !== undefined) c.means(meaning);
    c.flags16('checksum');
    const word = c.u32(type === TOO_BIG ? 'mtu' : type === PARAMETER_PROBLEM ? 'pointer' : 'unused');
    return {
      protocol: 'icmp6-error',
      type,
      code,
      mtu: type === TOO_BIG ? word : -1,
      pointer: type === PARAMETER_PROBLEM ? word : -1,
      quoted: readQuoted(c),
      faults: c.faults,
    };
  },
  kindOf(r) {
    return r.cut === undefined ? KINDS[r.type] || 'other' : 'cut';
  },
};
