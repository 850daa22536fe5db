import { describe, expect, it } from 'vitest';
import {
  bootFileName,
  fileText,
  hasOption,
  optionDomainNames,
  optionHex,
  optionIpv4,
  optionIpv4List,
  optionText,
  pxeBootServers,
  relayAgentIpv4,
  relayAgentSubOption,
  serverName,
  snameText,
  userClasses,
} from '../../../src/wire/protocols/dhcpv4/index.ts';
import { hexText, ipv4Text } from '../../../src/wire/values.ts';
import { buildDhcp4, encodeOptions, hex, ip, record4 } from '../../support/dhcp4.ts';
import type { Option4 } from '../../support/dhcp4.ts';

const faults = (bytes: Uint8Array, whole = bytes.length) =>
  record4(bytes, whole).faults.map((f) => `${f.path}: ${f.code}`);
const codes = (bytes: Uint8Array) => record4(bytes).options.filter((_, i) => i % 4 === 0);

describe('long options (RFC 3396)', () => {
  it('are put together, however they are split', () => {
    const value = Array.from({ length: 600 }, (_, i) => i % 256);
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [43, value],
      ],
    });
    expect(codes(bytes)).toEqual([53, 43, 43, 43]);
    const r = record4(bytes);
    expect(optionHex(r, bytes, 43)).toBe(Buffer.from(value).toString('hex'));
    expect(r.faults).toEqual([]);
    const split = buildDhcp4({
      options: [
        [3, [192, 0]],
        [53, [1]],
        [3, [2, 1, 192, 0, 2, 2]],
      ],
    });
    expect(optionIpv4List(record4(split), split, 3).map(ipv4Text)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(faults(split)).toEqual([]);
  });

  it('of which the parts are no whole have the fault at the last of them', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [3, [192, 0]],
        [3, [2]],
      ],
    });
    expect(record4(bytes).faults).toMatchObject([{ code: 'length', path: 'options[2].length', need: 4, have: 3 }]);
  });

  it('split a fixed value too', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [54, [192, 0]],
        [54, [2, 9]],
      ],
    });
    expect(ipv4Text(optionIpv4(record4(bytes), bytes, 54))).toBe('192.0.2.9');
    expect(faults(bytes)).toEqual([]);
  });

  it('hold compressed names across their pieces, and faults point into the message', () => {
    const list = [...hex('03656e67056170706c6503636f6d00'), ...hex('096d61726b6574696e67c004')];
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [119, list.slice(0, 9)],
        [12, 'x'],
        [119, list.slice(9)],
      ],
    });
    const r = record4(bytes);
    expect(optionDomainNames(r, bytes, 119)).toEqual(['eng.apple.com', 'marketing.apple.com']);
    expect(r.faults).toEqual([]);
    const bad = buildDhcp4({
      options: [
        [53, [1]],
        [119, [3, 97, 97]],
        [119, [97, 0xc0, 9]],
      ],
    });
    // The pointer stands in the second piece: cookie 4, option 53 3, the first piece 5, its own head 2, after one byte.
    expect(record4(bad).faults).toMatchObject([
      { code: 'value', path: 'options[2].domainNames', at: 236 + 4 + 3 + 5 + 2 + 1 },
    ]);
  });
});

describe('option overload (RFC 2131 4.1)', () => {
  const area = (options: readonly Option4[], end = true) => [...encodeOptions(options), ...(end ? [255] : [])];

  it('1: file holds options', () => {
    const bytes = buildDhcp4({
      op: 2,
      sname: 'rack01',
      file: area([
        [67, 'lpxelinux.0'],
        [66, 'tftp'],
      ]),
      options: [
        [53, [2]],
        [52, [1]],
      ],
    });
    const r = record4(bytes);
    expect(r).toMatchObject({ overload: 1, faults: [] });
    expect(r.file.length).toBe(0);
    expect([fileText(r, bytes), bootFileName(r, bytes)]).toEqual(['', 'lpxelinux.0']);
    expect([snameText(r, bytes), serverName(r, bytes)]).toEqual(['rack01', 'rack01']);
    expect(r.options.filter((_, i) => i % 4 === 3)).toEqual([0, 0, 1, 1]);
    expect(r.optionsEnd).toBe(bytes.length);
  });

  it('2: sname holds options', () => {
    const bytes = buildDhcp4({
      op: 2,
      sname: area([[66, 'tftp']]),
      file: 'lpxelinux.0',
      options: [
        [52, [2]],
        [53, [2]],
      ],
    });
    const r = record4(bytes);
    expect(r).toMatchObject({ overload: 2, messageType: 2, faults: [] });
    expect([snameText(r, bytes), serverName(r, bytes), bootFileName(r, bytes)]).toEqual(['', 'tftp', 'lpxelinux.0']);
  });

  it('3: both, in the order options, file, sname', () => {
    const bytes = buildDhcp4({
      op: 2,
      file: area([
        [56, 'b'],
        [53, [5]],
      ]),
      sname: area([[56, 'c']]),
      options: [
        [56, 'a'],
        [52, [3]],
      ],
    });
    const r = record4(bytes);
    expect(optionText(r, bytes, 56)).toBe('abc');
    expect(r.messageType).toBe(5);
    expect(r.options.filter((_, i) => i % 4 === 3)).toEqual([0, 0, 1, 1, 2]);
    expect(r.faults).toEqual([]);
  });

  it('without END in the field says so', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [3]],
      ],
      file: area([[12, 'x']], false),
      sname: area([[15, 'y']], false),
    });
    expect(faults(bytes)).toEqual(['fileOptions.end: missing', 'snameOptions.end: missing']);
    expect(record4(bytes).optionsWhole).toBe(true);
  });

  it('does not read past the field', () => {
    const sname = [...Array<number>(60).fill(0), 12, 9, 104, 105];
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [2]],
      ],
      sname,
      file: 'after',
    });
    expect(record4(bytes).faults).toMatchObject([{ code: 'length', path: 'snameOptions[0].length', need: 9, have: 2 }]);
    expect(hasOption(record4(bytes), 12)).toBe(false);
  });

  it('of a value that means nothing is a fault and changes nothing', () => {
    for (const value of [0, 4, 255]) {
      const bytes = buildDhcp4({
        options: [
          [53, [1]],
          [52, [value]],
        ],
        file: 'f',
      });
      expect(faults(bytes)).toEqual(['overload: value']);
      expect(fileText(record4(bytes), bytes)).toBe('f');
    }
  });

  it('inside an overloaded field starts nothing', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [1]],
      ],
      file: area([
        [52, [2]],
        [12, 'x'],
      ]),
      sname: 'plain',
    });
    const r = record4(bytes);
    expect([r.overload, snameText(r, bytes)]).toEqual([1, 'plain']);
  });
});

