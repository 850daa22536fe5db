import { describe, expect, it } from 'vitest';
import { analyzeFrames } from '../support/captured.ts';
import { arpFrame } from '../support/packets.ts';

const FRAME = arpFrame({ operation: 1, senderMac: '52:54:00:00:00:01', senderIp: '10.0.0.1', targetIp: '10.0.0.2' });

async function notes(times: readonly number[], workers: number): Promise<string[]> {
  const frames = times.map((time) => ({ time, bytes: FRAME }));
  const analysis = await analyzeFrames(frames, { workers, range: 128 });
  return analysis.coverage.filter(({ id }) => id === 'time-order').map(({ message }) => message);
}

describe('what a capture says of its own making', () => {
  it.each([0, 1])('says how many frames go back in time, wherever ranges are cut (%i workers)', async (workers) => {
    const [note] = await notes([100, 200, 150, 300, 300, 299.5], workers);
    expect(note).toMatch(/^2 frames with an earlier time/);
  });

  it('is silent on a capture in order, past 2038 too', async () => {
    expect(await notes([1, 2, 2_147_483_647, 2_147_483_648, 4_000_000_000], 0)).toEqual([]);
  });
});
