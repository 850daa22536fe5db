import { describe, expect, it } from 'vitest';
import { FACILITY, NUMBER, PRI, TOKEN, headerOf } from '../../src/switch/header.ts';
import { MAX_LINE, readLines } from '../../src/switch/lines.ts';
import { PAGER, PROMPT, RULE_LINE } from '../../src/switch/parse.ts';
import { DIALECTS } from '../../src/switch/registry.ts';
import { BSD, CLOCK, HP, ISO, UNIX, UPTIME } from '../../src/switch/stamp.ts';
import { sourceOf, understood } from './texts.ts';

/** A line that takes longer than this holds a busy log up. */
const MOST_MS = 50;
const FILLERS = [
  ' ',
  '\t',
  'a',
  '0',
  '-',
  ':',
  '.',
  '/',
  '0.',
  '0:',
  'a:',
  'a-',
  'A ',
  '0 ',
  '- ',
  '~',
  '(',
  ')',
  ',',
  '\u0008',
];

/** 8 KiB that begin as the sample does, up to each of its words, and then repeat a filler, a word, or the whole. */
function worst(samples: readonly string[]): string[] {
  const lines = FILLERS.map((filler) => filler.repeat(MAX_LINE).slice(0, MAX_LINE));
  for (const sample of samples) {
    const words = [...sample.matchAll(/[^ ]+ {0,2}/g)];
    lines.push(sample.repeat(MAX_LINE).slice(0, MAX_LINE));
    for (const word of words) {
      const head = sample.slice(0, word.index + word[0].length);
      for (const filler of [...FILLERS, word[0]]) {
        lines.push((head + filler.repeat(Math.ceil(MAX_LINE / filler.length))).slice(0, MAX_LINE));
      }
    }
  }
  return lines;
}

function slowest(pattern: RegExp, lines: readonly string[], from = 0): number {
  let most = 0;
  for (const line of lines) {
    pattern.lastIndex = from;
    const start = performance.now();
    pattern.exec(line);
    most = Math.max(most, performance.now() - start);
  }
  return most;
}

describe('every pattern on its worst repeat of 8 KiB', () => {
  it.each(DIALECTS.flatMap(({ name, rules }) => rules.map((rule) => [name, rule.hint, rule] as const)))(
    '%s %s',
    (_name, hint, rule) => {
      const sample = rule.sample.slice(Math.max(0, rule.sample.indexOf(hint)));
      expect(slowest(rule.pattern, worst([sample]))).toBeLessThan(MOST_MS);
    },
  );

  it.each(DIALECTS.flatMap(({ name, tables }) => tables.map((table) => [name, table.command, table] as const)))(
    '%s %s',
    (_name, _command, { header, row, ignore, sample }) => {
      const lines = worst(sample);
      for (const pattern of [header, row, ...(ignore === undefined ? [] : [ignore])]) {
        expect(slowest(pattern, lines), String(pattern)).toBeLessThan(MOST_MS);
      }
    },
  );

  it('headers, stamps, prompts', () => {
    const lines = worst([
      '<189>123: sw1: 000124: *Nov 22 2026 12:44:42.123 UTC: %DHCP_SNOOPING-5-',
      '2026-11-22T12:44:42.208123+00:00 cx1 dhcpv4-snoopd[2771]: ',
      'W 05/01/24 12:34:56 00850 dhcp-snoop: ',
      '1795351482.123456 sw1 kernel: ',
      '01:53:21 UTC Fri Jan 23 2015',
      '{master:0}user@sw1(config-if)> show something',
      ' --More-- \u0008\u0008\u0008',
    ]);
    for (const pattern of [PRI, NUMBER, FACILITY, TOKEN, ISO, BSD, HP, UNIX, UPTIME, CLOCK, PROMPT, PAGER, RULE_LINE]) {
      expect(slowest(pattern, lines), String(pattern)).toBeLessThan(MOST_MS);
    }
    for (const line of lines) {
      const start = performance.now();
      headerOf(line);
      expect(performance.now() - start).toBeLessThan(MOST_MS);
    }
  });

  it('has no pattern with an unbounded repetition', () => {
    const loose = DIALECTS.flatMap(({ rules, tables }) => [
      ...rules.map(({ pattern }) => pattern),
      ...tables.flatMap(({ header, row, ignore }) => [header, row, ...(ignore === undefined ? [] : [ignore])]),
    ]).filter(({ source }) => /(?<!\\)[*+](?!\})|\{\d+,\}/.test(source.replace(/\[(?:[^\]\\]|\\.)*\]/g, '[]')));
    expect(loose.map(String)).toEqual([]);
  });
});

describe('hostile text', () => {
  it('is read the same in pieces of any size', async () => {
    const bytes = new TextEncoder().encode('one\r\ntwo\n\nthree\rfour  \t\nlast');
    for (const piece of [1, 2, 3, 7, 100]) {
      const lines: string[] = [];
      await readLines(sourceOf(bytes, piece), (line) => lines.push(line));
      expect(lines, `pieces of ${piece}`).toEqual(['one', 'two', '', 'three', 'four', 'last']);
    }
  });

  it('gives of a line beyond 8 KiB its beginning, counts it, and goes on with the next', async () => {
    const text = `${'x'.repeat(3 * MAX_LINE)}\nnext\n`;
    const lines: [string, number][] = [];
    const end = await readLines(sourceOf(new TextEncoder().encode(text), 1000), (line, number) =>
      lines.push([line, number]),
    );
    expect(lines.map(([line, number]) => [line.length, number])).toEqual([
      [MAX_LINE, 1],
      [4, 2],
    ]);
    expect(end).toMatchObject({ lines: 2, cut: 1, unread: false });
  });

  it('shows nothing of binary garbage as it is, and no line is guessed', async () => {
    const garbage = Uint8Array.from({ length: 4096 }, (_, i) => (i * 31) % 256);
    for (const source of ['log', 'show'] as const) {
      for (const one of await understood(garbage, source)) expect(one.is).not.toBe('record');
    }
  });

  it('escapes what a record holds', async () => {
    const [one] = await understood(
      '%PM-4-ERR_DISABLE: bpduguard error detected on Gi1/0/1, putting Gi1/0/1 in \u001b[2Jerr-disable state',
    );
    expect(one?.is === 'record' && one.line.text).toContain('\\x1b[2J');
  });

  it.each([
    'DHCP_SNOOPING drop message on untrusted port',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: something else',
    '%SW_DAI-4-DHCP_SNOOPING_DENY: many Invalid ARPs',
    'Server packet received on untrusted port',
    '00:E9:BC:3F:A6:50   100.1.1.6        76260       dhcp-snooping   3    FastEthernet0/20',
    '  10    0050.56aa.bbcc    DYNAMIC     Gi1/0/1',
  ])('does not guess at: %s', async (line) => {
    expect((await understood(line, 'show')).map(({ is }) => is)).toEqual(['unknown']);
  });
});
