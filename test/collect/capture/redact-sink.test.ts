import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { capture, planCapture, type PlannedCapture } from '../../../src/collect/capture/plan.ts';
import { reportPath, RedactingSink, type RedactingOptions } from '../../../src/collect/capture/redacting-sink.ts';
import { FrameRewriter } from '../../../src/redact/frames/frame.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';
import type { PolicyRule } from '../../../src/redact/policy/policy.ts';
import { pcapFile } from '../../support/packets.ts';
import { framesIn, manifestOf, Workshop } from './engine.ts';
import { planted, reportOf, sha256, size, survivors, until } from './planted.ts';

let shop: Workshop;
let out: string;
let source: string;
const traffic = planted(24);

beforeEach(() => {
  shop = new Workshop();
  out = shop.path('out');
  source = shop.path('source.pcap');
  mkdirSync(out, { mode: 0o700 });
  writeFileSync(source, pcapFile(traffic.frames));
});
afterEach(() => shop.clear());

describe('a gate that finds something', () => {
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
