import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';
import type { Names } from './identity.ts';
import type { FileRole } from './files.ts';

/** An exchange, or a file. */
export type StepName = 'dhcp' | 'proxydhcp' | FileRole;
/**
 * - `done`: it was answered, it came
 * - `failed`: it was refused, or broke off
 * - `missing`: nothing came back though it would have passed here
 * - `undecided`: it was open when the capture ended, or the answer does not pass here
 * - `skipped`: it was given up on purpose and nothing is wrong (a size that was asked for)
 */
export type StepState = 'done' | 'failed' | 'missing' | 'undecided' | 'skipped';

/** Who acts: the firmware, iPXE (or another loader that asks for an address of its own), the system that was loaded. */
export type Stage = 'firmware' | 'loader' | 'system';

/** One exchange, or one file. */
export interface BootStep {
  name: StepName;
  state: StepState;
  /** How it ended, in a word that `report/` turns into a sentence: `ack`, `nak`, `no-offer`, `stalled` … */
  outcome: string;
  /** File name, or the client's own name of its stage (`iPXE`); untrusted. */
  label: string;
  stage: Stage;
  server: Address;
  tries: number;
  /** Of TFTP as seen; of HTTP as its answer announced them, 0 where it did not. */
  bytes: number;
  first: Sight;
  last: Sight;
  lastTime: number;
  /** Equal for the same exchange or transfer at another vantage point. */
  key: string;
  /** Where else it was seen, and how it looked there, when it looked otherwise. */
  elsewhere: { sight: Sight; outcome: string }[];
}

/** The ladder's rungs, in their order. */
export const RUNGS = [
  'link',
  'dot1x',
  'dhcp',
  'proxydhcp',
  'boot-file',
  'configuration',
  'kernel',
  'initrd',
  'root-image',
  'metadata',
  'packages',
  'done',
] as const;
export type RungName = (typeof RUNGS)[number];

/** As a step's; `not-seen`: nothing of it passed here, which says nothing of whether it happened. */
export type RungState = StepState | 'not-seen';

export interface Rung {
  name: RungName;
  state: RungState;
  /** Why it stands so, in a word that `report/` turns into a sentence. */
  outcome: string;
  tries: number;
  bytes: number;
  /** First and last frame; undefined where none was seen. */
  first: Sight | undefined;
  last: Sight | undefined;
  /** Steps that make it up, in order of time; of `link` and `dot1x` none. */
  steps: readonly BootStep[];
  /** What is known beside it: the port, the wait for spanning tree; each safe to show. */
  notes: readonly string[];
}

/** A boot of the same machine before this one, within the same captures. */
export interface EarlierBoot {
  first: Sight;
  state: BootState;
  stoppedAt: RungName | '';
}

export type BootState = 'finished' | 'stopped' | 'undecided';

/** One machine on its way through a network boot. */
export interface Boot {
  segment: number;
  /** All segments on which it was seen, the one above first. */
  segments: readonly number[];
  /** chaddr as a 48-bit number, or -1. */
  mac: number;
  /** All of them. */
  macs: readonly number[];
  /** DHCP client identity. */
  client: string;
  names: Names;
  /** Addresses that it was given. */
  addresses: readonly Address[];
  architectures: readonly number[];
  /** What the machine was told to fetch, and from whom (-1 not said); undefined where no answer was seen. */
  promised: { file: string; server: Address } | undefined;
  steps: BootStep[];
  rungs: Rung[];
  /** Steps beyond the cap. */
  lost: number;
  firstTime: number;
  lastTime: number;
  state: BootState;
  /** Where it stopped; '' where it did not. */
  stoppedAt: RungName | '';
  /** Why, in a word that `report/` turns into a sentence: an outcome, or `silence`, `wrong-architecture` … */
  why: string;
  /** The step that it stopped at, where there is one. */
  stopStep: BootStep | undefined;
  /** Unicast of this machine passes here: silence is a sign only then. */
  visible: boolean;
  /** The how many-th boot of this machine this is, from 1. */
  attempt: number;
  /** Those before, the last 8. */
  earlier: readonly EarlierBoot[];
}
