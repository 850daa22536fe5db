import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/command.ts';
import { SAMPLES } from '../support/samples.ts';
import { MAIN, rackwitness } from './run.ts';

const CLEAN = join(SAMPLES, 'dora-clean/client.pcap');
const ROGUE = join(SAMPLES, 'rogue-wins/client.pcap');
let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-cli-'));
  writeFileSync(at('text.pcap'), 'not a capture\n');
  writeFileSync(at('noise.pcap'), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]));
  writeFileSync(at('archive.xz'), Buffer.from('fd377a585a000004', 'hex'));
  writeFileSync(at('empty.pcap'), '');
  writeFileSync(at('cut.pcap'), readFileSync(CLEAN).subarray(0, -7));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('several captures of which some cannot be read', () => {
  it('are judged without those, each of which is named in one line', () => {
    const { code, out, err } = rackwitness(['analyze', '--format', 'json', at('text.pcap'), CLEAN, at('gone.pcap')]);
    expect(code).toBe(EXIT.partial);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^rackwitness: text\.pcap begins with 6e6f7420, which is text: .*; judged without it$/),
      expect.stringMatching(/^rackwitness: .*gone\.pcap does not exist: check the path; judged without it$/),
    ]);
    const { complete, captures, verdict } = JSON.parse(out) as {
      complete: boolean;
      captures: { name: string; faults: { code: string }[] }[];
      verdict: { headline: string };
    };
    expect(complete).toBe(false);
    expect(captures.map(({ name, faults }) => [name, ...faults.map((fault) => fault.code)])).toEqual([
      ['text.pcap', 'unknown-format'],
      ['client.pcap'],
      ['gone.pcap', 'not-found'],
    ]);
    expect(verdict.headline).toContain('Not all could be read (text.pcap, gone.pcap).');
  });

  it('still give a finding its exit code', () => {
    expect(rackwitness(['analyze', ROGUE, at('gone.pcap')]).code).toBe(EXIT.found);
  });

  it('are all named where none can be read, and nothing is judged', () => {
    for (const command of ['analyze', 'decode']) {
      const { code, out, err } = rackwitness([command, at('text.pcap'), at('gone.pcap'), folder]);
      expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
      expect(err.trimEnd().split('\n')).toEqual([
        expect.stringContaining('which is text'),
        expect.stringContaining('does not exist'),
        expect.stringContaining('is a directory'),
      ]);
    }
  });

  it('prove no absence: a vantage that could not be read has not looked', () => {
    const named = ['--at', `client=${CLEAN}`, '--at', `rack=${at('gone.pcap')}`];
    const span = ['--covers', 'rack=2026-01-01T00:00:00Z..2027-01-01T00:00:00Z'];
    const { out } = rackwitness(['analyze', '--format', 'json', ...named, ...span]);
    const { vantages, findings } = JSON.parse(out) as {
      vantages: { name: string; covered: { said: string } }[];
      findings: { severity: string }[];
    };
    expect(vantages.find(({ name }) => name === 'rack')?.covered.said).toBe('nobody');
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('decode what can be read, and say of each what is wrong', () => {
    const { code, out, err } = rackwitness(['decode', at('cut.pcap'), at('text.pcap')]);
    expect(code).toBe(EXIT.partial);
    expect(out.trimEnd().split('\n').length).toBeGreaterThan(3);
    expect(err).toMatch(/^rackwitness: cut\.pcap: damage at byte \d+, after frame \d+: the file ends inside a record/m);
    expect(err).toMatch(/^rackwitness: text\.pcap begins with/m);
  });
});

describe('an input that is no capture', () => {
  it.each([
    ['noise.pcap', /begins with 01020304: not a pcap or pcapng capture.*editcap/],
    ['archive.xz', /is xz-compressed: unpack it first/],
    ['text.pcap', /which is text: not a pcap/],
  ])('%s: says what to do', (name, message) => {
    const { code, err } = rackwitness(['analyze', at(name)]);
    expect(code).toBe(EXIT.usage);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('has its name escaped', () => {
    const { err } = rackwitness(['analyze', at('gone\u001b[31m\nrackwitness: all is well')]);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain('\\x1b[31m\\x0arackwitness');
  });

  it('is told from one that is empty', () => {
    const { code, out } = rackwitness(['analyze', at('empty.pcap')]);
    expect(code).toBe(EXIT.partial);
    expect(out).toMatch(/^UNDECIDED {2}Nothing to judge/);
    expect(out).toContain('the file is empty');
    expect(rackwitness(['analyze', '-'], new Uint8Array(0)).out).toContain('nothing came from standard input');
  });
});

describe('the output', () => {
  it.skipIf(!existsSync('/dev/full'))('that cannot be written is one line, and no bug of ours', async () => {
    for (const args of [
      ['analyze', ROGUE],
      ['decode', ROGUE],
    ]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      let err = '';
      child.stderr?.on('data', (piece) => (err += String(piece)));
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(EXIT.usage);
      expect(err).toBe(
        'rackwitness: standard output cannot be written (ENOSPC): free some space, or write elsewhere\n',
      );
    }
  });

  it.skipIf(process.platform !== 'linux')('of decode holds the reading back while nobody takes it', async () => {
    const sample = readFileSync(ROGUE);
    const path = at('large.pcap');
    const body = sample.subarray(24);
    writeFileSync(path, Buffer.concat([sample.subarray(0, 24), ...Array.from({ length: 12_000 }, () => body)]));
    const size = 24 + 12_000 * body.length;
    const child = spawn(process.execPath, [MAIN, 'decode', path], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const place = position(child.pid ?? 0, path);
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThan(size / 4);
    child.stdout.destroy();
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
  });
});

/** Where a process stands in a file that it reads; -1 when it has not opened it. */
function position(pid: number, path: string): number {
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== path) continue;
    return Number(/^pos:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? -1);
  }
  return -1;
}
