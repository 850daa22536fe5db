import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootFileName,
  dhcpv4,
  optionDomainNames,
  optionIpv4,
  optionIpv4List,
  optionText,
  optionU16List,
  pxeBootServers,
  relayAgentSubOption,
  serverName,
  userClasses,
} from '../../../src/wire/protocols/dhcpv4/index.ts';
import { buildDhcp4, decode4, encodeOptions, hex, ip, record4, trace4 } from '../../support/dhcp4.ts';

const faults = (bytes: Uint8Array, whole = bytes.length) =>
  record4(bytes, whole).faults.map((f) => `${f.path}: ${f.code}`);

describe('hostile input', () => {
  const rich = buildDhcp4({
    op: 2,
    file: [
      ...encodeOptions([
        [67, 'boot'],
        [119, hex('01610001 62c000')],
      ]),
      255,
    ],
    sname: [...encodeOptions([[66, 'tftp']]), 255],
    options: [
      [53, [5]],
      [52, [3]],
      [54, ip('192.0.2.1')],
      [60, 'PXEClient'],
      [43, [6, 1, 3, 8, 7, 0, 0, 1, ...ip('192.0.2.1'), 9, 7, 0, 0, 4, ...hex('626f6f74'), 10, 3, 5, 104, 105, 255]],
      [82, [1, 6, 0, 4, 0, 10, 1, 2, 9, 9, 0, 0, 0, 9, 4, 1, 2, 3, 4, 7, 4, 1, 4, 97, 98]],
      [121, [24, 192, 0, 2, ...ip('192.0.2.1'), 0, ...ip('192.0.2.2')]],
      [125, [0, 0, 0x11, 0x8b, 6, 2, 4, ...ip('192.0.2.3')]],
      [120, [1, ...ip('192.0.2.4')]],
    ],
  });

  it('of every length decodes, and says nothing that was not on the wire', () => {
    const whole = record4(rich);
    expect(whole.faults).toEqual([]);
    for (let length = 0; length <= rich.length; length += 1) {
      const prefix = rich.slice(0, length);
      for (const wireLength of [length, rich.length]) {
        const r = decode4(prefix, wireLength);
        if (length < 236) {
          expect(r).toEqual({ protocol: 'dhcpv4', cut: r.faults[0], faults: r.faults });
          continue;
        }
        if (r.cut !== undefined) throw new Error(`cut at ${length}`);
        expect(r.giaddr).toBe(whole.giaddr);
        // Each option found is one of the whole message, unchanged.
        const known = new Set(optionKeys(whole.options));
        for (const key of optionKeys(r.options)) expect(known).toContain(key);
        for (const code of [54, 51, 50]) {
          expect([optionIpv4(whole, rich, code), -1]).toContain(optionIpv4(r, prefix, code));
        }
        if (length < rich.length)
          expect(r.faults.length).toBeGreaterThan(length === 236 && wireLength === 236 ? -1 : 0);
      }
    }
  });

  function optionKeys(options: readonly number[]): string[] {
    const keys: string[] = [];
    for (let i = 0; i < options.length; i += 4) keys.push(options.slice(i, i + 4).join());
    return keys;
  }

  const readAll = (bytes: Uint8Array, whole: number) => {
    const r = decode4(bytes, whole);
    dhcpv4.kindOf(r);
    if (r.cut !== undefined) return r;
    for (let code = 0; code < 256; code += 1) {
      optionText(r, bytes, code);
      optionIpv4List(r, bytes, code);
      optionU16List(r, bytes, code);
      optionDomainNames(r, bytes, code);
      relayAgentSubOption(r, bytes, code);
    }
    pxeBootServers(r, bytes);
    userClasses(r, bytes);
    serverName(r, bytes);
    bootFileName(r, bytes);
    return r;
  };

  it('of random bytes decodes in both ways alike', () => {
    const option = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 24 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(option, { maxLength: 12 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(3),
        (list, tail, overload) => {
          const raw = list.flatMap(([code, value, honest]) => [
            code,
            honest ? value.length : (value[0] ?? 7),
            ...value,
          ]);
          const head = buildDhcp4({
            options: [
              [53, [5]],
              [60, 'PXEClient'],
              [52, [overload]],
            ],
            end: false,
          });
          const bytes = Uint8Array.from([...head, ...raw, ...tail]);
          bytes.set(tail.subarray(0, 40), 44);
          bytes.set(raw.slice(0, 128), 108);
          const plain = readAll(bytes, bytes.length);
          const { cursor, record } = trace4(bytes);
          expect(record.faults).toEqual(plain.faults);
          expect({ ...record, faults: [] }).toEqual({ ...plain, faults: [] });
          for (const row of cursor.rows) {
            expect(row.at).toBeGreaterThanOrEqual(0);
            expect(row.at + row.length).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of any single changed byte decodes', () => {
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.nat(255), (at, value) => {
        const bytes = rich.slice();
        bytes[at] = value;
        expect(trace4(bytes).record.faults).toEqual(readAll(bytes, bytes.length).faults);
      }),
      { numRuns: 400 },
    );
  });

  it('of 64 KiB without END or of empty options ends', () => {
    const pads = Uint8Array.from([...buildDhcp4({ end: false }), ...Array<number>(65000).fill(0)]);
    expect(faults(pads)).toEqual(['options.end: missing']);
    const empties = Uint8Array.from([
      ...buildDhcp4({ end: false }),
      ...Array.from({ length: 65000 }, (_, i) => (i % 2 === 0 ? 200 : 0)),
    ]);
    expect(record4(empties).options).toHaveLength(4 * 32500);
    const repeated = Uint8Array.from([
      ...buildDhcp4({ end: false }),
      ...Array.from({ length: 65000 }, (_, i) => (i % 2 === 0 ? 53 : 0)),
    ]);
    expect(record4(repeated).faults.length).toBeGreaterThan(0);
  });
});
