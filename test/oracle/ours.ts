import { hasTime, EVENT_CLOCK, readTime } from '../../src/capture/clock.ts';
import { readCapture } from '../../src/capture/read.ts';
import type { PickTaker } from '../../src/capture/sieve.ts';
import { openSource } from '../../src/capture/source.ts';
import type { CaptureFault, CaptureInterface, Clock, FrameSink } from '../../src/capture/types.ts';
import { readVantage } from '../../src/capture/vantage.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { CLAIMS, Decoder } from '../../src/wire/dissect.ts';
import type { Fault } from '../../src/wire/fault.ts';
import { TracingCursor, type Row } from '../../src/wire/trace.ts';

/** One message as it was decoded here; offsets are into the frame, or into the datagram put together of fragments. */
export interface OurMessage {
  frame: number;
  protocol: string;
  kind: string;
  /** What the offsets of the rows refer to. */
  bytes: Uint8Array;
  rows: Row[];
  faults: Fault[];
  reassembled: boolean;
}

/** A frame's line: number, time, captured, length, interface, as tshark prints them. */
export interface OurFrames {
  lines: string[];
  faults: readonly CaptureFault[];
}

/** Every message of a capture, in order, decoded with every field written down. */
export async function decodeMessages(path: string): Promise<OurMessage[]> {
  const messages: OurMessage[] = [];
  const cursor = new TracingCursor();
  const decoder = new Decoder(cursor);
  const sequence = new Sequence(
    [],
    () => {},
    (claim, _record, e) => {
      const record = decoder.decode(claim, e);
      messages.push({
        frame: e.frame,
        protocol: record.protocol,
        kind: CLAIMS.protocols[claim - 1]?.kindOf(record) ?? '',
        bytes: Uint8Array.from(e.bytes.subarray(e.start, e.end)),
        rows: cursor.rows.map((row) => ({ ...row, at: row.at - e.start })),
        faults: [...record.faults],
        reassembled: e.reassembled,
      });
    },
  );
  const taker: PickTaker = {
    beginFile: (place, interfaces) => sequence.beginFile(place, interfaces),
    take: (bytes, picks) => sequence.take(bytes, picks),
  };
  await readVantage(0, '', [path], taker, { workers: 0 });
  return messages;
}

/** Every frame of a capture as tshark lists them. */
export async function listFrames(path: string): Promise<OurFrames> {
  const lines: string[] = [];
  const sink: FrameSink & { ids: readonly CaptureInterface[]; pcap: boolean } = {
    bytes: new Uint8Array(0),
    ids: [],
    pcap: false,
    frame(_at, captured, length, iface, high, low) {
      const one = this.ids[iface];
      const time = one === undefined ? '' : epochText(one.clock, high, low);
      lines.push(frameLine(lines.length + 1, time, captured, length, this.pcap ? '' : String(one?.sectionId ?? '')));
    },
    other(_kind, _at, length, high, low) {
      lines.push(frameLine(lines.length + 1, epochText(EVENT_CLOCK, high, low), length, length, ''));
    },
  };
  const source = await openSource(path);
  try {
    const { faults } = await readCapture(source, sink, {
      onReader(reader) {
        sink.ids = reader.interfaces;
        sink.pcap = reader.format === 'pcap';
      },
    });
    return { lines, faults };
  } finally {
    source.close();
  }
}

export function frameLine(number: number, time: string, captured: number, length: number, iface: string): string {
  return `${number} ${time} ${captured} ${length} ${iface}`.trimEnd();
}

/** As tshark prints it: nanoseconds in 32 signed bits, the sign in front. */
function epochText(clock: Clock, high: number, low: number): string {
  if (!hasTime(high, low)) return '';
  const time = { sec: 0, nsec: 0 };
  readTime(clock, high, low, time);
  const nsec = Number(BigInt.asIntN(32, BigInt(time.nsec)));
  const fraction = String(Math.abs(nsec)).padStart(9, '0');
  if (time.sec < 0 && nsec > 0) return `${time.sec}.${fraction}`;
  return `${nsec < 0 ? '-' : ''}${time.sec}.${fraction}`;
}
