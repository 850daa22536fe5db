import type { WallClock } from '../wall-clock.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { clockState } from './clock-state.ts';
import { forbidCoreDumps } from './core-dumps.ts';
import { type Counters, type EngineRequest, INTERFACE_LOST } from './engine.ts';
import { commandLine, EngineProcess } from './engine-process.ts';
import type { ChosenEngine } from './engines.ts';
import { InterfaceWatch } from './interface-watch.ts';
import type { CaptureLimits } from './limits.ts';
import {
  type CaptureFacts,
  type EndedBy,
  type FileSpan,
  manifestText,
  replaceManifest,
  reserveManifest,
  spansOf,
} from './manifest.ts';
import { errorCode } from './partial-file.ts';
import { recordBytes } from './pcap-sink.ts';
import { EMPTY_BYTES, diskMessage } from './record-file.ts';
import { endingText, refusalProblem } from './refusal.ts';
import type { ReservedFile } from './reserved-file.ts';
import { type FrameSink, SinkError, type SinkFile } from './sink.ts';
import { EngineStream } from './stream.ts';

/** Bytes of the kernel's buffer: with less, a busy rack loses frames while this process waits for its turn. */
export const KERNEL_BUFFER = 64 * 1024 * 1024;
/** Seconds in which an engine must have begun. */
const BEGIN_WITHIN = 15;
/** Seconds between two looks at counters and interface. */
const LOOK_EVERY = 1;
/** Clock steps below this are the time service's own small corrections. */
const STEP = 0.5;

export interface CapturePlan {
  chosen: ChosenEngine;
  interface: string;
  preset: string;
  filter: string;
  passes: readonly string[];
  snapLength: number;
  limits: CaptureLimits;
  /** Of the first file: the manifest's room is taken beside it. */
  path: string;
}

export interface CaptureProgress {
  /** Seconds since the engine was ready. */
  seconds: number;
  frames: number;
  /** As a pcap file has them. */
  bytes: number;
  /** -1 not counted yet. */
  drops: number;
  /** Parts of one processor since the last look: the engine's and our own; -1 unknown. */
  cpu: number;
}

export interface CaptureHost {
  clock: WallClock;
  /** Aborting ends the capture well; its reason is the signal's name. */
  signal: AbortSignal;
  onProgress?(progress: CaptureProgress): void;
}

export interface CaptureOutcome {
  facts: CaptureFacts;
  files: readonly SinkFile[];
  /** Frames that the sink was given. */
  frames: number;
  /** Files whose manifest could not be written. */
  unlisted: readonly string[];
  /** Ended before its limits by something that went wrong, or the interface was not there for a while. */
  faulty: boolean;
}

/** The command line of a plan's engine, as it will be run. */
export async function plannedCommand(plan: CapturePlan): Promise<string[]> {
  return commandLine(commandOf(plan));
}

/**
 * Captures until a limit, a signal or a fault, and leaves what was captured whole: frames come from the engine through a
 * pipe and are in memory only until `sink` has them.
 *
 * @returns undefined when a signal came before the engine had begun: nothing was captured, nothing was written
 * @throws Problem when the engine cannot begin, or the place for the manifest cannot be taken
 */
export async function runCapture(
  plan: CapturePlan,
  sink: FrameSink,
  host: CaptureHost,
): Promise<CaptureOutcome | undefined> {
  return new CaptureRun(plan, sink, host).run();
}

function commandOf({
  chosen,
  interface: name,
  filter,
  snapLength,
}: CapturePlan): ReturnType<ChosenEngine['engine']['command']> {
  const request: EngineRequest = { interface: name, filter, snapLength, bufferBytes: KERNEL_BUFFER };
  return chosen.engine.command(chosen.installed, request);
}

class CaptureRun {
  private readonly stream = new EngineStream();
  private readonly watch: InterfaceWatch;
  private engine: EngineProcess | undefined;
  private ended: { by: EndedBy; message: string } | undefined;
  /** Nothing more is taken. */
  private full = false;
  private begun = false;
  private frames = 0;
  private bytes = EMPTY_BYTES;
  private start = 0;
  private stop = 0;
  private steadyStart = 0;
  private steadyStop = 0;
  private timer: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private cpu = { engine: 0, own: 0, at: 0 };
  private argv: readonly string[] = [];
  private readonly plan: CapturePlan;
  private readonly sink: FrameSink;
  private readonly host: CaptureHost;
  private clock: CaptureFacts['clock'] | undefined;
  private coreDumps: boolean | undefined;
  /** Files that were listed while it ran. */
  private readonly listed = new Set<string>();

