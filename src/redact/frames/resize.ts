import type { Field, Group } from './field-cursor.ts';

/** Where a group's length stands: bytes after its beginning, and how many; `null`: it ends where what is around it does. */
type LengthPlace = readonly [offset: number, size: 1 | 2] | null;

/** Messages over UDP whose values may grow, by the windows that their decoders open. A window that is not here may not. */
const LENGTHS: Readonly<Record<string, Readonly<Record<string, LengthPlace>>>> = {
  dhcpv4: {
    options: [1, 1],
    suboptions: [1, 1],
    decoded: [1, 1],
    userClasses: [0, 1],
    enterprises: [4, 1],
    items: [2, 1],
    bootstrapServers: [0, 2],
  },
  dhcpv6: { options: [2, 2], suboptions: [2, 2], relayMessage: null },
  tftp: { options: null },
};

/** Bytes by which a message may grow: a text of one option with many addresses stays far below. */
export const MAX_GROWTH = 4096;

/** A value that takes the place of another of a different length. */
export interface Splice {
  at: number;
  length: number;
  value: Uint8Array;
  group: Group | undefined;
  /** Place of a 16-bit length right before the value (RFC 8415 21.15), or -1. */
  counted: number;
}

/** True where all lengths around the field are known, so that its value may have another length. */
export function mayResize(protocol: string, field: Field): boolean {
  const places = LENGTHS[protocol];
  if (places === undefined || field.joined !== undefined) return false;
  for (let group = field.group; group !== undefined; group = group.parent) {
    if (!(group.name in places)) return false;
  }
  return true;
}

/**
 * Puts the splices into `message`, which begins at `start` of the offsets that they bear, and sets every length around
 * them; one that has no room in its length field is left out.
 *
 * @returns the new message, and the splices that were left out
 */
export function spliced(
  protocol: string,
  message: Uint8Array,
  start: number,
  splices: readonly Splice[],
): { bytes: Uint8Array; left: Splice[] } {
  const left: Splice[] = [];
  const taken: Splice[] = [];
  let grown = 0;
  for (const splice of splices) {
    const more = splice.value.length - splice.length;
    if (grown + more <= MAX_GROWTH && lengthen(protocol, message, start, splice, more)) {
      taken.push(splice);
      grown += more;
    } else {
      left.push(splice);
    }
  }
  taken.sort((a, b) => a.at - b.at);
  const bytes = new Uint8Array(message.length + grown);
  let from = 0;
  let to = 0;
  for (const { at, length, value } of taken) {
    const place = at - start;
    bytes.set(message.subarray(from, place), to);
    to += place - from;
    bytes.set(value, to);
    to += value.length;
    from = place + length;
  }
  bytes.set(message.subarray(from), to);
  return { bytes, left };
}

/** Adds `more` to all lengths around the splice; false, with nothing changed, where one has no room. */
function lengthen(protocol: string, message: Uint8Array, start: number, splice: Splice, more: number): boolean {
  const places: (readonly [at: number, size: number])[] = [];
  if (splice.counted >= 0) places.push([splice.counted - start, 2]);
  for (let group = splice.group; group !== undefined; group = group.parent) {
    const place = LENGTHS[protocol]?.[group.name];
    if (place === undefined) return false;
    if (place !== null) places.push([group.at + place[0] - start, place[1]]);
  }
  for (const [at, size] of places) {
    const length = read(message, at, size) + more;
    if (length < 0 || length >= 2 ** (8 * size)) return false;
  }
  for (const [at, size] of places) {
    const length = read(message, at, size) + more;
    if (size === 2) message[at] = length >>> 8;
    message[at + size - 1] = length & 255;
  }
  return true;
}

function read(message: Uint8Array, at: number, size: number): number {
  const last = message[at + size - 1] ?? 0;
  return size === 2 ? (message[at] ?? 0) * 256 + last : last;
}
