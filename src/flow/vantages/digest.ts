import type { Envelope } from '../../wire/envelope.ts';
import { STRIDE, type Dhcp4Record } from '../../wire/protocols/dhcpv4/record.ts';
import type { WireRecord } from '../../wire/registry.ts';
import { groupAddress } from '../visibility.ts';

/** A longer message is compared by what fits: no real one has more. */
const LONGEST = 8192;
const scratch = Buffer.alloc(LONGEST);
/** Loaded for the first message that is compared: most runs have one vantage, and this costs each start 3 ms. */
let crypto: typeof import('node:crypto') | undefined;

/** Places of the fixed part (RFC 2131 2), as offsets in the message. */
const FLAGS = { at: 10, length: 2 };
const GIADDR = { at: 24, length: 4 };
const HOPS = { at: 3, length: 1 };
const FIXED = 236;

/** Options that a relay writes, rewrites or takes away: 82 and, where it stands in for the server (RFC 5107), 54. */
const RELAYS_OWN = new Set([54, 82]);

/**
 * What names a message wherever it is seen, or '' where it cannot be named. Left out is what a relay, a switch or a
 * router changes on the way: giaddr, hops, flags, options 82 and 54, padding, TTL, Ethernet addresses; of DHCPv6 all that
 * relays put around it.
 */
export function digestOf(record: WireRecord, e: Envelope): string {
  if (record.protocol === 'dhcpv4') return record.cut === undefined ? dhcp4Digest(record, e) : '';
  const length = Math.min(e.payloadEnd - e.payload, LONGEST);
  if (length <= 0 || e.payloadEnd - e.payload < e.payloadLength) return '';
  if (record.protocol === 'arp') return arpDigest(record, groupAddress(e.ethDst));
  if (record.protocol === 'dhcpv6') return dhcp6Digest(e);
  // The same payload again is the same datagram only under the same identification (0 with DF says nothing).
  const head = `${record.protocol}/${String(e.ipSrc)}/${String(e.ipDst)}/${e.srcPort}/${e.dstPort}/${e.ipId}/${e.tcpSeq}/`;
  const at = scratch.write(head, 0, 'latin1');
  const kept = Math.min(length, LONGEST - at);
  Buffer.prototype.copy.call(e.bytes, scratch, at, e.payload, e.payload + kept);
  return named(at + kept);
}

/** A question to all and one to its station alone (RFC 1122 2.3.2.1) are two messages. */
function arpDigest(record: Extract<WireRecord, { protocol: 'arp' }>, group: boolean): string {
  if (record.cut !== undefined) return '';
  const { operation, senderMac, senderIp, targetMac, targetIp } = record;
  return `arp/${group ? 'all' : 'one'}/${operation}/${senderMac}/${senderIp}/${targetMac}/${targetIp}`;
}

/** RFC 8415 9: a relay's header, and the option in which it carries the message. */
const RELAY_FORW = 12;
const RELAY_REPL = 13;
const RELAY_HEADER = 34;
const OPTION_RELAY_MESSAGE = 9;
/** RFC 8415 7.6: HOP_COUNT_LIMIT. */
const RELAYS = 8;

/**
 * The message between client and server, out of its relays' envelopes: a relay hands it on byte for byte (RFC 8415 19.1,
 * 19.3), and is itself the sender of what carries it, so that addresses and ports tell nothing.
 */
function dhcp6Digest(e: Envelope): string {
  const { bytes } = e;
  let [from, to] = [e.payload, e.payloadEnd];
  for (let depth = 0; depth <= RELAYS; depth += 1) {
    const type = bytes[from];
    if (type !== RELAY_FORW && type !== RELAY_REPL) break;
    const inner = relayMessage(bytes, from + RELAY_HEADER, to);
    if (inner === undefined) return '';
    [from, to] = inner;
  }
  const at = scratch.write('dhcpv6/', 0, 'latin1');
  const kept = Math.min(to - from, LONGEST - at);
  if (kept < 4) return '';
  Buffer.prototype.copy.call(bytes, scratch, at, from, from + kept);
  return named(at + kept);
}

function relayMessage(bytes: Uint8Array, from: number, to: number): [from: number, to: number] | undefined {
  // Each turn steps over four bytes at least.
  for (let at = from; at + 4 <= to;) {
    const code = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    const end = at + 4 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    if (end > to) return undefined;
    if (code === OPTION_RELAY_MESSAGE) return [at + 4, end];
    at = end;
  }
  return undefined;
}

function dhcp4Digest(record: Dhcp4Record, e: Envelope): string {
  const { bytes } = e;
  const start = record.sname.at - 44;
  if (!record.optionsWhole || start < 0) return '';
  Buffer.prototype.copy.call(bytes, scratch, 0, start, start + FIXED);
  for (const { at, length } of [FLAGS, GIADDR, HOPS]) scratch.fill(0, at, at + length);
  let to = FIXED;
  const { options } = record;
  for (let i = 0; i < options.length; i += STRIDE) {
    const code = options[i] ?? 0;
    if (RELAYS_OWN.has(code)) continue;
    const at = options[i + 1] ?? 0;
    const length = options[i + 2] ?? 0;
    if (to + 2 + length > LONGEST) break;
    scratch.writeUInt16BE(code * 256 + length, to);
    Buffer.prototype.copy.call(bytes, scratch, to + 2, at, at + length);
    to += 2 + length;
  }
  return named(to);
}

function named(length: number): string {
  crypto ??= process.getBuiltinModule('node:crypto');
  return crypto.hash('sha256', scratch.subarray(0, length), 'base64url').slice(0, 22);
}
