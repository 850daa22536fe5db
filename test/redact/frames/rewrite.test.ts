import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../../src/capture/error.ts';
import { openSource } from '../../../src/capture/source.ts';
import type { ByteSource } from '../../../src/capture/types.ts';
import { CaseIdentities } from '../../../src/redact/case-identities.ts';
import { Learner } from '../../../src/redact/facts.ts';
import { checkCapture } from '../../../src/redact/frames/check.ts';
import { learnCapture } from '../../../src/redact/frames/learn.ts';
import { rewriteCapture, type RewriteOptions } from '../../../src/redact/frames/rewrite.ts';
import { FrameRedactor } from '../../../src/redact/frames/stream.ts';
import type { IdentityPlan } from '../../../src/redact/identity-plan.ts';
import { deriveTierKey } from '../../../src/redact/key.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';
import { UNDECLARED, analyze } from '../../../src/index.ts';
import { frames } from '../../../src/streams.ts';
import { hasTool } from '../../support/needs.ts';
import { SAMPLES } from '../../support/samples.ts';
import { POLICIES, inFolder, newTroubles, redactCase, tshark } from './case.ts';

const sample = (name: string): string => join(SAMPLES, name);
const RELAYED = sample('dhcpv6-relayed/relay-any.pcap');
const BLOCKS = sample('formats/two-interfaces.pcapng');
const FRAGMENTS = sample('link-mtu-fragments/rack.pcap');

async function planOf(path: string, policyName = 'auditor'): Promise<{ plan: IdentityPlan; datagrams: object }> {
  const policy = await loadPolicy(policyName);
  const learner = new Learner();
  const { datagrams } = await learnCapture(path, learner);
  return {
    plan: { policy, tierKey: deriveTierKey(new Uint8Array(32).fill(3), policy.name), facts: learner.freeze() },
    datagrams,
  };
}

async function rewritten(path: string, options: RewriteOptions & { source?: ByteSource } = {}): Promise<Buffer> {
  const { plan } = await planOf(path);
  const learned = await learnCapture(path, new Learner());
  const parts: Uint8Array[] = [];
  const { source, ...rest } = options;
  const input = { path, datagrams: learned.datagrams, ...(source === undefined ? {} : { source }) };
  await rewriteCapture(input, (bytes) => void parts.push(bytes), plan, { workers: 0, ...rest });
  return Buffer.concat(parts);
}

describe('a rewritten capture', () => {
  it.each([RELAYED, BLOCKS, FRAGMENTS])('is the same whatever the ranges: %s', async (path) => {
    const whole = await rewritten(path);
    expect(whole.length).toBeGreaterThan(100);
    for (const range of [1 << 12, 5000, 1 << 16]) expect((await rewritten(path, { range })).equals(whole)).toBe(true);
  });

  it('is the same from threads', async () => {
    const path = sample('link-arp-storm/rack.pcap');
    const whole = await rewritten(path);
    expect((await rewritten(path, { workers: 2, range: 1 << 12 })).equals(whole)).toBe(true);
  });

  it('is the same from a source that gives few bytes at a time', async () => {
    const source = await openSource(RELAYED);
    const read = source.read.bind(source);
    source.read = (into, at) => read(into.subarray(0, Math.min(into.length, at + 7)), at);
    expect((await rewritten(RELAYED, { source })).equals(await rewritten(RELAYED))).toBe(true);
  });

  it('depends on the key', async () => {
    const { plan } = await planOf(RELAYED);
    const parts: Uint8Array[] = [];
    const other = { ...plan, tierKey: new Uint8Array(32).fill(9) };
    await rewriteCapture({ path: RELAYED }, (bytes) => void parts.push(bytes), other, { workers: 0 });
    expect(Buffer.concat(parts).equals(await rewritten(RELAYED))).toBe(false);
  });

  it('of datagrams in fragments can be read as before', async () => {
    await inFolder(async (folder) => {
      const { files } = await redactCase([FRAGMENTS], folder, 'auditor');
      const before = await countRecords(FRAGMENTS);
      expect(await countRecords(files[0]?.path ?? '')).toEqual(before);
    });
  });
});

async function countRecords(path: string): Promise<unknown> {
  const { captures } = await analyze([{ vantage: 'v', files: [path] }], { site: UNDECLARED, workers: 0 });
  return captures.map((one) => ('records' in one ? one.records : undefined));
}

describe('findings', () => {
  it.each(['dhcpv6-rogue-server/client.pcap', 'arp-spoof/client.pcap', 'decline-conflict/client.pcap'])(
    'name the same frames: %s',
    async (name) => {
      await inFolder(async (folder) => {
        const path = sample(name);
        const { files } = await redactCase([path], folder, 'auditor');
        const before = await findingsOf(path);
        expect(await findingsOf(files[0]?.path ?? '')).toEqual(before);
      });
    },
  );
});

async function findingsOf(path: string): Promise<unknown> {
  const { findings } = await analyze([{ vantage: 'v', files: [path] }], { site: UNDECLARED, workers: 0 });
  return findings.map(({ id, evidence }) => ({ id, frames: evidence.map((one) => (one as { frame?: number }).frame) }));
}

