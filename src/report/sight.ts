import type { Cover } from '../capture/covers.ts';
import { linkTypeName } from '../capture/linktypes.ts';
import type { FileFacts, VantageFacts } from '../capture/vantage.ts';
import type { CoverageNotes } from '../detect/coverage.ts';
import type { FrameLint } from '../flow/lint/frames.ts';
import type { LintNote } from '../flow/lint/types.ts';
import type { Sequence } from '../flow/sequence.ts';
import type { VantageJoin } from '../flow/vantages/join.ts';

/** Says of each vantage what its captures could not show, from what reading them came to. */
export function noteCoverage(
  coverage: CoverageNotes,
  vantages: readonly VantageFacts[],
  sequence: Sequence,
  covers: readonly Cover[] = [],
): void {
  vantages.forEach(({ files }, capture) => {
    const note = (id: string, message: string, undecided: readonly string[] = []): void =>
      coverage.add({ id, capture, segment: -1, message, undecided });
    const said = covers[capture]?.said;
    for (const file of files) noteFile(file, note, said === 'manifest' || said === 'flag');
    noteOverlap(files, note);
    const snapped = sequence.snapped.get(capture) ?? 0;
    if (snapped > 0) {
      note(
        'snap-length',
        `${count(snapped, 'message')} cut by the snap length: what stood behind the cut was not judged`,
      );
    }
    const copies = sequence.copies.found.get(capture) ?? 0;
    if (copies > 0) {
      note(
        'copies',
        `${count(copies, 'frame')} seen a second time (mirrored or seen at two points of one path): counted as records, judged once`,
      );
    }
  });
}

/** Segments of a capture on which a station's unicast is looked for. */
const SEGMENTS = 256;
/** VLANs named in one note. */
const VLANS = 8;

/**
 * What each vantage could not see by where it lies: unicast to others, VLANs, one direction; clocks that were set; and
 * signs that a capture is not as it was recorded.
 */
export function noteSight(
  coverage: CoverageNotes,
  vantages: readonly VantageFacts[],
  frames: FrameLint,
  sequence: Sequence,
  join: VantageJoin,
  signs: readonly LintNote[],
): void {
  const places = placesOf(sequence, vantages.length);
  const all = new Set(places.flatMap(({ vlans }) => [...vlans]));
  vantages.forEach((_one, capture) => {
    const note = (id: string, message: string): void =>
      coverage.add({ id, capture, segment: -1, message, undecided: [] });
    const { vlans: here, segments } = places[capture] ?? { vlans: new Set<string>(), segments: [] };
    const vlans = [...here].sort();
    const reaches = (mac: number): boolean =>
      segments.some((segment) => sequence.visibility.sawUnicastTo(segment, mac));
    const { stations, reached, oneWay, bothWays, frames: looked } = frames.view(capture, reaches);
    if (looked === 0) return;
    const unseen = stations - reached;
    if (unseen > 0) {
      note(
        'unicast-to-others',
        `of ${count(stations, 'station')} that speak here, ${unseen === stations ? 'none gets' : `${unseen} get${unseen === 1 ? 's' : ''} no`} unicast that passes here: what was sent to ${unseen === 1 ? 'it' : 'them'} alone is not in this capture`,
      );
    }
    const elsewhere = [...all].filter((vlan) => !here.has(vlan)).sort();
    note('vlans', vlanText(vlans, elsewhere));
    if (oneWay > 0) {
      note(
        'one-direction',
        `${oneWay} of ${count(oneWay + bothWays, 'conversation')} ${oneWay === 1 ? 'passes' : 'pass'} here in one direction only: the other takes another way, or was not captured`,
      );
    }
    // That a file was converted, or ends too soon, takes nothing from the frames in it.
    const own = signs.filter(
      ({ capture: of, severity, sure, id }) =>
        of === capture && severity === 'low' && sure !== 'possible' && id !== 'tail-missing',
    );
    if (own.length > 0) {
      const what = [...new Set(own.map(({ id }) => id))].join(', ');
      note(
        'edited',
        `this capture may not be as it was recorded (${what}): what rests on its order, its gaps and its contents is less sure`,
      );
    }
    if (signs.some((sign) => sign.capture === capture && sign.id === 'frames-removed')) {
      note(
        'capture-gap',
        'frames that were on the wire here are not in this capture: a message that is missing may be among them',
      );
    }
  });
  for (const { a, b, offset } of join.pairs) {
    if (offset.steady) continue;
    const names = [a, b].map((one) => join.vantages()[one]?.name ?? '').filter((name) => name !== '');
    const message = `the clocks${names.length === 2 ? ` of ${names.join(' and ')}` : ''} do not run evenly: one was set meanwhile`;
    for (const capture of [a, b]) coverage.add({ id: 'clock-set', capture, segment: -1, message, undecided: [] });
  }
}