  constructor(plan: CapturePlan, sink: FrameSink, host: CaptureHost) {
    this.plan = plan;
    this.sink = sink;
    this.host = host;
    this.watch = new InterfaceWatch(plan.interface);
  }

  async run(): Promise<CaptureOutcome | undefined> {
    const { plan, sink, host } = this;
    const reserved = this.reserve();
    const interrupted = (): void => this.end('signal', 'stopped by a signal');
    let closed = false;
    try {
      if (sink.original === 'not retained') this.coreDumps = await forbidCoreDumps();
      const command = commandOf(plan);
      this.argv = await commandLine(command);
      this.clock = await clockState();
      sink.finished = (file) => this.list(file, reserved);
      if (host.signal.aborted) return undefined;
      this.engine = new EngineProcess(this.argv, command);
      host.signal.addEventListener('abort', interrupted, { once: true });
      this.timer = setTimeout(() => this.engine?.kill(), BEGIN_WITHIN * 1000);
      await this.take(this.engine);
      const ending = await this.engine.ended;
      if (!this.begun) {
        if (this.ended?.by === 'signal') return undefined;
        throw refusalProblem(plan.chosen, plan.interface, this.engine.said);
      }
      const outcome = await this.finish(this.engine, ending, reserved);
      closed = true;
      return outcome;
    } finally {
      host.signal.removeEventListener('abort', interrupted);
      clearTimeout(this.timer);
      clearInterval(this.looking);
      // Nothing began, or a defect of ours ended it: what is whole is finished, and the defect is what is told.
      if (!closed) await closeAnyway(sink);
      reserved.discard();
    }
  }

  private reserve(): ReservedFile {
    try {
      return reserveManifest(this.plan.path, this.plan.filter);
    } catch (error) {
      const code = errorCode(error);
      const why = code === 'EEXIST' ? 'its manifest is there already: name another file' : diskMessage(code);
      throw new Problem('usage', `${safeText(this.plan.path)}: ${why}`);
    }
  }

  /** Every piece of the engine's stream, to its end: also what is not taken, so that the engine is never held up. */
  private async take(engine: EngineProcess): Promise<void> {
    for await (const piece of engine.pieces()) {
      if (this.full) continue;
      try {
        await this.takePiece(piece);
      } catch (error) {
        if (!(error instanceof SinkError)) {
          engine.kill();
          throw error;
        }
        this.endNow(error.failure, error.message);
      }
    }
  }

  private async takePiece(piece: Uint8Array): Promise<void> {
    const { sink, stream, plan } = this;
    const frames = stream.push(piece);
    if (!this.begun && stream.link !== undefined) {
      this.begin();
      await sink.open(stream.link);
    }
    for (const { sec, nsec, wireLength, bytes } of frames) {
      const size = recordBytes(bytes.length);
      if (this.bytes + size > plan.limits.bytes) {
        this.endNow('bytes', `the limit of ${plan.limits.bytes} bytes`);
        break;
      }
      const waiting = sink.frame(sec, nsec, wireLength, bytes);
      if (waiting !== undefined) await waiting;
      this.frames += 1;
      this.bytes += size;
      if (this.frames >= plan.limits.packets) {
        this.endNow('packets', `the limit of ${plan.limits.packets} packets`);
        break;
      }
    }
    await sink.idle();
    if (stream.fault !== '') this.endNow('stream', stream.fault);
  }

  /** The engine is ready: from now on it looks. */
  private begin(): void {
    const { clock } = this.host;
    this.begun = true;
    this.start = clock.now();
    this.steadyStart = clock.steady();
    this.cpu = { engine: 0, own: processCpu(), at: this.steadyStart };
    clearTimeout(this.timer);
    // The signal may have come while it began.
    if (this.ended !== undefined) {
      this.engine?.interrupt();
      return;
    }
    const { seconds } = this.plan.limits;
    this.timer = setTimeout(() => this.end('duration', `the limit of ${seconds} s`), seconds * 1000);
    this.looking = setInterval(() => this.look(), LOOK_EVERY * 1000);
  }

  /** Ends when what the engine still holds has come. */
  private end(by: EndedBy, message: string): void {
    if (this.ended !== undefined) return;
    this.ended = { by, message };
    this.markStop();
    clearTimeout(this.timer);
    const wait = this.begun ? this.plan.chosen.engine.latency : 0;
    this.timer = setTimeout(() => this.engine?.interrupt(), wait * 1000);
  }

  /** Ends with the last frame that was taken. A limit reached while the rest came is where it really ended. */
  private endNow(by: EndedBy, message: string): void {
    this.full = true;
    const limit = by === 'packets' || by === 'bytes';
    if (this.ended === undefined || !limit || this.ended.by === 'duration') this.ended = { by, message };
    this.markStop();
    clearTimeout(this.timer);
    this.engine?.interrupt();
  }

