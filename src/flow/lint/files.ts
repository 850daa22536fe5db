import type { FileFacts } from '../../capture/vantage.ts';
import { safeText } from '../../wire/values.ts';
import type { LintNote } from './types.ts';

/** Programs that write a capture anew from another one. */
const EDITORS = /editcap|mergecap|reordercap|text2pcap|tcprewrite|tracewrangler|pcapfix|bittwist|scapy|randpkt/i;
/** A few frames wait in the recorder when it is stopped: by so much counts may differ. */
const FEW = 10;
const SHARE = 0.05;

/**
 * What a capture's own bookkeeping says of how it came about.
 *
 * @param alone it is no piece of a rotated set @param said frames that it holds, by what stands beside it; -1 unknown
 */
export function fileNotes(capture: number, file: FileFacts, alone: boolean, said: number): LintNote[] {
  const { applications, interfaces, frames, truncated } = file;
  const notes: LintNote[] = [];
  const note = (one: Omit<LintNote, 'capture' | 'evidence' | 'count'> & { count?: number }): void => {
    notes.push({ capture, evidence: [], count: 1, ...one });
  };
  for (const name of applications) {
    if (!EDITORS.test(name)) continue;
    note({
      id: 'written-by-editor',
      severity: 'info',
      sure: 'certain',
      message: `the file says that ${safeText(name)} wrote it: it is not what the recorder wrote`,
      otherwise: ['a change of format alone'],
    });
  }
  if (truncated) {
    note({
      id: 'tail-missing',
      severity: 'low',
      sure: 'certain',
      message: `the file ends inside a record, after frame ${frames}: its end is missing`,
      otherwise: ['the recorder was killed, or its disk was full', 'the copy was not complete'],
    });
  }
  if (said >= 0 && !truncated && frames !== said) {
    const fewer = frames < said;
    note({
      id: fewer ? 'frames-removed' : 'counts-disagree',
      severity: 'low',
      sure: 'likely',
      message: `what is said beside the file counts ${said} frames, and the file holds ${frames}: ${fewer ? 'frames were taken out, or the end is missing' : 'frames were added'}`,
      otherwise: ['what is said beside it is of another capture'],
      count: Math.abs(said - frames),
    });
  }
  const [only] = interfaces;
  if (only === undefined || interfaces.length > 1 || only.received < 0 || truncated) return notes;
  const counts = `${only.received} frames received${only.dropped > 0 ? `, ${only.dropped} dropped` : ''}`;
  if (frames > only.received) {
    note({
      id: 'counts-disagree',
      severity: 'low',
      sure: 'likely',
      message: `the file holds ${frames} frames, and its recorder counted ${counts}: frames were added, or the counts are another capture's`,
      otherwise: ['a recorder that counts from another moment on'],
      count: frames - only.received,
    });
  } else if (alone && only.received - frames > Math.max(FEW, only.received * SHARE)) {
    note({
      id: 'counts-disagree',
      severity: 'info',
      sure: 'possible',
      message: `the file holds ${frames} frames, and its recorder counted ${counts}: frames were taken out, or are in other files`,
      otherwise: ['one file of several that were recorded in turn', 'a filter that was applied after counting'],
      count: only.received - frames,
    });
  }
  return notes;
}