describe('what boot and relay readers give', () => {
  it('user classes as a list, or the bare text', () => {
    const of = (value: number[] | string) => {
      const bytes = buildDhcp4({
        options: [
          [53, [1]],
          [77, value],
        ],
      });
      return userClasses(record4(bytes), bytes);
    };
    expect(of([4, 105, 80, 88, 69, 2, 97, 98])).toEqual(['iPXE', 'ab']);
    expect(of('iPXE')).toEqual(['iPXE']);
    expect(of([0, 97])).toEqual(['\\x00a']);
    expect(of([])).toEqual([]);
  });

  it('PXE boot servers, only where the message says PXEClient', () => {
    const option43 = [
      6,
      1,
      3,
      0,
      8,
      18,
      0x80,
      0,
      2,
      ...ip('192.0.2.1'),
      ...ip('192.0.2.2'),
      0,
      1,
      1,
      ...ip('192.0.2.3'),
      255,
    ];
    const says = (vendorClass: string) => {
      const bytes = buildDhcp4({
        op: 2,
        options: [
          [53, [2]],
          [43, option43],
          [60, vendorClass],
        ],
      });
      const r = record4(bytes);
      expect(r.faults).toEqual([]);
      return [r.pxe, pxeBootServers(r, bytes).map(ipv4Text)];
    };
    expect(says('PXEClient')).toEqual([true, ['192.0.2.1', '192.0.2.2', '192.0.2.3']]);
    expect(says('PXEClienT')).toEqual([false, []]);
    expect(says('HTTPClient')).toEqual([false, []]);
  });

  it('boot servers whose count passes the end stop there', () => {
    const bytes = buildDhcp4({
      op: 2,
      options: [
        [53, [2]],
        [60, 'PXEClient'],
        [43, [8, 7, 0, 0, 9, ...ip('192.0.2.1')]],
      ],
    });
    expect(pxeBootServers(record4(bytes), bytes).map(ipv4Text)).toEqual(['192.0.2.1']);
    expect(faults(bytes)).toEqual(['options[2].suboptions[0].bootServers[0].count: length']);
  });

  it('sub-options of option 82', () => {
    const option82 = [
      1,
      6,
      0,
      4,
      0,
      10,
      1,
      2,
      2,
      8,
      0,
      6,
      ...hex('00aabbccddee'),
      5,
      4,
      ...ip('198.51.100.0'),
      11,
      4,
      ...ip('192.0.2.1'),
    ];
    const bytes = buildDhcp4({
      giaddr: '192.0.2.1',
      options: [
        [53, [1]],
        [82, option82],
      ],
    });
    const r = record4(bytes);
    expect(r.faults).toEqual([]);
    expect(ipv4Text(relayAgentIpv4(r, bytes, 5))).toBe('198.51.100.0');
    expect(ipv4Text(relayAgentIpv4(r, bytes, 11))).toBe('192.0.2.1');
    expect(relayAgentIpv4(r, bytes, 1)).toBe(-1);
    expect(relayAgentSubOption(r, bytes, 6)).toBeUndefined();
    const remote = relayAgentSubOption(r, bytes, 2);
    expect(remote === undefined ? '' : hexText(remote.bytes, remote)).toBe('000600aabbccddee');
  });
});
