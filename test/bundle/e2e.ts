import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { client, RACK, RACK_DHCP, ROGUE, ROGUE_DHCP } from '../../lab/scenarios/segment.ts';
import { Lab, LabError, Skip, sleep } from '../../lab/lab.ts';
import { versionOf } from '../../lab/tools.ts';
import { dhclient } from '../../lab/verbs/clients.ts';
import { finish, record } from '../../lab/verbs/capture.ts';
import { build } from '../../lab/verbs/network.ts';
import { dhcpd, dnsmasq } from '../../lab/verbs/services.ts';
import { MAIN } from '../cli/run.ts';

/** Of the lab: what the redacted bundle may not hold. */
const ORIGINALS = [
  ...['02:16:3e:00:00:01', '02163e000001', '02:16:3e:66:66:66', '02163e666666', '52:54:00:bb:00:01', '525400bb0001'],
  ...['198.51.100.66', 'evil.0'],
];
/** nobody, in Debian and elsewhere. */
const NOBODY = 65_534;
const TOOLS = ['ip', 'dhcpd', 'dnsmasq', 'dhclient', 'tcpdump', 'setpriv'];

/** What a run came to; it throws where something is not as it should be. */
export interface EndToEnd {
  /** Ids of what was found in the raw capture, in the redacted one, and in the unpacked bundle by another user. */
  raw: string[];
  redacted: string[];
  unpacked: string[];
  /** Entries of the collection's manifest, and files of the bundle. */
  collected: number;
  files: number;
}

/**
 * A rack with ISC dhcpd and a rogue dnsmasq beside it: `capture --redact` at a port while a client boots, `collect` on the rack,
 * `bundle --policy auditor`, then another user verifies, unpacks and analyses.
 *
 * @throws Skip where namespaces or programs are missing; LabError for what is wrong
 */
export async function endToEnd(print: (line: string) => void): Promise<EndToEnd> {
  const missing = TOOLS.find((tool) => versionOf(tool) === null);
  if (missing !== undefined) throw new Skip(`${missing} is not installed`);
  const base = mkdtempSync(join(tmpdir(), 'rackwitness-e2e-'));
  const lab = new Lab(join(base, 'run'), join(base, 'out'), print);
  chmodSync(base, 0o755);
  chmodSync(lab.work, 0o755);
  try {
    return await perform(lab, base);
  } finally {
    await lab.close();
    rmSync(base, { recursive: true, force: true });
  }
}

