import type { Boot, BootStep as Step } from '../flow/boots.ts';
import { addressText, macText, safeText } from '../wire/values.ts';
import { CAPS, capped, type BootReport, type BootStep, type LimitReport } from './analysis.ts';
import { momentOf, type Names } from './names.ts';

/** Option 93 (RFC 4578 2.1, IANA "Processor Architecture Types"), those that provisioning meets. */
const ARCHITECTURES: Readonly<Record<number, string>> = {
  0: 'x86 BIOS',
  6: 'x86 UEFI',
  7: 'x64 UEFI',
  9: 'EBC UEFI',
  10: 'ARM 32-bit UEFI',
  11: 'ARM 64-bit UEFI',
  12: 'PowerPC Open Firmware',
  14: 'POWER OPAL v3',
  15: 'x86 UEFI HTTP',
  16: 'x64 UEFI HTTP',
  19: 'ARM 64-bit UEFI HTTP',
  31: 's390 Basic',
  32: 's390 Extended',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  ack: 'leased',
  nak: 'refused by NAK',
  declined: 'the address was declined as in use',
  'no-offer': 'no OFFER came',
  'offer-ignored': 'offers came and the client took none',
  'no-answer': 'the REQUEST was not answered',
  'not-visible': 'answers do not pass this vantage',
  open: 'still open at the end of the capture',
  complete: 'complete',
  refused: 'refused by the server',
  aborted: 'ended by the client',
  stalled: 'stopped in the middle',
  unanswered: 'never answered',
};

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
  const last = boot.steps.at(-1);
  const at =
    boot.state === 'stopped'
      ? (boot.steps.findLast((step) => step.state === 'failed' || step.state === 'missing') ?? last)
      : undefined;
  return {
    machine: { macs: boot.mac < 0 ? [] : [macText(boot.mac)], uuid: '', clientId: boot.client },
    segment: names.segment(boot.segment),
    architecture: boot.architectures.map((n) => ARCHITECTURES[n] ?? `architecture ${n}`).join(', '),
    state: boot.state,
    stoppedAt: at?.name ?? '',
    why: at === undefined ? '' : whyOf(at),
    steps: steps.kept.map((step) => stepReport(step, names)),
    omitted: boot.lost + steps.lost,
  };
}

function whyOf(step: Step): string {
  const what = step.label === '' ? '' : ` ${safeText(step.label)}`;
  const from = step.server === -1 ? '' : ` from ${addressText(step.server)}`;
  if (step.state === 'done') {
    return `${step.name}${what}${from} was complete, and nothing followed: refused by the firmware (Secure Boot, wrong architecture), or it went on where this vantage cannot see`;
  }
  return `${step.name}${what}${from}: ${OUTCOMES[step.outcome] ?? step.outcome}`;
}

function stepReport(step: Step, names: Names): BootStep {
  const label = safeText(step.label);
  const from = step.server === -1 ? '' : ` from ${addressText(step.server)}`;
  return {
    name: step.name,
    state: step.state,
    tries: step.tries,
    bytes: step.bytes,
    first: momentOf(step.first, names),
    last: momentOf(step.last, names),
    note: `${label}${from}: ${OUTCOMES[step.outcome] ?? step.outcome}`.trim(),
  };
}
