import { describe, expect, test } from 'vitest';
import { AgeQueue, type Aged, BoundedMap, BoundedPairs } from '../../src/flow/bounded.ts';

describe('BoundedMap', () => {
  test('never holds more than its cap, and says what it forgot', () => {
    const forgotten: number[] = [];
    const map = new BoundedMap<number, number>('things', 10, (key) => forgotten.push(key));
    for (let i = 0; i < 100; i += 1) {
      map.set(i, i);
      expect(map.size).toBeLessThanOrEqual(10);
    }
    expect(map.get(99)).toBe(99);
    expect(map.get(0)).toBeUndefined();
    expect(map.limit()).toEqual({ name: 'things', cap: 10, lost: forgotten.length });
    expect(forgotten).toEqual(Array.from({ length: 100 - map.size }, (_, i) => i));
  });

  test('an entry that is asked for stays; a peek does not keep it', () => {
    const map = new BoundedMap<string, number>('things', 10);
    map.set('asked', 1);
    map.set('peeked', 2);
    for (let i = 0; i < 50; i += 1) {
      map.set(`other ${i}`, i);
      expect(map.get('asked')).toBe(1);
      map.peek('peeked');
    }
    expect(map.has('peeked')).toBe(false);
  });

  test('a deleted or replaced entry is not counted as lost', () => {
    const map = new BoundedMap<string, number>('things', 4);
    map.set('a', 1);
    map.set('a', 2);
    expect([map.get('a'), map.size]).toEqual([2, 1]);
    expect(map.delete('a')).toBe(true);
    expect(map.delete('a')).toBe(false);
    expect(map.limit()).toBeUndefined();
  });
});

describe('AgeQueue', () => {
  interface Entry extends Aged<Entry> {
    name: string;
  }
  const entry = (name: string, weight = 1): Entry => ({ name, weight, older: undefined, younger: undefined });
  const names = (queue: AgeQueue<Entry>): string => {
    let list = '';
    for (let one = queue.oldest; one !== undefined; one = one.younger) list += one.name;
    return list;
  };

  test('keeps the order of touches through adding, touching and removing anywhere', () => {
    const queue = new AgeQueue<Entry>('queue', 100);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => entry(name)) as [Entry, Entry, Entry, Entry];
    for (const one of [a, b, c, d]) queue.add(one);
    queue.touch(d);
    expect(names(queue)).toBe('abcd');
    queue.touch(b);
    expect(names(queue)).toBe('acdb');
    queue.remove(c);
    queue.remove(a);
    expect(names(queue)).toBe('db');
    queue.remove(b);
    queue.remove(d);
    expect([names(queue), queue.size, queue.oldest]).toEqual(['', 0, undefined]);
    queue.add(a);
    expect([names(queue), queue.oldest]).toEqual(['a', a]);
  });

  test('names the oldest as excess while the weights pass the cap', () => {
    const queue = new AgeQueue<Entry>('queue', 5);
    const [a, b, c] = [entry('a', 2), entry('b', 3), entry('c', 1)];
    queue.add(a);
    queue.add(b);
    expect(queue.excess).toBeUndefined();
    queue.add(c);
    expect(queue.excess).toBe(a);
    queue.remove(a);
    expect(queue.excess).toBeUndefined();
    b.weight = 9;
    queue.reweighed(3, 9);
    expect(queue.excess).toBe(b);
    queue.remove(b, 9);
    expect(queue.excess).toBeUndefined();
    queue.lost += 2;
    expect(queue.limit()).toEqual({ name: 'queue', cap: 5, lost: 2 });
  });
});

describe('BoundedPairs', () => {
  test('tells pairs apart in both numbers, also beyond 32 bits', () => {
    const pairs = new BoundedPairs('stations', 64);
    const high = 0x525400000001;
    pairs.add(high, 3);
    pairs.add(0, 0);
    expect(pairs.has(high, 3)).toBe(true);
    expect(pairs.has(0, 0)).toBe(true);
    for (const [large, small] of [
      [high, 2],
      [high % 4294967296, 3],
      [high + 4294967296, 3],
      [0, 1],
      [1, 0],
    ] as const) {
      expect(pairs.has(large, small)).toBe(false);
    }
  });

  test('forgets the oldest and never what is in use', () => {
    const pairs = new BoundedPairs('stations', 1024);
    for (let i = 0; i < 100_000; i += 1) {
      pairs.add(0x525400000000 + i, 0);
      pairs.add(7, 7);
    }
    expect(pairs.has(7, 7)).toBe(true);
    expect(pairs.has(0x525400000000, 0)).toBe(false);
    expect(pairs.has(0x525400000000 + 99_999, 0)).toBe(true);
    expect(pairs.size).toBeLessThanOrEqual(1024);
    expect(pairs.limit()?.lost).toBeGreaterThan(98_000);
  });

  test('half the cap is held without loss', () => {
    const pairs = new BoundedPairs('stations', 65_536);
    for (let i = 0; i < 32_768; i += 1) pairs.add(i * 7919 * 65_536, i % 5);
    let held = 0;
    for (let i = 0; i < 32_768; i += 1) held += pairs.has(i * 7919 * 65_536, i % 5) ? 1 : 0;
    expect(held).toBe(32_768);
    expect(pairs.limit()).toBeUndefined();
  });
});
