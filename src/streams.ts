import { clockDigits, hasTime, readTime } from './capture/clock.ts';
import { pulled } from './capture/handoff.ts';
import { orderFiles } from './capture/set.ts';
import { PICK, type Picks, type PickTaker } from './capture/sieve.ts';
import type { CaptureInterface } from './capture/types.ts';
import { readVantage, requireOneRead, type VantageFacts, type VantageOptions, wholly } from './capture/vantage.ts';
import { Boots } from './flow/boots/boots.ts';
import { FLOWS } from './flow/registry.ts';
import { Sequence } from './flow/sequence.ts';
import { endTime, type VantageInput } from './pipeline.ts';
import { Problem } from './problem.ts';
import type { CaptureReport, LimitReport } from './report/analysis.ts';
import { bootReport } from './report/boots.ts';
import { captureReports } from './report/captures.ts';
import { limitReports } from './report/coverage.ts';
import { RecordPrinter } from './report/decode.ts';
import { exchangeLine } from './report/exchanges.ts';
import { explainRecord, layerRows, type Explanation, type LayerRow } from './report/explain.ts';
import { RunningNames } from './report/running-names.ts';
import { utcText } from './report/time.ts';
import { CLAIMS } from './wire/dissect.ts';
import { Layers } from './wire/layers.ts';
import type { WireText } from './wire/values.ts';

/** Picked frames dealt with before what came of them is handed on: what bounds a batch. */
const ROWS = 256;

export type StreamKind = 'records' | 'exchanges' | 'boots';

export interface RecordsOptions extends VantageOptions {
  /** Absent: `records`. */
  what?: StreamKind;
}

export interface DecodeOptions extends RecordsOptions {
  /** Given what was found, in order, a bounded batch at a time; reading waits until its promise is kept. */
  take(objects: readonly object[]): void | Promise<void>;
}

/** What a stream came to, once it has ended. */
export interface StreamSummary {
  /** All of every capture was read, and no table reached its cap. */
  complete: boolean;
  /** In the order of reading, with their faults. */
  captures: CaptureReport[];
  limits: LimitReport[];
}

/**
 * The same stages as `analyze`, up to records or events: all are given as they come, so that memory does not depend on
 * how many there are. Exchanges that are still open come together at the end of their capture.
 *
 * @throws CaptureError as `analyze`
 */
export async function decode(inputs: readonly VantageInput[], options: DecodeOptions): Promise<StreamSummary> {
  const ordered = await inOrder(inputs);
  const names = new RunningNames(ordered);
  const printer = new RecordPrinter();
  const boots = new Boots();
  const { what = 'records', take } = options;
  let found: object[] = [];
  const handOn = (): void | Promise<void> => {
    if (found.length === 0) return;
    const full = found;
    found = [];
    return take(full);
  };
  const sequence: Sequence = new Sequence(
    what === 'records' ? [] : what === 'boots' ? [...FLOWS, boots.flow()] : FLOWS,
    (event) => {
      if (what === 'boots') boots.on(event);
      const line = what === 'exchanges' ? exchangeLine(event, names) : undefined;
      if (line !== undefined) found.push(line);
    },
    (claim, _record, e) => {
      names.at(e);
      if (what === 'records') found.push(printer.record(claim, e, names));
    },
  );
  names.segments = sequence.segments;
  const taker: PickTaker = {
    beginFile: (place, interfaces) => {
      names.beginFile(place, interfaces);
      sequence.beginFile(place, interfaces);
    },
    take: async (bytes, picks) => {
      for (const part of parts(picks)) {
        sequence.take(bytes, part);
        await handOn();
      }
    },
  };
  const vantages: VantageFacts[] = [];
  for (const [capture, { vantage, files }] of ordered.entries()) {
    const facts = await readVantage(capture, vantage, files, taker, options);
    sequence.endCapture(capture, endTime(facts));
    await handOn();
    vantages.push(facts);
  }
  requireOneRead(vantages);
  if (what === 'boots') {
    found = boots.list().map((boot) => bootReport(boot, names));
    await handOn();
  }
  const reached = what === 'records' ? [] : [...sequence.limits(), ...boots.limits()];
  return summaryOf(vantages, names, limitReports(reached));
}

