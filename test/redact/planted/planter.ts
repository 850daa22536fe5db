import type { Kind } from '../../../src/redact/kinds.ts';
import type { Bytes, CapturedFrame, PcapFields } from '../../support/packets.ts';
import { utf8 } from '../../support/bytes.ts';
import { MACHINES, START, type Machine } from './site.ts';

/** What carries a planted value: a field that a decoder names, a text that is kept, or what no policy lets through. */
export type Carrier = 'field' | 'text' | 'never';

/** One value in one place. */
export interface Plant {
  /** `capture-ethernet.pcap#12 DHCP option 54: ipv4 raw`. */
  id: string;
  file: string;
  /** Frame or line, from 1; 0: anywhere in the file. */
  unit: number;
  /** Number of the pitfall that it is of. */
  pitfall: number;
  kind: Kind;
  spelling: string;
  needle: Bytes;
  /** Letters match in either case; no digit or letter may stand next to it. */
  text: boolean;
  /** Where the value stood in its frame: two bytes are only judged there. */
  at: number;
  carrier: Carrier;
}

/** What of a frame or line was planted. */
export interface Mark {
  kind: Kind;
  spelling: string;
  /** A string is text, bytes are raw. */
  needle: string | Bytes;
  carrier?: Carrier;
  pitfall?: number;
  /** Only this place counts. */
  at?: number;
}

export interface PlantedFile {
  name: string;
  bytes: Bytes;
}

/** Gathers plants; every needle must stand where it is said to stand. */
export class Planter {
  readonly plants: Plant[] = [];
  readonly files: PlantedFile[] = [];
  private turn = 0;

  /** The machines in turn. */
  machine(): Machine {
    this.turn += 1;
    const machine = MACHINES[this.turn % MACHINES.length];
    if (machine === undefined) throw new Error('a site without machines');
    return machine;
  }

  plant(file: string, unit: number, what: string, pitfall: number, content: Bytes, marks: readonly Mark[]): void {
    for (const mark of marks) {
      const text = typeof mark.needle === 'string';
      const needle = typeof mark.needle === 'string' ? utf8(mark.needle) : mark.needle;
      const plant: Plant = {
        id: `${file}${unit === 0 ? '' : `#${unit}`} ${what}: ${mark.kind} ${mark.spelling}`,
        file,
        unit,
        pitfall: mark.pitfall ?? pitfall,
        kind: mark.kind,
        spelling: mark.spelling,
        needle,
        text,
        at: mark.at ?? -1,
        carrier: mark.carrier ?? 'field',
      };
      if (!stands(plant, content)) throw new Error(`${plant.id} does not stand there`);
      this.plants.push(plant);
    }
  }
}

/** Frames of one capture, each with what is planted in it. */
export class FramePlanter {
  private readonly frames: CapturedFrame[] = [];
  private readonly planter: Planter;
  private readonly name: string;

  constructor(planter: Planter, name: string) {
    this.planter = planter;
    this.name = name;
  }

  machine(): Machine {
    return this.planter.machine();
  }

  /** @param length on the wire, where the capture kept less */
  frame(what: string, pitfall: number, bytes: Bytes, marks: readonly Mark[], length?: number): void {
    const time = START + this.frames.length;
    this.frames.push({ time, bytes, ...(length === undefined ? {} : { length }) });
    this.planter.plant(this.name, this.frames.length, what, pitfall, bytes, marks);
  }

  get captured(): readonly CapturedFrame[] {
    return this.frames;
  }

  close(write: (frames: readonly CapturedFrame[], fields?: PcapFields) => Bytes, fields: PcapFields = {}): void {
    this.planter.files.push({ name: this.name, bytes: write(this.frames, fields) });
  }
}

/**
 * Whether the planted value stands in these bytes: a plain search, one needle after the other, that shares no code with
 * the leak gate.
 */
export function stands(plant: Pick<Plant, 'needle' | 'text' | 'at'>, bytes: Bytes): boolean {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const needle = Buffer.from(plant.needle);
  if (plant.at >= 0) return hay.subarray(plant.at, plant.at + needle.length).equals(needle);
  if (!plant.text) return hay.includes(needle);
  const [low, sought] = [hay.toString('latin1').toLowerCase(), needle.toString('latin1').toLowerCase()];
  for (let at = low.indexOf(sought); at >= 0; at = low.indexOf(sought, at + 1)) {
    if (!joins(low[at - 1], sought[0]) && !joins(low[at + sought.length], sought.at(-1))) return true;
  }
  return false;
}

/** 10.0.0.4 does not stand in 10.0.0.40: a digit goes on in a digit. Words may be part of longer ones. */
function joins(outside: string | undefined, inside: string | undefined): boolean {
  return /\d/.test(outside ?? '') && /\d/.test(inside ?? '');
}
