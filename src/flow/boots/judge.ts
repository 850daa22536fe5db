import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';
import { architecturesOf, optionalFile } from './files.ts';
import type { Climb } from './machine.ts';
import { NOT_SEEN } from './places.ts';
import { RUNGS, type Boot, type BootStep, type Rung, type RungName } from './types.ts';

/**
 * Silence after which a machine has stopped (microseconds): a kernel of 100 MB at 10 Mbit/s takes 80 s, but then blocks
 * are seen; between steps firmware waits at most 60 s (PXE 2.1 2.2.3: 4 + 8 + 16 + 32).
 */
const STOPPED_US = 60e6;

export interface BootFacts {
  architectures: readonly number[];
  promised: Boot['promised'];
  proxyOffer: { server: Address; file: string; sight: Sight } | undefined;
  visible: boolean;
  late: boolean;
  endOf(capture: number): number;
}

export type Judged = Pick<Boot, 'state' | 'stoppedAt' | 'why' | 'stopStep' | 'rungs'>;

/** How far a boot came, and why no further. @param below the link's rungs, where they are known */
export function judge(climb: Climb, below: readonly Rung[], facts: BootFacts): Judged {
  const { steps } = climb;
  const rungs = RUNGS.map((name) => below.find((one) => one.name === name) ?? rungOf(name, climb, facts));
  return { ...stopOf(steps, rungs, facts), rungs };
}

function rungOf(name: RungName, { steps, reported }: Climb, facts: BootFacts): Rung {
  const own = steps.filter((step) => rungName(step) === name);
  if (name === 'done' && reported !== undefined) {
    return { ...NOT_SEEN, name, state: 'done', outcome: 'reported', tries: 1, first: reported, last: reported };
  }
  if (own.length === 0) return absent(name, steps, facts);
  const deciding = decider(own);
  const passed = later(steps, name);
  const unknown = deciding.state === 'undecided' && passed;
  return {
    name,
    // The machine went on: it had what it asked for, by a way that does not pass here.
    state: unknown ? 'not-seen' : deciding.state,
    outcome: unknown ? 'went-on' : deciding.outcome,
    tries: own.reduce((sum, { tries }) => sum + tries, 0),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    first: own[0]?.first,
    last: own.at(-1)?.last,
    steps: own,
    notes: [],
  };
}

/** A rung without a step: not needed, or not seen. */
function absent(name: RungName, steps: readonly BootStep[], { promised, proxyOffer, late }: BootFacts): Rung {
  const rung: Rung = { ...NOT_SEEN, name };
  if (name === 'proxydhcp') {
    if (proxyOffer !== undefined) {
      const { sight } = proxyOffer;
      return { ...rung, state: 'done', outcome: 'proxy-offer', tries: 1, first: sight, last: sight };
    }
    if (promised !== undefined && promised.file !== '') return { ...rung, state: 'skipped', outcome: 'not-needed' };
  }
  if (late && steps.length > 0 && (name === 'dhcp' || name === 'link')) rung.outcome = 'before-capture';
  else if (NEEDED.has(name) && later(steps, name)) rung.outcome = 'went-on';
  return rung;
}

/** What no boot does without: where it was not seen and the machine is further up, it passed elsewhere. */
const NEEDED: ReadonlySet<RungName> = new Set(['dhcp', 'boot-file', 'kernel']);

/** A step further up was reached. */
function later(steps: readonly BootStep[], name: RungName): boolean {
  const at = RUNGS.indexOf(name);
  return steps.some((step) => RUNGS.indexOf(rungName(step)) > at && step.name !== 'proxydhcp');
}

/** What a rung's state rests on: what worked, else the last that is not a matter of taste. */
function decider(own: readonly BootStep[]): BootStep {
  const last = own.at(-1);
  const done = own.findLast(({ state }) => state === 'done');
  const counted = own.filter((step) => step.state !== 'skipped' && !optionalFile(step.label));
  // An address that a later stage asks for in vain matters, though the firmware had one.
  const dhcp = own[0]?.name === 'dhcp' || own[0]?.name === 'proxydhcp';
  const found = dhcp ? counted.at(-1) : (done ?? counted.at(-1));
  const deciding = found ?? last;
  if (deciding === undefined) throw new Error('a rung with steps has a last one');
  return deciding;
}

function rungName({ name }: BootStep): RungName {
  // Modules and menus of a loader belong to what it reads before the kernel.
  return name === 'file' ? 'configuration' : name;
}

