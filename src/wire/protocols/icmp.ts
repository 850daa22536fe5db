import type { Cursor } from '../cursor.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import { readQuoted } from '../quoted.ts';
import type { QuotedPacket } from '../quoted.ts';

/** An ICMPv4 error (RFC 792). */
export interface IcmpRecord extends RecordBase {
  protocol: 'icmp';
  cut?: undefined;
  /** 3 destination unreachable, 4 source quench, 5 redirect, 11 time exceeded, 12 parameter problem. */
  type: number;
  /** Of type 3: 0 net, 1 host, 2 protocol, 3 port unreachable, 4 fragmentation needed … 13 administratively prohibited. */
  code: number;
  /** Type 3 code 4 (RFC 1191 4): the next hop's MTU; 0 from routers that do not say; -1 for other types. */
  mtu: number;
  /** Type 5: the gateway to use, an unsigned 32-bit number; -1 for other types. */
  gateway: number;
  /** Type 12: the byte of the quoted packet that is wrong; -1 for other types. */
  pointer: number;
  quoted: QuotedPacket | undefined;
}

const UNREACHABLE = 3;
const FRAGMENTATION_NEEDED = 4;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
/** Header, the longest IPv4 header, the first 8 bytes of its payload. */
const KEEP = 8 + 60 + 8;

const KINDS = new Map([
  [UNREACHABLE, 'destination-unreachable'],
  [SOURCE_QUENCH, 'source-quench'],
  [REDIRECT, 'redirect'],
  [TIME_EXCEEDED, 'time-exceeded'],
  [PARAMETER_PROBLEM, 'parameter-problem'],
]);

/** IANA "ICMP Type Numbers", codes of type 3. */
const UNREACHABLE_CODES = [
  'net unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed and DF set',
  'source route failed',
  'destination network unknown',
  'destination host unknown',
  'source host isolated',
  'network administratively prohibited',
  'host administratively prohibited',
  'network unreachable for type of service',
  'host unreachable for type of service',
  'communication administratively prohibited',
  'host precedence violation',
  'precedence cutoff in effect',
];
const REDIRECT_CODES = ['network', 'host', 'type of service and network', 'type of service and host'];
const TIME_EXCEEDED_CODES = ['TTL exceeded in transit', 'fragment reassembly time exceeded'];
const PARAMETER_CODES = ['pointer indicates the error', 'missing a required option', 'bad length'];

const CODES = new Map([
  [UNREACHABLE, UNREACHABLE_CODES],
  [REDIRECT, REDIRECT_CODES],
  [TIME_EXCEEDED, TIME_EXCEEDED_CODES],
  [PARAMETER_PROBLEM, PARAMETER_CODES],
]);

export const icmp: Protocol<IcmpRecord | CutRecord<'icmp'>> = {
  name: 'icmp',
  title: 'Internet Control Message Protocol: errors',
  spec: ['RFC 792', 'RFC 1191', 'RFC 4884'],
  claims: { icmp4: [UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM] },
  keep: KEEP,
  kinds: [...KINDS.values(), 'other', 'cut'],
  fields: { quoted: 'packet' },
  decode(c: Cursor) {
    if (!c.need(8, 'header')) return { protocol: 'icmp', cut: c.faults[0]!, faults: c.faults };
    const type = c.u8('type');
    c.means(KINDS.get(type) ?? 'unknown');
    const code = c.u8('code');
    const meaning = CODES.get(type)?.[code];
    if (meaning !== undefined) c.means(meaning);
    c.flags16('checksum');
    const record: IcmpRecord = {
      protocol: 'icmp',
      type,
      code,
      mtu: -1,
      gateway: -1,
      pointer: -1,
      quoted: undefined,
      faults: c.faults,
    };
    if (type === REDIRECT) record.gateway = c.ipv4('gateway');
    else {
      const first = c.u8('pointer');
      if (type === PARAMETER_PROBLEM) record.pointer = first;
      // RFC 4884 4: length of the quotation in 32-bit words; what follows it are extensions.
      c.u8('length');
      const low = c.u16('nextHopMtu');
      if (type === UNREACHABLE && code === FRAGMENTATION_NEEDED) record.mtu = low;
    }
    record.quoted = readQuoted(c);
    return record;
  },
  kindOf(r) {
    return r.cut === undefined ? (KINDS.get(r.type) ?? 'other') : 'cut';
  },
};
