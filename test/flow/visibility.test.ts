import { describe, expect, test } from 'vitest';
import { Visibility, groupAddress } from '../../src/flow/visibility.ts';
import { envelope } from './dhcp4/bytes.ts';

const MAC = 0x525400000c01;
const frame = (fields: { ethSrc?: number; ethDst?: number; segment?: number; direction?: number }) =>
  envelope(new Uint8Array(0), fields);

describe('what a vantage can see', () => {
  test('unicast to a station, on that segment alone', () => {
    const visibility = new Visibility();
    visibility.note(frame({ ethDst: MAC, segment: 2 }));
    expect(visibility.sawUnicastTo(2, MAC)).toBe(true);
    expect(visibility.sawUnicastTo(1, MAC)).toBe(false);
    expect(visibility.sawUnicastTo(2, MAC + 1)).toBe(false);
  });

  test('neither a frame from it, nor broadcast and multicast, nor a link without destinations', () => {
    const visibility = new Visibility();
    visibility.note(frame({ ethSrc: MAC, ethDst: 0xffffffffffff }));
    visibility.note(frame({ ethSrc: MAC, ethDst: 0x01005e000001 }));
    visibility.note(frame({ ethSrc: MAC, ethDst: -1, direction: 0 }));
    for (const mac of [MAC, 0xffffffffffff, 0x01005e000001, -1]) expect(visibility.sawUnicastTo(0, mac)).toBe(false);
  });

  test('what the capturing host itself sent shows that answers to it pass here', () => {
    const visibility = new Visibility();
    visibility.note(frame({ ethSrc: MAC, ethDst: -1, direction: 4 }));
    expect(visibility.sawUnicastTo(0, MAC)).toBe(true);
  });

  test('all of a capture where its owner says so', () => {
    const visibility = new Visibility();
    visibility.declareSeesAll(1);
    expect([visibility.seesAll(0), visibility.seesAll(1)]).toEqual([false, true]);
  });

  test('is bounded and says so', () => {
    const visibility = new Visibility();
    for (let i = 0; i < 200_000; i += 1) visibility.note(frame({ ethDst: 0x525400000000 + i }));
    expect(visibility.limits()).toEqual([{ name: 'stations', cap: 65_536, lost: expect.any(Number) }]);
    expect(visibility.sawUnicastTo(0, 0x525400000000 + 199_999)).toBe(true);
  });
});

test('the group bit', () => {
  expect([0xffffffffffff, 0x01005e000001, 0x333300000001].map(groupAddress)).toEqual([true, true, true]);
  expect([MAC, 0x025400000001, 0].map(groupAddress)).toEqual([false, false, false]);
});
