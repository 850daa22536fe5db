import { clockDigits } from '../capture/clock.ts';
import type { FilePlace } from '../capture/sieve.ts';
import type { CaptureInterface } from '../capture/types.ts';
import type { Segments } from '../flow/segments.ts';
import type { Envelope } from '../wire/envelope.ts';
import { type CaptureName, nameTable, type Names, segmentName } from './names.ts';

/** Names while captures are still being read: they rest on nothing that comes later. */
export class RunningNames implements Names {
  readonly captures: readonly (readonly CaptureName[])[];
  /** Of the sequence that is running; before there is one, no segment has a name. */
  segments: Segments | undefined;
  /** Of the file that is being read. */
  interfaces: readonly CaptureInterface[] = [];
  private readonly vantages: readonly string[];
  /** By vantage and file, as far as reading has come: segments of earlier files keep their names. */
  private readonly known: (readonly CaptureInterface[])[][];

  constructor(inputs: readonly { vantage: string; files: readonly string[] }[]) {
    this.captures = nameTable(
      inputs.map(({ files }) => files),
      (path) => path,
      () => 6,
    );
    this.vantages = inputs.map(({ vantage }) => vantage);
    this.known = inputs.map(() => []);
  }

  beginFile({ capture, file }: FilePlace, interfaces: readonly CaptureInterface[]): void {
    this.interfaces = interfaces;
    const files = this.known[capture];
    if (files !== undefined) files[file] = interfaces;
  }

  /** The times of this file are written with the clock of the interface that the last message came through. */
  at(e: Envelope): void {
    const iface = this.segments?.get(e.segment)?.iface ?? 0;
    const clock = this.interfaces[iface]?.clock;
    const name = this.captures[e.capture]?.[e.file];
    if (clock !== undefined && name !== undefined) name.digits = clockDigits(clock);
  }

  segment(id: number): string {
    const segment = this.segments?.get(id);
    if (segment === undefined) return '';
    const { capture, file } = segment;
    const where = this.vantages[capture] || (this.captures[capture]?.[file]?.name ?? '');
    return segmentName(segment, where, this.known[capture]?.[file] ?? []);
  }
}
