import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/error.ts';
import { concat, payload, pcapHeader, pcapRecord, readBytes } from './vectors.ts';

describe('variants', () => {
  test.each([
    [0xa1b2c3d4, 'microseconds', '1700000000.000000007', 0, []],
    [0xa1b23c4d, 'nanoseconds', '1700000000.000000007', 9, []],
    [0xa1b2cd34, 'modified, microseconds', '', 0, [2, 0, 0, 0, 0, 8, 0, 0]],
  ] as const)('magic %s in both byte orders', async (magic, name, _time, digits, extra) => {
    for (const little of [true, false]) {
      const record = pcapRecord({ fraction: 7, little, extra, length: 90 });
      const { lines, summary } = await readBytes(concat(pcapHeader({ magic, little }), record, record));
      const time = digits === 9 ? '1700000000.000000007' : '1700000000.000007000';
      expect(lines.map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual([
        `1 ${time} 20 90 0`,
        `2 ${time} 20 90 0`,
      ]);
      expect(summary.variant).toBe(`${little ? 'little' : 'big'}-endian ${name}`);
      expect(summary.faults).toEqual([]);
    }
  });

  test('Ixia: four more bytes in the file header', async () => {
    const bytes = concat(pcapHeader({ magic: 0x1c0001ac }), [30, 0, 0, 0], pcapRecord({ fraction: 5 }));
    const { lines, summary } = await readBytes(bytes);
    expect(lines[0]).toMatch(/^1 1700000000\.000000005 20 20 0/);
    expect(summary.variant).toBe('little-endian Ixia, nanoseconds');
  });

  test.each([
    [2, 2, { captured: 40, length: 20, data: payload(20) }],
    [543, 0, { captured: 40, length: 20, data: payload(20) }],
    [2, 3, { captured: 40, length: 20, data: payload(20) }],
    [2, 3, { captured: 20, length: 40, data: payload(20) }],
  ])('version %i.%i: the order of the lengths', async (major, minor, record) => {
    const { lines } = await readBytes(concat(pcapHeader({ major, minor }), pcapRecord(record), pcapRecord()));
    expect(lines[0]).toMatch(/^1 1700000000\.000000000 20 40 0/);
    expect(lines).toHaveLength(2);
  });

  test('a version that nobody knows is said', async () => {
    const { lines, summary } = await readBytes(concat(pcapHeader({ major: 1 }), pcapRecord()));
    expect(lines).toEqual([]);
    expect(summary.faults).toEqual([
      { offset: 0, afterFrame: 0, code: 'bad-version', message: 'pcap version 1.4 is not known' },
    ]);
  });

  test('the upper half of the link-type word is masked off', async () => {
    const { summary } = await readBytes(concat(pcapHeader({ linkType: 0x24000001 }), pcapRecord()));
    expect(summary.interfaces[0]?.linkType).toBe(1);
  });
});

describe('damage', () => {
  test('a captured length beyond the largest frame stops the reading there', async () => {
    const bytes = concat(pcapHeader(), pcapRecord(), pcapRecord({ captured: 262145 }), pcapRecord());
    const { lines, summary } = await readBytes(bytes);
    expect(lines).toHaveLength(1);
    expect(summary.faults).toMatchObject([{ offset: 60, afterFrame: 1, code: 'bad-record-length' }]);
    expect(summary.truncated).toBe(false);
    expect(summary.bytes).toBe(60);
  });

  test('0xffffffff is no negative length', async () => {
    const { summary } = await readBytes(concat(pcapHeader(), pcapRecord({ captured: 0xffffffff })));
    expect(summary.faults).toMatchObject([{ offset: 24, afterFrame: 0, code: 'bad-record-length' }]);
  });

  test('D-Bus frames may be longer', async () => {
    const data = payload(300_000);
    const { lines } = await readBytes(concat(pcapHeader({ linkType: 231 }), pcapRecord({ data }), pcapRecord()));
    expect(lines).toHaveLength(2);
  });

  test('more captured than there was on the wire, and nothing at all, are given as they stand', async () => {
    const bytes = concat(pcapHeader(), pcapRecord({ length: 5 }), pcapRecord({ data: [] }), pcapRecord());
    const { lines, summary } = await readBytes(bytes);
    expect(lines.map((line) => line.split(' ').slice(2, 4).join(' '))).toEqual(['20 5', '0 0', '20 20']);
    expect(summary.faults).toEqual([]);
  });

  test('the frame that fills the buffer to the last byte, and one that is larger than it', async () => {
    const bytes = concat(pcapHeader(), pcapRecord({ data: payload(100) }), pcapRecord({ data: payload(5000) }));
    for (const chunk of [24, 116, 140, 141]) {
      const { lines, summary } = await readBytes(bytes, chunk);
      expect(lines.map((line) => line.split(' ')[2])).toEqual(['100', '5000']);
      expect(summary.faults).toEqual([]);
    }
  });
});

describe('what is no capture', () => {
  test('an empty file', async () => {
    const { summary } = await readBytes(new Uint8Array(0));
    expect(summary).toMatchObject({ format: 'unknown', frames: 0, truncated: false });
    expect(summary.faults).toEqual([{ offset: 0, afterFrame: 0, code: 'empty-file', message: 'the file is empty' }]);
  });

  test('three bytes', async () => {
    const { summary } = await readBytes(Uint8Array.of(0xd4, 0xc3, 0xb2));
    expect(summary.format).toBe('unknown');
    expect(summary.truncated).toBe(true);
    expect(summary.faults).toMatchObject([{ code: 'too-short' }]);
  });

  test('an unknown magic number is an error of one line that names it', async () => {
    const error = await readBytes(Buffer.from('GMBU and more')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CaptureError);
    expect(error).toMatchObject({ code: 'unknown-format' });
    expect(String(error)).toContain('474d4255');
    expect(String(error)).not.toContain('\n');
  });
});
