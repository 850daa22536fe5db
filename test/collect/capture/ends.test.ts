import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { findProgram } from '../../../src/collect/capture/program.ts';
import { MAIN, rackwitness } from '../../cli/run.ts';
import { framesIn, manifestOf, Workshop } from './engine.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.clear());

const left = (): string[] => readdirSync(shop.folder).filter((name) => name !== 'fake-tcpdump');

/** Starts a capture, waits until so many bytes are on the disk, then does something to it. */
async function during(
  args: readonly string[],
  partial: string,
  bytes: number,
  act: (pid: number) => void,
): Promise<{ code: number | null; signal: string | null; err: string; out: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (b: Buffer) => (said.out += b.toString()));
  child.stderr.on('data', (b: Buffer) => (said.err += b.toString()));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  for (let i = 0; i < 200; i += 1) {
    if (existsSync(partial) && statSync(partial).size >= bytes) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  act(child.pid ?? 0);
  return { ...(await ended), ...said };
}

describe('a capture ends at', () => {
  it('its duration, with a manifest that the analysis reads', () => {
    const out = shop.path('a.pcap');
    const { code, out: text, err } = rackwitness(shop.args({ frames: 5 }, out, '--duration', '300ms'));
    expect([code, text]).toEqual([0, `${out}\n`]);
    expect(err).toContain('5 frames captured on lo, ended by duration');
    expect(err).toContain('7 frames were dropped');
    expect(left()).toEqual(['a.pcap', 'a.pcap.manifest.json']);
    expect(left().map((name) => statSync(shop.path(name)).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(framesIn(out)).toBe(5);
    const manifest = manifestOf(out);
    expect(manifest).toMatchObject({
      file: 'a.pcap',
      frames: 5,
      bytes: 24 + 5 * 76,
      sha256: createHash('sha256').update(readFileSync(out)).digest('hex'),
      interface: 'lo',
      preset: null,
      drops: 7,
      counters: { captured: 5, received: 5, droppedByKernel: 7, droppedByInterface: -1 },
      ended: { by: 'duration', signal: null },
      engine: { name: 'tcpdump', exit: 0 },
      original: 'retained',
    });
    const said = saidBeside(out);
    expect(said).toMatchObject({ interface: 'lo', drops: 7, filter: manifest.filter });
    expect((said?.stop ?? 0) - (said?.start ?? 0)).toBeGreaterThan(250_000);
  });

  it('its packets, exactly', () => {
    const out = shop.path('p.pcap');
    const { code } = rackwitness(shop.args({ frames: 100_000 }, out, '--packets', '1234'));
    expect(code).toBe(0);
    expect(framesIn(out)).toBe(1234);
    expect(manifestOf(out).ended.by).toBe('packets');
  });

  it('its bytes, never above', () => {
    const out = shop.path('b.pcap');
    const { code } = rackwitness(shop.args({ frames: 100_000, size: 1000 }, out, '--bytes', '10kB'));
    expect(code).toBe(0);
    expect(statSync(out).size).toBe(24 + 9 * 1016);
    expect(manifestOf(out).ended.by).toBe('bytes');
  });
});

describe('what was captured stays whole when', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s comes', async (signal, code) => {
    const out = shop.path('s.pcap');
    const args = shop.args({ frames: 20 }, out, '--duration', '60s');
    const outcome = await during(args, `${out}.partial`, 24 + 20 * 76, (pid) => process.kill(pid, signal));
    expect(outcome).toMatchObject({ code, out: '' });
    expect(left()).toEqual(['s.pcap', 's.pcap.manifest.json']);
    expect(framesIn(out)).toBe(20);
    expect(manifestOf(out).ended).toMatchObject({ by: 'signal', signal });
    expect(manifestOf(out).counters['captured']).toBe(20);
  });

  it('the engine is killed inside a record', () => {
    const out = shop.path('k.pcap');
    const { code, err } = rackwitness(shop.args({ frames: 9, ending: 'half' }, out));
    expect(code).toBe(3);
    expect(framesIn(out)).toBe(9);
    expect(manifestOf(out)).toMatchObject({
      frames: 9,
      drops: -1,
      ended: { by: 'engine' },
      engine: { signal: 'SIGKILL' },
    });
    expect(err).toContain('whole, and listed in its manifest');
  });

  it('the engine leaves, or the interface', () => {
    for (const [ending, by] of [
      ['exit', 'engine'],
      ['gone', 'interface'],
    ] as const) {
      const out = shop.path(`${ending}.pcap`);
      expect(rackwitness(shop.args({ frames: 3, ending }, out)).code).toBe(3);
      expect(manifestOf(out)).toMatchObject({ frames: 3, drops: 7, ended: { by } });
    }
  });

  it('the engine sends nonsense', () => {
    const out = shop.path('g.pcap');
    expect(rackwitness(shop.args({ frames: 4, ending: 'garbage' }, out)).code).toBe(3);
    expect(framesIn(out)).toBe(4);
    expect(manifestOf(out).ended.by).toBe('stream');
  });

  it('the engine does not hear: it is killed', () => {
    const out = shop.path('d.pcap');
    expect(rackwitness(shop.args({ frames: 4, deaf: true }, out, '--packets', '2')).code).toBe(0);
    expect(framesIn(out)).toBe(2);
    expect(manifestOf(out).engine.signal).toBe('SIGKILL');
  });
});

it('leaves only what is unfinished when it is killed itself, and no engine behind', async () => {
  const out = shop.path('x.pcap');
  const mark = shop.folder;
  const args = shop.args({ frames: 3, mark }, out);
  const outcome = await during(args, `${out}.partial`, 24 + 3 * 76, (pid) => process.kill(pid, 'SIGKILL'));
  expect(outcome.signal).toBe('SIGKILL');
  expect(left()).toEqual(['x.pcap.manifest.json.partial', 'x.pcap.partial']);
  const again = rackwitness(shop.args({ frames: 1 }, out));
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('x.pcap.partial is there')]);
  // Without setpriv the engine ends at its next frame.
  if (findProgram('setpriv') !== '') expect(running(mark)).toEqual([]);
});

/** Processes whose command line has this text. */
function running(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
