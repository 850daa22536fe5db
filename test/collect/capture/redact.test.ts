import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';
import { pcapFile } from '../../support/packets.ts';
import { MAIN, rackwitness } from '../../cli/run.ts';
import { framesIn, manifestOf, Workshop } from './engine.ts';
import { type Planted, planted, reportOf, SECRET, sha256, size, survivors, until } from './planted.ts';

let shop: Workshop;
/** Where the redacted capture goes, and where temporary files would. */
let out: string;
let temp: string;
let key: string;
/** The engine's own source: the only raw bytes on the disk. */
let source: string;
const traffic = planted(24);

beforeEach(() => {
  shop = new Workshop();
  out = shop.path('out');
  temp = shop.path('temp');
  key = shop.path('key');
  source = shop.path('source.pcap');
  mkdirSync(out, { mode: 0o700 });
  mkdirSync(temp, { mode: 0o700 });
  writeFileSync(key, `${'5a'.repeat(32)}\n`, { mode: 0o600 });
  writeFileSync(source, pcapFile(traffic.frames));
});
afterEach(() => shop.clear());

const redacting = (play: object, policy: string, ...more: string[]): string[] =>
  shop.args({ file: source, ...play }, `${out}/x.pcap`, '--redact', policy, '--key-file', key, ...more);

function starts(args: readonly string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; err: string; out: string }>;
} {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: '/',
    env: { ...process.env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { err: '', out: '' };
  child.stderr.on('data', (bytes: Buffer) => (said.err += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => (said.out += bytes.toString()));
  const ended = new Promise<{ code: number | null; err: string; out: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...said }));
  });
  return { child, ended };
}

/** Regular files that a process has open for writing. */
function writtenBy(pid: number): string[] {
  const names: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      if (target.startsWith('/') && !/^\/(?:dev|proc|sys)\//.test(target) && (parseInt(flags, 8) & 3) !== 0)
        names.push(target);
    }
  } catch {
    // It ended, or closed one meanwhile.
  }
  return names;
}

it('the traffic that the tests plant is found where it is not redacted', () => {
  const found = survivors(traffic, shop.folder);
  for (const kind of ['a text', 'bytes']) expect(found.some((line) => line.includes(kind))).toBe(true);
  expect(new Set(found.map((line) => line.split(':')[0]))).toEqual(new Set(['source.pcap']));
});

