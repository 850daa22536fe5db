import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { acquireCommand } from '../../src/collect/command.ts';
import { Output } from '../../src/collect/output.ts';
import type { Acquired } from '../../src/collect/result.ts';
import { fakeTool, folder } from './scene.ts';

interface Ran extends Acquired {
  text: string;
  seconds: number;
}

async function run(script: string, more: { timeout?: number; cap?: number; signal?: AbortSignal } = {}): Promise<Ran> {
  const tools = folder();
  fakeTool(tools, 'tool', script);
  return acquire(join(tools, 'tool'), more);
}

async function acquire(
  tool: string,
  { timeout = 20, cap = 1 << 20, signal = new AbortController().signal } = {},
  args: readonly string[] = [],
): Promise<Ran> {
  const out = join(folder(), 'out');
  const output = new Output(out);
  let path = '';
  const begun = performance.now();
  const acquired = await acquireCommand(
    tool,
    args,
    () => {
      const file = output.create('host/one.txt');
      path = join(out, file.name);
      return file;
    },
    { nice: '', setpriv: '', timeout, cap, fine: [], home: '', signal },
  );
  const text = path === '' || !existsSync(path) ? '' : readFileSync(path, 'latin1');
  return { ...acquired, text, seconds: (performance.now() - begun) / 1000 };
}

describe('a program', () => {
  it('sees nothing of its caller: no shell, no environment, no input', async () => {
    const { text } = await acquire('/usr/bin/env');
    expect(text.trim().split('\n').sort()).toEqual([
      'LANGUAGE=C',
      'LC_ALL=C',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'TZ=UTC',
    ]);
    expect((await acquire('/bin/echo', {}, ['$HOME', '; id', '`id`', '*'])).text).toBe('$HOME ; id `id` *\n');
    expect(await run('read answer || echo nobody')).toMatchObject({ status: 'collected', text: 'nobody\n' });
  });

  it('that hangs is ended after its time, with all that it started', async () => {
    const left = join(folder(), 'pid');
    const { status, reason, text, seconds } = await run(
      `trap '' TERM\necho before\nsleep 300 &\necho $! > ${left}\nwhile :; do sleep 1; done`,
      { timeout: 0.5 },
    );
    expect({ status, reason, text }).toEqual({
      status: 'failed',
      reason: 'it did not end within 0.5 s and was stopped',
      text: 'before\n',
    });
    expect(seconds).toBeLessThan(8);
    await wait(200);
    expect(alive(Number(readFileSync(left, 'utf8')))).toBe(false);
  });

  it('that floods is cut at its cap, and ended', async () => {
    const flood = await run('while :; do echo 0123456789012345678901234567890123456789; done', { cap: 10_000 });
    expect(flood).toMatchObject({ status: 'truncated', reason: 'the first 10000 bytes, the size cap' });
    expect(flood.text.length).toBe(10_000);
    expect(flood.seconds).toBeLessThan(8);
  });

  it('that floods standard error fills no memory and no manifest', async () => {
    const flood = await run('head -c 5000000 /dev/zero | tr "\\0" "\\033" >&2; echo done');
    expect(flood).toMatchObject({ status: 'collected', text: 'done\n' });
    expect(flood.said?.length).toBeLessThanOrEqual(2048);
    expect(flood.said).not.toContain('\u001b');
  });

  it('that is not there, or may not be run, is a value', async () => {
    expect(await acquire('/nonexistent/tool')).toMatchObject({ status: 'failed' });
    expect(await acquire('/etc/passwd')).toMatchObject({ status: 'denied' });
  });

  it('that is killed, fails, prints nothing or speaks of privilege is told apart', async () => {
    expect(await run('kill -9 $$')).toMatchObject({ status: 'failed', exit: -1 });
    expect(await run('echo part; exit 3')).toMatchObject({ status: 'failed', exit: 3, text: 'part\n' });
    expect(await run('exit 0')).toMatchObject({ status: 'empty', text: '' });
    expect(await run('echo "must be root" >&2; exit 1')).toMatchObject({ status: 'denied' });
    expect(await run('echo "Failed to connect to bus" >&2; exit 1')).toMatchObject({ status: 'missing' });
  });

  it('is ended soon by an interruption', async () => {
    const interruption = new AbortController();
    const running = run('echo begun; while :; do sleep 1; done', { signal: interruption.signal });
    setTimeout(() => interruption.abort(), 300);
    const { status, reason, seconds, text } = await running;
    expect({ status, reason, text }).toEqual({ status: 'truncated', reason: 'interrupted', text: 'begun\n' });
    expect(seconds).toBeLessThan(6);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie that nobody reaps has ended.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return !/\) Z /.test(stat) && stat !== '';
}
