import type { Boot, BootStep as Step, Rung } from '../flow/boots/types.ts';
import type { Spelling } from '../flow/boots/identity.ts';
import { macText, safeText } from '../wire/values.ts';
import { CAPS, capped, type BootReport, type BootRung, type BootStep, type LimitReport } from './analysis.ts';
import { architectureText, rungText, stepText, whyText } from './boot-words.ts';
import { momentOf, type Names } from './names.ts';

/** The ladders, those that did not finish (or all), in order of first sight. */
export function bootReports(
  boots: readonly Boot[],
  which: 'unfinished' | 'all',
  names: Names,
): { boots: BootReport[]; limits: LimitReport[] } {
  const wanted = which === 'all' ? boots : boots.filter((boot) => boot.state !== 'finished');
  const { kept, lost } = capped(wanted, CAPS.boots);
  return {
    boots: kept.map((boot) => bootReport(boot, names)),
    limits: lost > 0 ? [{ name: 'report.boots', cap: CAPS.boots, lost }] : [],
  };
}

export function bootReport(boot: Boot, names: Names): BootReport {
  const steps = capped(boot.steps, CAPS.steps);
  return {
    machine: {
      macs: boot.macs.slice(0, CAPS.places).map(macText),
      uuid: boot.names.uuid,
      clientId: boot.client,
      spellings: boot.names.list.map(spelling),
    },
    segment: names.segment(boot.segment),
    segments: boot.segments.slice(0, CAPS.places).map((one) => names.segment(one)),
    architecture: architectureText(boot.architectures),
    state: boot.state,
    stoppedAt: boot.stoppedAt,
    why: whyText(boot),
    rungs: boot.rungs.map((rung) => rungReport(rung, boot, names)),
    steps: steps.kept.map((step) => stepReport(step, names)),
    attempt: boot.attempt,
    earlier: boot.earlier.map(({ first, state, stoppedAt }) => ({ first: momentOf(first, names), state, stoppedAt })),
    omitted: boot.lost + steps.lost,
  };
}

function spelling({ kind, value }: Spelling): Spelling {
  return { kind, value: safeText(value) };
}

function rungReport(rung: Rung, boot: Boot, names: Names): BootRung {
  const { name, state, tries, bytes, first, last } = rung;
  return {
    name,
    state,
    tries,
    bytes,
    ...(first === undefined ? {} : { first: momentOf(first, names) }),
    ...(last === undefined ? {} : { last: momentOf(last, names) }),
    note: rungText(rung, boot),
  };
}

function stepReport(step: Step, names: Names): BootStep {
  return {
    name: step.name,
    state: step.state,
    stage: step.stage,
    tries: step.tries,
    bytes: step.bytes,
    first: momentOf(step.first, names),
    last: momentOf(step.last, names),
    note: stepText(step),
  };
}