async function perform(lab: Lab, base: string): Promise<EndToEnd> {
  const private_ = join(base, 'private');
  mkdirSync(private_, { mode: 0o700 });
  const path = (name: string): string => join(private_, name);
  await build(lab, {
    ...{ name: 'e2e', title: '', about: '', captures: [], steps: [], shows: [], expect: [], notAsserted: '' },
    switches: { sw: 'bridge' },
    nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  });
  ran(['keygen', '--out', path('keys')]);
  ran(['keygen', '--out', path('case'), '--case-key']);
  const key = join(path('case'), 'case-key');
  await dhcpd('rack', { ...RACK_DHCP, pingCheck: true }).run(lab);
  await dnsmasq('rogue', ROGUE_DHCP).run(lab);
  const raw = await record(lab, { vantage: 'raw', node: 'client', interface: 'eth0' });
  const live = path('rack.pcap');
  const redacting = ['--redact', 'auditor', '--key-file', key, '--tier', 'live', '--out', live];
  const capture = [process.execPath, MAIN, 'capture', '-i', 'eth0', '--filter', '', '--duration', '120s', ...redacting];
  // At the client's port: there the answers of both servers pass.
  lab.start('client', 'capture', capture);
  await lab.until('the capture to begin', 20, () => readdirSync(private_).some((name) => name.startsWith('rack.pcap')));
  await sleep(1000);
  await dhclient('client').run(lab);
  await lab.untilLog('dhcpd-rack', /DHCPOFFER/, 10);
  await sleep(1500);
  await finish(lab, raw);
  const { process: running, ended } = lab.daemon('capture');
  running.kill('SIGINT');
  await Promise.race([ended, sleep(20_000)]);
  if (running.exitCode !== 130) {
    throw new LabError(`capture ended with ${running.exitCode}: ${readFileSync(lab.daemon('capture').log, 'utf8')}`);
  }
  const collection = path('collection');
  const log = lab.daemon('dhcpd-rack').log;
  const collecting = ['collect', '--out', collection, '--profile', 'dhcp', '--since', '10m', '--add', log];
  const collected = await lab.run('rack', [process.execPath, MAIN, ...collecting], { mayFail: true, seconds: 120 });
  if (collected.code !== 0 && collected.code !== 3) throw new LabError(`collect: ${collected.stderr}`);
  const manifest = JSON.parse(readFileSync(join(collection, 'manifest.json'), 'utf8')) as { entries: unknown[] };

  const shared = join(base, 'shared');
  mkdirSync(shared, { mode: 0o755 });
  const bundle = join(shared, 'case-e2e.tar.gz');
  const approval = ['--purpose', 'audit', '--legal-basis', 'contract', '--recipients', 'auditor', '--approver', 'ciso'];
  const with_ = ['--policy', 'auditor', '--key-file', key, '--sign-key', join(path('keys'), 'signing-key.pem')];
  const sources = ['--capture', live, '--config', `${live}.manifest.json`, '--collected', collection];
  ran(['bundle', '--case', 'e2e', ...sources, ...with_, ...approval, '--out', bundle], [0, 3]);
  chmodSync(bundle, 0o644);
  const tar = gunzipSync(readFileSync(bundle)).toString('latin1').toLowerCase();
  const leaked = ORIGINALS.filter((word) => tar.includes(word));
  if (leaked.length > 0) throw new LabError(`the bundle names ${leaked.join(', ')}`);

  const pinned = join(shared, 'signing-key.pub.pem');
  lab.file('../shared/signing-key.pub.pem', readFileSync(join(path('keys'), 'signing-key.pub.pem'), 'utf8'), 0o644);
  const home = join(base, 'nobody');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, NOBODY, NOBODY);
  const verified = other(['verify', bundle, '--public-key', pinned, '--reanalyze'], home);
  if (!verified.includes('VERIFIED')) throw new LabError(verified);
  other(['unpack', bundle, '--public-key', pinned, '--out', join(home, 'bag')], home);
  const data = join(home, 'bag', 'e2e-auditor', 'data');
  const packed = JSON.parse(readFileSync(join(data, 'findings', 'capture-001.findings.json'), 'utf8')) as Said;
  const again = JSON.parse(
    other(['analyze', join(data, 'captures', 'capture-001.pcap'), '--format', 'json', '--boots', 'all'], home),
  ) as Said;
  if (JSON.stringify(packed.findings) !== JSON.stringify(again.findings))
    throw new LabError('the findings are not those packed');
  return {
    raw: said(ran(['analyze', join(lab.out, raw.file), '--format', 'json'], [0, 1])),
    redacted: said(ran(['analyze', live, '--format', 'json'], [0, 1])),
    unpacked: again.findings.map(({ id }) => id),
    collected: manifest.entries.length,
    files: readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length,
  };
}

interface Said {
  findings: { id: string }[];
}

function said(json: string): string[] {
  return (JSON.parse(json) as Said).findings.map(({ id }) => id);
}

function ran(args: readonly string[], fine: readonly number[] = [0]): string {
  return outcome([process.execPath, MAIN, ...args], '/', fine);
}

/** As nobody, without a group, from a folder of its own. */
function other(args: readonly string[], home: string): string {
  const drop = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
  // `analyze` ends with 1 when it finds something.
  return outcome([...drop, process.execPath, MAIN, ...args], home, args[0] === 'analyze' ? [0, 1] : [0]);
}

function outcome([program = '', ...args]: readonly string[], cwd: string, fine: readonly number[]): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, TMPDIR: cwd === '/' ? tmpdir() : cwd };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!fine.includes(status ?? -1))
    throw new LabError(`${args.slice(-12).join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** `npm run e2e` */
async function main(): Promise<void> {
  try {
    const done = await endToEnd((line) => process.stdout.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
    const same = [done.redacted, done.unpacked].every((ids) => ids.join() === done.raw.join());
    process.exitCode = same && done.raw.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Skip) && !(error instanceof LabError)) throw error;
    process.stderr.write(`${error instanceof Skip ? 'skipped' : 'failed'}: ${error.message}\n`);
    process.exitCode = error instanceof Skip ? 77 : 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