describe.each(['auditor', 'public', 'incident-internal', 'vendor-support'])('with the policy %s', (policy) => {
  it('no original is in any byte that is written, and no file is written elsewhere', async () => {
    const { child, ended } = starts(redacting({ every: 1 }, policy, '--packets', String(traffic.frames.length)));
    const written = new Set<string>();
    let alive = true;
    const looking = (async () => {
      while (alive) {
        for (const path of writtenBy(child.pid ?? 0)) written.add(path);
        for (const name of readdirSync(temp)) written.add(`${temp}/${name}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const { code, err, out: text } = await ended;
    alive = false;
    await looking;
    expect([code, text], err).toEqual([0, `${out}/x.pcap\n`]);
    expect(written.size).toBeGreaterThan(0);
    expect([...written].filter((path) => !path.startsWith(`${out}/`))).toEqual([]);
    expect(survivors(unwanted(policy), out)).toEqual([]);
    expect(readdirSync(out).sort()).toEqual(['x.pcap', 'x.pcap.manifest.json', 'x.pcap.redaction.json']);
    for (const name of readdirSync(out)) expect(statSync(`${out}/${name}`).mode & 0o777).toBe(0o600);
    expect(framesIn(`${out}/x.pcap`)).toBe(traffic.frames.length);
    const manifest = manifestOf(`${out}/x.pcap`);
    const { digest } = await loadPolicy(policy);
    expect(manifest).toMatchObject({
      file: 'x.pcap',
      sha256: sha256(`${out}/x.pcap`),
      frames: traffic.frames.length,
      original: 'not retained',
      interface: '(withheld)',
      filter: '(withheld)',
      redaction: {
        policy: { name: policy, digest, tier: policy },
        gate: { mode: 'streaming' },
        report: 'x.pcap.redaction.json',
      },
    });
    expect(JSON.stringify(manifest)).not.toContain(shop.folder);
    const report = reportOf(`${out}/x.pcap.redaction.json`);
    expect(report).toMatchObject({
      schema: 'rackwitness.redaction/1',
      policy: { name: policy, digest, tier: policy },
      gate: { result: 'passed', mode: 'streaming', decoded: { files: 1 }, raw: { bytes: size(`${out}/x.pcap`) } },
      files: [{ name: 'x.pcap', units: traffic.frames.length, sha256: manifest.sha256 }],
      kinds: { text: { action: 'drop' }, metadata: { action: 'drop' } },
    });
    if (policy !== 'incident-internal') expect(report.gate.raw.originals).toBeGreaterThan(50);
    expect(report.files[0]?.fragmentsCut).toBeGreaterThan(0);
  });
});

/** What must be gone: inside the team addresses and names stay, secrets do not. */
function unwanted(policy: string): Pick<Planted, 'texts' | 'bytes'> {
  return policy === 'incident-internal' ? { texts: [SECRET], bytes: [] } : traffic;
}

describe('a redacted capture', () => {
  it('has a name in a folder that tells neither time nor interface, and follows those that are there', () => {
    const folder = `${shop.path('many')}/`;
    for (const name of ['capture-001.pcap', 'capture-002.pcap']) {
      const args = shop.args({ frames: 3 }, folder, '--redact', 'public', '--key-file', key, '--packets', '3');
      expect(rackwitness(args).out).toBe(`${folder}${name}\n`);
    }
  });

  it('is one of a key and a tier: the same frames give the same bytes, and others with another', () => {
    const bytes = ['a', 'b', 'c'].map((name) => {
      const tier = name === 'c' ? ['--tier', 'third-party'] : [];
      const args = [
        ...shop.args({ file: source }, `${out}/${name}.pcap`, '--redact', 'auditor', '--key-file', key),
        ...tier,
      ];
      expect(rackwitness([...args, '--packets', String(traffic.frames.length)]).code).toBe(0);
      return readFileSync(`${out}/${name}.pcap`);
    });
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
    expect(bytes[0]?.equals(bytes[2] ?? Buffer.alloc(0))).toBe(false);
    expect(reportOf(`${out}/c.pcap.redaction.json`).policy.tier).toBe('third-party');
  });

  it('is analysed with what its manifest says of it', () => {
    expect(rackwitness(redacting({}, 'public', '--packets', String(traffic.frames.length))).code).toBe(0);
    const { code, out: text } = rackwitness(['analyze', '--at', `rack=${out}/x.pcap`, '--format', 'json']);
    expect([0, 1]).toContain(code);
    const analysis = JSON.parse(text) as { vantages: { name: string; cover?: { said: string; from: number } }[] };
    expect(JSON.stringify(analysis)).toContain('"manifest"');
    const said = saidBeside(`${out}/x.pcap`);
    // The policy keeps no dates: the manifest's times are those of the frames, which begin with 2000.
    expect(new Date((said?.start ?? 0) / 1e3).getUTCFullYear()).toBe(2000);
    expect(said?.frames).toBe(traffic.frames.length);
    expect(survivors(traffic, out)).toEqual([]);
  });

  it.each([
    ['without a key', (): string[] => ['--redact', 'auditor'], 2, /--key-file/],
    ['with a key and no policy', (): string[] => ['--key-file', key], 2, /redact/],
    ['with a policy that is none', (): string[] => ['--redact', 'nosuch', '--key-file', key], 2, /nosuch/],
    ['with a key that others may read', (): string[] => ['--redact', 'auditor', '--key-file', source], 4, /others/],
  ] as const)('does not begin %s', (_name, args, code, message) => {
    const outcome = rackwitness(shop.args({ frames: 1 }, `${out}/x.pcap`, ...args()));
    expect([outcome.code, outcome.err]).toEqual([code, expect.stringMatching(message)]);
    expect(readdirSync(out)).toEqual([]);
  });

  it('leaves nothing when the engine cannot begin', () => {
    expect(rackwitness(redacting({ refuse: 'no' }, 'auditor')).code).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });

  it('of nothing is a capture without frames', () => {
    expect(
      rackwitness(shop.args({}, `${out}/x.pcap`, '--redact', 'auditor', '--key-file', key, '--duration', '200ms')).code,
    ).toBe(0);
    expect(framesIn(`${out}/x.pcap`)).toBe(0);
    expect(manifestOf(`${out}/x.pcap`).frames).toBe(0);
  });
});

describe('what was captured and gated stays whole and listed when', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s comes', async (signal, code) => {
    const { child, ended } = starts(redacting({}, 'auditor'));
    await until(() => size(`${out}/x.pcap.partial`) > 10_000);
    child.kill(signal);
    expect((await ended).code).toBe(code);
    expect(readdirSync(out).sort()).toEqual(['x.pcap', 'x.pcap.manifest.json', 'x.pcap.redaction.json']);
    expect(framesIn(`${out}/x.pcap`)).toBe(traffic.frames.length);
    expect(manifestOf(`${out}/x.pcap`)).toMatchObject({ ended: { by: 'signal', signal }, original: 'not retained' });
    expect(survivors(traffic, out)).toEqual([]);
  });

  it('the engine is killed inside a record', () => {
    const { code } = rackwitness(redacting({ ending: 'half' }, 'auditor'));
    expect(code).toBe(3);
    expect(manifestOf(`${out}/x.pcap`)).toMatchObject({ frames: traffic.frames.length, ended: { by: 'engine' } });
    expect(reportOf(`${out}/x.pcap.redaction.json`).files.length).toBe(1);
  });
});

describe('a gate that finds something', () => {
  it('has the segment deleted, of what is on the disk itself: exit code 4', async () => {
    const { child, ended } = starts(redacting({}, 'auditor'));
    const partial = `${out}/x.pcap.partial`;
    await until(() => size(partial) > 10_000);
    // What stands in the file now is no longer what was written: a frame as it came.
    appendFileSync(partial, pcapFile(traffic.frames.slice(0, 1)).subarray(24));
    child.kill('SIGTERM');
    const { code, err, out: text } = await ended;
    expect([code, text]).toEqual([4, '']);
    expect(err).toContain('the leak gate found');
    for (const one of traffic.texts) expect(err).not.toContain(one);
    expect(readdirSync(out)).toEqual([]);
  });

  it('that cannot be run is as one that refuses', async () => {
    const { child, ended } = starts(redacting({}, 'auditor'));
    await until(() => size(`${out}/x.pcap.partial`) > 10_000);
    rmSync(`${out}/x.pcap.partial`);
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect([code, err]).toEqual([4, expect.stringContaining('could not read a segment')]);
    expect(readdirSync(out)).toEqual([]);
  });
});
