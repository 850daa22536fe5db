import { readVantage, type VantageFacts, type VantageOptions } from './capture/vantage.ts';
import { hasTime, readTime } from './capture/clock.ts';
import { PICK, type Picks, type PickTaker } from './capture/sieve.ts';
import type { CaptureInterface } from './capture/types.ts';
import { orderFiles } from './capture/set.ts';
import { Boots } from './flow/boots.ts';
import { FLOWS } from './flow/registry.ts';
import { Sequence } from './flow/sequence.ts';
import { endTime, type VantageInput } from './pipeline.ts';
import { Problem } from './problem.ts';
import { bootReport } from './report/boots.ts';
import { RecordPrinter } from './report/decode.ts';
import { exchangeLine } from './report/exchanges.ts';
import { explainRecord, layerRows, type Explanation, type LayerRow } from './report/explain.ts';
import { captureNames, type Names } from './report/names.ts';
import { clockDigits, utcText } from './report/time.ts';
import { CLAIMS } from './wire/dissect.ts';
import type { Envelope } from './wire/envelope.ts';
import { Layers } from './wire/layers.ts';

export type StreamKind = 'records' | 'exchanges' | 'boots';

export interface DecodeOptions extends VantageOptions {
  what: StreamKind;
  /** Told of each object in order; it lives for the call. */
  onLine(object: object): void;
}

/**
 * The same stages as `analyze`, up to records or events: every one is given as it comes, so that memory does not depend
 * on how many there are.
 *
 * @returns whether all of every capture was read
 * @throws CaptureError as `analyze`
 */
export async function decode(inputs: readonly VantageInput[], options: DecodeOptions): Promise<{ complete: boolean }> {
  const ordered: VantageInput[] = [];
  for (const { vantage, files } of inputs) {
    ordered.push({ vantage, files: (await orderFiles(files)).map(({ path }) => path) });
  }
  const names = new RunningNames(ordered);
  const printer = new RecordPrinter();
  const boots = new Boots();
  const { what, onLine } = options;
  const sequence: Sequence = new Sequence(
    what === 'records' ? [] : FLOWS,
    (event) => {
      if (what === 'boots') boots.on(event);
      const line = what === 'exchanges' ? exchangeLine(event, names) : undefined;
      if (line !== undefined) onLine(line);
    },
    (claim, _record, e) => {
      names.at(e);
      if (what === 'records') onLine(printer.record(claim, e, names));
    },
  );
  names.sequence = sequence;
  const vantages: VantageFacts[] = [];
  for (const [capture, { vantage, files }] of ordered.entries()) {
    const facts = await readVantage(capture, vantage, files, names.watching(sequence), options);
    sequence.endCapture(capture, endTime(facts));
    vantages.push(facts);
  }
  if (what === 'boots') for (const boot of boots.list()) onLine(bootReport(boot, names));
  const limits = what === 'records' ? [] : [...sequence.limits(), ...boots.limits()];
  return { complete: limits.length === 0 && vantages.every(wholly) };
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
  names.sequence = sequence;
  const finder: PickTaker = {
    beginFile: (place, interfaces) => {
      names.watching(sequence).beginFile(place, interfaces);
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
  const { files } = await readVantage(0, '', [path], finder, { ...options, everything: true });
  const frames = files[0]?.frames ?? 0;
  if (found !== undefined) return found;
  if (bare !== undefined) return bare;
  const what = frame <= frames ? 'is a block that holds no packet' : `is not there: the file has ${frames}`;
  throw new Problem('usage', `frame ${frame} ${what}; frames are numbered from 1, as in Wireshark`);
}

function wholly({ files }: VantageFacts): boolean {
  return files.every((file) => file.faults.length === 0 && !file.truncated);
}

function rowOf({ picks, count }: Picks, frame: number): number {
  for (let row = 0; row < count * PICK.size; row += PICK.size) {
    if (picks[row + PICK.frame] === frame) return row;
  }
  return -1;
}

/** What can be said of any frame: its headers. */
function bareFrame(bytes: Uint8Array, picks: Int32Array, row: number, names: RunningNames): Explanation {
  const at = picks[row + PICK.at] ?? 0;
  const end = at + (picks[row + PICK.captured] ?? 0);
  const source = names.interfaces[picks[row + PICK.iface] ?? 0];
  const walk = new Layers(CLAIMS);
  if (source !== undefined) walk.walk(bytes, at, end, source.linkType);
  const high = (picks[row + PICK.high] ?? 0) >>> 0;
  const low = (picks[row + PICK.low] ?? 0) >>> 0;
  const time = { sec: 0, nsec: 0 };
  let text = '';
  if (source !== undefined && hasTime(high, low)) {
    readTime(source.clock, high, low, time);
    text = utcText(time.sec, time.nsec, clockDigits(source.clock));
  }
  return {
    capture: names.captures[0]?.[0]?.name ?? '',
    frame: picks[row + PICK.frame] ?? 0,
    time: text,
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

/** Names while a capture is still being read: they rest on nothing that comes later. */
class RunningNames implements Names {
  readonly captures: { name: string; digits: number }[][];
  sequence: Sequence | undefined;
  interfaces: readonly CaptureInterface[] = [];
  private readonly vantages: readonly string[];

  constructor(inputs: readonly VantageInput[]) {
    const flat = captureNames(inputs.flatMap(({ files }) => files));
    let next = 0;
    this.captures = inputs.map(({ files }) =>
      files.map(() => {
        const name = flat[next] ?? '';
        next += 1;
        return { name, digits: 6 };
      }),
    );
    this.vantages = inputs.map(({ vantage }) => vantage);
  }

  /** The taker, with an eye on which file is being read. */
  watching(taker: PickTaker): PickTaker {
    return {
      beginFile: (place, interfaces) => {
        this.interfaces = interfaces;
        taker.beginFile(place, interfaces);
      },
      take: (bytes, picks) => taker.take(bytes, picks),
    };
  }

  /** The times of this file are written with the clock of the interface that the last message came through. */
  at(e: Envelope): void {
    const iface = this.sequence?.segments.get(e.segment)?.iface ?? 0;
    const clock = this.interfaces[iface]?.clock;
    const name = this.captures[e.capture]?.[e.file];
    if (clock !== undefined && name !== undefined) name.digits = clockDigits(clock);
  }

  segment(id: number): string {
    const segment = this.sequence?.segments.get(id);
    if (segment === undefined) return '';
    const iface = this.interfaces[segment.iface];
    const label = iface?.name || (segment.iface > 0 ? `interface ${segment.iface}` : '');
    const capture = this.vantages[segment.capture] || (this.captures[segment.capture]?.[0]?.name ?? '');
    const path = segment.path === '' ? 'untagged' : segment.path;
    return [capture, label, path].filter((part) => part !== '').join(' ');
  }
}
