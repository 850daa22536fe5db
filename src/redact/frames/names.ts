import { latin1 } from '../../wire/cursor.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';

/** RFC 1035 3.1: a name has 255 octets at most. */
const MAX_NAME = 255;
/** So it has 127 labels at most; more come from a pointer that leads round. */
const MAX_LABELS = 128;
/** Stands for a character of a label or text that was dropped: it keeps lengths, ends and line structure. */
export const FILLER = 0x78;
/** A label's length that RFC 1035 does not know. */
const NO_LENGTH = 0x40;

/**
 * Writes the domain names in `from[at, end)` (RFC 1035 3.1, 4.1.4) to the same places, shifted: lengths and pointers as
 * they are, labels mapped. Pointers count from `base`. Stops, and leaves zeros, at what is no name.
 *
 * @param count names at most @returns the offset after the last name that was written
 */
export function writeNames(
  identities: Identities,
  kind: Kind,
  from: Uint8Array,
  at: number,
  end: number,
  base: number,
  to: Uint8Array,
  shift: number,
  count: number,
): number {
  let next = at;
  for (let names = 0; next < end && names < count; names += 1) {
    const labels = labelsOf(from, next, end, base);
    const mapped = mapLabels(identities, kind, from, labels);
    const after = writeName(from, next, end, base, to, shift, mapped);
    if (after < 0) return next;
    next = after;
  }
  return next;
}

interface Label {
  at: number;
  length: number;
}

/** All labels of a name, through its pointers, which only lead backwards. */
function labelsOf(from: Uint8Array, start: number, end: number, base: number): Label[] {
  const labels: Label[] = [];
  let at = start;
  let before = start;
  while (at < end && labels.length < MAX_LABELS) {
    const length = from[at] ?? 0;
    if (length === 0) break;
    if (length >= 0xc0) {
      const to = base + (length & 0x3f) * 256 + (from[at + 1] ?? 0);
      if (at + 2 > end || to >= before) break;
      at = to;
      before = to;
      continue;
    }
    if (length > 63 || at + 1 + length > end) break;
    // What is too long for a name is not written, so that it is no part of what is mapped.
    if (before === start && at + 1 + length - start > MAX_NAME) break;
    labels.push({ at: at + 1, length });
    at += 1 + length;
  }
  return labels;
}

/** Pseudonyms by the place of the label: of the whole name where it keeps every length, else label by label. */
function mapLabels(
  identities: Identities,
  kind: Kind,
  from: Uint8Array,
  labels: readonly Label[],
): Map<number, string> {
  const texts = labels.map(({ at, length }) => latin1(from, at, at + length));
  const mapped = new Map<number, string>();
  const whole = texts.some((text) => text.includes('.')) ? undefined : identities.text(kind, texts.join('.'));
  const parts = whole?.split('.') ?? [];
  const fits = parts.length === texts.length && parts.every((part, i) => part.length === texts[i]?.length);
  for (const [i, { at, length }] of labels.entries()) {
    const part = fits ? parts[i] : undefined;
    if (part !== undefined && part.length === length) mapped.set(at, part);
  }
  return mapped;
}

/**
 * @returns the offset after the name; -1 where it is none: then what is wrong stands there in a form that is always the
 * same, so that the message stays malformed and tells nothing
 */
function writeName(
  from: Uint8Array,
  start: number,
  end: number,
  base: number,
  to: Uint8Array,
  shift: number,
  mapped: ReadonlyMap<number, string>,
): number {
  let at = start;
  while (at < end) {
    const length = from[at] ?? 0;
    if (length >= 0xc0) {
      const target = (length & 0x3f) * 256 + (from[at + 1] ?? 0);
      if (at + 2 > end || base + target >= start) {
        // A pointer that leads to itself.
        const here = Math.min(at - base, 0x3fff);
        to[at + shift] = 0xc0 + (here >>> 8);
        if (at + 1 < end) to[at + 1 + shift] = here & 255;
        return -1;
      }
      to[at + shift] = length;
      to[at + 1 + shift] = from[at + 1] ?? 0;
      return at + 2;
    }
    const long = length > 63 || at + 1 + length - start > MAX_NAME;
    if (long || at + 1 + length > end) {
      to[at + shift] = long ? NO_LENGTH : Math.max(1, end - at);
      return -1;
    }
    to[at + shift] = length;
    if (length === 0) return at + 1;
    const text = mapped.get(at + 1);
    for (let i = 0; i < length; i += 1) {
      const code = text?.charCodeAt(i) ?? FILLER;
      to[at + 1 + i + shift] = code < 256 ? code : FILLER;
    }
    at += 1 + length;
  }
  return at;
}
