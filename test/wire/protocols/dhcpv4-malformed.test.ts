import { describe, expect, it } from 'vitest';
import { rowsToJson } from '../../../src/wire/trace.ts';
import type { JsonValue } from '../../../src/wire/trace.ts';
import { buildDhcp4, record4, trace4 } from '../../support/dhcp4.ts';
import type { Option4 } from '../../support/dhcp4.ts';

/** The option as `decode` shows it, without what every option has; and its faults. */
function show(option: Option4, others: readonly Option4[] = []): { value: JsonValue; faults: string[] } {
  const bytes = buildDhcp4({ options: [option, ...others] });
  const { cursor, record } = trace4(bytes);
  expect(record.faults).toEqual(record4(bytes).faults);
  const [first] = rowsToJson(cursor.rows)['options'] as Record<string, JsonValue>[];
  const { name: _name, code: _code, length: _length, ...value } = first ?? {};
  return { value, faults: record.faults.map((f) => `${f.path.replace(/^options\[0\]\./, '')}: ${f.code}`) };
}

const UUID = Array.from({ length: 16 }, (_, i) => i * 17);

describe('malformed options', () => {
  // What the RFCs fix: the lengths that each may have, among 0 to 34.
  const of = (test: (n: number) => boolean) => Array.from({ length: 35 }, (_, n) => n).filter(test);
  const exactly = (length: number) => of((n) => n === length);
  const times = (size: number, least = size) => of((n) => n >= least && n % size === 0);
  const rules: [string, number[], number[]][] = [
    ['0', [80], exactly(0)],
    ['1', [19, 20, 23, 27, 29, 30, 31, 34, 36, 37, 39, 46, 52, 53, 116, 156, 157], exactly(1)],
    ['2', [13, 22, 26, 57], exactly(2)],
    ['3', [94], exactly(3)],
    [
      '4',
      [1, 2, 16, 24, 28, 32, 35, 38, 50, 51, 54, 58, 59, 91, 108, 118, 152, 153, 154, 155, 159, 208, 211],
      exactly(4),
    ],
    ['16', [109, 123, 144], exactly(16)],
    ['17', [97], exactly(17)],
    ['2n', [25, 93, 117], times(2)],
    [
      '4n',
      [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 41, 42, 44, 45, 48, 49, 65, 69, 70, 71, 72, 73, 74, 75, 76, 85, 89, 92, 112, 136,
        138, 142, 148, 150,
      ],
      times(4),
    ],
    ['4n or nothing', [68], times(4, 0)],
    ['8n', [21, 33], times(8)],
    ['1 + 4n', [78], of((n) => n >= 5 && n % 4 === 1)],
    ['10 + 4n', [83], of((n) => n >= 14 && n % 4 === 2)],
    [
      'not empty',
      [
        12, 14, 15, 17, 18, 40, 47, 56, 60, 62, 64, 66, 67, 77, 79, 86, 87, 95, 98, 100, 101, 113, 114, 145, 151, 160,
        161, 203, 209, 210, 221, 252,
      ],
      of((n) => n > 0),
    ],
    ['at least 2', [61], of((n) => n >= 2)],
    ['at least 3', [81], of((n) => n >= 3)],
    ['at least 11', [90], of((n) => n >= 11)],
    ['anything', [128, 135, 175, 176, 200, 224, 254], of(() => true)],
  ];

  it.each(rules)('of length %s', (_name, list, allowed) => {
    for (const code of list) {
      for (let length = 0; length < 35; length += 1) {
        const value = Array.from({ length }, () => 1);
        const { faults } = show([code, value]);
        const wrong = faults.filter((fault) => fault === 'length: length').length;
        expect([code, length, wrong]).toEqual([code, length, allowed.includes(length) ? 0 : 1]);
      }
    }
  });

  it('keep their bytes', () => {
    expect(show([54, [1, 2, 3]])).toEqual({ value: { data: '010203' }, faults: ['length: length'] });
    expect(show([3, [1, 2, 3, 4, 5]])).toEqual({ value: { data: '0102030405' }, faults: ['length: length'] });
  });

  it.each<[string, number, number[], string]>([
    ['a mask wider than 32', 121, [33, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'routes[0].maskWidth: value'],
    ['a route without router', 121, [0, 1, 2, 3, 4, 24, 192, 0, 2, 1], 'routes[1].router: cut'],
    ['a pointer to itself', 119, [0xc0, 0], 'domainNames: value'],
    ['a label past the end', 119, [9, 97], 'domainNames: value'],
    ['a name without end', 119, [1, 97], 'domainNames: missing'],
    ['an encoding that is not defined', 120, [2, 0], 'encoding: value'],
    ['SIP addresses that are none', 120, [1, 1, 2], 'addresses: length'],
    ['a vendor past the end', 125, [0, 0, 0, 9, 9, 1, 0], 'enterprises[0].dataLength: length'],
    ['a vendor without length', 124, [0, 0, 0, 9, 0, 1, 2], 'enterprises[1].enterpriseNumber: cut'],
    ['a vendor sub-option past the end', 125, [0, 0, 0, 9, 2, 1, 9], 'enterprises[0].suboptions[0].length: length'],
    ['a civic element past the end', 99, [0, 68, 69, 1, 5, 97], 'elements[0].length: length'],
    ['a PCP list past the end', 158, [8, 1, 2, 3, 4], 'servers[0].listLength: length'],
    ['a PCP list of no address', 158, [1, 1, 0, 0, 0], 'servers[0].addresses: length'],
    ['a 6rd prefix that is too long', 212, [33, 129, ...UUID, 1, 2, 3, 4], 'ipv4MaskLength: value'],
    ['a resolver past the end', 162, [0, 9, 0, 1, 0], 'instances[0].length: length'],
    ['a resolver name past the end', 162, [0, 4, 0, 1, 9, 97], 'instances[0].authenticationDomainNameLength: length'],
    ['a bootstrap server past the end', 143, [0, 9, 97], 'bootstrapServers[0].length: length'],
    ['a NetWare sub-option of a wrong length', 63, [5, 2, 1, 1], 'suboptions[0].length: length'],
  ])('%s', (_what, code, value, fault) => {
    expect(show([code, value]).faults).toContain(fault);
  });
});