/** The VLANs of each capture, and its segments as far as they are asked: an access port has few. */
function placesOf(sequence: Sequence, captures: number): { vlans: Set<string>; segments: number[] }[] {
  const places = Array.from({ length: captures }, () => ({ vlans: new Set<string>(), segments: [] as number[] }));
  for (let id = 0; ; id += 1) {
    const segment = sequence.segments.get(id);
    if (segment === undefined) return places;
    const place = places[segment.capture];
    place?.vlans.add(segment.vlans.length === 0 ? 'untagged' : segment.vlans.join('.'));
    if (place !== undefined && place.segments.length < SEGMENTS) place.segments.push(id);
  }
}

/** What the recorder's own manifest says of its clock. */
export function noteClockStep(coverage: CoverageNotes, capture: number, step: number): void {
  if (step === 0) return;
  const message = `the recorder's clock was set ${step > 0 ? 'forward' : 'back'} by ${Math.abs(step)} s while it ran`;
  coverage.add({ id: 'clock-set', capture, segment: -1, message, undecided: [] });
}

function vlanText(vlans: readonly string[], elsewhere: readonly string[]): string {
  const ids = vlans.filter((one) => one !== 'untagged');
  const others = elsewhere.filter((one) => one !== 'untagged');
  const named = ids.slice(0, VLANS).join(', ') + (ids.length > VLANS ? ` and ${ids.length - VLANS} more` : '');
  const seen =
    ids.length === 0
      ? 'only untagged frames pass here: other VLANs of the switch, if there are any, do not, or their tags were taken off'
      : `only VLAN${ids.length === 1 ? '' : 's'} ${named}${vlans.includes('untagged') ? ' and untagged frames' : ''} pass${ids.length === 1 && !vlans.includes('untagged') ? 'es' : ''} here: nothing is known of others`;
  const missing = others.slice(0, VLANS).join(', ');
  return others.length === 0 ? seen : `${seen}; another vantage saw VLAN ${missing}`;
}

type Note = (id: string, message: string) => void;

function noteFile(file: FileFacts, note: Note, covered: boolean): void {
  for (const [linkType, frames] of [...file.totals.unopened].sort((a, b) => a[0] - b[0])) {
    const name = linkTypeName(linkType);
    note(
      'link-type',
      `${count(frames, 'frame')} of link type ${linkType}${name === '' ? '' : ` (${name})`}: not opened, nothing in them was judged`,
    );
  }
  for (const [kind, frames] of [...file.totals.others].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    note('not-packets', `${count(frames, 'block')} of kind ${kind}: they take frame numbers and hold no packet`);
  }
  if (file.totals.excess > 0) {
    note(
      'nesting',
      `${count(file.totals.excess, 'frame')} with more headers or tunnels than are followed: what is inside was not judged`,
    );
  }
  if (file.frames === 0 && file.format !== 'unknown') {
    const worth = covered
      ? 'it is said when it looked, and it saw nothing of what its filter and interface let through'
      : 'that is no proof of silence without its start, stop and filter';
    note('empty-capture', `the capture holds no frame: ${worth}`);
  }
  const dropped = file.interfaces.reduce((sum, one) => sum + Math.max(0, one.dropped), 0);
  if (dropped > 0) {
    note(
      'capture-drops',
      `the capture lost ${count(dropped, 'frame')}: a message that is missing here may have been on the wire`,
    );
  }
  if (file.totals.backwards > 0) {
    note(
      'time-order',
      `${count(file.totals.backwards, 'frame')} with an earlier time than the frame before: the capture was merged or edited afterwards, or its clock was set back; what rests on order or waiting is less sure`,
    );
  }
  if (file.truncated) note('truncated', 'the file ends in the middle of a record: what came after it is not here');
}

/** Files of one vantage that overlap in time were not one running capture. */
function noteOverlap(files: readonly FileFacts[], note: Note): void {
  for (let i = 1; i < files.length; i += 1) {
    const before = files[i - 1]?.last;
    const after = files[i]?.first;
    if (before === undefined || after === undefined) continue;
    if (after.sec < before.sec || (after.sec === before.sec && after.nsec < before.nsec)) {
      note(
        'overlap',
        'files of this vantage overlap in time: they were read one after the other, so the order of their frames is not that of the wire',
      );
    }
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
