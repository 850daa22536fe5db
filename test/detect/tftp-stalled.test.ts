import { describe, expect, it } from 'vitest';
import { analyzeFrames, ids } from '../support/captured.ts';
import { TftpScene } from '../support/tftp.ts';

describe('tftp-stalled', () => {
  it('fires when blocks stop though the capture goes on', async () => {
    const scene = new TftpScene();
    scene.read(0, 'kernel');
    scene.data(0.1, 1, 512);
    scene.ack(0.11, 1);
    scene.goesOn(40);
    const analysis = await analyzeFrames(scene.frames);
    expect(ids(analysis)).toEqual(['tftp-stalled']);
    expect(analysis.findings[0]?.message).toContain('stopped after block 1');
    expect(analysis.findings[0]?.evidence.some((one) => one.kind === 'absence')).toBe(true);
  });

  it('fires at the capture end when the client asked again and again', async () => {
    const scene = new TftpScene();
    scene.read(0, 'kernel');
    scene.data(0.1, 1, 512);
    for (const at of [0.11, 1, 2, 3, 4, 5.5]) scene.ack(at, 1);
    expect(ids(await analyzeFrames(scene.frames))).toEqual(['tftp-stalled']);
  });

  it('fires on requests that nobody answers, where answers would be seen', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'first', 1, 2000);
    for (const at of [1, 3, 7, 12]) scene.read(at, 'second', 2001);
    scene.goesOn(60);
    const analysis = await analyzeFrames(scene.frames);
    expect(ids(analysis)).toEqual(['tftp-stalled']);
    expect(analysis.findings[0]?.message).toContain('never answered');
  });

  it('is quiet, and says so, where answers do not pass', async () => {
    const scene = new TftpScene();
    for (const at of [1, 3, 7, 12]) scene.read(at, 'second', 2001);
    scene.goesOn(60);
    const analysis = await analyzeFrames(scene.frames);
    expect(ids(analysis)).toEqual([]);
    expect(analysis.coverage.map(({ id }) => id)).toContain('replies-not-visible');
    expect(analysis.verdict.state).toBe('undecided');
  });

  it('is quiet when the same file is read to its end afterwards', async () => {
    const scene = new TftpScene();
    scene.read(0, 'kernel');
    scene.data(0.1, 1, 512);
    scene.whole(30, 'kernel', 4, 2071);
    scene.goesOn(90);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });

  it('is quiet on a whole read, its block numbers wrapping', async () => {
    const scene = new TftpScene();
    scene.read(0, 'big');
    for (const [i, block] of [65_533, 65_534, 65_535, 0, 1].entries()) {
      if (i === 0) for (let b = 1; b < 65_533; b += 20_000) scene.data(0.0001 * b, b, 512);
      scene.data(8 + i, block, block === 1 ? 10 : 512);
      scene.ack(8 + i + 0.01, block);
    }
    scene.goesOn(60);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });
});
