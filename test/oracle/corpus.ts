/**
 * Compares us with tshark over any folder of captures, and runs `analyze` on each in a process of its own:
 *
 *   npm run corpus -- DIR [DIR …]
 *
 * Prints a line a file, then totals. The exit code is 1 when anything disagrees without a reason, when a file crashes,
 * hangs or takes too much memory, or when damage goes unsaid.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyzeApart, MAX_MEGABYTES, MAX_SECONDS, type Analyzed } from './analyzed.ts';
import type { Comparison, Tally } from './compare.ts';
import { reasonFor } from './differences.ts';
import { compareLists } from './lists.ts';
import { compareAll, unlisted, viewOf } from './live.ts';
import { decodeMessages, frameLine, listFrames } from './ours.ts';
import { tsharkVersion } from './pdml.ts';

interface Result {
  path: string;
  frames: number;
  fields: number;
  messages: number;
  lists: number;
  comparison: Comparison;
  /** Disagreements with a reason, by reason. */
  reasoned: Map<string, number>;
  wrong: string[];
  analyzed: Analyzed;
}

const SEVERE = ['critical', 'high', 'medium'];

async function main(): Promise<void> {
  const folders = process.argv.slice(2).filter((one) => !one.startsWith('-'));
  if (folders.length === 0) throw new Error('which folder? npm run corpus -- DIR');
  if (!existsSync(fileURLToPath(new URL('../../dist/main.js', import.meta.url))))
    throw new Error('npm run build first');
  const version = tsharkVersion();
  if (version === '')
    throw new Error('tshark is not installed: it is what we are compared with (Debian package tshark)');
  const captures = folders.flatMap(capturesUnder);
  if (captures.length === 0) throw new Error(`no captures under ${folders.join(', ')}`);
  const results: Result[] = [];
  const lane = async (first: number): Promise<void> => {
    for (let i = first; i < captures.length; i += 2) {
      const path = captures[i];
      if (path === undefined) continue;
      const result = await examine(path);
      results[i] = result;
    }
  };
  await Promise.all([lane(0), lane(1)]);
  print(folders, version, results);
  if (results.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

function capturesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:pcap|pcapng|cap)(?:\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function examine(path: string): Promise<Result> {
  const view = await viewOf(path);
  const [{ lines, faults }, messages, { wrong: listed, lists }, analyzed] = [
    await listFrames(path),
    await decodeMessages(path),
    await compareLists(path),
    await analyzeApart(path),
  ];
  const comparison = compareAll(view.messages, messages);
  const reasoned = new Map<string, number>();
  const wrong = [...listed];
  for (const one of comparison.disagreements) {
    const reason = reasonFor(path, one);
    if (reason !== undefined) reasoned.set(reason, (reasoned.get(reason) ?? 0) + 1);
    else
      wrong.push(
        `frame ${one.frame} ${one.protocol} ${one.what} ${one.field} at ${one.at}: tshark ${one.theirs || '-'}, here ${one.ours || '-'}`,
      );
  }
  wrong.push(...unlisted(view.messages).map((name) => `${name} is in no list (test/oracle/fields)`));
  // Where tshark gives up, what it printed before is compared: we may step over the damage.
  const damaged = /cut short|damaged|corrupt|isn't a capture|doesn't support/.test(view.complaint);
  const theirs = view.frames.map((one) => frameLine(one.number, one.time, one.captured, one.length, one.iface));
  const ours = damaged ? lines.slice(0, theirs.length) : lines;
  if (ours.join('\n') !== theirs.join('\n')) wrong.push(firstDifference(theirs, ours));
  if (damaged && faults.length === 0) wrong.push(`damage is not said; tshark: ${view.complaint}`);
  if (analyzed.failure !== '') wrong.push(`analyze: ${analyzed.failure}`);
  const tallies = [...comparison.tallies.values()];
  const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0);
  return {
    path,
    frames: lines.length,
    fields: sum(({ fields }) => fields),
    messages: sum((tally) => tally.messages),
    lists,
    comparison,
    reasoned,
    wrong,
    analyzed,
  };
}

function firstDifference(theirs: readonly string[], ours: readonly string[]): string {
  const at = theirs.findIndex((line, i) => line !== ours[i]);
  const i = at < 0 ? theirs.length : at;
  return `frames: tshark ${theirs[i] ?? 'ends'}, here ${ours[i] ?? 'ends'}`;
}

function print(folders: readonly string[], version: string, results: readonly Result[]): void {
  const out: string[] = [`tshark ${version}; limits ${MAX_SECONDS} s and ${MAX_MEGABYTES} MB a file`, ''];
  out.push('frames messages fields lists  sec   MB  file');
  for (const { path, frames, messages, fields, lists, analyzed, wrong } of results) {
    const base = folders.find((folder) => path.startsWith(folder)) ?? '';
    const numbers = [
      String(frames).padStart(6),
      String(messages).padStart(8),
      String(fields).padStart(6),
      String(lists).padStart(5),
      analyzed.seconds.toFixed(2).padStart(5),
      String(analyzed.megabytes).padStart(4),
    ];
    out.push(`${numbers.join(' ')}  ${relative(base, path)}${wrong.length > 0 ? '  WRONG' : ''}`);
    for (const fault of analyzed.faults) out.push(`        fault ${fault.code}: ${fault.message}`);
    for (const { severity, id, message, frames: at } of analyzed.findings) {
      out.push(`        ${severity} ${id} (frame ${at.slice(0, 4).join(', ') || '-'}): ${message}`);
    }
    for (const one of wrong.slice(0, 12)) out.push(`        WRONG ${one}`);
    if (wrong.length > 12) out.push(`        WRONG and ${wrong.length - 12} more`);
  }
  out.push('', 'protocol     messages   cut  fields that agree');
  for (const [protocol, { messages, cut, fields }] of totals(results)) {
    out.push(
      `${protocol.padEnd(12)} ${String(messages).padStart(8)} ${String(cut).padStart(5)} ${String(fields).padStart(7)}`,
    );
  }
  out.push('', 'not compared, by reason');
  for (const [reason, count] of reasonsOf(results, ({ comparison }) => comparison.excused))
    out.push(`${String(count).padStart(6)}  ${reason}`);
  out.push('', 'disagreements with a reason (test/oracle/differences.ts)');
  for (const [reason, count] of reasonsOf(results, ({ reasoned }) => reasoned))
    out.push(`${String(count).padStart(6)}  ${reason}`);
  out.push('', 'findings of medium severity or above');
  for (const [id, count] of reasonsOf(results, severeFindings)) out.push(`${String(count).padStart(6)}  ${id}`);
  const bad = results.filter(({ wrong }) => wrong.length > 0);
  const most = Math.max(...results.map(({ analyzed }) => analyzed.megabytes));
  const longest = Math.max(...results.map(({ analyzed }) => analyzed.seconds));
  out.push(
    '',
    `${results.length} files, ${results.reduce((sum, { frames }) => sum + frames, 0)} frames, ` +
      `${results.reduce((sum, { lists }) => sum + lists, 0)} lists of other projects; at most ${longest.toFixed(2)} s and ${most} MB a file`,
    bad.length === 0 ? 'all agree' : `${bad.length} files WRONG`,
  );
  process.stdout.write(`${out.join('\n')}\n`);
}

function totals(results: readonly Result[]): [string, Tally][] {
  const all = new Map<string, Tally>();
  for (const { comparison } of results) {
    for (const [protocol, { messages, cut, fields }] of comparison.tallies) {
      const sum = all.get(protocol) ?? { messages: 0, cut: 0, fields: 0 };
      all.set(protocol, { messages: sum.messages + messages, cut: sum.cut + cut, fields: sum.fields + fields });
    }
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

function severeFindings({ analyzed }: Result): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, severity } of analyzed.findings) {
    if (SEVERE.includes(severity)) counts.set(`${severity} ${id}`, (counts.get(`${severity} ${id}`) ?? 0) + 1);
  }
  return counts;
}

function reasonsOf(
  results: readonly Result[],
  of: (result: Result) => ReadonlyMap<string, number>,
): [string, number][] {
  const all = new Map<string, number>();
  for (const result of results)
    for (const [reason, count] of of(result)) all.set(reason, (all.get(reason) ?? 0) + count);
  return [...all].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

main().catch((error: unknown) => {
  process.stderr.write(`corpus: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
