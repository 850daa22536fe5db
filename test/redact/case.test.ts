import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyze,
  loadPolicy,
  readProfile,
  redactCase,
  redactionText,
  restoreFromMap,
  siteOf,
  writePrivateMap,
  type CaseOptions,
} from '../../src/index.ts';
import { rackwitness } from '../cli/run.ts';

const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../../src/redact/report/redaction.schema.json', import.meta.url));
const ROGUE = join(SAMPLES, 'rogue-wins/client.pcap');
const LOG = `${[
  'Nov 22 12:54:08 rack-ctrl-07 dhcpd[311]: DHCPACK on 198.51.100.100 to 52:54:00:bb:00:01 (node-four) via br-prov',
  'Nov 22 12:54:09 rack-ctrl-07 sshd[91]: Accepted password for alice.example from 198.51.100.9 port 4242 ssh2',
  'Nov 22 12:54:10 rack-ctrl-07 maas: api key was Qm5XkTz8rWq3LpVn2B:Yt6UjH4sDf9GaKc1Mx:Zb7NvC3xSw5EdRf8TgYh2UjMk4LpQa6W',
].join('\n')}\n`;
/** Everything of the log that names somebody or something. */
const ORIGINALS = [
  'rack-ctrl-07',
  '198.51.100.100',
  '52:54:00:bb:00:01',
  'node-four',
  'alice.example',
  'Qm5XkTz8rWq3LpVn2B',
];

