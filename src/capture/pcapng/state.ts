import type { CaptureInterface } from '../types.ts';

/** What a worker needs to walk blocks from the middle of a file. */
export interface PcapngState {
  format: 'pcapng';
  little: boolean;
  /** Byte orders met so far: bit 0 little, bit 1 big. */
  orders: number;
  sections: number;
  /** Index of the present section's first interface. */
  base: number;
  interfaces: CaptureInterface[];
  /** Programs that wrote the sections, each distinct one once. */
  applications: string[];
  texts: number;
  /** Offset in the stream of the first byte that will be walked. */
  offset: number;
  /** Frames before it. */
  frames: number;
  /** Bytes left, trailing length and all, of a block that is being stepped over. */
  skip: number;
  skipType: number;
  skipLength: number;
}

/** At the beginning of a file. */
export function firstState(): PcapngState {
  return {
    format: 'pcapng',
    little: true,
    orders: 0,
    sections: 0,
    base: 0,
    interfaces: [],
    applications: [],
    texts: 0,
    offset: 0,
    frames: 0,
    skip: 0,
    skipType: 0,
    skipLength: 0,
  };
}

/** A copy that shares nothing. */
export function copyOf(state: PcapngState): PcapngState {
  return {
    ...state,
    interfaces: state.interfaces.map(copyOfInterface),
    applications: [...state.applications],
  };
}

function copyOfInterface(one: CaptureInterface): CaptureInterface {
  return { ...one, clock: { ...one.clock } };
}
