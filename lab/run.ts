/** One scenario from its data to its sample: build, record, stimulate, stop, prove, write the manifest. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { clipBulk } from './clip.ts';
import { Lab, LabError, Skip, sleep } from './lab.ts';
import { hideHost } from './pcapng.ts';
import type { Scenario } from './scenario.ts';
import { switchText } from './switch-log.ts';
import { manifestTools, packageOf, versionOf } from './tools.ts';
import { finish, record, type Recorded } from './verbs/capture.ts';
import { build } from './verbs/network.ts';

export type Result = { readonly state: 'made' | 'skipped' | 'failed'; readonly why: string };

/** Milliseconds that recorders go on after the last step, so that the last frame reaches every vantage. */
const SETTLE = 500;

/** Runs a scenario; the sample folder is replaced only when the captures prove what they should show. */
export async function runScenario(
  scenario: Scenario,
  samples: string,
  keep: string | null,
  print: (line: string) => void,
  onLab: (lab: Lab | null) => void,
): Promise<Result> {
  const missing = [...needs(scenario)].find((tool) => versionOf(tool) === null);
  if (missing !== undefined)
    return { state: 'skipped', why: `${missing} is not here: apt-get install ${packageOf(missing)}` };
  const base = keep === null ? mkdtempSync(join(tmpdir(), 'rackwitness-lab-')) : join(keep, scenario.name);
  rmSync(base, { recursive: true, force: true });
  mkdirSync(base, { recursive: true, mode: 0o755 });
  const lab = new Lab(join(base, 'run'), join(base, 'out'), print);
  spawnSync('chmod', ['755', base, lab.work]);
  onLab(lab);
  try {
    const recorded = await perform(lab, scenario);
    await lab.close();
    prove(lab.out, scenario);
    publish(lab, scenario, recorded, join(samples, scenario.name));
    return { state: 'made', why: '' };
  } catch (error) {
    await lab.close();
    if (error instanceof Skip) return { state: 'skipped', why: error.message };
    if (error instanceof LabError) return { state: 'failed', why: error.message };
    throw error;
  } finally {
    onLab(null);
    if (keep === null) rmSync(base, { recursive: true, force: true });
  }
}

function needs(scenario: Scenario): Set<string> {
  const tools = new Set<string>(['ip', 'tshark', 'capinfos']);
  for (const point of scenario.captures) tools.add(point.tool ?? 'tcpdump');
  for (const step of [...(scenario.before ?? []), ...scenario.steps, ...(scenario.after ?? [])])
    for (const tool of step.tools) tools.add(tool);
  return tools;
}

async function perform(lab: Lab, scenario: Scenario): Promise<Recorded[]> {
  await build(lab, scenario);
  const steps = async (list: Scenario['steps']): Promise<void> => {
    for (const step of list) {
      for (const tool of step.tools) lab.tool(tool);
      await step.run(lab);
    }
  };
  await steps(scenario.before ?? []);
  const recorded: Recorded[] = [];
  for (const point of scenario.captures) recorded.push(await record(lab, point));
  await steps(scenario.steps);
  await sleep(SETTLE);
  for (const one of recorded) await finish(lab, one);
  const hide = (): void => {
    for (const file of readdirSync(lab.out)) if (file.endsWith('.pcapng')) hideHost(join(lab.out, file));
  };
  for (const one of recorded) if (one.clipped !== undefined) clipBulk(join(lab.out, one.file));
  hide();
  await steps(scenario.after ?? []);
  hide();
  return recorded;
}

