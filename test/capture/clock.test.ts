import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockDigits, hasTime, readTime } from '../../src/capture/clock.ts';
import type { Clock } from '../../src/capture/types.ts';

function read(clock: Clock, high: number, low: number): { sec: number; nsec: number } {
  const into = { sec: 0, nsec: 0 };
  readTime(clock, high, low, into);
  return into;
}

function ticks(base: 10 | 2, exponent: number, offset = 0): Clock {
  return { kind: 'ticks', base, exponent, offset };
}

describe('readTime', () => {
  const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });

  test.each([10, 2] as const)('agrees with whole-number arithmetic for every resolution, base %i', (base) => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 127 }), (high, low, exponent) => {
        const count = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
        const unit = BigInt(base) ** BigInt(exponent);
        const got = read(ticks(base, exponent), high, low);
        const sec = count / unit;
        // Seconds beyond 2^53 are no date; the nanoseconds are exact all the same.
        expect(got.sec).toBe(Number(sec));
        expect(got.nsec).toBe(Number(((count % unit) * 1_000_000_000n) / unit));
      }),
      { numRuns: 5000 },
    );
  });

  test('is exact where a quotient of doubles would round up', () => {
    const count = 9_007_199_253n * 1_000_000n + 999_999n;
    expect(read(ticks(10, 6), Number(count >> 32n), Number(count & 0xffffffffn))).toEqual({
      sec: 9_007_199_253,
      nsec: 999_999_000,
    });
  });

  test('takes signed and unsigned words alike', () => {
    expect(read(ticks(10, 9), 0x1797_9cfe, -1)).toEqual(read(ticks(10, 9), 0x1797_9cfe, 0xffffffff));
  });

  test('adds if_tsoffset, which may be negative', () => {
    expect(read(ticks(10, 6, -100_000), 0, 1_234_567)).toEqual({ sec: -99_999, nsec: 234_567_000 });
  });

  test('keeps a pcap fraction of more than a second in the nanoseconds', () => {
    const micro: Clock = { kind: 'split', base: 10, exponent: 6, offset: 0 };
    expect(read(micro, 1000, 1_500_000)).toEqual({ sec: 1000, nsec: 1_500_000_000 });
    expect(read(micro, 1000, -1)).toEqual({ sec: 1000, nsec: 4_294_967_295_000 });
    expect(read({ ...micro, exponent: 9 }, -1, 5)).toEqual({ sec: 4_294_967_295, nsec: 5 });
  });
});

test('hasTime: only all ones mean none', () => {
  expect(hasTime(-1, -1)).toBe(false);
  expect(hasTime(0xffffffff, 0xffffffff)).toBe(false);
  expect(hasTime(-1, 0x7fffffff)).toBe(true);
  expect(hasTime(0, 0)).toBe(true);
});

test("clockDigits: the capture's own, nine at most", () => {
  expect(clockDigits(ticks(10, 0))).toBe(0);
  expect(clockDigits(ticks(10, 6))).toBe(6);
  expect(clockDigits(ticks(10, 12))).toBe(9);
  expect(clockDigits(ticks(2, 1))).toBe(1);
  expect(clockDigits(ticks(2, 10))).toBe(4);
  expect(clockDigits(ticks(2, 64))).toBe(9);
});
