/**
 * The scenario matrix: every sample at every vantage and set of vantages, with the profile and without, without any
 * text of a switch, with the log of one that speaks of other things, and, where the sample has one, with the scenario's own; alone and among 95 % unrelated traffic.
 *
 *   npm run accuracy [-- SAMPLE …]
 *
 * Prints precision and recall, by dimension and by detector, and every miss. The exit code is 1 when there is any.
 *
 * A finding that a manifest demands and that is there is a hit; one that is not is a miss (recall). One that a manifest
 * forbids, or of medium or above where it says `quiet`, is a false alarm (precision). Others are not judged.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyze, atLeast, DETECTORS, readProfile, siteOf, UNDECLARED, type Site } from '../../src/index.ts';
import { surenessOf, switchTextsOf, type SwitchLog } from '../support/switch-logs.ts';
import { NOISE_BOOT, NOISE_SERVER, withNoise } from './noise.ts';
import { otherSwitch } from './other-switch.ts';

interface Expectation {
  captures: string[];
  profile?: boolean;
  verdict?: string;
  must?: string[];
  mustNot?: string[];
  quiet?: boolean;
  switchLogs?: string[];
  surer?: string[];
}

interface Manifest {
  captures: { file: string; start: string; stop: string }[];
  profile?: string | null;
  switchLogs?: SwitchLog[];
  expect: Expectation[];
}

/** Which texts of switches are read beside the captures. */
interface Words {
  /** The scenario's own, where the expectation names one. */
  own: boolean;
  /** Of a switch that speaks of other things. */
  other: boolean;
}

interface Tally {
  runs: number;
  hits: number;
  missed: number;
  falseAlarms: number;
  wrongVerdicts: number;
}

const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));

const dimensions = new Map<string, Tally>();
const detectors = new Map<string, Tally>();
const misses: string[] = [];
const notMixed = new Set<string>();

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const folders = readdirSync(SAMPLES)
    .filter((name) => existsSync(join(SAMPLES, name, 'manifest.json')))
    .filter((name) => wanted.length === 0 || wanted.includes(name))
    .sort();
  const temporary = mkdtempSync(join(tmpdir(), 'rackwitness-accuracy-'));
  try {
    for (const [seed, folder] of folders.entries()) await scenario(folder, seed + 1, temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  print(folders.length);
  if (misses.length > 0) process.exitCode = 1;
}

async function scenario(folder: string, seed: number, temporary: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(SAMPLES, folder, 'manifest.json'), 'utf8')) as Manifest;
  const noisy = new Map<string, string>();
  for (const [index, { file, start, stop }] of manifest.captures.entries()) {
    const mixed = await withNoise(join(SAMPLES, folder, file), seed * 10 + index, { start, stop });
    if (mixed === undefined) {
      notMixed.add(`${folder}/${file}`);
      continue;
    }
    const path = join(temporary, `${folder}-${index}.pcap`);
    writeFileSync(path, mixed.bytes);
    noisy.set(file, path);
  }
  const log = join(temporary, `${folder}.log`);
  writeFileSync(log, otherSwitch(manifest.captures.map(({ start }) => start).sort()[0] ?? ''));
  for (const one of manifest.expect) {
    for (const noise of [false, true]) {
      for (const other of [false, true]) {
        const paths = one.captures.map((file) => (noise ? noisy.get(file) : join(SAMPLES, folder, file)));
        if (paths.some((path) => path === undefined)) continue;
        const own = (one.switchLogs ?? []).length > 0;
        await judge(folder, manifest, one, paths as string[], { noise, own, other }, log);
      }
    }
  }
  for (const path of noisy.values()) rmSync(path);
}