function stopOf(steps: readonly BootStep[], rungs: readonly Rung[], facts: BootFacts): Omit<Judged, 'rungs'> {
  const rung = (name: RungName): Rung | undefined => rungs.find((one) => one.name === name);
  const last = steps.at(-1);
  const undecided = { state: 'undecided', stoppedAt: '', why: '', stopStep: undefined } as const;
  for (const name of ['link', 'dot1x'] as const) {
    const one = rung(name);
    const leased = rung('dhcp')?.state === 'done' || later(steps, 'dhcp');
    if (one !== undefined && !leased && (one.state === 'failed' || one.state === 'missing')) {
      return { state: 'stopped', stoppedAt: name, why: one.outcome, stopStep: undefined };
    }
  }
  if (last === undefined) return undecided;
  const failure = failureOf(steps);
  if (failure === undefined && finished(steps, rung('done'))) {
    return { state: 'finished', stoppedAt: '', why: '', stopStep: undefined };
  }
  if (failure !== undefined) {
    return { state: 'stopped', stoppedAt: rungName(failure), why: failure.outcome, stopStep: failure };
  }
  // Silence is judged by the clock of the capture in which the machine was heard last.
  const quiet = facts.endOf(last.last.capture) - lastTime(steps, last) > STOPPED_US;
  if (!quiet) return undecided;
  if (!facts.visible) return { ...undecided, why: 'unicast-not-visible', stopStep: last };
  const waiting = last.outcome === 'not-visible' || last.outcome === 'open';
  if (waiting) return { ...undecided, why: last.outcome, stopStep: last };
  return { state: 'stopped', stoppedAt: rungName(last), why: silence(last, steps, facts), stopStep: last };
}

function lastTime(steps: readonly BootStep[], { last }: BootStep): number {
  return steps.reduce((most, one) => (one.last.capture === last.capture ? Math.max(most, one.lastTime) : most), 0);
}

/** Why a machine that had all it asked for went no further. */
function silence(
  last: BootStep,
  steps: readonly BootStep[],
  { promised, architectures, proxyOffer }: BootFacts,
): string {
  if (last.name === 'dhcp' && last.state === 'done' && !fetched(steps)) {
    const file = promised?.file ?? '';
    if (file === '' && (proxyOffer?.file ?? '') === '') return 'no-boot-file';
    return 'never-asked';
  }
  if (last.name === 'boot-file' && last.state === 'done') {
    const runs = architecturesOf(last.label).architectures;
    const says = architectures.length > 0 && runs.length > 0;
    return says && !architectures.some((one) => runs.includes(one)) ? 'wrong-architecture' : 'loader-silent';
  }
  if (last.name === 'kernel' || last.name === 'initrd' || last.name === 'root-image') return 'system-silent';
  return 'silence';
}

function fetched(steps: readonly BootStep[]): boolean {
  return steps.some(({ name }) => name !== 'dhcp' && name !== 'proxydhcp');
}

/** The failure that nothing healed: a later file, an address that came at last. */
function failureOf(steps: readonly BootStep[]): BootStep | undefined {
  const files = (step: BootStep): boolean => step.name !== 'dhcp' && step.name !== 'proxydhcp';
  const loaded = steps.findLastIndex((step) => step.state === 'done' && files(step));
  const after = steps.slice(loaded + 1);
  const failures = after.filter((step, i) => {
    if (step.state !== 'failed' && step.state !== 'missing') return false;
    if (files(step)) return !optionalFile(step.label);
    // Who has an address afterwards, or goes on all the same, was not stopped by what came before.
    return !after.slice(i + 1).some((next) => next.state === 'done' || files(next));
  });
  const metadata = steps.some(({ name, state }) => name === 'metadata' && state === 'done');
  // A package that is not there is no stop where others come; clouds are asked for in turn until one answers.
  const packages = steps.some(({ name, state }) => name === 'packages' && state === 'done');
  return failures.findLast(
    ({ name }) => !(name === 'metadata' && metadata) && !(name === 'packages' && packages) && !(metadata && packages),
  );
}

/** It has metadata or packages, or reported itself; or a loaded system asked for an address and got it. */
function finished(steps: readonly BootStep[], done: Rung | undefined): boolean {
  if (done?.state === 'done') return true;
  const has = (name: BootStep['name']): boolean => steps.some((step) => step.name === name && step.state === 'done');
  if (has('metadata') || has('packages')) return true;
  const kernel = steps.findIndex(
    ({ name, state }) => state === 'done' && (name === 'kernel' || name === 'initrd' || name === 'root-image'),
  );
  return (
    kernel >= 0 && steps.slice(kernel + 1).some((s) => s.name === 'dhcp' && s.state === 'done' && s.stage === 'system')
  );
}
