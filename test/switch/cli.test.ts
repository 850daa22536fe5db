import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis, FindingReport } from '../../src/report/analysis.ts';
import { rackwitness } from '../cli/run.ts';
import { SAMPLES } from '../support/samples.ts';

const ROGUE = join(SAMPLES, 'rogue-pxe-takeover/vm-port.pcap');
const PROFILE = join(SAMPLES, 'rogue-pxe-takeover/profile.json');
const CLEAN = join(SAMPLES, 'dora-clean/client.pcap');
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync(new URL('../../dist/schema/analysis.schema.json', import.meta.url), 'utf8')) as object,
);

/** The rogue and the machine of the sample stand on these ports. */
const SHOW = [
  'sw1#show mac address-table',
  '          Mac Address Table',
  '-------------------------------------------',
  '',
  'Vlan    Mac Address       Type        Ports',
  '----    -----------       --------    -----',
  '  10    0216.3e66.6666    DYNAMIC     Gi1/0/13',
  '  10    0216.3e00.0001    DYNAMIC     Gi1/0/1',
  'Total Mac Addresses for this criterion: 2',
  'sw1#',
].join('\r\n');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-switch-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function analyzed(args: readonly string[]): Analysis {
  const { out, err, code } = rackwitness(['analyze', '--format', 'json', ...args]);
  expect(err, `exit code ${code}`).toBe('');
  const analysis = JSON.parse(out) as Analysis;
  validate(analysis);
  expect(validate.errors ?? []).toEqual([]);
  return analysis;
}

function finding(analysis: Analysis, id: string): FindingReport | undefined {
  return analysis.findings.find((one) => one.id === id);
}

/** The log of that switch: local time of its zone, an hour ahead, neither year nor zone written. */
function log(first: Analysis): string {
  const offers = (finding(first, 'dhcp-rogue-server')?.evidence ?? []).flatMap((one) =>
    one.kind === 'frame' && /OFFER of .*198\.51\.100\.66/.test(one.note) ? [one] : [],
  );
  const [offer] = offers;
  if (offer === undefined) throw new Error('the sample has no offer of the rogue');
  const times = [offer.time, offer.time].map((time, i) => new Date(Date.parse(time) + 3_600_000 + 1000 * i));
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  return times
    .map((time) => {
      const stamp = `${months[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2, ' ')} ${time.toISOString().slice(11, 19)}`;
      return `${stamp} sw1 41: ${stamp}.900: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 0216.3e66.6666`;
    })
    .join('\n');
}

describe('analyze --switch-log and --switch-show', () => {
  it("names the rogue's port, and the lines that stopped its offers", () => {
    const first = analyzed([ROGUE, '--profile', PROFILE]);
    const texts = ['--switch-log', put('sw1.log', log(first)), '--switch-show', put('sw1.txt', SHOW)];
    const analysis = analyzed([ROGUE, '--profile', PROFILE, ...texts]);
    const rogue = finding(analysis, 'dhcp-rogue-server');
    expect(rogue?.remedy.steps[0]).toBe('02:16:3e:66:66:66 is on sw1 port Gi1/0/13: go there first.');
    const lines = (rogue?.evidence ?? []).flatMap((one) => (one.kind === 'line' ? [one] : []));
    expect(lines.map(({ log: name, line }) => [name, line])).toContainEqual(['sw1.txt', 7]);
    expect(lines.find(({ log: name }) => name === 'sw1.log')?.note).toBe(
      'sw1 port Gi1/0/13 dropped OFFER of 02:16:3e:66:66:66: the port is not trusted (DHCP snooping)',
    );
    // What the switch says is proof; the verdict on the packets stays theirs.
    expect(analysis.verdict).toEqual(first.verdict);
    expect(rogue?.confidence).toEqual(finding(first, 'dhcp-rogue-server')?.confidence);
    expect(
      analysis.logs.map(({ name, source, dialects, parsed, unknown }) => [name, source, dialects, parsed, unknown]),
    ).toEqual([
      ['sw1.log', 'log', ['cisco-ios'], 2, 0],
      ['sw1.txt', 'show', ['cisco-ios'], 2, 0],
    ]);
    expect(first.logs).toEqual([]);
  });

  it('finds the zone of a log by the frames that it speaks of', () => {
    const analysis = analyzed([ROGUE, '--switch-log', put('zone.log', log(analyzed([ROGUE, '--profile', PROFILE])))]);
    expect(analysis.logs[0]).toMatchObject({ timeSure: 'likely' });
    expect(analysis.logs[0]?.timeReason).toContain('match frames at UTC+1');
  });

  it('counts and shows what it does not know, escaped, and stays clean on a clean capture', () => {
    const text = 'Nov 22 12:44:42 sw1 9: %OSPF-5-ADJCHG: \u001b[2Jnothing for us\n\n\n';
    const analysis = analyzed([CLEAN, '--switch-log', put('noise.log', text)]);
    expect(analysis.logs[0]).toMatchObject({ lines: 1, parsed: 0, unknown: 1, dialects: [], timeSure: '' });
    expect(analysis.logs[0]?.unknownLines).toEqual([
      { line: 1, text: 'Nov 22 12:44:42 sw1 9: %OSPF-5-ADJCHG: \\x1b[2Jnothing for us' },
    ]);
    expect(analysis.findings).toEqual([]);
    const { out } = rackwitness(['analyze', CLEAN, '--switch-log', join(folder, 'noise.log')]);
    expect(out).toContain('noise.log (log): nothing understood; 1 lines, 0 records, 1 unknown');
    expect(out).not.toContain('\u001b');
  });

  it('reads compressed texts, and tells one that is damaged', () => {
    const whole = gzipSync(SHOW);
    expect(analyzed([CLEAN, '--switch-show', put('sw1.txt.gz', whole)]).logs[0]).toMatchObject({
      name: 'sw1.txt.gz',
      parsed: 2,
      truncated: false,
    });
    const { out } = rackwitness([
      'analyze',
      '--format',
      'json',
      CLEAN,
      '--switch-show',
      put('cut.txt.gz', whole.subarray(0, whole.length - 12)),
    ]);
    const analysis = JSON.parse(out) as Analysis;
    expect(analysis.logs[0]?.truncated).toBe(true);
    expect(analysis.complete).toBe(false);
  });

  it('refuses a text that is not there, and standard input given twice', () => {
    expect(rackwitness(['analyze', CLEAN, '--switch-log', join(folder, 'none.log')])).toMatchObject({
      code: 2,
      out: '',
    });
    const twice = rackwitness(['analyze', '-', '--switch-log', '-']);
    expect(twice).toMatchObject({ code: 2, out: '' });
    expect(twice.err).toContain('stdin (-) is given twice');
  });
});
