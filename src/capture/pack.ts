import { PICK, type Picks } from './sieve.ts';

/** Picks of one buffer or several, in memory of their own. */
export interface Packed {
  /** The picked frames one after the other. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Rows that point to them; exactly as long as they are. */
  picks: Picks & { picks: Int32Array<ArrayBuffer> };
}

/** Copies picked frames out of the buffer that is read into, so that they can wait, or go to another thread. */
export function pack(bytes: Uint8Array, { picks, count }: Picks): Packed {
  const rows = new Int32Array(picks.subarray(0, count * PICK.size));
  let length = 0;
  for (let row = 0; row < rows.length; row += PICK.size) length += rows[row + PICK.captured] ?? 0;
  const frames = new Uint8Array(length);
  let place = 0;
  for (let row = 0; row < rows.length; row += PICK.size) {
    const at = rows[row + PICK.at] ?? 0;
    const captured = rows[row + PICK.captured] ?? 0;
    frames.set(bytes.subarray(at, at + captured), place);
    rows[row + PICK.at] = place;
    place += captured;
  }
  return { bytes: frames, picks: { picks: rows, count } };
}

/** Several packed buffers as one. */
export function join(parts: readonly Packed[]): Packed {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  let length = 0;
  let count = 0;
  for (const { bytes, picks } of parts) {
    length += bytes.length;
    count += picks.count;
  }
  const frames = new Uint8Array(length);
  const rows = new Int32Array(count * PICK.size);
  let place = 0;
  let row = 0;
  for (const { bytes, picks } of parts) {
    frames.set(bytes, place);
    rows.set(picks.picks, row);
    for (const end = row + picks.picks.length; row < end; row += PICK.size) {
      rows[row + PICK.at] = (rows[row + PICK.at] ?? 0) + place;
    }
    place += bytes.length;
  }
  return { bytes: frames, picks: { picks: rows, count } };
}
