import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalEntries } from '../../src/bundle/journal-entries.ts';
import type { TimelineEntry } from '../../src/bundle/timeline.ts';
import { folder } from './sample.ts';

const where = folder();

async function read(bytes: Buffer): Promise<TimelineEntry[]> {
  const path = join(where, 'x.export');
  writeFileSync(path, bytes);
  const entries: TimelineEntry[] = [];
  for await (const entry of journalEntries(path)) entries.push(entry);
  return entries;
}

function binary(name: string, value: Buffer, length = BigInt(value.length)): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length);
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
}

describe('entries of a journal in export format', () => {
  it('have their text and binary fields, and no cursor', async () => {
    const entries = await read(
      Buffer.concat([
        Buffer.from('__CURSOR=s=1\n__REALTIME_TIMESTAMP=1790000000000001\nMESSAGE=a=b\n\n\n'),
        Buffer.from('__REALTIME_TIMESTAMP=1790000000000002\n'),
        binary('MESSAGE', Buffer.from('two\n\nlines\nX=1')),
        binary('EMPTY', Buffer.alloc(0)),
        Buffer.from('_PID=7\n\n_PID=8\nMESSAGE=without a time\n\n'),
        Buffer.from('__REALTIME_TIMESTAMP=1790000000000003\nMESSAGE=last, without an end'),
      ]),
    );
    expect(entries.map(({ time, fields }) => [time % 1e6, Object.fromEntries(fields)])).toEqual([
      [1, { MESSAGE: 'a=b' }],
      [2, { MESSAGE: 'two\n\nlines\nX=1', EMPTY: '', _PID: '7' }],
      [3, { MESSAGE: 'last, without an end' }],
    ]);
  });

  it('are whole where they span the pieces in which the file is read', async () => {
    const one = (i: number): string =>
      `__REALTIME_TIMESTAMP=${1_790_000_000_000_000 + i}\nMESSAGE=${'m'.repeat(97)}${i}\n\n`;
    const entries = await read(Buffer.from(Array.from({ length: 5000 }, (_, i) => one(i)).join('')));
    expect(entries).toHaveLength(5000);
    expect(entries.every(({ fields }, i) => fields.get('MESSAGE') === `${'m'.repeat(97)}${i}`)).toBe(true);
  });

  it('end with the file, whatever lengths they claim, and hold no more than a timeline takes', async () => {
    const head = Buffer.from('__REALTIME_TIMESTAMP=1790000000000001\n');
    const claims = await read(Buffer.concat([head, binary('MESSAGE', Buffer.from('x'), (1n << 64n) - 1n)]));
    expect(claims.map(({ fields }) => fields.size)).toEqual([0]);
    const large = await read(
      Buffer.concat([head, binary('MESSAGE', Buffer.alloc(3_000_000, 'y')), Buffer.from('A=1\n\n')]),
    );
    expect((large[0]?.fields.get('MESSAGE') ?? '').length).toBeLessThanOrEqual(64 * 1024);
    expect(await read(Buffer.alloc(0))).toEqual([]);
  });
});
