import type { Envelope } from '../wire/envelope.ts';
import type { WireRecord } from '../wire/registry.ts';
import type { LimitReached } from './bounded.ts';
import type { FlowEvent } from './events.ts';
import type { Visibility } from './visibility.ts';

export type Emit = (event: FlowEvent) => void;

/** Where and when a capture ends, for what was still open. */
export interface CaptureEnd {
  capture: number;
  /** Time of the capture's last frame in microseconds since 1970 UTC; 0 when it had none. */
  time: number;
}

/** A running stage of state: records in, events out. State lives in bounded tables only, keyed by segment or link. */
export interface FlowRun {
  on(record: WireRecord, envelope: Envelope, emit: Emit): void;
  /** The capture has ended: close what is open. */
  end(at: CaptureEnd, emit: Emit): void;
  limits(): LimitReached[];
}

/** A flow: one protocol's (or family's) state machine. */
export interface Flow {
  name: string;
  /** Records it wants, by protocol. */
  protocols: readonly WireRecord['protocol'][];
  start(visibility: Visibility): FlowRun;
}
