import type { Dhcp4Kind } from '../flow/dhcp4/types.ts';
import type { EventOf, FlowEventType } from '../flow/events.ts';
import type { Emission, Remedy, Severity } from './finding.ts';
import type { LimitReached } from '../flow/bounded.ts';
import type { SwitchText } from '../flow/switch/types.ts';
import type { Site } from './site.ts';
import type { CoverageNotes } from './coverage.ts';

/** Kinds of field that a verdict rests on; a redaction policy that drops one withholds the finding. */
export type FieldKind =
  | 'mac'
  /** The vendor's part of a MAC address: only a policy that keeps whole addresses keeps it, or the vendors. */
  | 'vendor'
  | 'ipv4'
  | 'ipv6'
  | 'duid'
  | 'xid'
  | 'time'
  | 'vlan'
  | 'hostname'
  | 'domain'
  | 'filename'
  | 'url'
  | 'vendor-class'
  | 'circuit-id'
  | 'uuid'
  | 'ttl'
  | 'lease'
  | 'options'
  | 'sizes';

export type EmitFinding = (emission: Emission) => void;

/** What a detector may ask and say besides findings. */
export interface DetectorContext {
  site: Site;
  /** Says what this vantage left undecided: a `coverage` entry instead of a finding. */
  coverage: CoverageNotes;
  /** What the switches say; empty where no switch text was given. */
  switchText: SwitchText;
  /** Names of the vantages by capture, '' where none was given. */
  vantages?: readonly string[];
}

/**
 * Handlers by event type. Each runs for every event of its type: cheap first, state in `BoundedMap`s only.
 */
export type Handlers = { [T in FlowEventType]?: (event: EventOf<T>, emit: EmitFinding) => void };

/**
 * The DHCPv4 messages that a detector looks at: another one must change nothing in it, and it is not asked about it. Most
 * want one kind, or only what came through a relay; without this a healthy message would ask three dozen of them.
 */
export interface MessageNeeds {
  /** Absent: all. */
  kinds?: readonly Dhcp4Kind[];
  /** Only with a relay's address, a hop or an option 82 in it. */
  relayed?: true;
}

export interface DetectorRun {
  on: Handlers;
  /** Absent: all. */
  messages?: MessageNeeds;
  /** All captures have ended: what only absence or the whole can tell. */
  end?(emit: EmitFinding): void;
  /** Tables that reached their cap. */
  limits?(): LimitReached[];
}

/** A detector: one file, one test, one line in `registry.ts`. Docs, schema and CLI choices come from this object. */
export interface Detector {
  /** kebab-case; never changes. */
  id: string;
  title: string;
  /** The usual severity; an emission may say otherwise. */
  severity: Severity;
  /** What it means for the person who must act, two or three sentences. */
  about: string;
  /** When it speaks, each a line (`judgement.md`). */
  fires: readonly string[];
  /** When it stays quiet though it looks alike. */
  quiet: readonly string[];
  /** Kinds of field that it needs. */
  needs: readonly FieldKind[];
  references: readonly string[];
  /** What of its proof is played rather than real: parts of the lab that are scripts, and what only hand-built captures show. */
  proof?: string;
  remedy: Remedy;
  start(context: DetectorContext): DetectorRun;
}
