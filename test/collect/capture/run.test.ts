import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { parseTracking } from '../../../src/collect/capture/clock-state.ts';
import { dumpcap } from '../../../src/collect/capture/engines/dumpcap.ts';
import { tcpdump } from '../../../src/collect/capture/engines/tcpdump.ts';
import { spansOf } from '../../../src/collect/capture/manifest.ts';
import { PcapSink } from '../../../src/collect/capture/pcap-sink.ts';
import { capture, planCapture, type PlannedCapture } from '../../../src/collect/capture/plan.ts';
import { type FrameSink, type LinkHeader, SinkError, type SinkFile } from '../../../src/collect/capture/sink.ts';
import { EngineStream } from '../../../src/collect/capture/stream.ts';
import { pcapFile } from '../../support/packets.ts';
import { manifestOf, Workshop } from './engine.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.clear());

async function planned(
  play: object,
  more: { packets?: string; duration?: string; filter?: string } = {},
): Promise<PlannedCapture> {
  return planCapture({
    interface: 'lo',
    preset: '',
    filter: more.filter ?? `fake ${JSON.stringify(play)}`,
    duration: more.duration ?? '30s',
    packets: more.packets ?? '',
    bytes: '',
    snapLength: '',
    engine: 'tcpdump',
    engineFile: shop.engine,
    out: shop.path('out.pcap'),
  });
}

const HOST = { signal: new AbortController().signal };

/** Keeps what it is told; its files are what a test says. */
class MemorySink implements FrameSink {
  original: FrameSink['original'] = 'not retained';
  finished?: (file: SinkFile) => void;
  link: LinkHeader | undefined;
  readonly frames: { sec: number; nsec: number; wireLength: number; bytes: Uint8Array }[] = [];
  idles = 0;
  closes = 0;
  files: SinkFile[] = [];
  onFrame: (count: number) => void | Promise<void> = () => {};

  open(link: LinkHeader): void {
    this.link = link;
  }

  frame(sec: number, nsec: number, wireLength: number, bytes: Uint8Array): void | Promise<void> {
    this.frames.push({ sec, nsec, wireLength, bytes: Uint8Array.from(bytes) });
    return this.onFrame(this.frames.length);
  }

  idle(): void {
    this.idles += 1;
  }

  close(): readonly SinkFile[] {
    this.closes += 1;
    return this.files;
  }
}

const fileNamed = (path: string, first: number, last: number): SinkFile => ({
  path,
  frames: 1,
  bytes: 100,
  sha256: '00',
  first,
  last,
});

describe('a sink of another kind', () => {
  it('gets every frame with its time and both lengths, and nothing else touches the disk', async () => {
    const sink = new MemorySink();
    const outcome = await capture(await planned({ frames: 300 }, { packets: '300' }), HOST, sink);
    expect(sink.link).toEqual({ linkType: 1, snapLength: 262_144, digits: 6 });
    expect(sink.frames.length).toBe(300);
    expect(sink.frames.at(-1)).toMatchObject({ sec: 1_790_000_299, nsec: 299_000, wireLength: 64 });
    expect(sink.frames.map(({ bytes }) => bytes[0])).toEqual(Array.from({ length: 300 }, (_v, i) => i & 255));
    expect(sink.idles).toBeGreaterThan(0);
    expect(sink.closes).toBe(1);
    expect(outcome).toMatchObject({ files: [], faulty: false, facts: { coreDumps: expect.any(Boolean) as boolean } });
    expect(readdirSync(shop.folder)).toEqual(['fake-tcpdump']);
  });

  it('holds the engine back while it works', async () => {
    const sink = new MemorySink();
    let busy = 0;
    sink.onFrame = async () => {
      busy += 1;
      expect(busy).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
    };
    await capture(await planned({ frames: 200 }, { packets: '200' }), HOST, sink);
    expect(sink.frames.length).toBe(200);
  });

  it('has its segments listed as they come, and again at the end, each with its own span', async () => {
    const sink = new MemorySink();
    const [one, two] = [shop.path('seg-1.pcap'), shop.path('seg-2.pcap')];
    let early = '';
    sink.onFrame = (count) => {
      if (count !== 5) return;
      sink.files = [fileNamed(one, 1_790_000_000, 1_790_000_004)];
      sink.finished?.(sink.files[0] ?? fileNamed(one, 0, 0));
      early = manifestOf(one).ended.message;
      sink.files = [...sink.files, fileNamed(two, 1_790_000_005, 1_790_000_009)];
    };
    await capture(await planned({ frames: 10 }, { packets: '10' }), HOST, sink);
    expect(early).toBe('it is still running');
    expect(readdirSync(shop.folder).sort()).toEqual([
      'fake-tcpdump',
      'seg-1.pcap.manifest.json',
      'seg-2.pcap.manifest.json',
    ]);
    expect(manifestOf(one)).toMatchObject({ file: basename(one), original: 'not retained', ended: { by: 'packets' } });
    expect(statSync(`${one}.manifest.json`).mode & 0o777).toBe(0o600);
    // What a person typed may name hosts; it is not in the manifest of a capture that keeps no originals.
    expect(readFileSync(`${one}.manifest.json`, 'utf8')).not.toContain('fake {');
    expect(manifestOf(one).coreDumps).toMatch(/forbidden/);
  });

  it('ends the capture when a gate refuses, and finishes what it had', async () => {
    const sink = new MemorySink();
    sink.onFrame = (count) => {
      if (count === 7) throw new SinkError('refused', 'a needle was found');
    };
    const outcome = await capture(await planned({ frames: 5000 }), HOST, sink);
    expect(outcome).toMatchObject({
      faulty: true,
      frames: 6,
      facts: { ended: { by: 'refused', message: 'a needle was found' } },
    });
    expect(sink.closes).toBe(1);
  });

  it('is told when nothing began', async () => {
    const sink = new MemorySink();
    await expect(capture(await planned({ refuse: 'no' }), HOST, sink)).rejects.toThrow('could not begin');
    expect([sink.link, sink.closes]).toEqual([undefined, 1]);
  });
});

