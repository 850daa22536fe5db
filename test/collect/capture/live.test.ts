import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saidBeside } from '../../../src/capture/covers.ts';
import { presetFilter, presetNamed } from '../../../src/collect/capture/presets.ts';
import { pcapFile } from '../../support/packets.ts';
import { MAIN } from '../../cli/run.ts';
import { framesIn, manifestOf, mayMakeNetworks, Workshop } from './engine.ts';
import { A, FRAMES, TAGGINGS } from './frames.ts';

/** tcpdump and the kernel themselves, on a veth pair in a namespace of its own. */
const NS = `rwcap${process.pid}`;
/** A raw socket is what Node lacks. */
const PYTHON = 'python3';
const may = mayMakeNetworks();
let shop: Workshop;

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** Pings an address that nobody has: every try is an ARP request on the wire. */
function pings(from: string, to: string, count: number, size = 56): ChildProcess {
  const args = ['netns', 'exec', NS, 'ping', '-q', '-c', String(count), '-i', '0.05', '-W', '1', '-s', String(size)];
  return spawn('ip', [...args, '-I', from, to], { stdio: 'ignore' });
}

interface Running {
  child: ChildProcess;
  ended: Promise<{ code: number | null; err: string; out: string }>;
}

function starts(out: string, ...args: readonly string[]): Running {
  const line = ['netns', 'exec', NS, process.execPath, MAIN, 'capture', '-i', 'v0', '--out', out, ...args];
  const child = spawn('ip', line, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  let text = '';
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const ended = new Promise<{ code: number | null; err: string; out: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, err, out: text }));
  });
  return { child, ended };
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(done()).toBe(true);
}

const size = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** The engine that captures to this manifest's partial file: a child of the capture. */
function engineOf(child: ChildProcess): number {
  const pid = readdirSync('/proc').find((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === child.pid && stat.includes('(tcpdump)');
    } catch {
      return false;
    }
  });
  return Number(pid ?? 0);
}

