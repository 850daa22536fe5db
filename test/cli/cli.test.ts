import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/command.ts';
import { rackwitness, waiting } from './run.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const CLEAN = `${SAMPLES}dora-clean/client.pcap`;
const ROGUE = `${SAMPLES}rogue-pxe-takeover/vm-port.pcap`;
const ROGUE_PROFILE = `${SAMPLES}rogue-pxe-takeover/profile.json`;
const schema = JSON.parse(
  readFileSync(new URL('../../dist/schema/analysis.schema.json', import.meta.url), 'utf8'),
) as object;

describe('--version and --help', () => {
  it('says the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(rackwitness(['--version'])).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
  });

  it('lists the commands, in English whatever the locale', () => {
    const { code, out, err } = rackwitness(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of ['analyze', 'decode', 'explain', 'profile', 'list'])
      expect(out).toContain(`rackwitness ${command}`);
    expect(out).toContain('Options:');
  });
});

describe('an error to a person', () => {
  it.each([
    [[], /^rackwitness: no command/],
    [['anlyze'], /analyze/],
    [['analyze'], /no capture: give a FILE/],
    [['analyze', '--fooo', CLEAN], /Unknown argument: fooo/],
    [['analyze', '--profile'], /profile/],
    [['analyze', '--format', 'xml', CLEAN], /json/],
    [['analyze', '--format', 'json', '--format', 'text', CLEAN], /--format is given more than once/],
    [['analyze', '--workers', 'many', CLEAN], /--workers many: give a number/],
    [['analyze', '--at', CLEAN], /NAME=FILE/],
    [['analyze', '--authorized-server', 'rack1', CLEAN], /neither an IP address/],
    [['analyze', '/nonexistent/x.pcap'], /does not exist/],
    [['analyze', '/'], /directory/],
    [['analyze', ROGUE_PROFILE], /not a pcap/],
    [['analyze', '--profile', '/nonexistent.json', CLEAN], /no such file/],
    [['explain', CLEAN], /explain <file> <frame>/],
    [['explain', CLEAN, '0'], /whole number from 1/],
    [['explain', CLEAN, '99999'], /the file has/],
    [['profile', 'check'], /no FILE/],
    [['list', 'everything'], /detectors/],
  ])('%j is one line, exit 2, nothing on stdout', (args, message) => {
    const { code, out, err } = rackwitness(args);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/^rackwitness: /);
    expect(err).not.toMatch(/\bat .*:\d+:\d+/);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
  });

  it('lists every problem of a profile', () => {
    const { code, err } = rackwitness(['profile', 'check', CLEAN, '/nonexistent.json', ROGUE_PROFILE]);
    expect(code).toBe(EXIT.usage);
    expect(err.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
  });

  it('tells of a bug of ours by kind and place alone: what it says may come out of a capture', () => {
    const bug = `data:text/javascript,JSON.stringify = () => { throw new TypeError('secret of the capture') }`;
    const { code, out, err } = rackwitness(['analyze', '--format', 'json', CLEAN], undefined, ['--import', bug]);
    expect({ code, out }).toEqual({ code: EXIT.internal, out: '' });
    expect(err).toMatch(/^rackwitness: internal error \(TypeError at [\w.-]+:\d+:\d+\): please report it/);
    expect(err).not.toContain('secret');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('shows where it came from with --debug', () => {
    expect(rackwitness(['analyze', '--debug']).err).toMatch(/\bat .*:\d+:\d+/);
  });
});

describe('analyze', () => {
  it('prints one object that the shipped schema describes', () => {
    const { code, out } = rackwitness(['analyze', '--format', 'json', '--digest', ROGUE]);
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    validate(JSON.parse(out));
    expect(validate.errors).toBeNull();
    expect([EXIT.found, EXIT.fine]).toContain(code);
  });

  it('finds the rogue with the profile: exit 1, and 0 when nothing counts', () => {
    const found = rackwitness(['analyze', '--profile', ROGUE_PROFILE, ROGUE]);
    expect(found.code).toBe(EXIT.found);
    expect(found.out).toMatch(/^COMPROMISED {2}/);
    expect(found.err).toBe('');
    const never = rackwitness(['analyze', '--profile', ROGUE_PROFILE, '--fail-on', 'never', ROGUE]);
    expect(never).toEqual({ ...found, code: EXIT.fine });
  });

  it('reads stdin to the same result, but for the name', () => {
    const file = rackwitness(['analyze', '--format', 'json', CLEAN]);
    const pipe = rackwitness(['analyze', '--format', 'json', '-'], readFileSync(CLEAN));
    expect(pipe.out.replaceAll('"-"', '"client.pcap"').replaceAll('- untagged', 'client.pcap untagged')).toBe(file.out);
    expect(pipe.code).toBe(file.code);
  });

  it('says 3 where a capture is damaged and nothing was found in the rest', () => {
    const whole = readFileSync(CLEAN);
    const { code, out } = rackwitness(['analyze', '-'], whole.subarray(0, whole.length - 7));
    expect(code).toBe(EXIT.partial);
    expect(out).toContain('not all could be read');
  });

  it('prints no verdict when it is interrupted', async () => {
    for (const [signal, code] of [
      ['SIGINT', EXIT.interrupted],
      ['SIGTERM', EXIT.terminated],
    ] as const) {
      const child = waiting(['analyze', '-']);
      let out = '';
      child.stdout?.on('data', (piece) => (out += String(piece)));
      child.stdin?.write(readFileSync(ROGUE));
      await new Promise((resolve) => setTimeout(resolve, 800));
      child.kill(signal);
      expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(code);
      expect(out).toBe('');
    }
  });
});

describe('decode', () => {
  it('streams one object a line', () => {
    const { code, out } = rackwitness(['decode', ROGUE]);
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { protocol: string; frame: number });
    expect(lines.some(({ protocol }) => protocol === 'dhcpv4')).toBe(true);
    expect(lines.map(({ frame }) => frame)).toEqual(lines.map(({ frame }) => frame).sort((a, b) => a - b));
  });

  it('streams exchanges with all their offers', () => {
    const { out } = rackwitness(['decode', '--what', 'exchanges', ROGUE]);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { protocol: string; offers?: unknown[] });
    expect(lines.some(({ offers }) => (offers?.length ?? 0) >= 2)).toBe(true);
  });

  it('streams every machine’s way through its boot', () => {
    const { code, out } = rackwitness(['decode', '--what', 'boots', ROGUE]);
    expect(code).toBe(0);
    const [boot] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { machine: { macs: string[] }; steps: { name: string }[] });
    expect(boot?.machine.macs).toEqual(['52:54:00:14:00:01']);
    expect(boot?.steps.map(({ name }) => name)).toEqual(['dhcp', 'boot-file']);
  });

  it('ends quietly when the reader has seen enough', async () => {
    const child = waiting(['decode', ROGUE]);
    let err = '';
    child.stderr?.on('data', (piece) => (err += String(piece)));
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('explain', () => {
  it('shows every field with its place, bytes, path and value', () => {
    const { code, out } = rackwitness(['explain', ROGUE, '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^vm-port\.pcap frame 1 /);
    expect(out).toMatch(/^ +42 +1 {2}01 /m);
  });

  it('gives the same for machines', () => {
    const one = JSON.parse(rackwitness(['explain', '--format', 'json', ROGUE, '1']).out) as {
      fields: { at: number; hex: string; type: string }[];
    };
    const capture = readFileSync(ROGUE);
    // Frame 1 of a pcap file begins after the file's 24 and the record's 16 bytes.
    for (const { at, hex, type } of one.fields) {
      if (type !== 'group') expect(capture.subarray(40 + at, 40 + at + hex.length / 2).toString('hex')).toBe(hex);
    }
  });
});

describe('profile', () => {
  it('learns one that is unreviewed, and that fits what it was learnt from', () => {
    const { code, out, err } = rackwitness(['profile', 'learn', '--name', 'lab', CLEAN]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ schema: 'rackwitness.profile/1', name: 'lab', unreviewed: true });
    expect(err).toContain('198.51.100.2');
  });

  it('refuses to learn while servers conflict', () => {
    const { code, out, err } = rackwitness(['profile', 'learn', ROGUE]);
    expect({ code, out }).toEqual({ code: EXIT.refused, out: '' });
    expect(err).toContain('refused');
  });

  it('accepts the samples’ own', () => {
    expect(rackwitness(['profile', 'check', ROGUE_PROFILE])).toMatchObject({ code: 0, err: '' });
  });

  it('prints the schema', () => {
    expect(JSON.parse(rackwitness(['profile', 'schema']).out)).toMatchObject({ title: 'rackwitness site profile' });
  });
});

describe('list', () => {
  it('gives ids that do not change and are sorted', () => {
    const { out } = rackwitness(['list', 'detectors', '--format', 'json']);
    const ids = (JSON.parse(out) as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toContain('dhcp-rogue-server');
  });
});
