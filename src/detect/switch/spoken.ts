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
  const heard =
    (emit: EmitFinding): EmitFinding =>
    (emission) => {
      told = true;
      emit(emission);
    };
  const packets = Object.fromEntries(
    (Object.entries(run.on) as [FlowEventType, Handler][]).map(([type, handler]) => [
      type,
      (event: FlowEvent, emit: EmitFinding) => handler(event, heard(emit)),
    ]),
  ) as Handlers;
  return {
    on: {
      ...packets,
      'switch-line'(event, emit) {
        packets['switch-line']?.(event, emit);
        spoken.line(event.line);
      },
      'dhcp4-message'(event, emit) {
        packets['dhcp4-message']?.(event, emit);
        spoken.message?.(event);
      },
    },
    end(emit) {
      run.end?.(heard(emit));
      if (!told) spoken.end(emit);
    },
    limits: () => [...(run.limits?.() ?? []), ...spoken.limits()],
  };
}
