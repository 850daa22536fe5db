import type { Argv } from 'yargs';
import {
  CAPTURE_ENGINES,
  type CaptureOutcome,
  type CapturePlan,
  type CaptureProgress,
  capture,
  CAPTURE_DEFAULTS,
  CAPTURE_PRESETS,
  loadPolicy,
  planCapture,
  plannedCommand,
  Problem,
  readCaseKey,
  RedactingSink,
  type RedactingOptions,
  redactionReportPath,
  safeText,
  shippedPolicies,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import type { Terminal } from './terminal.ts';

const { limits, preset, snapLength } = CAPTURE_DEFAULTS;

function options(yargs: Argv): Argv {
  return yargs
    .option('interface', {
      alias: 'i',
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'Network interface',
    })
    .option('preset', {
      requiresArg: true,
      choices: CAPTURE_PRESETS.map(({ name }) => name),
      describe: `What to capture, by symptom; ${preset} unless --filter is given (rackwitness list presets)`,
    })
    .option('filter', {
      type: 'string',
      requiresArg: true,
      conflicts: 'preset',
      describe: "Capture filter of your own, as in pcap-filter(7); '' captures everything",
    })
    .option('duration', { type: 'string', requiresArg: true, describe: `Stop after this time; ${limits.seconds}s` })
    .option('packets', { type: 'string', requiresArg: true, describe: `Stop after this many; ${limits.packets}` })
    .option('bytes', {
      type: 'string',
      requiresArg: true,
      describe: `Stop before the file is larger; ${limits.bytes / 1e6}MB`,
    })
    .option('snaplen', { type: 'string', requiresArg: true, describe: `Bytes kept of a frame; ${snapLength}` })
    .option('engine', {
      requiresArg: true,
      choices: CAPTURE_ENGINES.map(({ name }) => name),
      describe: 'What captures: tcpdump, else dumpcap; pcap is node-pcap, where it is installed',
    })
    .option('engine-file', {
      type: 'string',
      requiresArg: true,
      describe: 'The program of --engine (tcpdump without one), where it is not in the usual folders',
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'File, or folder (mode 0700; made when its name ends in /) for a file named by time',
    })
    .option('redact', {
      type: 'string',
      requiresArg: true,
      describe: `Rebuild frames by a policy as they come: a file, or one of ${shippedPolicies().join(', ')}; needs --key-file`,
    })
    .option('key-file', {
      type: 'string',
      requiresArg: true,
      implies: 'redact',
      describe: 'The key of the case (0600), or fd:N',
    })
    .option('passphrase', { type: 'boolean', describe: 'The key file holds a passphrase; needs --case' })
    .option('case', { type: 'string', requiresArg: true, describe: 'Name of the case: the salt of a passphrase' })
    .option('tier', {
      type: 'string',
      requiresArg: true,
      implies: 'redact',
      describe: "What this copy is called; the policy's name",
    })
    .option('dry-run', { type: 'boolean', describe: 'Print what would be run, as JSON, and capture nothing' });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const redaction = await redactionOf(args);
  const plan = await planCapture({
    interface: textOf(args, 'interface'),
    preset: textOf(args, 'preset'),
    ...(args['filter'] === undefined ? {} : { filter: textOf(args, 'filter') }),
    duration: textOf(args, 'duration'),
    packets: textOf(args, 'packets'),
    bytes: textOf(args, 'bytes'),
    snapLength: textOf(args, 'snaplen'),
    engine: textOf(args, 'engine'),
    engineFile: textOf(args, 'engine-file'),
    out: textOf(args, 'out'),
    dryRun: args['dry-run'] === true,
    redact: redaction !== undefined,
  });
  if (args['dry-run'] === true) {
    terminal.out(`${JSON.stringify(await dryRun(plan, redaction), null, 2)}\n`);
    return EXIT.fine;
  }
  if (plan.free >= 0 && plan.free < plan.limits.bytes) {
    terminal.note(
      `note: ${megabytes(plan.free)} are free where the capture is written, and up to ${megabytes(plan.limits.bytes)} may come`,
    );
  }
  terminal.endsItself = true;
  const host: Parameters<typeof capture>[1] = {
    signal: terminal.signal,
    onProgress: (progress) => terminal.status(statusLine(plan, progress)),
  };
  const sink = redaction === undefined ? undefined : new RedactingSink({ ...redaction, path: plan.path });
  const outcome = await capture(plan, host, sink);
  if (outcome === undefined) {
    terminal.note('stopped before the capture began: nothing was captured');
    return signalCode(terminal);
  }
  for (const line of summary(outcome)) terminal.note(line);
  if (sink !== undefined && outcome.files.length > 0) {
    terminal.note(`what was done to it, and what may still identify: ${safeText(redactionReportPath(plan.path))}`);
  }
  terminal.out(outcome.files.map(({ path }) => `${path}\n`).join(''));
  if (outcome.facts.ended.by === 'refused') return EXIT.refused;
  if (terminal.signal.aborted) return signalCode(terminal);
  return outcome.faulty ? EXIT.partial : EXIT.fine;
}

/** What `--redact` asks for; undefined without it. */
async function redactionOf(args: Arguments): Promise<Omit<RedactingOptions, 'path'> | undefined> {
  const name = textOf(args, 'redact');
  if (name === '') return undefined;
  const keyFile = textOf(args, 'key-file');
  if (keyFile === '') throw new Problem('usage', '--redact needs the key of the case: give --key-file');
  const policy = await loadPolicy(name);
  const caseId = textOf(args, 'case');
  const caseKey = readCaseKey(keyFile, {
    passphrase: args['passphrase'] === true,
    ...(caseId === '' ? {} : { caseId }),
  });
  const tier = textOf(args, 'tier');
  return { policy, caseKey, ...(tier === '' ? {} : { tier }) };
}

async function dryRun(
  plan: CapturePlan & { path: string },
  redaction: Omit<RedactingOptions, 'path'> | undefined,
): Promise<unknown> {
  return {
    engine: plan.chosen.engine.name,
    version: plan.chosen.installed.version,
    argv: await plannedCommand(plan),
    interface: plan.interface,
    preset: plan.preset === '' ? null : plan.preset,
    filter: plan.filter,
    snapLength: plan.snapLength,
    limits: plan.limits,
    out: plan.path,
    redact:
      redaction === undefined ? null : { policy: redaction.policy.name, tier: redaction.tier ?? redaction.policy.name },
  };
}

function signalCode({ signal }: Terminal): number {
  return signal.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

function statusLine(plan: CapturePlan, { seconds, frames, bytes, drops, cpu }: CaptureProgress): string {
  const rate = seconds > 0 ? Math.round(frames / seconds) : 0;
  return [
    `${plan.interface}: ${Math.floor(seconds)} of ${plan.limits.seconds} s`,
    `${frames} frames (${rate}/s)`,
    megabytes(bytes),
    drops < 0 ? 'drops not counted yet' : `${drops} dropped`,
    ...(cpu < 0 ? [] : [`cpu ${Math.round(cpu * 100)} %`]),
  ].join(', ');
}

/** What a person should know of it, first what may be missing. */
function summary({ facts, files, frames, unlisted, faulty }: CaptureOutcome): string[] {
  const { ended, counters, linkChanges } = facts;
  const saved = files.reduce((sum, file) => sum + file.frames, 0);
  const lines = [`${saved} frames captured on ${safeText(facts.interface)}, ended by ${ended.by}: ${ended.message}`];
  if (saved < frames) lines.push(`${frames - saved} frames were captured and could not be saved`);
  if (counters.droppedByKernel > 0) {
    lines.push(`${counters.droppedByKernel} frames were dropped before they could be captured: narrow the filter`);
  } else if (counters.droppedByKernel < 0) lines.push('nobody counted how many frames were dropped');
  for (const { state } of linkChanges.slice(0, 4)) lines.push(`the interface became ${state} while it was captured`);
  if (facts.clockStep !== 0) lines.push(`the clock was set by ${facts.clockStep.toFixed(3)} s while it was captured`);
  for (const path of unlisted) lines.push(`the manifest of ${safeText(path)} could not be written`);
  if (faulty && files.length > unlisted.length)
    lines.push('what was captured until then is whole, and listed in its manifest');
  return lines;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export const captureCommand: CommandRoom = { options, run };
