import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { microText, utcText } from '../../src/report/time.ts';

describe('UTC text', () => {
  it('equals Date for every second that Date knows', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (sec) => {
        expect(utcText(sec, 0, 3)).toBe(new Date(sec * 1000).toISOString());
      }),
    );
  });

  it.each([
    [0, 0, 0, '1970-01-01T00:00:00Z'],
    [1_700_000_000, 5, 9, '2023-11-14T22:13:20.000000005Z'],
    [1_700_000_000, 123_456_789, 6, '2023-11-14T22:13:20.123456Z'],
    // A fraction of more than a second is carried.
    [951_782_399, 1_500_000_000, 1, '2000-02-29T00:00:00.5Z'],
    [-1, 250_000_000, 2, '1969-12-31T23:59:59.25Z'],
    // The last tick of a 64-bit count of microseconds: a year of six digits.
    [18_446_744_073_709, 551_615_000, 6, '+586524-01-19T08:01:49.551615Z'],
    [-1, 0, 6, '1969-12-31T23:59:59.000000Z'],
    [253_402_300_800, 0, 0, '+010000-01-01T00:00:00Z'],
    [-62_167_219_201, 0, 0, '-000001-12-31T23:59:59Z'],
  ])('writes %i s and %i ns with %i digits', (sec, nsec, digits, text) => {
    expect(utcText(sec, nsec, digits)).toBe(text);
  });

  it('writes nothing for what is no time', () => {
    expect(utcText(Number.NaN, 0, 6)).toBe('');
    expect(utcText(1e300, 0, 6)).toBe('');
    expect(microText(0)).toBe('');
    expect(microText(Number.POSITIVE_INFINITY)).toBe('');
  });

  it('keeps the microsecond of a double', () => {
    expect(microText(1_763_815_482_208_123)).toBe('2025-11-22T12:44:42.208123Z');
  });
});