async function judge(
  folder: string,
  manifest: Manifest,
  one: Expectation,
  paths: string[],
  { noise, own, other }: { noise: boolean } & Words,
  log: string,
): Promise<void> {
  const profile = one.profile === true && typeof manifest.profile === 'string';
  const site = profile ? await siteFrom(join(SAMPLES, folder, manifest.profile ?? ''), noise) : UNDECLARED;
  const inputs = paths.map((path, i) => ({
    vantage: paths.length > 1 ? (one.captures[i] ?? '').replace(/\..*$/, '') : '',
    files: [path],
  }));
  const others = other ? [{ path: log, source: 'log' as const }] : [];
  const switchTexts = [...switchTextsOf(join(SAMPLES, folder), manifest.switchLogs, one.switchLogs), ...others];
  const analysis = await analyze(inputs, { site, switchTexts });
  const found = new Set(analysis.findings.map(({ id }) => id));
  // What the switch's words make no surer is as good as not found with them.
  if (one.surer !== undefined) {
    const without = await analyze(inputs, { site, switchTexts: others });
    for (const id of one.surer) if (surenessOf(analysis, id) <= surenessOf(without, id)) found.delete(id);
  }
  const alarms = new Set((one.mustNot ?? []).filter((id) => found.has(id)));
  if (one.quiet === true) {
    for (const { id, severity } of analysis.findings) if (atLeast(severity, 'medium')) alarms.add(id);
  }
  const wrong = one.verdict !== undefined && analysis.verdict.state !== one.verdict;
  const cell = [
    `${folder}: ${one.captures.join(' + ')}`,
    profile ? 'profile' : 'no profile',
    ...(noise ? ['95 % noise'] : []),
    ...(own ? ["the switch's own words"] : []),
    ...(other ? ['another switch'] : []),
  ].join(', ');
  const demanded = [...new Set([...(one.must ?? []), ...(one.surer ?? [])])];
  const missed = demanded.filter((id) => !found.has(id));
  for (const name of [
    'all',
    noise ? '95 % noise' : 'no noise',
    ...(own ? ["the switch's own words"] : []),
    ...(other ? ['another switch'] : []),
    ...(own || other ? [] : ['without switch text']),
    profile ? 'with profile' : 'without profile',
    paths.length > 1 ? 'several vantages' : 'one vantage',
  ]) {
    const tally = of(dimensions, name);
    tally.runs += 1;
    tally.hits += demanded.length - missed.length;
    tally.missed += missed.length;
    tally.falseAlarms += alarms.size;
    if (wrong) tally.wrongVerdicts += 1;
  }
  for (const id of demanded) {
    const tally = of(detectors, id);
    tally.runs += 1;
    if (found.has(id)) tally.hits += 1;
    else tally.missed += 1;
  }
  for (const id of alarms) of(detectors, id).falseAlarms += 1;
  for (const id of missed) misses.push(`missed ${id}: ${cell}`);
  for (const id of alarms) misses.push(`false alarm ${id}: ${cell}`);
  if (wrong) misses.push(`verdict ${analysis.verdict.state} instead of ${one.verdict}: ${cell}`);
}

/** The noise has a rack of its own: with a profile it belongs to the site as well. */
async function siteFrom(path: string, noise: boolean): Promise<Site> {
  const profile = await readProfile(path);
  if (!noise) return siteOf(profile);
  const servers = [...(profile.tftp?.servers ?? []), NOISE_SERVER];
  const boot = profile.boot === undefined ? {} : { boot: [...profile.boot, NOISE_BOOT] };
  return siteOf({ ...profile, ...boot, tftp: { ...profile.tftp, servers } }, [NOISE_SERVER]);
}

function of(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name);
  if (known !== undefined) return known;
  const tally = { runs: 0, hits: 0, missed: 0, falseAlarms: 0, wrongVerdicts: 0 };
  tallies.set(name, tally);
  return tally;
}

function print(scenarios: number): void {
  const out = process.stdout;
  out.write(`${scenarios} scenarios, ${of(dimensions, 'all').runs} runs\n\n`);
  out.write('| | runs | demanded and found | missed | false alarms | wrong verdicts | precision | recall |\n');
  out.write('|---|---:|---:|---:|---:|---:|---:|---:|\n');
  for (const [name, tally] of dimensions) {
    const { runs, hits, missed, falseAlarms, wrongVerdicts } = tally;
    out.write(
      `| ${name} | ${runs} | ${hits} | ${missed} | ${falseAlarms} | ${wrongVerdicts} | ${precision(tally)} | ${recall(tally)} |\n`,
    );
  }
  out.write('\n| detector | demanded | precision | recall |\n|---|---:|---:|---:|\n');
  for (const [id, tally] of [...detectors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    out.write(`| ${id} | ${tally.runs} | ${precision(tally)} | ${recall(tally)} |\n`);
  }
  const silent = DETECTORS.map(({ id }) => id).filter((id) => (detectors.get(id)?.runs ?? 0) === 0);
  out.write(
    silent.length === 0 ? '\nA scenario demands every detector\n' : `\nNo scenario demands: ${silent.join(', ')}\n`,
  );
  if (notMixed.size > 0)
    out.write(`\nNot mixed with noise (not Ethernet on one interface): ${[...notMixed].join(', ')}\n`);
  out.write(misses.length === 0 ? '\nno misses\n' : `\n${misses.length} misses\n${misses.join('\n')}\n`);
}

function precision({ hits, falseAlarms }: Tally): string {
  return hits + falseAlarms === 0 ? '–' : (hits / (hits + falseAlarms)).toFixed(3);
}

function recall({ hits, missed }: Tally): string {
  return hits + missed === 0 ? '–' : (hits / (hits + missed)).toFixed(3);
}

await main();
