import { ask, findProgram } from './program.ts';

/** How far the machine's clock is to be trusted, as its own time service says. */
export interface ClockState {
  /** Who said it. */
  source: 'chronyc' | 'timedatectl' | 'none';
  synchronised: boolean | null;
  /** Seconds between the clock and its source, either way; null unknown. */
  offset: number | null;
  /** RFC 5905 7.3; null unknown. */
  stratum: number | null;
}

const UNKNOWN: ClockState = { source: 'none', synchronised: null, offset: null, stratum: null };

export async function clockState(): Promise<ClockState> {
  return (await fromChrony()) ?? (await fromTimedatectl()) ?? UNKNOWN;
}

/** `chronyc -c tracking`: id, name, stratum, reference time, system time, last offset, …, leap status. */
async function fromChrony(): Promise<ClockState | undefined> {
  const program = findProgram('chronyc');
  const said = program === '' ? undefined : await ask(program, ['-n', '-c', 'tracking']);
  if (said?.exit !== 0) return undefined;
  return parseTracking(said.out);
}

export function parseTracking(text: string): ClockState | undefined {
  const fields = (text.split('\n')[0] ?? '').split(',');
  const stratum = Number(fields[2]);
  const offset = Number(fields[4]);
  if (fields.length < 14 || !Number.isFinite(stratum) || !Number.isFinite(offset)) return undefined;
  const synchronised = fields[13]?.trim() !== 'Not synchronised';
  return { source: 'chronyc', synchronised, offset: Math.abs(offset), stratum };
}

async function fromTimedatectl(): Promise<ClockState | undefined> {
  const program = findProgram('timedatectl');
  const said = program === '' ? undefined : await ask(program, ['show', '--property=NTPSynchronized']);
  const answer = /^NTPSynchronized=(yes|no)$/m.exec(said?.out ?? '')?.[1];
  if (answer === undefined) return undefined;
  return { ...UNKNOWN, source: 'timedatectl', synchronised: answer === 'yes' };
}