it('says how far the clock was set, and keeps the span in order', async () => {
  let reads = 0;
  // Set back by an hour between start and stop.
  const clock = { now: () => (reads++ === 0 ? 1_790_003_600 : 1_790_000_000), steady: () => 5 };
  const plan = await planned({ frames: 1 }, { packets: '1' });
  const outcome = await capture(plan, { ...HOST, clock });
  expect(outcome?.facts.clockStep).toBe(-3600);
  const said = saidBeside(plan.path);
  expect((said?.stop ?? 0) - (said?.start ?? 0)).toBe(3600e6);
});

it('spans of segments follow each other', () => {
  const files = [fileNamed('a', 10, 20), fileNamed('b', 21, 30), fileNamed('c', 31, 99)];
  expect(spansOf(files, { start: 5, stop: 40 })).toEqual([
    { start: 5, stop: 20 },
    { start: 20, stop: 30 },
    { start: 30, stop: 40 },
  ]);
  expect(spansOf([], { start: 5, stop: 40 })).toEqual([]);
});

describe('the engine stream', () => {
  const whole = pcapFile(
    [1, 2, 3].map((n) => ({ time: n, bytes: new Uint8Array(60).fill(n), length: 70 })),
    { nano: true },
  );

  it('gives the same frames however it is cut', () => {
    for (const size of [1, 3, 7, 64, 1000]) {
      const stream = new EngineStream();
      const got: number[] = [];
      for (let at = 0; at < whole.length; at += size) {
        for (const { sec, bytes, wireLength } of stream.push(whole.subarray(at, at + size))) {
          got.push(sec, bytes[59] ?? 0, bytes.length, wireLength);
        }
      }
      expect(got).toEqual([1, 1, 60, 70, 2, 2, 60, 70, 3, 3, 60, 70]);
      expect([stream.fault, stream.left, stream.link]).toEqual([
        '',
        0,
        { linkType: 1, snapLength: 262_144, digits: 9 },
      ]);
    }
  });

  it.each([
    ['no pcap', () => new Uint8Array(64).fill(7), 0],
    ['a length beyond reason', () => Uint8Array.from(whole).fill(0x7f, 24 + 76 + 8, 24 + 76 + 12), 1],
    [
      'more captured than there was',
      () =>
        Uint8Array.from(whole)
          .fill(1, 24 + 76 + 12, 24 + 76 + 13)
          .fill(0, 24 + 76 + 13, 24 + 76 + 16),
      1,
    ],
    ['a second of nanoseconds', () => Uint8Array.from(whole).fill(0xff, 24 + 76 + 4, 24 + 76 + 8), 1],
  ] as const)('stops at %s, and keeps what came before', (_name, damaged, frames) => {
    const stream = new EngineStream();
    expect(stream.push(damaged()).length).toBe(frames);
    expect(stream.fault).not.toBe('');
    expect(stream.push(whole)).toEqual([]);
  });
});

it('the file of a capture is what its frames were, also larger than the buffer', () => {
  const path = shop.path('big.pcap');
  const sink = new PcapSink(path);
  const frames = [60, 262_144, 1, 200_000, 200_000].map((size, i) => ({
    time: { sec: 4_000_000_000 + i, nsec: 999_999_999 },
    bytes: new Uint8Array(size).fill(i),
    length: size + 9,
  }));
  sink.open({ linkType: 1, snapLength: 262_144, digits: 9 });
  for (const { time, bytes, length } of frames) sink.frame(time.sec, time.nsec, length, bytes);
  const [file] = sink.close();
  expect(readFileSync(path).equals(pcapFile(frames, { nano: true }))).toBe(true);
  expect(file).toMatchObject({ frames: 5, bytes: statSync(path).size });
});

describe('what engines count', () => {
  it('tcpdump, live and at its end', () => {
    const said =
      'tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n' +
      'tcpdump: 13 packets captured, 14 packets received by filter, 2 packets dropped by kernel\n';
    expect(tcpdump.counters(said)).toEqual({ captured: 13, received: 14, droppedByKernel: 2, droppedByInterface: -1 });
    const end =
      '1 packet captured\n20 packets received by filter\n3 packets dropped by kernel\n4 packets dropped by interface\n';
    expect(tcpdump.counters(said + end)).toEqual({
      captured: 1,
      received: 20,
      droppedByKernel: 3,
      droppedByInterface: 4,
    });
    expect(tcpdump.counters('').droppedByKernel).toBe(-1);
  });

  it('dumpcap', () => {
    const said =
      "Capturing on 'eth0'\nFile: -\nPackets captured: 3\n" +
      "Packets received/dropped on interface 'eth0': 3/5 (pcap:4/dumpcap:1/flushed:0/ps_ifdrop:2) (37.5%)\n";
    expect(dumpcap.counters(said)).toEqual({ captured: 3, received: 3, droppedByKernel: 5, droppedByInterface: 2 });
  });
});

it('chronyc tells the clock', () => {
  const line = 'C0248F97,192.36.143.151,2,1700000000.1,-0.000012345,0.1,0.1,1.0,0.0,0.1,0.01,0.001,64.2,Normal\n';
  expect(parseTracking(line)).toEqual({ source: 'chronyc', synchronised: true, offset: 0.000012345, stratum: 2 });
  expect(parseTracking(line.replace('Normal', 'Not synchronised'))?.synchronised).toBe(false);
  expect(parseTracking('506 Cannot talk to daemon\n')).toBeUndefined();
});
