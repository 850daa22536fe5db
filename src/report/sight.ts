import type { Cover } from '../capture/covers.ts';
import { linkTypeName } from '../capture/linktypes.ts';
import type { FileFacts, VantageFacts } from '../capture/vantage.ts';
import type { CoverageNotes } from '../detect/coverage.ts';
import type { Sequence } from '../flow/sequence.ts';

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