  private markStop(): void {
    if (this.stop !== 0) return;
    this.stop = this.host.clock.now();
    this.steadyStop = this.host.clock.steady();
  }

  private look(): void {
    const { host, engine, plan } = this;
    this.watch.look(host.clock.now());
    const { askCounters } = plan.chosen.engine;
    if (engine === undefined || this.ended !== undefined) return;
    if (askCounters !== undefined) engine.signal(askCounters);
    const at = host.clock.steady();
    const [engineCpu, own] = [engine.cpu(), processCpu()];
    const used = engineCpu < 0 ? -1 : engineCpu - this.cpu.engine + own - this.cpu.own;
    const cpu = used < 0 || at <= this.cpu.at ? -1 : used / (at - this.cpu.at);
    this.cpu = { engine: Math.max(0, engineCpu), own, at };
    const { frames, bytes } = this;
    const drops = plan.chosen.engine.counters(engine.said).droppedByKernel;
    host.onProgress?.({ seconds: at - this.steadyStart, frames, bytes, drops, cpu });
  }

  private async finish(
    engine: EngineProcess,
    ending: { exit: number; signal: string },
    reserved: ReservedFile,
  ): Promise<CaptureOutcome> {
    this.markStop();
    this.watch.look(this.host.clock.now());
    this.ended ??= INTERFACE_LOST.test(engine.said)
      ? { by: 'interface', message: 'the interface went away' }
      : { by: 'engine', message: endingText(this.plan.chosen.engine.name, ending) };
    let files: readonly SinkFile[];
    try {
      files = await this.sink.close();
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      this.ended = { by: error.failure, message: error.message };
      files = await this.sink.close();
    }
    const facts = this.facts(engine, ending);
    const spans = spansOf(files, facts);
    const unlisted: string[] = [];
    for (const [i, file] of files.entries()) {
      const text = manifestText(facts, file, spans[i] ?? facts);
      try {
        if (file.path === this.plan.path) reserved.finish(text);
        else replaceManifest(file.path, text);
      } catch {
        // What was listed while it ran stays so: it does not say how the capture ended.
        if (!this.listed.has(file.path)) unlisted.push(file.path);
      }
    }
    const { by } = this.ended;
    const asked = by === 'duration' || by === 'packets' || by === 'bytes' || by === 'signal';
    const faulty = !asked || this.watch.lost || unlisted.length > 0;
    return { facts, files, frames: this.frames, unlisted, faulty };
  }

  /** A file that is finished while the capture goes on is listed at once: what comes later may never come. */
  private list(file: SinkFile, reserved: ReservedFile): void {
    const { engine } = this;
    if (engine === undefined) return;
    const facts = this.facts(engine, { exit: -1, signal: '' });
    const span: FileSpan = { start: file.first ?? this.start, stop: file.last ?? this.start };
    const text = manifestText(facts, file, span);
    if (file.path === this.plan.path) reserved.publish(text);
    else replaceManifest(file.path, text);
    this.listed.add(file.path);
  }

  private facts(engine: EngineProcess, ending: { exit: number; signal: string }): CaptureFacts {
    const { plan, host, stream, sink } = this;
    const { name } = plan.chosen.engine;
    const counters: Counters = plan.chosen.engine.counters(engine.said);
    const stop = this.stop === 0 ? host.clock.now() : this.stop;
    const steady = this.stop === 0 ? host.clock.steady() : this.steadyStop;
    const step = stop - this.start - (steady - this.steadyStart);
    return {
      interface: plan.interface,
      preset: plan.preset,
      filter: plan.filter,
      passes: plan.passes,
      link: stream.link ?? { linkType: 0, snapLength: plan.snapLength, digits: 6 },
      start: this.start,
      stop,
      clockStep: Math.abs(step) < STEP ? 0 : step,
      clock: this.clock ?? { source: 'none', synchronised: null, offset: null, stratum: null },
      limits: plan.limits,
      ended: {
        by: this.ended?.by ?? 'engine',
        signal: this.ended?.by === 'signal' ? String(host.signal.reason) : '',
        message: this.ended?.message ?? 'it is still running',
      },
      counters,
      engine: { name, version: plan.chosen.installed.version, argv: this.argv, ...ending },
      linkChanges: this.watch.changes,
      coreDumps: this.coreDumps,
      original: sink.original,
      redaction: sink.redaction,
    };
  }
}

async function closeAnyway(sink: FrameSink): Promise<void> {
  try {
    await sink.close();
  } catch {
    // Why it came to this is thrown already.
  }
}

/** Seconds of processor that this process has used. */
function processCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
