import type { FlowEvent, FlowEventType } from '../../flow/events.ts';
import type { EventOf } from '../../flow/events.ts';
import type { LimitReached } from '../../flow/bounded.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import type { DetectorRun, EmitFinding, Handlers } from '../detector.ts';

/** The half of a detector that hears only the switch: where packets show nothing, its own words are enough. */
export interface Spoken {
  line(line: SwitchLine): void;
  message?(event: EventOf<'dhcp4-message'>): void;
  end(emit: EmitFinding): void;
  limits(): LimitReached[];
}

type Handler = (event: FlowEvent, emit: EmitFinding) => void;

/** A detector of packets, and what the switch alone says where the packets made it say nothing. */
export function withSpoken(run: DetectorRun, spoken: Spoken): DetectorRun {
  let told = false;
  let last: { emit: EmitFinding; heard: EmitFinding } | undefined;
  // A detector's emit is one and the same: what wraps it is made once and not for each event.
  const heard = (emit: EmitFinding): EmitFinding => {
    if (last?.emit !== emit) {
      const wrapped: EmitFinding = (emission) => {
        told = true;
        emit(emission);
      };
      last = { emit, heard: wrapped };
    }
    return last.heard;
  };
  const packets = Object.fromEntries(
    (Object.entries(run.on) as [FlowEventType, Handler][]).map(([type, handler]) => [
      type,
      (event: FlowEvent, emit: EmitFinding) => handler(event, heard(emit)),
    ]),
  ) as Handlers;
  const { message } = spoken;
  const messages: Partial<DetectorRun> = run.messages === undefined ? {} : { messages: run.messages };
  return {
    ...(message === undefined ? messages : {}),
    on: {
      ...packets,
      'switch-line'(event, emit) {
        packets['switch-line']?.(event, emit);
        spoken.line(event.line);
      },
      ...(message === undefined
        ? {}
        : {
            'dhcp4-message'(event: EventOf<'dhcp4-message'>, emit: EmitFinding) {
              packets['dhcp4-message']?.(event, emit);
              message(event);
            },
          }),
    },
    end(emit) {
      run.end?.(heard(emit));
      if (!told) spoken.end(emit);
    },
    limits: () => [...(run.limits?.() ?? []), ...spoken.limits()],
  };
}
