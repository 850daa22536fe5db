import { Cursor } from '../../src/wire/cursor.ts';
import type { Envelope } from '../../src/wire/envelope.ts';
import type { CutRecord } from '../../src/wire/protocol.ts';
import { dhcpv4 } from '../../src/wire/protocols/dhcpv4/index.ts';
import type { Dhcp4Record } from '../../src/wire/protocols/dhcpv4/index.ts';
import { TracingCursor } from '../../src/wire/trace.ts';

/** Code and value; the value as bytes, or as text. */
export type Option4 = readonly [code: number, value: readonly number[] | Uint8Array | string];

export interface Message4 {
  op?: number;
  htype?: number;
  hlen?: number;
  hops?: number;
  xid?: number;
  secs?: number;
  flags?: number;
  /** Dotted decimal. */
  ciaddr?: string;
  yiaddr?: string;
  siaddr?: string;
  giaddr?: string;
  /** Hexadecimal, with or without colons. */
  chaddr?: string;
  /** Text or raw bytes; padded with NUL. */
  sname?: string | readonly number[];
  file?: string | readonly number[];
  /** Default 0x63825363; `none` leaves the vendor field out. */
  cookie?: number | 'none';
  options?: readonly Option4[];
  /** Default true: an END option. */
  end?: boolean;
  /** Bytes after the END. */
  padding?: readonly number[];
}

/** The bytes of a DHCPv4 or BOOTP message. Without options 53 it is what is asked for: nothing is added. */
export function buildDhcp4(m: Message4 = {}): Uint8Array {
  const head = [
    m.op ?? 1,
    m.htype ?? 1,
    m.hlen ?? 6,
    m.hops ?? 0,
    ...be(m.xid ?? 0x12345678, 4),
    ...be(m.secs ?? 0, 2),
    ...be(m.flags ?? 0, 2),
    ...ip(m.ciaddr),
    ...ip(m.yiaddr),
    ...ip(m.siaddr),
    ...ip(m.giaddr),
    ...field(hex(m.chaddr ?? '52:54:00:00:00:01'), 16),
    ...field(octets(m.sname ?? ''), 64),
    ...field(octets(m.file ?? ''), 128),
  ];
  if (m.cookie === 'none') return Uint8Array.from(head);
  return Uint8Array.from([
    ...head,
    ...be(m.cookie ?? 0x63825363, 4),
    ...encodeOptions(m.options ?? []),
    ...(m.end === false ? [] : [255]),
    ...(m.padding ?? []),
  ]);
}

/** Options as code, length, value; a value over 255 bytes is split as RFC 3396 says. */
export function encodeOptions(options: readonly Option4[]): number[] {
  return options.flatMap(([code, value]) => {
    const bytes = octets(value);
    if (bytes.length <= 255) return [code, bytes.length, ...bytes];
    const pieces: number[] = [];
    for (let i = 0; i < bytes.length; i += 255) {
      const piece = bytes.slice(i, i + 255);
      pieces.push(code, piece.length, ...piece);
    }
    return pieces;
  });
}

/** The bytes of a dotted address. */
export function ip(text = '0.0.0.0'): number[] {
  return text.split('.').map(Number);
}

/** `value` in `n` bytes, big-endian. */
export function be(value: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.floor(value / 2 ** (8 * (n - 1 - i))) % 256);
}

/** The bytes of hexadecimal text; separators are ignored. */
export function hex(text: string): number[] {
  return [...Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex')];
}

function octets(value: readonly number[] | Uint8Array | string): number[] {
  return typeof value === 'string' ? [...Buffer.from(value, 'latin1')] : [...value];
}

function field(bytes: readonly number[], length: number): number[] {
  if (bytes.length > length) throw new RangeError(`${bytes.length} bytes in a field of ${length}`);
  return [...bytes, ...Array<number>(length - bytes.length).fill(0)];
}

/** An envelope around a bare message; `wholeLength` is what the UDP header says (default: all of it was captured). */
export function envelopeOf(bytes: Uint8Array, wholeLength = bytes.length): Envelope {
  return {
    capture: 0,
    frame: 1,
    file: 0,
    sec: 0,
    nsec: 0,
    time: 0,
    segment: 0,
    bytes,
    start: 0,
    end: bytes.length,
    ethSrc: -1,
    ethDst: -1,
    etherType: 0x0800,
    direction: -1,
    vlan: 0,
    ipVersion: 4,
    ipSrc: 0,
    ipDst: 0xffffffff,
    ttl: 64,
    ipId: 0,
    ipProtocol: 17,
    srcPort: 68,
    dstPort: 67,
    tcpFlags: -1,
    tcpSeq: -1,
    payload: 0,
    payloadEnd: bytes.length,
    payloadLength: wholeLength,
    extensionHeaders: false,
    reassembled: false,
    tunnels: 0,
  };
}

/** Decodes without tracing. */
export function decode4(bytes: Uint8Array, wholeLength = bytes.length): Dhcp4Record | CutRecord<'dhcpv4'> {
  const cursor = new Cursor().open(bytes, 0, bytes.length, 'udp.length');
  return dhcpv4.decode(cursor, envelopeOf(bytes, wholeLength));
}

/** Decodes a message whose fixed part is there; throws when it is not. */
export function record4(bytes: Uint8Array, wholeLength = bytes.length): Dhcp4Record {
  const record = decode4(bytes, wholeLength);
  if (record.cut !== undefined) throw new Error(`cut: ${record.cut.path}`);
  return record;
}

/** Decodes with tracing. */
export function trace4(
  bytes: Uint8Array,
  wholeLength = bytes.length,
): { cursor: TracingCursor; record: Dhcp4Record | CutRecord<'dhcpv4'> } {
  const cursor = new TracingCursor().open(bytes, 0, bytes.length, 'udp.length');
  return { cursor, record: dhcpv4.decode(cursor, envelopeOf(bytes, wholeLength)) };
}
