import type { SwitchLine, SwitchQuery, SwitchText } from '../../flow/switch/types.ts';
import type { Asker, LinkSegment, Station } from '../../flow/link/types.ts';
import { macText } from '../../wire/values.ts';
import type { EvidenceNote } from '../finding.ts';
import { lineNote, lineTime } from '../switch/words.ts';

/** A client that tried again must have waited so long since its first try (microseconds); one that did not, longer. */
const RETRIED = 5e6;
const TRIED_ONCE = 10e6;
/** Lines of a switch that stand as evidence beside frames. */
const LINES = 2;

/** Stations that ask for an address and were answered by nobody until `until`, for long enough to mean something. */
export function waiting({ askers }: LinkSegment, until: number): Asker[] {
  return askers.filter(
    (one) => one.answers === 0 && until - one.firstTime >= (one.discovers > 1 ? RETRIED : TRIED_ONCE),
  );
}

/** Others than those that ask, whose frames came through the port in that time: the port forwards. */
export function strangers(
  { stations, askers }: LinkSegment,
  since: number,
  known: readonly number[],
  until = Infinity,
): Station[] {
  return stations.filter(
    (one) =>
      one.lastTime >= since &&
      one.firstTime <= until &&
      !known.includes(one.mac) &&
      askers.every(({ mac }) => mac !== one.mac),
  );
}

export function macsText(macs: readonly number[]): string {
  const shown = macs.slice(0, 3).map(macText).join(', ');
  return macs.length > 3 ? `${shown} and ${macs.length - 3} more` : shown;
}

export function discovers(n: number): string {
  return `${n} DISCOVER${n === 1 ? '' : 's'}`;
}

/** The DISCOVERs of one, and that nobody answered. */
export function waitingEvidence(one: Asker, link: LinkSegment, until: number): EvidenceNote[] {
  const mac = macText(one.mac);
  return [
    { kind: 'frame', sight: one.first, note: `DISCOVER by ${mac}` },
    ...(one.discovers > 1
      ? [{ kind: 'frame' as const, sight: one.last, note: `the last of ${discovers(one.discovers)}` }]
      : []),
    { kind: 'absence', capture: link.capture, from: one.firstTime, to: until, expected: `an OFFER to ${mac}` },
  ];
}

/** What the switch says, as evidence: asked when all captures have ended. */
export function lineNotes(text: SwitchText, query: SwitchQuery): EvidenceNote[] {
  return text.empty
    ? []
    : text
        .linesFor(query)
        .filter((line) => text.during(line))
        .slice(0, LINES)
        .map((line) => lineNote(line, text));
}

/** Where a switch says that a station is, for a sentence; '' where none does. */
export function portText(text: SwitchText, mac: number): string {
  const port = text.empty ? undefined : text.portOf(mac);
  return port === undefined ? '' : ` (port ${port.port}${port.device === '' ? '' : ` of ${port.device}`})`;
}

/** Time of a line for a finding; 0 where it has none. */
export function timeOfLine(line: SwitchLine): number {
  return lineTime(line) ?? 0;
}

export function seconds(us: number): string {
  const s = us / 1e6;
  return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
}
