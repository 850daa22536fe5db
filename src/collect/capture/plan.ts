import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { WALL_CLOCK, type WallClock } from '../wall-clock.ts';
import { passedBy } from './arms.ts';
import { chooseEngine } from './engines.ts';
import { ANY, interfaces, knownInterface } from './interface-watch.ts';
import { DEFAULT_LIMITS, DEFAULT_SNAP, limitsOf, snapLengthOf } from './limits.ts';
import { errorCode } from './partial-file.ts';
import { PcapSink } from './pcap-sink.ts';
import { DEFAULT_PRESET, PRESETS, presetFilter, presetNamed } from './presets.ts';
import { diskMessage } from './record-file.ts';
import { type CaptureHost, type CaptureOutcome, type CapturePlan, runCapture } from './run.ts';
import type { FrameSink } from './sink.ts';
import { plannedPath, targetOf } from './target.ts';

/** What a person asked for; '' everywhere else than in `filter` is the default. */
export interface CaptureRequest {
  interface: string;
  preset: string;
  /** pcap-filter(7) text in place of a preset; '' is everything. */
  filter?: string;
  /** `60s`, `500ms`, `2m`. */
  duration: string;
  packets: string;
  /** `200MB`, `64MiB`. */
  bytes: string;
  snapLength: string;
  engine: string;
  engineFile: string;
  out: string;
  /** Nothing is made on the disk. */
  dryRun?: boolean;
  /** It will be redacted: a name in a folder tells neither time nor interface. */
  redact?: boolean;
}

export const CAPTURE_DEFAULTS = { limits: DEFAULT_LIMITS, snapLength: DEFAULT_SNAP, preset: DEFAULT_PRESET } as const;

/** A filter is one line of the engine's command line. */
const MOST_FILTER = 32 * 1024;

/** A plan with the free bytes where it will be written, -1 unknown. */
export type PlannedCapture = CapturePlan & { free: number };

/** @throws Problem for what cannot be: an interface that is not there, a limit out of range, an engine not installed */
export async function planCapture(request: CaptureRequest, clock: WallClock = WALL_CLOCK): Promise<PlannedCapture> {
  const name = knownInterface(request.interface);
  if (name === '') {
    const there = interfaces().map(safeText).join(', ');
    throw new Problem('usage', `-i ${safeText(request.interface)}: there is no such interface; there are ${there}`);
  }
  const { preset, filter, passes } = filterOf(request, name);
  const limits = limitsOf(request);
  const snapLength = snapLengthOf(request.snapLength);
  const engine = request.engine === '' && request.engineFile !== '' ? 'tcpdump' : request.engine;
  const chosen = await chooseEngine(engine, request.engineFile);
  const label = request.redact === true ? '' : `${name}-${preset === '' ? 'filter' : preset}`;
  const target =
    request.dryRun === true
      ? { path: plannedPath(request.out, label, clock.now()), free: -1 }
      : targetOf(request.out, label, clock.now());
  return { chosen, interface: name, preset, filter, passes, snapLength, limits, ...target };
}

function filterOf({ preset, filter }: CaptureRequest, name: string): Pick<CapturePlan, 'preset' | 'filter' | 'passes'> {
  if (filter !== undefined) {
    if (filter.length > MOST_FILTER || safeText(filter) !== filter) {
      throw new Problem('usage', '--filter: it is too long, or has control characters');
    }
    return { preset: '', filter, passes: [] };
  }
  const chosen = presetNamed(preset === '' ? DEFAULT_PRESET : preset);
  if (chosen === undefined) {
    const names = PRESETS.map((one) => one.name).join(', ');
    throw new Problem('usage', `--preset ${safeText(preset)}: there is none; there are ${names}`);
  }
  const link = name === ANY ? 'cooked' : 'ethernet';
  return { preset: chosen.name, filter: presetFilter(chosen, link), passes: passedBy(chosen.arms, link) };
}

/**
 * Captures as planned, into the plan's file or into another sink.
 *
 * @returns undefined when a signal came before it began
 * @throws Problem when it cannot begin
 */
export async function capture(
  plan: CapturePlan,
  host: Omit<CaptureHost, 'clock'> & { clock?: WallClock },
  sink?: FrameSink,
): Promise<CaptureOutcome | undefined> {
  return runCapture(plan, sink ?? fileSink(plan.path), { clock: WALL_CLOCK, ...host });
}

function fileSink(path: string): FrameSink {
  try {
    return new PcapSink(path);
  } catch (error) {
    const code = errorCode(error);
    const why =
      code === 'EEXIST' ? 'a capture to it runs, or was killed: remove its .partial first' : diskMessage(code);
    throw new Problem('usage', `${safeText(path)}: ${why}`);
  }
}
