import { describe, expect, it } from 'vitest';
import { analyzeFrames } from '../support/captured.ts';
import { buildDhcp4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';
import { message6, option6 } from '../support/scene.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';

/** Names as bytes; what points, points into themselves. */
const NAMES: Readonly<Record<string, number[]>> = {
  'a pointer to itself': [0xc0, 0],
  'two pointers to one another': [0xc0, 2, 0xc0, 0],
  'a pointer behind a label': [1, 0x61, 0xc0, 0],
  'a pointer beyond the end': [0xff, 0xff],
  'a pointer without its second byte': [1, 0x61, 0xc0],
  'a chain of a hundred pointers': Array.from({ length: 100 }, (_, i) => [0xc0, Math.max(0, 2 * i - 2)]).flat(),
  'names that grow by pointers': Array.from({ length: 60 }, (_, i) => [1, 0x61, 0xc0, Math.max(0, 4 * i - 4)]).flat(),
  'a label beyond the end': [63, 0x61],
  'the reserved label types': [0x40, 0x61, 0x80, 0x61],
  'a name of 300 bytes': [...Array.from({ length: 5 }, () => [60, ...Array<number>(60).fill(0x61)]).flat(), 0],
  'nothing but roots': Array<number>(250).fill(0),
  'labels of one byte, 250 of them': Array<number>(250).fill(1),
};

const MESSAGES: Readonly<Record<string, (name: number[]) => Uint8Array>> = {
  'DHCP option 119': (name) =>
    p.udp4Frame(
      { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', sport: 67, dport: 68 },
      buildDhcp4({
        op: 2,
        yiaddr: '10.0.0.2',
        options: [
          [53, [2]],
          [54, [10, 0, 0, 1]],
          [119, name],
          [120, [0, ...name]],
          [81, [0, 0, 0, ...name]],
          [137, name],
        ],
      }),
    ),
  'DHCPv6 options 24, 39, 51 and 64': (name) =>
    p.udp6Frame(
      { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'fe80::2', sport: 547, dport: 546 },
      message6(
        2,
        1,
        option6(24, name),
        option6(39, [0, ...name]),
        option6(51, name),
        option6(64, name),
        option6(21, name),
      ),
    ),
  'ND DNSSL': (name) =>
    p.icmp6Frame(
      { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'ff02::1', type: 134 },
      p.concat([64, 0], p.u16(1800), p.u32(0), p.u32(0), p.ndOption(31, p.concat(p.u16(0), p.u32(600), name))),
    ),
  DNS: (name) =>
    p.udp4Frame(
      { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', sport: 4000, dport: 53 },
      // Pointers count from the message's beginning: 12 bytes further.
      p.concat(
        p.u16(1),
        p.u16(0x8180),
        p.u16(9),
        p.u16(9),
        p.u16(9),
        p.u16(9),
        name.map((byte, i) => (name[i - 1] === 0xc0 ? byte + 12 : byte)),
        p.u16(1),
        p.u16(1),
      ),
    ),
};

describe.each(Object.entries(MESSAGES))('%s', (_protocol, message) => {
  it.each(Object.entries(NAMES))('%s', async (_name, name) => {
    const frames = Array.from({ length: 200 }, (_, i) => ({ time: 1_700_000_000 + i, bytes: message(name) }));
    const began = performance.now();
    const { records, captures } = await analyzeFrames(frames);
    expect(captures[0]?.frames).toBe(200);
    expect(Object.values(records).reduce((sum, { total }) => sum + total, 0)).toBe(200);
    // A loop that ends at some bound only would show: a message takes some 20 us.
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
