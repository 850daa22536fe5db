import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Generation } from '../../src/flow/generation.ts';

/** 48-bit numbers, some of which meet in one chain, and text. */
const key = fc.oneof(
  fc.integer({ min: 0, max: 12 }),
  fc.integer({ min: 0, max: 6 }).map((n) => n * 4294967296),
  fc.constantFrom(0x525400000001, 281474976710655, 2 ** 52 + 1),
  fc.constantFrom('', '0', '1', 'client', '12'),
);
const step = fc.record({ what: fc.constantFrom('set', 'delete', 'clear'), key, value: fc.integer() });

describe('Generation', () => {
  test('does what a Map does, in the same order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new Generation<number | string, number>();
        const map = new Map<number | string, number>();
        for (const { what, key: at, value } of steps) {
          // One clear in thirty steps leaves something to see.
          if (what === 'clear' && value % 10 === 0) {
            table.clear();
            map.clear();
          } else if (what === 'delete') {
            expect(table.delete(at)).toBe(map.delete(at));
          } else {
            table.set(at, value);
            map.set(at, value);
          }
          expect(table.get(at)).toBe(map.get(at));
          expect(table.size).toBe(map.size);
        }
        expect([...table.entries()]).toEqual([...map]);
      }),
    );
  });

  test('room that was given back is used again', () => {
    const table = new Generation<number, number>();
    for (let i = 0; i < 100_000; i += 1) {
      table.set(i, i);
      if (i >= 10) expect(table.delete(i - 10)).toBe(true);
    }
    expect(table.size).toBe(10);
    expect(table.values.length).toBeLessThan(64);
  });

  test('numbers chosen to meet in one chain are found as fast as others', () => {
    const collide = colliding(3000);
    const table = new Generation<number, number>();
    const begun = performance.now();
    for (let round = 0; round < 5; round += 1) for (const [i, number] of collide.entries()) table.set(number, i);
    const chosen = performance.now() - begun;
    expect(table.size).toBe(collide.length);
    for (const [i, number] of collide.entries()) expect(table.get(number)).toBe(i);
    // Walking chains of 3,000 five times takes 20 million steps more: seconds on a slow machine, where this takes 20 ms.
    expect(chosen).toBeLessThan(1000);
    for (const number of collide) expect(table.delete(number)).toBe(true);
    expect([...table.entries()]).toEqual([]);
  });
});

/** Numbers whose hash is 0 whatever the size of the table: the multiplier's inverse undone by the low half. */
function colliding(count: number): number[] {
  return Array.from({ length: count }, (_, high) => {
    const mixed = Math.imul(high, 0x85ebca6b);
    return high * 4294967296 + (mixed >>> 0);
  });
}
