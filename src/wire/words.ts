import type { Cursor } from './cursor.ts';

/**
 * The bytes at the present place (and `ahead` more) spell `word`, which is in small letters; letters of any case match.
 * Nothing is read.
 */
export function spells(c: Cursor, word: string, ahead = 0): boolean {
  for (let i = 0; i < word.length; i += 1) {
    const expected = word.charCodeAt(i);
    const byte = c.peekAt(ahead + i);
    const letter = expected >= 0x61 && expected <= 0x7a;
    // Bit 5 folds the case of letters, and of nothing else that equals a letter then.
    if ((letter ? byte | 0x20 : byte) !== expected) return false;
  }
  return true;
}
