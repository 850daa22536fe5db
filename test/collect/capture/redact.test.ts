import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { capture, planCapture, type PlannedCapture } from '../../../src/collect/capture/plan.ts';
import { reportPath, RedactingSink, type RedactingOptions } from '../../../src/collect/capture/redacting-sink.ts';
import { FrameRewriter } from '../../../src/redact/frames/frame.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';
import type { PolicyRule } from '../../../src/redact/policy/policy.ts';
import type { RedactionReport } from '../../../src/redact/report.ts';
import { pcapFile } from '../../support/packets.ts';
import { MAIN, rackwitness } from '../../cli/run.ts';
import { framesIn, manifestOf, Workshop } from './engine.ts';
import { type Planted, planted, SECRET, survivors } from './planted.ts';

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

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done()).toBe(true);
}

const size = (path: string): number => (existsSync(path) ? statSync(path).size : 0);
const reportOf = (path: string): RedactionReport => JSON.parse(readFileSync(path, 'utf8')) as RedactionReport;
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

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

  it('of a policy without times begins with 1970, and so does its manifest', async () => {
    const plan = await planned();
    const auditor = await loadPolicy('auditor');
    const time: PolicyRule = { action: 'drop', because: 'no times', except: [] };
    // The frames' own clock.
    const clock = { now: () => 1_790_000_000, steady: () => 1 };
    const sink = await sinkTo(plan, { policy: { ...auditor, rules: { ...auditor.rules, time } }, clock });
    await capture(plan, { signal: new AbortController().signal, clock }, sink);
    expect(readFileSync(plan.path).readUInt32LE(24)).toBeLessThan(0x80000000);
    const said = saidBeside(plan.path);
    expect(new Date((said?.start ?? -1) / 1e3).getUTCFullYear()).toBe(1970);
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

  /** Lets the source address of one frame through, as a rule with a hole would. */
  class Leaking extends FrameRewriter {
    private readonly first: number;
    private seen = 0;

    constructor(identities: ConstructorParameters<typeof FrameRewriter>[0], first: number) {
      super(identities);
      this.first = first;
    }

    override frame(...args: Parameters<FrameRewriter['frame']>): number {
      const kept = super.frame(...args);
      const [, bytes, at, , , , , into, , to] = args;
      this.seen += 1;
      if (this.seen >= this.first) into.set(bytes.subarray(at + 6, at + 12), to + 6);
      return kept;
    }
  }

  it('keeps what passed before it, and nothing behind it', async () => {
    const plan = await planned();
    const sink = await sinkTo(plan, { segmentBytes: 4_000, rewriterOf: (identities) => new Leaking(identities, 100) });
    const outcome = await capture(plan, { signal: new AbortController().signal }, sink);
    expect(outcome?.facts.ended).toMatchObject({ by: 'refused', message: expect.stringContaining('mac') as string });
    for (const one of traffic.texts) expect(outcome?.facts.ended.message).not.toContain(one);
    const files = outcome?.files ?? [];
    expect(files.length).toBeGreaterThan(0);
    const frames = files.reduce((sum, { path }) => sum + framesIn(path), 0);
    expect(frames).toBeLessThan(100);
    for (const { path } of files) expect(manifestOf(path)).toMatchObject({ ended: { by: 'refused' } });
    const names = files.flatMap(({ path }) => [basename(path), `${basename(path)}.manifest.json`]);
    expect(readdirSync(out).sort()).toEqual([...names, 'x.pcap.redaction.json'].sort());
    expect(reportOf(reportPath(plan.path)).warnings.join()).toContain('refused a later segment');
    expect(survivors(traffic, out)).toEqual([]);
  });

  it('is asked also where a defect of ours ends the capture', async () => {
    class Broken extends FrameRewriter {
      private seen = 0;
      override frame(...args: Parameters<FrameRewriter['frame']>): number {
        this.seen += 1;
        if (this.seen > 50) throw new RangeError('a defect');
        return super.frame(...args);
      }
    }
    const plan = await planned();
    const sink = await sinkTo(plan, { rewriterOf: (identities) => new Broken(identities) });
    await expect(capture(plan, { signal: new AbortController().signal }, sink)).rejects.toThrow('a defect');
    expect(framesIn(plan.path)).toBe(50);
    expect(readdirSync(out).sort()).toEqual(['x.pcap', 'x.pcap.manifest.json', 'x.pcap.redaction.json']);
    expect(survivors(traffic, out)).toEqual([]);
  });

  it('leaves nothing when the first segment is refused', async () => {
    const plan = await planned();
    const sink = await sinkTo(plan, { rewriterOf: (identities) => new Leaking(identities, 1) });
    const outcome = await capture(plan, { signal: new AbortController().signal }, sink);
    expect(outcome).toMatchObject({ files: [], faulty: true, facts: { ended: { by: 'refused' } } });
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('segments', () => {
  it('are bounded by bytes, follow each other, and each is listed once it is gated', async () => {
    const plan = await planned();
    const sink = await sinkTo(plan, { segmentBytes: 5_000 });
    const outcome = await capture(plan, { signal: new AbortController().signal }, sink);
    const files = outcome?.files ?? [];
    expect(files.length).toBeGreaterThan(4);
    expect(files.map(({ path }) => basename(path))).toEqual(
      files.map((_file, i) => (i === 0 ? 'x.pcap' : `x-${String(i + 1).padStart(3, '0')}.pcap`)),
    );
    expect(files.reduce((sum, { path }) => sum + framesIn(path), 0)).toBe(traffic.frames.length);
    for (const { path, sha256: digest, bytes } of files) {
      expect([sha256(path), size(path)]).toEqual([digest, bytes]);
      // A frame more at most: it is asked before it is written.
      expect(bytes).toBeLessThan(5_000 + 1_600);
      expect(manifestOf(path)).toMatchObject({ sha256: digest, ended: { by: 'packets' } });
    }
    expect(reportOf(reportPath(plan.path)).files.map(({ name }) => name)).toEqual(
      files.map(({ path }) => basename(path)),
    );
    expect(survivors(traffic, out)).toEqual([]);
    const spans = files.map(({ path }) => saidBeside(path));
    for (const [i, span] of spans.entries()) if (i > 0) expect(span?.start).toBe(spans[i - 1]?.stop);
  });

  it('are bounded by time: what came is released while the capture goes on', async () => {
    const plan = await planned({ duration: '20s', packets: '' });
    const sink = await sinkTo(plan, { segmentSeconds: 0.3 });
    const ending = new AbortController();
    const running = capture(plan, { signal: ending.signal }, sink);
    await until(() => existsSync(`${out}/x.pcap.manifest.json`));
    expect(framesIn(`${out}/x.pcap`)).toBeGreaterThan(0);
    expect(manifestOf(`${out}/x.pcap`).ended.message).toBe('it is still running');
    expect(reportOf(reportPath(plan.path)).files.map(({ name }) => name)).toEqual(['x.pcap']);
    ending.abort('SIGTERM');
    const outcome = await running;
    expect(outcome?.files[0]).toMatchObject({ sha256: sha256(`${out}/x.pcap`) });
    expect(manifestOf(`${out}/x.pcap`).ended.by).toBe('signal');
  });

  it('do not take names that are taken', async () => {
    writeFileSync(`${out}/x-002.pcap`, 'mine');
    const plan = await planned();
    const outcome = await capture(
      plan,
      { signal: new AbortController().signal },
      await sinkTo(plan, { segmentBytes: 20_000 }),
    );
    expect(outcome?.files.slice(0, 2).map(({ path }) => basename(path))).toEqual(['x.pcap', 'x-003.pcap']);
    expect(readFileSync(`${out}/x-002.pcap`, 'utf8')).toBe('mine');
  });
});

async function planned(more: { duration?: string; packets?: string } = {}): Promise<PlannedCapture> {
  return planCapture({
    interface: 'lo',
    preset: '',
    filter: `fake ${JSON.stringify({ file: source })}`,
    duration: more.duration ?? '30s',
    packets: more.packets ?? String(traffic.frames.length),
    bytes: '',
    snapLength: '',
    engine: 'tcpdump',
    engineFile: shop.engine,
    out: `${out}/x.pcap`,
    redact: true,
  });
}

async function sinkTo({ path }: PlannedCapture, more: Partial<RedactingOptions>): Promise<RedactingSink> {
  return new RedactingSink({ path, policy: await loadPolicy('auditor'), caseKey: new Uint8Array(32).fill(7), ...more });
}
