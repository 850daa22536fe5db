import { gunzipSync, gzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { type Action, type Kind, KIND_NAMES } from '../../../src/redact/kinds.ts';
import { originalsOf } from '../../../src/redact/case.ts';
import { Haystack, Scanner } from '../../../src/redact/gate/scan.ts';
import { needlesOf } from '../../../src/redact/gate/needles.ts';
import { redactOne, type TestCase } from './case.ts';
import { planted, survivors } from './planted.ts';

const { lines, values } = planted();
const STRICT: Partial<Record<Kind, Action>> = { 'vendor-class': 'drop' };

function exported(all: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  all.forEach((line, i) => {
    parts.push(Buffer.from(`__REALTIME_TIMESTAMP=${1795362445000000 + i}\n_HOSTNAME=rack-7\n`));
    if (i % 3 === 0) {
      const bytes = Buffer.from(`${line}\nsecond line`);
      const length = Buffer.alloc(8);
      length.writeUInt32LE(bytes.length);
      parts.push(Buffer.from('MESSAGE\n'), length, bytes, Buffer.from('\n\n'));
    } else parts.push(Buffer.from(`MESSAGE=${line}\n\n`));
  });
  return Buffer.concat(parts);
}

const FORMS: readonly [name: string, format: string, bytes: Buffer][] = [
  ['all.log', 'lines', Buffer.from(`${lines.join('\n')}\n`)],
  ['crlf.log', 'lines', Buffer.from(lines.join('\r\n'))],
  [
    'journal.ndjson',
    'json',
    Buffer.from(lines.map((line) => JSON.stringify({ _HOSTNAME: 'rack-7', MESSAGE: line })).join('\n')),
  ],
  [
    'bytes.ndjson',
    'json',
    Buffer.from(lines.map((line) => JSON.stringify({ MESSAGE: [...Buffer.from(line), 10, 255] })).join('\n')),
  ],
  ['pretty.json', 'json', Buffer.from(JSON.stringify({ entries: lines.map((message) => ({ message })) }, null, 2))],
  ['journal.export', 'journal-export', exported(lines)],
  [
    'events.csv',
    'csv',
    Buffer.from(`id,message,note\n${lines.map((line, i) => `${i},"${line.replaceAll('"', '""')}",x`).join('\n')}\n`),
  ],
  [
    'user-data.yaml',
    'yaml',
    Buffer.from(
      `#cloud-config\nwrite_files:\n${lines.map((line) => `  - note: ${JSON.stringify(line)}\n    text: |\n      ${line.trim()}\n`).join('')}`,
    ),
  ],
];

describe('planted values', () => {
  it('are hundreds', () => {
    expect(values.length).toBeGreaterThan(150);
  });

  it.each(FORMS)('leaves none of them in %s', async (name, format, bytes) => {
    const { text, result, checked, of, bytes: bytesOut } = await redactOne(bytes, name, STRICT);
    expect(result.texts.map((one) => one.format)).toEqual([format]);
    const there = survivors(name === 'bytes.ndjson' ? readable(text) : text, values);
    expect(there).toEqual([]);
    expect(checked.hits).toEqual([]);
    expect(rawHits(of, bytesOut)).toEqual([]);
    expect(checked.values).toBeGreaterThan(100);
    expect(result.texts[0]?.faults).toEqual({});
    if (format === 'lines' || format === 'json' || format === 'csv') {
      expect(text.split('\n').length, 'line numbers stay').toBe(bytes.toString().split('\n').length);
    }
  });

  it('leaves JSON, CSV and YAML what they are', async () => {
    for (const [name, format, bytes] of FORMS) {
      const { text } = await redactOne(bytes, name, STRICT);
      if (name.endsWith('.ndjson')) for (const line of text.split('\n')) JSON.parse(line);
      if (name.endsWith('.json'))
        expect((JSON.parse(text) as { entries: unknown[] }).entries.length).toBe(lines.length);
      if (format === 'yaml') {
        const [document] = parseAllDocuments(text);
        expect(document?.errors).toEqual([]);
        expect((document?.toJS() as { write_files: unknown[] } | undefined)?.write_files.length).toBe(lines.length);
      }
      if (format === 'csv')
        expect(
          text.split('\n').every((line) => line === '' || /^[^,]*,(?:"(?:[^"]|"")*"|[^,"]*),[^,]*$/.test(line)),
        ).toBe(true);
    }
  });

  it('leaves none in what is compressed', async () => {
    const bytes = gzipSync(gzipSync(Buffer.from(lines.join('\n'))));
    const { bytes: out, result } = await redactOne(bytes, 'all.log.gz.gz', STRICT);
    expect(result.extension).toBe('.txt.gz.gz');
    expect(survivors(gunzipSync(gunzipSync(out)).toString(), values)).toEqual([]);
  });

  it('takes away more where the policy drops more', async () => {
    const drop: Partial<Record<Kind, Action>> = {
      ...STRICT,
      text: 'drop',
      hostname: 'drop',
      domain: 'drop',
      username: 'drop',
      url: 'drop',
      filename: 'drop',
      'vlan-name': 'drop',
      mac: 'drop',
      ipv4: 'drop',
      time: 'drop',
    };
    const { text, checked } = await redactOne(Buffer.from(lines.join('\n')), 'all.log', drop);
    expect(survivors(text, [...values, 'DHCPDISCOVER', 'Status transition', '2026'])).toEqual([]);
    expect(checked.hits).toEqual([]);
  });

  it('leaves what was redacted once as it is', async () => {
    const kept = Object.fromEntries(
      KIND_NAMES.filter((kind) => kind !== 'secret' && kind !== 'payload').map((kind) => [kind, 'keep' as const]),
    );
    for (const [name, , bytes] of FORMS) {
      const once = (await redactOne(bytes, name, kept)).bytes;
      expect((await redactOne(once, name, kept)).text, name).toBe(once.toString());
      expect(name === 'bytes.ndjson' ? readable(once.toString()) : once.toString()).toContain('[redacted]');
    }
  });

  it('gives the same bytes again', async () => {
    const bytes = Buffer.from(lines.join('\n'));
    const [one, two] = [await redactOne(bytes, 'a.log', STRICT), await redactOne(bytes, 'a.log', STRICT)];
    expect(one.text).toBe(two.text);
  });
});

/** What the raw search of the gate finds: the text around, for whoever mends it. */
function rawHits(of: TestCase, bytes: Buffer): string[] {
  const found: string[] = [];
  const needles = [...originalsOf(of.identities.ledger)].flatMap((original) => needlesOf(original));
  expect(needles.length).toBeGreaterThan(500);
  const scanner = new Scanner(new Haystack(needles), ({ kind, spelling, offset }) => {
    found.push(`${kind} ${spelling}: ${bytes.subarray(Math.max(0, offset - 40), offset + 40).toString()}`);
  });
  scanner.push(bytes);
  scanner.end();
  return found;
}

function readable(json: string): string {
  return json
    .split('\n')
    .map((line) => Buffer.from((JSON.parse(line) as { MESSAGE: number[] }).MESSAGE).toString('latin1'))
    .join('\n');
}