/**
 * The objects that `rackwitness decode` prints, one after another. Reading waits for the consumer; leaving the loop
 * closes the capture.
 *
 * @returns (as the generator's return value) the summary
 * @throws CaptureError as `analyze`; the signal's reason when it is aborted
 */
export async function* records(
  inputs: readonly VantageInput[],
  options: RecordsOptions = {},
): AsyncGenerator<object, StreamSummary, void> {
  return yield* each(
    pulled<object, StreamSummary>((take, signal) => decode(inputs, { ...options, signal, take }), options.signal),
  );
}

/** One frame as it was captured. */
export interface Frame {
  /** Base name of the file, `-` for standard input; `#2` … where two files share it. */
  capture: string;
  /** As tshark counts, from 1 in each file; blocks that hold no packet take numbers too, and are left out. */
  frame: number;
  /** UTC with the capture's own resolution, '' where the frame has none. */
  time: string;
  /** Seconds since 1970 UTC and nanoseconds; undefined where the frame has no time. */
  sec: number | undefined;
  nsec: number | undefined;
  /** Number of the interface within the file, from 0, and its name ('' where the file gives none). */
  interface: number;
  interfaceName: WireText;
  /** LINKTYPE_ number. */
  linkType: number;
  /** Bytes captured, and bytes on the wire. */
  captured: number;
  length: number;
  /** The captured bytes, a copy. */
  bytes: Uint8Array;
}

export type FramesOptions = Pick<VantageOptions, 'chunk' | 'signal' | 'onProgress'>;

/**
 * Every frame of some captures, one after another: files in the order of their running time. Reading waits for the
 * consumer; leaving the loop closes the file.
 *
 * @param paths files, `-` is standard input
 * @returns (as the generator's return value) the summary
 * @throws CaptureError as `analyze`; the signal's reason when it is aborted
 */
export async function* frames(
  paths: string | readonly string[],
  options: FramesOptions = {},
): AsyncGenerator<Frame, StreamSummary, void> {
  const files = typeof paths === 'string' ? [paths] : paths;
  return yield* each(
    pulled<Frame, StreamSummary>(async (give, signal) => {
      const ordered = await inOrder([{ vantage: '', files }]);
      const names = new RunningNames(ordered);
      let name = '';
      const taker: PickTaker = {
        beginFile: (place, interfaces) => {
          names.beginFile(place, interfaces);
          name = names.captures[place.capture]?.[place.file]?.name ?? '';
        },
        take: async (bytes, picks) => {
          for (const part of parts(picks)) {
            const batch: Frame[] = [];
            for (let row = 0; row < part.count * PICK.size; row += PICK.size) {
              batch.push(frameAt(bytes, part.picks, row, name, names.interfaces));
            }
            if (batch.length > 0) await give(batch);
          }
        },
      };
      // Threads sieve; here every frame is wanted, and they would only copy it once more.
      const reading = { ...options, signal, everything: true, workers: 0 };
      const facts = await readVantage(0, '', ordered[0]?.files ?? [], taker, reading);
      requireOneRead([facts]);
      return summaryOf([facts], names, []);
    }, options.signal),
  );
}

/**
 * One frame, taken apart. The whole file is read: a fragment's datagram, or a capture's end, may stand anywhere.
 *
 * @param frame as tshark counts, from 1
 * @throws Problem when the file has no such frame; CaptureError as `analyze`
 */
export async function explain(path: string, frame: number, options: VantageOptions = {}): Promise<Explanation> {
  const names = new RunningNames([{ vantage: '', files: [path] }]);
  let found: Explanation | undefined;
  let bare: Explanation | undefined;
  let layers: LayerRow[] = [];
  const sequence: Sequence = new Sequence(
    [],
    () => {},
    (claim, _record, e) => {
      names.at(e);
      if (e.frame === frame) found = explainRecord(claim, e, layers, names);
    },
  );
  names.segments = sequence.segments;
  const finder: PickTaker = {
    beginFile: (place, interfaces) => {
      names.beginFile(place, interfaces);
      sequence.beginFile(place, interfaces);
    },
    take: (bytes, picks) => {
      const row = rowOf(picks, frame);
      if (row >= 0) {
        bare = bareFrame(bytes, picks.picks, row, names);
        layers = bare.layers;
      }
      sequence.take(bytes, picks);
    },
  };
  const facts = await readVantage(0, '', [path], finder, { ...options, everything: true });
  requireOneRead([facts]);
  if (found !== undefined) return found;
  if (bare !== undefined) return bare;
  const [file] = facts.files;
  const count = file?.frames ?? 0;
  const cut = file === undefined || wholly(file) ? '' : ' before it is damaged';
  const what = frame <= count ? 'is a block that holds no packet' : `is not there: the file has ${count}${cut}`;
  throw new Problem('usage', `frame ${frame} ${what}; frames are numbered from 1, as in Wireshark`);
}

