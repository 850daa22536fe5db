import type { Kind } from '../kinds.ts';
import type { Blocks } from './blocks.ts';

/** Where in the file something stands. */
export interface Place {
  /** From 1; 0 where the file has no lines. */
  line: number;
}

/** Kind of a field: one of the kinds, or what is not treated as a value at all. */
export type FieldKind = Kind | 'keep' | 'number';

/**
 * What is done with each piece of text that a format hands out: it is rewritten, learned from, or checked. A format asks
 * for every character of a file once, and writes what it gets.
 */
export interface Treatment {
  readonly place: Place;
  /** One line of free text, without its end. */
  line(text: string, blocks: Blocks): string;
  /** One value whose format tells where it begins and ends. It may hold line breaks. */
  value(text: string, kind: FieldKind): string;
  /** A number or another bare word of such a format. */
  bare(text: string, kind: FieldKind): string;
  /** Something that is left out: what, and how many bytes. */
  dropped(what: string, bytes: number): void;
  /** What could not be read as its format says: the rest is treated as lines. */
  fault(what: string): void;
}