describe('the gate', () => {
  // Where times move, one that was not moved looks like any other: those are not put back.
  it.each([
    ['dora-clean/rack.pcap', 'public'],
    ['dhcpv6-clean/client.pcap', 'auditor'],
    ['nd-spoof/client.pcap', 'public'],
    ['lldp/client.pcap', 'auditor'],
    ['pxe-uefi/rack.pcap', 'public'],
  ])('finds every run of original bytes that is put back: %s, %s', async (name, policy) => {
    await inFolder(async (folder) => {
      const path = sample(name);
      const { plan } = await planOf(path, policy);
      const identities = new CaseIdentities(plan);
      const out = join(folder, 'out.pcap');
      await rewriteCapture({ path }, out, plan, { workers: 0, identities });
      const original = readFileSync(path);
      const clean = readFileSync(out);
      let tried = 0;
      for (const [from, to, frame] of differing(original, clean)) {
        const leaky = Buffer.from(clean);
        leaky.set(original.subarray(frame.before + from, frame.before + to), frame.after + from);
        writeFileSync(out, leaky);
        const { count, hits } = await checkCapture(out, identities);
        expect(count, `frame ${frame.number}, bytes ${from} to ${to}`).toBeGreaterThan(0);
        expect(JSON.stringify(hits)).not.toContain(
          original.subarray(frame.before + from, frame.before + to).toString('hex'),
        );
        tried += 1;
        if (tried >= 60) break;
      }
      expect(tried).toBeGreaterThan(5);
    });
  });
});

interface Place {
  number: number;
  before: number;
  after: number;
}

/** Runs of at least four bytes that differ in frames of little-endian pcap files, as offsets into the frame. */
function* differing(before: Buffer, after: Buffer): Generator<[from: number, to: number, frame: Place]> {
  let a = 24;
  let b = 24;
  for (let number = 1; a + 16 <= before.length && b + 16 <= after.length; number += 1) {
    const length = Math.min(before.readUInt32LE(a + 8), after.readUInt32LE(b + 8));
    for (let from = 0; from < length;) {
      let to = from;
      while (to < length && before[a + 16 + to] !== after[b + 16 + to]) to += 1;
      // Shorter runs are checksums, or bytes of an address that happen to be equal.
      if (to - from >= 4) yield [from, to, { number, before: a + 16, after: b + 16 }];
      from = to + 1;
    }
    a += 16 + before.readUInt32LE(a + 8);
    b += 16 + after.readUInt32LE(b + 8);
  }
}

describe('damaged captures', () => {
  it.each([RELAYED, BLOCKS, FRAGMENTS, sample('dora-clean/rack.pcap')])(
    'neither crash nor leak: %s',
    async (path) => {
      const whole = readFileSync(path);
      await inFolder(async (folder) => {
        const damaged = join(folder, 'damaged');
        let seed = 1;
        const random = (below: number): number => {
          seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
          return (seed >>> 8) % below;
        };
        for (let i = 0; i < 40; i += 1) {
          const bytes = Buffer.from(i % 2 === 0 ? whole.subarray(0, random(whole.length)) : whole);
          for (let n = 0; n < (i % 2) * 20; n += 1) bytes[24 + random(Math.max(1, bytes.length - 24))] = random(256);
          writeFileSync(damaged, bytes);
          try {
            const { files } = await redactCase([damaged], folder, 'public');
            expect(files[0]?.checked.hits ?? [], `case ${i}`).toEqual([]);
          } catch (error) {
            if (!(error instanceof CaptureError)) throw error;
          }
        }
      });
    },
    60_000,
  );
});

describe('a stream', () => {
  it('is redacted frame by frame, without free text', async () => {
    const policy = await loadPolicy('auditor');
    const plan = { policy, tierKey: new Uint8Array(32).fill(5), facts: new Learner().freeze() };
    const identities = new CaseIdentities(plan);
    const redactor = new FrameRedactor(identities, { linkType: 1, snapLength: 262144 });
    const parts: Uint8Array[] = [redactor.header()];
    let count = 0;
    for await (const { bytes, length, sec, nsec } of frames(sample('dora-clean/rack.pcap'))) {
      parts.push(redactor.frame(sec ?? 0, Math.floor((nsec ?? 0) / 1000), bytes, length));
      count += 1;
    }
    await inFolder(async (folder) => {
      const path = join(folder, 'stream.pcap');
      writeFileSync(path, Buffer.concat(parts));
      expect(await checkCapture(path, identities)).toMatchObject({ hits: [], frames: count });
    });
  });
});

const SHARK = [
  'pxe-uefi/rack.pcap',
  'dhcpv6-relayed/relay-any.pcap',
  'formats/two-interfaces.pcapng',
  'link-mtu-fragments/rack.pcap',
];

describe.skipIf(!hasTool('tshark'))('tshark', () => {
  it.each(POLICIES)(
    'reads what %s lets through as well as before',
    async (policy) => {
      await inFolder(async (folder) => {
        const path = sample(SHARK[POLICIES.indexOf(policy)] ?? '');
        const { files, plan } = await redactCase([path], folder, policy);
        const shifted = plan.policy.rules.time.action !== 'keep';
        expect(newTroubles(tshark(path), tshark(files[0]?.path ?? ''), shifted)).toEqual([]);
      });
    },
    60_000,
  );
});