let folder = '';
let number = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-case-'));
  writeFileSync(join(folder, 'syslog'), LOG);
  writeFileSync(join(folder, 'syslog.1.gz'), gzipSync(LOG));
  writeFileSync(join(folder, 'key'), `${'5a'.repeat(32)}\n`, { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function request(changes: Partial<CaseOptions> = {}): Promise<CaseOptions & { out: string }> {
  number += 1;
  return {
    inputs: [ROGUE, join(folder, 'syslog'), join(folder, 'syslog.1.gz')],
    policy: await loadPolicy('auditor'),
    caseKey: new Uint8Array(32).fill(0x5a),
    ...changes,
    out: join(folder, `out-${number}`),
  };
}

describe('a case of a capture, a log and a compressed one', () => {
  test('is written under neutral names, without an original, with a report that its schema describes', async () => {
    const options = await request();
    const { report, origins } = await redactCase(options);
    const names = readdirSync(options.out).sort();
    expect(names).toEqual(['capture-001.pcap', 'file-001.txt', 'file-002.txt.gz', 'redaction-report.json']);
    expect(statSync(options.out).mode & 0o777).toBe(0o700);
    for (const name of names) expect(statSync(join(options.out, name)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(options.out, 'file-001.txt'), 'utf8');
    expect(text.split('\n')).toHaveLength(4);
    for (const original of ORIGINALS) expect(text).not.toContain(original);
    const written = JSON.parse(readFileSync(join(options.out, 'redaction-report.json'), 'utf8')) as typeof report;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
    );
    expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
    expect(written.gate.decoded.values).toBeGreaterThan(100);
    expect(written.gate.raw.needles).toBeGreaterThan(100);
    expect(written.verdict).toMatchObject({ same: true, findings: 1 });
    for (const original of ORIGINALS) expect(JSON.stringify(written)).not.toContain(original);
    expect([...origins.keys()].sort()).toEqual(names.slice(0, 3));
    expect(redactionText(written)).toContain('gate       passed');
  });

  test('gives one machine one pseudonym in all of its files, and the same bytes again', async () => {
    const [first, second] = [await request(), await request({ workers: 2 })];
    const { ledger } = await redactCase(first);
    await redactCase(second);
    const mac = ledger.find('mac', 0x525400bb0001);
    expect(mac).toBeTypeOf('number');
    const spelled = (mac as number).toString(16).padStart(12, '0').match(/../g)?.join(':') ?? '';
    expect(readFileSync(join(first.out, 'file-001.txt'), 'utf8')).toContain(spelled);
    expect(
      readFileSync(join(first.out, 'capture-001.pcap')).includes(Buffer.from(spelled.replaceAll(':', ''), 'hex')),
    ).toBe(true);
    for (const name of readdirSync(first.out)) {
      expect(readFileSync(join(second.out, name)).equals(readFileSync(join(first.out, name))), name).toBe(true);
    }
  });

  test('shows the same findings with the mapped profile', async () => {
    const profile = await readProfile(join(SAMPLES, 'rogue-wins/profile.json'));
    const options = await request({ profile });
    const { report } = await redactCase(options);
    expect(report.verdict).toMatchObject({ same: true });
    const judged = async (capture: string, site: string): Promise<string[]> => {
      const analysis = await analyze([{ vantage: '', files: [capture] }], { site: siteOf(await readProfile(site)) });
      return analysis.findings.map(({ id, severity, confidence }) => `${id} ${severity} ${confidence.score}`);
    };
    const original = await judged(ROGUE, join(SAMPLES, 'rogue-wins/profile.json'));
    expect(original[0]).toContain('dhcp-rogue-server');
    expect(await judged(join(options.out, 'capture-001.pcap'), join(options.out, 'profile-001.json'))).toEqual(
      original,
    );
  });

  test('has real names put back into an answer by who holds the map, and by nobody else', async () => {
    const options = await request();
    const result = await redactCase(options);
    const identity = await generateX25519Identity();
    const map = join(folder, `map-${number}.age`);
    await writePrivateMap(map, result, [await identityToRecipient(identity)]);
    expect(readFileSync(map).includes('52:54:00:bb:00:01')).toBe(false);
    writeFileSync(join(folder, 'identity'), `${identity}\n`, { mode: 0o600 });
    const mac = (result.ledger.find('mac', 0x525400bb0001) as number).toString(16).padStart(12, '0');
    const answer = `please replace ${mac.match(/../g)?.join('-')}`;
    expect(await restoreFromMap(answer, map, join(folder, 'identity'))).toBe('please replace 52-54-00-bb-00-01');
    writeFileSync(join(folder, 'other'), `${await generateX25519Identity()}\n`, { mode: 0o600 });
    await expect(restoreFromMap(answer, map, join(folder, 'other'))).rejects.toThrow(/does not open/);
  });

  test('is only told of in a preview', async () => {
    const { out: _out, ...options } = await request();
    const before = readdirSync(folder).sort();
    const { report, ledger } = await redactCase(options);
    expect(readdirSync(folder).sort()).toEqual(before);
    const text = redactionText(report, { ledger });
    expect(text).toContain('PREVIEW');
    for (const original of ORIGINALS) expect(text).not.toContain(original);
    expect(redactionText(report, { ledger, originals: true })).toContain('52:54:00:bb:00:01');
  });
});

describe('what is refused leaves nothing behind', () => {
  test('an output that is there, an input twice, an input that is not there', async () => {
    const taken = await request({ inputs: [ROGUE] });
    writeFileSync(taken.out, 'mine');
    await expect(redactCase(taken)).rejects.toThrow(/exists/);
    expect(readFileSync(taken.out, 'utf8')).toBe('mine');
    const twice = await request({ inputs: [ROGUE, join(SAMPLES, 'rogue-wins/../rogue-wins/client.pcap')] });
    await expect(redactCase(twice)).rejects.toThrow(/one file/);
    const missing = await request({ inputs: [join(folder, 'nothing')] });
    await expect(redactCase(missing)).rejects.toThrow(/cannot be read/);
    await expect(redactCase(await request({ inputs: [folder] }))).rejects.toThrow(/no regular file/);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('a derived file that holds an original: the gate reads that too, and says where, not what', async () => {
    const options = await request({
      inputs: [ROGUE],
      derive: async () => [{ name: 'notes.txt', bytes: Buffer.from('ask about 52-54-00-BB-00-01\n') }],
    });
    const failed = await redactCase(options).catch((error: unknown) => error);
    expect(String(failed)).toContain('notes.txt: byte 10');
    expect(String(failed)).not.toContain('BB-00-01');
    expect(readdirSync(folder).filter((name) => name.startsWith(`out-${number}`))).toEqual([]);
  });
});

describe('the command', () => {
  test('takes a capture from stdin, and gives it redacted to stdout', () => {
    const key = join(folder, 'key');
    const run = rackwitness(['redact', '-', '--policy', 'auditor', '--key-file', key], readFileSync(ROGUE));
    expect(run.code, run.err).toBe(0);
    expect(run.bytes.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(run.bytes.includes(Buffer.from('525400bb0001', 'hex'))).toBe(false);
    expect(run.err).toContain('gate       passed');
  });

  test('refuses a key that others may read, and originals outside of a terminal', () => {
    const open = join(folder, 'open-key');
    writeFileSync(open, `${'5a'.repeat(32)}\n`, { mode: 0o644 });
    const common = ['redact', ROGUE, '--policy', 'auditor', '--preview'];
    expect(rackwitness([...common, '--key-file', open]).code).toBe(4);
    const shown = rackwitness([...common, '--key-file', join(folder, 'key'), '--show-originals']);
    expect(shown.code).toBe(4);
    expect(shown.out).toBe('');
  });

  test('lists every problem of a policy', () => {
    const path = join(folder, 'bad.json');
    writeFileSync(
      path,
      JSON.stringify({ schema: 'rackwitness.policy/1', name: 'bad', rules: { mac: { action: 'shift' }, hat: {} } }),
    );
    const run = rackwitness(['policy', 'check', path]);
    expect(run.code).toBe(2);
    expect(run.err).toContain('$.rules.mac');
    expect(run.err).toContain('hat');
  });
});