async function inOrder(inputs: readonly VantageInput[]): Promise<VantageInput[]> {
  const ordered: VantageInput[] = [];
  for (const { vantage, files } of inputs) {
    ordered.push({ vantage, files: (await orderFiles(files)).map(({ path }) => path) });
  }
  return ordered;
}

function summaryOf(vantages: readonly VantageFacts[], names: RunningNames, limits: LimitReport[]): StreamSummary {
  const { captures, limits: left } = captureReports(vantages, names);
  const all = [...limits, ...left];
  return { complete: limits.length === 0 && vantages.every(({ files }) => files.every(wholly)), captures, limits: all };
}

/** One by one what comes in batches. */
async function* each<T, R>(batches: AsyncGenerator<readonly T[], R, void>): AsyncGenerator<T, R, void> {
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done === true) return next.value;
      yield* next.value;
    }
  } finally {
    await batches.return(undefined as never);
  }
}

/** The picks of a buffer, some at a time. */
function* parts({ picks, count }: Picks): Generator<Picks> {
  for (let from = 0; from < count; from += ROWS) {
    const rows = Math.min(ROWS, count - from);
    yield { picks: picks.subarray(from * PICK.size, (from + rows) * PICK.size), count: rows };
  }
}

function rowOf({ picks, count }: Picks, frame: number): number {
  for (let row = 0; row < count * PICK.size; row += PICK.size) {
    if (picks[row + PICK.frame] === frame) return row;
  }
  return -1;
}

function frameAt(
  bytes: Uint8Array,
  picks: Int32Array,
  row: number,
  capture: string,
  interfaces: readonly CaptureInterface[],
): Frame {
  const at = picks[row + PICK.at] ?? 0;
  const captured = picks[row + PICK.captured] ?? 0;
  const iface = picks[row + PICK.iface] ?? 0;
  const source = interfaces[iface];
  return {
    capture,
    frame: picks[row + PICK.frame] ?? 0,
    ...timeOf(picks, row, source),
    interface: iface,
    interfaceName: source?.name ?? '',
    linkType: source?.linkType ?? -1,
    captured,
    length: (picks[row + PICK.length] ?? 0) >>> 0,
    // A Buffer's own slice would be a view of memory that is used again.
    bytes: new Uint8Array(bytes.subarray(at, at + captured)),
  };
}

function timeOf(
  picks: Int32Array,
  row: number,
  source: CaptureInterface | undefined,
): Pick<Frame, 'time' | 'sec' | 'nsec'> {
  const high = (picks[row + PICK.high] ?? 0) >>> 0;
  const low = (picks[row + PICK.low] ?? 0) >>> 0;
  if (source === undefined || !hasTime(high, low)) return { time: '', sec: undefined, nsec: undefined };
  const time = { sec: 0, nsec: 0 };
  readTime(source.clock, high, low, time);
  return { time: utcText(time.sec, time.nsec, clockDigits(source.clock)), ...time };
}

/** What can be said of any frame: its headers. */
function bareFrame(bytes: Uint8Array, picks: Int32Array, row: number, names: RunningNames): Explanation {
  const at = picks[row + PICK.at] ?? 0;
  const end = at + (picks[row + PICK.captured] ?? 0);
  const source = names.interfaces[picks[row + PICK.iface] ?? 0];
  const walk = new Layers(CLAIMS);
  if (source !== undefined) walk.walk(bytes, at, end, source.linkType);
  return {
    capture: names.captures[0]?.[0]?.name ?? '',
    frame: picks[row + PICK.frame] ?? 0,
    time: timeOf(picks, row, source).time,
    segment: '',
    layers: layerRows(walk, bytes, at, end),
    headers: {},
    protocol: '',
    kind: '',
    spec: [],
    fields: [],
    faults: [],
  };
}
