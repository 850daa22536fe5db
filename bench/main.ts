import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { makeCaptures } from './captures.ts';
import { CASES, MOST_MEMORY, type Case, type CaptureName } from './cases.ts';
import { alternate, canMeasure, present, type Series } from './measure.ts';

/**
 * Measures `analyze` side by side with what a person would use instead, and prints a table in Markdown.
 *
 *   npm run bench -- [FOLDER] [--quick] [--runs N] [--only CASE]… [--json FILE]
 *
 * FOLDER holds the captures, which are made once (13 GB); absent: a folder in the system's temporary one. `--quick` uses
 * small captures: it shows that the benchmark works, its numbers mean nothing.
 */
interface Row {
  id: string;
  title: string;
  peerName: string;
  target: string;
  value: string;
  /** undefined: no target. */
  met: boolean | undefined;
  ours: Series | undefined;
  peer: Series | undefined;
}

/** Medians need this many. */
const RUNS = 5;
/** 1: a finding, 3: not all could be read; neither is a failure of the run. */
const FINE = [0, 1, 3];

const HEAD =
  '| case | beside | ours: wall, CPU, peak | theirs: wall, CPU, peak | target | measured | met |\n| --- | --- | --- | --- | --- | --- | --- |';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string', default: String(RUNS) },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
  },
});

function main(): void {
  const runs = values.quick && values.runs === String(RUNS) ? 1 : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs}: give a number from 1`);
  const unknown = values.only.filter((id) => !CASES.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new Error(`no case ${unknown.join(', ')}: there are ${CASES.map(({ id }) => id).join(', ')}`);
  if (!existsSync(new URL('../dist/main.js', import.meta.url)))
    throw new Error('dist/main.js is missing: npm run build');
  if (!canMeasure()) throw new Error('/usr/bin/time is missing: install the package time');
  const folder = positionals[0] ?? join(tmpdir(), 'rackwitness-bench');
  mkdirSync(folder, { recursive: true });
  const notes = join(folder, `time-${process.pid}.txt`);
  const chosen = CASES.filter(({ id }) => values.only.length === 0 || values.only.includes(id));
  const before = loadavg()[0] ?? 0;
  const rows: Row[] = [];
  for (const one of chosen) {
    rows.push(measure(one, folder, notes, runs));
    process.stderr.write(`${line(rows.at(-1))}\n`);
  }
  rmSync(notes, { force: true });
  rows.push(...memoryRows(rows));
  const facts = machine(before, runs);
  process.stdout.write(`${facts.map((fact) => `- ${fact}`).join('\n')}\n\n${HEAD}\n${rows.map(line).join('\n')}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine: facts, rows }, null, 2)}\n`);
}

function measure(one: Case, folder: string, notes: string, runs: number): Row {
  const { id, title, peerName, target } = one;
  const absent = one.tools.filter((tool) => !present(tool));
  if (absent.length > 0) {
    const value = `skipped: ${absent.join(', ')} absent`;
    return { id, title, peerName, target, value, met: undefined, ours: undefined, peer: undefined };
  }
  const made = makeCaptures(folder, one.captures as readonly CaptureName[], values.quick);
  const paths = one.captures.map((name) => made.get(name) ?? '');
  const commands = [one.ours(paths), ...(one.peer === undefined ? [] : [one.peer(paths)])];
  const times = Math.max(runs, values.quick ? 0 : (one.times ?? 0));
  const [ours, peer] = alternate(commands, times, notes, FINE);
  if (ours === undefined) throw new Error(`${id} was not run`);
  return { id, title, peerName, target, ours, peer, ...one.judge(ours, peer) };
}

/** Memory is judged on the runs of the mixed captures: the same limit for 2 GB and for 8 GB. */
function memoryRows(rows: readonly Row[]): Row[] {
  return rows
    .filter(({ id, ours }) => id.startsWith('mixed-') && ours !== undefined)
    .map(({ id, title, ours }) => ({
      id: `memory-${id}`,
      title: `peak memory, ${title}`,
      peerName: '',
      target: `< ${MOST_MEMORY} MB`,
      value: `${(ours?.memory ?? Number.NaN).toFixed(0)} MB`,
      met: (ours?.memory ?? Number.NaN) < MOST_MEMORY,
      ours: undefined,
      peer: undefined,
    }));
}

function line(row: Row | undefined): string {
  if (row === undefined) return '';
  const met = row.met === undefined ? '–' : row.met ? 'yes' : '**no**';
  return `| ${[row.title, row.peerName, seriesText(row.ours), seriesText(row.peer), row.target, row.value, met].join(' | ')} |`;
}

function seriesText(series: Series | undefined): string {
  if (series === undefined) return '';
  const wall = series.wall < 1000 ? `${series.wall.toFixed(0)} ms` : `${(series.wall / 1000).toFixed(2)} s`;
  return `${wall}, ${series.cpu.toFixed(2)} s, ${series.memory.toFixed(0)} MB`;
}

function machine(before: number, runs: number): string[] {
  const after = loadavg()[0] ?? 0;
  return [
    `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}, every file read once before`,
    `Node ${process.version}, ${['tcpdump', 'tshark', 'gzip'].map(versionOf).join(', ')}`,
    `medians of ${runs} runs and more, ours and theirs in turn; load average ${before.toFixed(1)} before, ${after.toFixed(1)} after`,
    ...(values.quick ? ['**--quick: small captures, the numbers mean nothing**'] : []),
    ...(cpuQuota() === '' ? [] : [`CPU limit of the container: ${cpuQuota()}`]),
  ];
}

function versionOf(tool: string): string {
  const { stdout, stderr, error } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return `${tool} absent`;
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] === undefined
    ? tool
    : `${tool} ${/\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0]}`;
}

/** A cgroup's limit, where there is one: cores alone would say too much. */
function cpuQuota(): string {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ');
    return quota === undefined || quota === 'max' ? '' : `${(Number(quota) / Number(period)).toFixed(1)} cores`;
  } catch {
    return '';
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
