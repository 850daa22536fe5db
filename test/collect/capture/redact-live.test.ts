import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, rackwitness } from '../../cli/run.ts';
import { framesIn, manifestOf, mayMakeNetworks, Workshop } from './engine.ts';
import { planted, reportOf, size, survivors, until } from './planted.ts';

/** tcpdump and the kernel themselves, on a veth pair in a namespace of its own. */
const NS = `rwred${process.pid}`;
/** A raw socket is what Node lacks. */
const PYTHON = 'python3';
const may = mayMakeNetworks();
const traffic = planted(30);
let shop: Workshop;

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

function starts(
  out: string,
  temp: string,
  ...args: readonly string[]
): { child: ChildProcess; ended: Promise<{ code: number | null; err: string }> } {
  const redact = ['--redact', 'auditor', '--key-file', shop.path('key')];
  const line = ['netns', 'exec', NS, process.execPath, MAIN, 'capture', '-i', 'enx3cecef007100', '--filter', ''];
  const child = spawn('ip', [...line, '--out', out, ...redact, ...args], {
    cwd: '/',
    env: { ...process.env, TMPDIR: temp },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr?.on('data', (bytes: Buffer) => (err += bytes.toString()));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, err }))) };
}

/** Puts the planted frames on the wire at the other end of the pair, so many times. */
async function sends(times: number): Promise<void> {
  const script = `
import socket, sys, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('v1', 0))
frames = [bytes.fromhex(line) for line in sys.stdin]
for _ in range(${times}):
    for one in frames:
        wire.send(one)
        time.sleep(0.0002)
`;
  const child = spawn('ip', ['netns', 'exec', NS, PYTHON, '-c', script], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin?.end(traffic.frames.map(({ bytes }) => `${Buffer.from(bytes).toString('hex')}\n`).join(''));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
}

describe.skipIf(!may)('on a live interface', () => {
  beforeAll(() => {
    shop = new Workshop();
    writeFileSync(shop.path('key'), `${'a5'.repeat(32)}\n`, { mode: 0o600 });
    ip('netns', 'add', NS);
    // As systemd names an adapter by its address, which must not get out by that way either.
    ip('-n', NS, 'link', 'add', 'enx3cecef007100', 'type', 'veth', 'peer', 'name', 'v1');
    for (const name of ['enx3cecef007100', 'v1', 'lo']) ip('-n', NS, 'link', 'set', name, 'up');
  });

  afterAll(() => {
    spawnSync('umount', [shop.path('small')], { stdio: 'ignore' });
    spawnSync('ip', ['netns', 'del', NS], { stdio: 'ignore' });
    shop.clear();
  });

  it('every frame is rebuilt, no original is in any byte, and the analysis reads what the manifest says', async () => {
    const [out, temp] = [shop.path('out'), shop.path('temp')];
    for (const folder of [out, temp]) mkdirSync(folder, { mode: 0o700 });
    const { child, ended } = starts(out, temp, '--duration', '30s');
    const partial = `${out}/capture-001.pcap.partial`;
    await until(() => size(partial) >= 24);
    await sends(2);
    // Sent is not yet written: the engine hands a frame on as it comes.
    await until(() => size(partial) > 20_000);
    await new Promise((resolve) => setTimeout(resolve, 700));
    // `ip netns exec` becomes the capture itself.
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect(code, err).toBe(143);
    const file = `${out}/capture-001.pcap`;
    expect(framesIn(file)).toBeGreaterThanOrEqual(2 * traffic.frames.length);
    expect(manifestOf(file)).toMatchObject({ drops: 0, original: 'not retained', ended: { by: 'signal' } });
    expect(reportOf(`${file}.redaction.json`).gate).toMatchObject({ result: 'passed', mode: 'streaming' });
    expect(survivors({ ...traffic, texts: [...traffic.texts, '3cecef007100'] }, out)).toEqual([]);
    expect(readdirSync(temp)).toEqual([]);
    const analysis = rackwitness(['analyze', '--at', `rack=${file}`, '--format', 'json']);
    expect([0, 1]).toContain(analysis.code);
    expect(analysis.out).toContain('"manifest"');
  }, 40_000);

  it('what fits on a full disk is gated, whole and listed, with its report', async () => {
    const small = shop.path('small');
    mkdirSync(small, { mode: 0o700 });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', small]);
    expect(mounted.status, 'a small tmpfs may be mounted where namespaces may be made').toBe(0);
    const { ended } = starts(`${small}/x.pcap`, shop.folder, '--duration', '30s');
    await until(() => size(`${small}/x.pcap.partial`) >= 24);
    await sends(8);
    const { code, err } = await ended;
    expect([code, err]).toEqual([3, expect.stringContaining('no space is left')]);
    expect(readdirSync(small).sort()).toEqual(['x.pcap', 'x.pcap.manifest.json', 'x.pcap.redaction.json']);
    expect(framesIn(`${small}/x.pcap`)).toBeGreaterThan(100);
    expect(manifestOf(`${small}/x.pcap`)).toMatchObject({ ended: { by: 'disk' }, bytes: size(`${small}/x.pcap`) });
    expect(survivors(traffic, small)).toEqual([]);
  }, 40_000);
});