/** Puts frames on the wire at the other end of the pair. @returns what went wrong */
function sends(frames: readonly Uint8Array[]): string {
  const script = `
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('v1', 0))
for line in sys.stdin:
    wire.send(bytes.fromhex(line))
`;
  const { status, stderr } = spawnSync('ip', ['netns', 'exec', NS, PYTHON, '-c', script], {
    input: frames.map((bytes) => `${Buffer.from(bytes).toString('hex')}\n`).join(''),
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}

/** The frames of our sender in a capture, in hex. */
function framesOf(path: string): Set<string> {
  const bytes = readFileSync(path);
  const found = new Set<string>();
  for (let at = 24; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + 16, at + 16 + length).toString('hex');
    if (frame.slice(12, 24) === A.replaceAll(':', '')) found.add(frame);
    at += 16 + length;
  }
  return found;
}

function links(): void {
  ip('-n', NS, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  for (const name of ['v0', 'v1', 'lo']) ip('-n', NS, 'link', 'set', name, 'up');
  ip('-n', NS, 'addr', 'add', '10.9.0.1/24', 'dev', 'v1');
}

describe.skipIf(!may)('on a live interface', () => {
  beforeAll(() => {
    shop = new Workshop();
    ip('netns', 'add', NS);
    links();
  });

  afterAll(() => {
    spawnSync('umount', [shop.path('small')], { stdio: 'ignore' });
    spawnSync('ip', ['netns', 'del', NS], { stdio: 'ignore' });
    shop.clear();
  });

  it('lets the same frames pass as from a file, with every tagging, where the kernel keeps tags apart', async () => {
    const out = shop.path('tags.pcap');
    const { ended } = starts(out, '--duration', '3s');
    await until(() => size(`${out}.partial`) >= 24);
    const frames = Object.values(TAGGINGS).flatMap((tags) => Object.values(FRAMES).map((build) => build(tags)));
    expect(sends(frames)).toBe('');
    expect((await ended).code).toBe(0);
    const made = shop.path('made.pcap');
    const kept = shop.path('kept.pcap');
    writeFileSync(made, pcapFile(frames.map((bytes, i) => ({ time: i, bytes }))));
    const preset = presetNamed('pxe');
    const filter = preset === undefined ? '' : presetFilter(preset, 'ethernet');
    expect(spawnSync('tcpdump', ['-r', made, '-w', kept, '--', filter]).status).toBe(0);
    const [wanted, got] = [framesOf(kept), framesOf(out)];
    expect(wanted.size).toBeGreaterThan(200);
    expect([...wanted].filter((bytes) => !got.has(bytes))).toEqual([]);
    expect([...got].filter((bytes) => !wanted.has(bytes))).toEqual([]);
    expect(saidBeside(out)?.passes).toContain('dhcpv4');
    expect(manifestOf(out)).toMatchObject({ preset: 'pxe', drops: 0, linkChanges: [], ended: { by: 'duration' } });
  }, 20_000);

  it('stops at its packets, and takes no frame that the filter excludes', async () => {
    const out = shop.path('packets.pcap');
    const { ended } = starts(out, '--filter', 'arp', '--packets', '2');
    await until(() => size(`${out}.partial`) >= 24);
    const sender = pings('v1', '10.9.0.9', 200);
    expect((await ended).code).toBe(0);
    sender.kill();
    expect(framesIn(out)).toBe(2);
    expect(manifestOf(out).filter).toBe('arp');
  }, 20_000);

  it('keeps what it has when tcpdump is killed, or stopped by SIGTERM', async () => {
    for (const kind of ['SIGKILL', 'SIGTERM'] as const) {
      const out = shop.path(`${kind}.pcap`);
      const { child, ended } = starts(out, '--filter', 'arp');
      await until(() => size(`${out}.partial`) >= 24);
      const sender = pings('v1', '10.9.0.9', 200);
      await until(() => size(`${out}.partial`) >= 24 + 76);
      // `ip netns exec` becomes the capture itself.
      if (kind === 'SIGKILL') process.kill(engineOf(child), 'SIGKILL');
      else child.kill('SIGTERM');
      const { code } = await ended;
      sender.kill();
      expect(code).toBe(kind === 'SIGKILL' ? 3 : 143);
      expect(framesIn(out)).toBeGreaterThan(0);
      expect(manifestOf(out)).toMatchObject(
        kind === 'SIGKILL'
          ? { ended: { by: 'engine' }, engine: { signal: 'SIGKILL' } }
          : { ended: { by: 'signal', signal: 'SIGTERM' }, drops: 0 },
      );
      expect(existsSync(`${out}.partial`)).toBe(false);
    }
  }, 30_000);

  it('keeps what fits on a full disk, with its manifest', async () => {
    const small = shop.path('small');
    mkdirSync(small, { mode: 0o700 });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', small]);
    expect(mounted.status, 'a small tmpfs may be mounted where namespaces may be made').toBe(0);
    const out = `${small}/full.pcap`;
    const { ended } = starts(out, '--filter', '');
    await until(() => size(`${out}.partial`) >= 24);
    // Broadcast needs no answer: every ping is a frame of its size.
    const args = ['netns', 'exec', NS, 'ping', '-q', '-b', '-f', '-c', '400', '-s', '1000', '10.9.0.255'];
    const sender = spawn('ip', args, { stdio: 'ignore' });
    const { code, err } = await ended;
    sender.kill();
    expect(code).toBe(3);
    expect(err).toContain('ended by disk: no space is left');
    expect(framesIn(out)).toBeGreaterThan(10);
    expect(manifestOf(out)).toMatchObject({ frames: framesIn(out), bytes: statSync(out).size, ended: { by: 'disk' } });
    expect(readdirSync(small).sort()).toEqual(['full.pcap', 'full.pcap.manifest.json']);
  }, 20_000);

  it('tells when the interface goes down and comes back, and when it disappears', async () => {
    const out = shop.path('down.pcap');
    const first = starts(out, '--filter', 'arp', '--duration', '4s');
    await until(() => size(`${out}.partial`) >= 24);
    await new Promise((resolve) => setTimeout(resolve, 300));
    ip('-n', NS, 'link', 'set', 'v0', 'down');
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    ip('-n', NS, 'link', 'set', 'v0', 'up');
    const { code, err } = await first.ended;
    expect(code).toBe(3);
    expect(err).toContain('the interface became down');
    expect(manifestOf(out).linkChanges.map(({ state }) => state)).toEqual(['down', 'up']);
    expect(manifestOf(out).ended.by).toBe('duration');

    const gone = shop.path('gone.pcap');
    const second = starts(gone, '--filter', 'arp');
    await until(() => size(`${gone}.partial`) >= 24);
    ip('-n', NS, 'link', 'del', 'v0');
    expect((await second.ended).code).toBe(3);
    expect(manifestOf(gone).ended.by).toBe('interface');
    links();
  }, 30_000);

  it('captures with dumpcap where that is asked for', async () => {
    if (spawnSync('dumpcap', ['--version'], { stdio: 'ignore' }).error !== undefined) {
      process.stderr.write('skipped: dumpcap is not installed\n');
      return;
    }
    const out = shop.path('dumpcap.pcap');
    const { ended } = starts(out, '--engine', 'dumpcap', '--filter', 'arp', '--duration', '1s');
    await until(() => size(`${out}.partial`) >= 24);
    const sender = pings('v1', '10.9.0.9', 40);
    expect((await ended).code).toBe(0);
    sender.kill();
    expect(framesIn(out)).toBeGreaterThan(0);
    expect(manifestOf(out)).toMatchObject({ drops: 0, engine: { name: 'dumpcap', exit: 0 } });
  }, 20_000);
});