/** Checks each `shows` with tshark, and that no DHCP message was clipped by a snap length. */
function prove(folder: string, scenario: Scenario): void {
  const wrong: string[] = [];
  const count = (capture: string, filter: string): number => {
    const path = join(folder, capture);
    if (!existsSync(path)) return -1;
    const asked = spawnSync('tshark', ['-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (asked.status !== 0) throw new LabError(`tshark: ${asked.stderr.trim()}`);
    return asked.stdout.split('\n').filter(Boolean).length;
  };
  for (const { capture, filter, atLeast = 1, atMost = Infinity } of scenario.shows) {
    const found = count(capture, filter);
    if (found < Math.min(atLeast, atMost) || found > atMost)
      wrong.push(
        `${capture}: ${found} frames match "${filter}", wanted ${atMost === Infinity ? `at least ${atLeast}` : `at most ${atMost}`}`,
      );
  }
  for (const file of readdirSync(folder)) {
    if (/\.pcap(ng)?$/.test(file) && count(file, '(dhcp or dhcpv6 or arp or icmpv6) and frame.cap_len < frame.len') > 0)
      wrong.push(`${file}: the snap length clips DHCP, ARP or ND`);
  }
  if (wrong.length > 0) throw new LabError(`the captures do not show it:\n  ${wrong.join('\n  ')}`);
}

function frames(path: string): number {
  const asked = spawnSync('capinfos', ['-Mrc', '-T', path], { encoding: 'utf8' });
  const value = asked.stdout.trim().split('\t').at(-1);
  if (asked.status !== 0 || value === undefined)
    throw new LabError(`capinfos ${basename(path)}: ${asked.stderr.trim()}`);
  return Number(value);
}

function publish(lab: Lab, scenario: Scenario, recorded: readonly Recorded[], target: string): void {
  const files = readdirSync(lab.out).sort();
  const captures = files.map((file): Shipped => {
    // A file made from another one (compressed, one of a rotated set) carries the words of its recorder.
    const source =
      recorded.find((one) => one.file === file) ??
      recorded.find((one) => file.startsWith(one.file.replace(/\.pcap(ng)?$/, '')));
    if (source === undefined) throw new LabError(`${file} belongs to no capture point`);
    const count = frames(join(lab.out, file));
    return { ...source, file, frames: count, ...(count === 0 ? { empty: true } : {}) };
  });
  const problem = expectationProblem(scenario, files);
  if (problem !== null) throw new LabError(problem);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of files) {
    cpSync(join(lab.out, file), join(target, file));
    // dumpcap makes its files unreadable for others.
    chmodSync(join(target, file), 0o644);
  }
  write(target, scenario, manifestTools(lab.toolsUsed), captures);
}

type Shipped = Recorded & { frames: number; empty?: boolean };

function expectationProblem(scenario: Scenario, files: readonly string[]): string | null {
  const judged = new Set(scenario.expect.flatMap((one) => one.captures));
  const forgotten = files.find((file) => !judged.has(file));
  if (forgotten !== undefined) return `${forgotten} has no expectation`;
  const unknown = [...judged].find((file) => !files.includes(file));
  if (unknown !== undefined) return `an expectation names ${unknown}, which does not exist`;
  const texts = (scenario.switchLogs ?? []).map(({ file }) => file);
  const given = new Set(scenario.expect.flatMap((one) => one.switchLogs ?? []));
  const unread = texts.find((file) => !given.has(file)) ?? [...given].find((file) => !texts.includes(file));
  return unread === undefined ? null : `${unread}: a switch's text and an expectation that reads it belong together`;
}

function write(target: string, scenario: Scenario, tools: Record<string, string>, captures: readonly Shipped[]): void {
  const manifest = {
    schema: 'rackwitness.sample/1',
    scenario: scenario.name,
    title: scenario.title,
    about: scenario.about,
    ...(scenario.twin === undefined ? {} : { twin: scenario.twin }),
    command: `npm run lab -- ${scenario.name}`,
    tools,
    emulated: scenario.emulated ?? [],
    captures,
    ...(scenario.profile === undefined ? {} : { profile: 'profile.json' }),
    ...(scenario.switchLogs === undefined
      ? {}
      : { switchLogs: scenario.switchLogs.map(({ file, source }) => ({ file, source })) }),
    expect: scenario.expect.map((one) => ({
      captures: one.captures,
      profile: one.profile ?? false,
      ...(one.verdict === undefined ? {} : { verdict: one.verdict }),
      must: one.must ?? [],
      mustNot: one.mustNot ?? [],
      quiet: one.quiet ?? false,
      ...(one.switchLogs === undefined ? {} : { switchLogs: one.switchLogs }),
      ...(one.surer === undefined ? {} : { surer: one.surer }),
    })),
    notAsserted: scenario.notAsserted,
  };
  for (const log of scenario.switchLogs ?? []) writeFileSync(join(target, log.file), switchText(target, log));
  writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
  if (scenario.profile !== undefined)
    writeFileSync(join(target, 'profile.json'), JSON.stringify(scenario.profile, null, 2) + '\n');
}

/**
 * Writes the words and expectations of a scenario anew beside the captures that are there. For a change
 * that touches no packet; the captures must still prove what the scenario shows.
 */
export function rewriteManifest(scenario: Scenario, samples: string): Result {
  const target = join(samples, scenario.name);
  const path = join(target, 'manifest.json');
  if (!existsSync(path)) return { state: 'skipped', why: 'it has no sample yet' };
  const old = JSON.parse(readFileSync(path, 'utf8')) as { tools: Record<string, string>; captures: Shipped[] };
  try {
    const problem = expectationProblem(
      scenario,
      old.captures.map((one) => one.file),
    );
    if (problem !== null) throw new LabError(problem);
    prove(target, scenario);
    write(target, scenario, old.tools, old.captures);
    return { state: 'made', why: '' };
  } catch (error) {
    if (error instanceof LabError) return { state: 'failed', why: error.message };
    throw error;
  }
}
