import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TimelineEntry, type TimelineFrame, writeTimeline } from '../../src/bundle/timeline.ts';
import { frames } from '../../src/streams.ts';
import { hasTool } from '../support/needs.ts';
import { folder } from './sample.ts';

const T = 1_790_000_000;

function frame(sec: number, nsec: number, over: Partial<TimelineFrame> = {}): TimelineFrame {
  const bytes = Buffer.from(
    `ffffffffffff02000000000108060001080006040001020000000001c0000201000000000000c0000202`,
    'hex',
  );
  return { interface: 0, sec, nsec, bytes, length: bytes.length, ...over };
}

function entry(micro: number, message: string): TimelineEntry {
  return {
    time: T * 1e6 + micro,
    fields: new Map([
      ['MESSAGE', message],
      ['_SYSTEMD_UNIT', 'snap.maas.pebble.service'],
      ['lower', 'left out'],
    ]),
  };
}

async function written(
  frameLists: readonly (readonly TimelineFrame[])[],
  journals: readonly (readonly TimelineEntry[])[],
) {
  const parts: Uint8Array[] = [];
  const interfaces = [{ linkType: 1, snapLength: 65_535, name: 'if-1' }];
  const summary = await writeTimeline(
    { interfaces, frames: frameLists, journals },
    { write: (bytes) => Promise.resolve(void parts.push(bytes)) },
  );
  return { summary, bytes: Buffer.concat(parts) };
}

const where = folder();

describe('a timeline', () => {
  const lists = [
    [
      frame(T, 1, { comments: ['arp-spoof: two stations claim 192.0.2.1', 'second — ünï'] }),
      frame(T, 500_000_001),
      frame(T + 2, 0),
    ],
    [
      frame(T + 1, 7),
      frame(T, 3, { comments: ['out of order in its capture'] }),
      frame(-1, 0, { sec: undefined, nsec: undefined }),
    ],
  ];
  const journals = [[entry(200_000, 'DHCPOFFER'), entry(1_000_000, 'two\nlines')], [entry(2_500_000, 'last')]];

  it('stands in the order of time, and our own reader takes it', async () => {
    const { summary, bytes } = await written(lists, journals);
    expect(summary).toEqual({ frames: 6, entries: 3, comments: 3 });
    const path = join(where, 'own.pcapng');
    writeFileSync(path, bytes);
    const seen: string[] = [];
    const stream = frames(path);
    for (let next = await stream.next(); ; next = await stream.next()) {
      if (next.done === true) {
        expect(next.value.complete).toBe(true);
        break;
      }
      seen.push(`${next.value.frame} ${next.value.time.slice(17)}`);
    }
    // Entries take the numbers 2, 4 and 9.
    expect(seen.map((one) => one.split(' ')[0])).toEqual(['1', '3', '5', '6', '7', '8']);
  });

  it.skipIf(!hasTool('tshark'))('is what tshark shows: numbers, comments and messages', async () => {
    const { bytes } = await written(lists, journals);
    const path = join(where, 'tshark.pcapng');
    writeFileSync(path, bytes);
    const fields = [
      '-T',
      'fields',
      '-E',
      'separator=|',
      '-e',
      'frame.number',
      '-e',
      'frame.time_epoch',
      '-e',
      'frame.comment',
      '-e',
      '_ws.col.Protocol',
      '-e',
      'systemd_journal.message',
    ];
    const rows = execFileSync('tshark', ['-r', path, ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trimEnd()
      .split('\n')
      .map((row) => row.split('|'));
    expect(rows.map(([number]) => number)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(rows.map((row) => row[3] === 'ARP')).toEqual([true, false, true, false, true, true, true, true, false]);
    expect(rows[0]?.[2]).toContain('arp-spoof: two stations claim 192.0.2.1');
    expect(rows[0]?.[2]).toContain('second — ünï');
    expect(rows[1]?.[4]).toContain('DHCPOFFER');
    expect(rows[3]?.[4]).toContain('two');
    expect(rows[8]?.[4]).toContain('last');
    expect(rows[0]?.[1]).toBe(`${T}.000000001`);
  });

  it('is the same bytes from the same inputs, and closes its sources when the sink fails', async () => {
    expect((await written(lists, journals)).bytes.equals((await written(lists, journals)).bytes)).toBe(true);
    let closed = false;
    function* endless(): Generator<TimelineFrame> {
      try {
        for (let i = 0; ; i += 1) yield frame(T + i, 0);
      } finally {
        closed = true;
      }
    }
    const failing = { write: () => Promise.reject(new Error('full')) };
    const interfaces = [{ linkType: 1, snapLength: 0, name: '' }];
    await expect(writeTimeline({ interfaces, frames: [endless()], journals: [] }, failing)).rejects.toThrow('full');
    expect(closed).toBe(true);
  });
});
