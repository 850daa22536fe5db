import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PICK, type PickTaker } from '../../src/capture/sieve.ts';
import type { CaptureInterface } from '../../src/capture/types.ts';
import { readVantage } from '../../src/capture/vantage.ts';
import { CLAIMS, Decoder, fillNetwork, fillTransport, newEnvelope } from '../../src/wire/dissect.ts';
import { FOUND, Layers } from '../../src/wire/layers.ts';
import type { WireRecord } from '../../src/wire/registry.ts';
import { TracingCursor, type Row } from '../../src/wire/trace.ts';
import { sampleCaptures } from '../support/samples.ts';

/**
 * Design, "Prefixes": every distinct picked frame decoded at every length. Two frames are the same here when they have
 * one protocol, one kind and the same fields: a thousand blocks of one file are one.
 */

interface Frame {
  bytes: Uint8Array;
  linkType: number;
}

interface Decoded {
  claim: number;
  record: WireRecord;
  rows: Row[];
}

/** Past this a TFTP block or an HTTP body is only more of the same. */
const MAX_LENGTH = 800;

const layers = new Layers(CLAIMS);
const cursor = new TracingCursor();
const [plain, tracing] = [new Decoder(), new Decoder(cursor)];

/** As the sequential stage does, on a frame of which `length` bytes were captured. */
function decodeFrame({ bytes, linkType }: Frame, length: number): Decoded | undefined {
  // A copy: a read past the end is then no byte of the frame.
  const part = bytes.slice(0, length);
  if (layers.walk(part, 0, length, linkType) !== FOUND.claim) return undefined;
  const envelope = newEnvelope();
  envelope.end = length;
  fillNetwork(envelope, layers, part);
  fillTransport(envelope, layers, part);
  const { claim } = layers;
  const record = structuredClone(plain.decode(claim, envelope));
  const traced = tracing.decode(claim, envelope);
  // The comparison of `expect` is a hundred times slower: it is for the message.
  if (!isDeepStrictEqual(traced, record)) expect(traced, 'decoded with every field written down').toEqual(record);
  return { claim, record, rows: cursor.rows };
}

async function distinctFrames(): Promise<Map<string, Frame[]>> {
  const byProtocol = new Map<string, Frame[]>();
  const seen = new Set<string>();
  let interfaces: readonly CaptureInterface[] = [];
  const taker: PickTaker = {
    beginFile(_place, known) {
      interfaces = known;
    },
    take(bytes, { picks, count }) {
      for (let row = 0; row < count * PICK.size; row += PICK.size) {
        const at = picks[row + PICK.at] ?? 0;
        const frame = {
          bytes: bytes.slice(at, at + (picks[row + PICK.captured] ?? 0)),
          linkType: interfaces[picks[row + PICK.iface] ?? 0]?.linkType ?? -1,
        };
        const decoded = decodeFrame(frame, frame.bytes.length);
        if (decoded === undefined) continue;
        const { record, claim, rows } = decoded;
        const kind = CLAIMS.protocols[claim - 1]?.kindOf(record);
        const key = `${record.protocol} ${kind} ${frame.linkType} ${rows.map(({ path }) => path).join(' ')}`;
        if (seen.has(key)) continue;
        seen.add(key);
        byProtocol.set(record.protocol, [...(byProtocol.get(record.protocol) ?? []), frame]);
      }
    },
  };
  for (const path of sampleCaptures()) await readVantage(0, '', [path], taker, { workers: 0, chunk: 65_536 });
  return byProtocol;
}

const frames = await distinctFrames();

describe('every distinct frame of the samples, at every length', () => {
  it.each([...frames].sort(([a], [b]) => (a < b ? -1 : 1)))('%s', (_protocol, distinct) => {
    for (const frame of distinct) {
      const whole = decodeFrame(frame, frame.bytes.length);
      const values = new Map(whole?.rows.map((row) => [placeOf(row), row]));
      for (let length = 0; length < Math.min(frame.bytes.length, MAX_LENGTH); length += 1) {
        const part = decodeFrame(frame, length);
        if (part === undefined) continue;
        const protocol = CLAIMS.protocols[part.claim - 1];
        expect(protocol?.kinds).toContain(protocol?.kindOf(part.record));
        const invented = part.rows.filter((row) => !isOf(row, values.get(placeOf(row))));
        expect(invented, `${length} of ${frame.bytes.length} bytes`).toEqual([]);
        expect(part.rows.filter((row) => row.at + row.length > length)).toEqual([]);
      }
    }
  });
});

/** Where a field stands and its own name: in which list it stands may depend on what follows (RFC 3396: an option in pieces). */
function placeOf({ at, path }: Row): string {
  return `${at} ${path.slice(path.lastIndexOf('.') + 1)}`;
}

/** Names under which bytes are kept that the cut left without a meaning. */
const KEPT = /(?:^|\.)(?:data|optionData|rest|typeData|vendor|padding)$/;

/** A field of the cut frame is the whole frame's, or the first part of it. */
function isOf(part: Row, whole: Row | undefined): boolean {
  if (part.value === undefined || part.length === 0 || (part.type === 'bytes' && KEPT.test(part.path))) return true;
  if (whole === undefined) return false;
  return part.length < whole.length ? true : JSON.stringify(part.value) === JSON.stringify(whole.value);
}
