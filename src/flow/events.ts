import type { Dhcp4Event } from './dhcp4/types.ts';
import type { Dhcp6Event } from './dhcp6/types.ts';
import type { LinkEvent } from './link/types.ts';
import type { NeighbourEvent } from './neighbours/types.ts';
import type { SwitchEvent } from './switch/types.ts';
import type { TransferEvent } from './transfers/types.ts';
import type { VantageEvent } from './vantages/types.ts';

/** All that detectors see. Each flow declares its own events beside its code. */
export type FlowEvent =
  | Dhcp4Event
  | Dhcp6Event
  | LinkEvent
  | NeighbourEvent
  | SwitchEvent
  | TransferEvent
  | VantageEvent;
export type FlowEventType = FlowEvent['type'];
export type EventOf<T extends FlowEventType> = Extract<FlowEvent, { type: T }>;
