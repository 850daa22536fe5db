import type { CaptureFault } from './types.ts';

/** More faults than this in one file say nothing new: the last one kept then counts the others. */
const MAX_FAULTS = 64;

/** Adds a fault; a file damaged all over cannot make the list grow without end. */
export function addFault(faults: CaptureFault[], fault: CaptureFault): void {
  if (faults.length < MAX_FAULTS) {
    faults.push(fault);
    return;
  }
  const last = faults[MAX_FAULTS - 1];
  if (last === undefined) return;
  const more = last.code === MORE ? Number.parseInt(last.message, 10) + 1 : 2;
  const { offset, afterFrame } = last;
  faults[MAX_FAULTS - 1] = {
    offset,
    afterFrame,
    code: MORE,
    message: `${more} more faults from here on`,
  };
}

const MORE = 'more-faults';
