import { judge } from './judge.ts';
import type { Proof } from './ours.ts';
import { isCapture, type PeerRun } from './peers.ts';
import type { Plant, Planter } from './planter.ts';

/** Survivors of one tool. */
export interface Column {
  name: string;
  survivors: readonly Plant[];
  /** Files that the tool cannot read: it leaves them as they are, or is never given them. */
  reads: (file: string) => boolean;
}

type Rows = (string | number)[][];

export function comparison(planter: Planter, name: string, run: PeerRun, reads: Column['reads']): Column {
  return { name, survivors: judge(planter, run.outputs).survivors, reads };
}

/** What one policy left, line by line. */
export function proofText(policy: string, { planted, survivors, kept, refused, byChance, strays }: Proof): string[] {
  const lines = [`${policy}: ${planted} planted, ${survivors.length} survive; ${kept} kept by the policy's own word`];
  if (refused !== '') lines[0] = `${policy}: refused, nothing was written: ${refused}`;
  for (const { id } of survivors) lines.push(`  survives: ${id}`);
  for (const one of strays) lines.push(`  elsewhere: ${one}`);
  for (const { id } of byChance) lines.push(`  another's pseudonym under this key, gone under another: ${id}`);
  return lines;
}

const PITFALLS: Readonly<Record<number, string>> = {
  1: 'MAC address in every carrier and spelling',
  2: 'IP address in every carrier and spelling',
  3: 'checksums that tell what was there',
  4: 'TCP timestamps',
  9: 'blocks and options of pcapng',
  10: 'padding, trailers, residue, unknown protocols',
  11: 'fragments, segments, tunnels',
  12: 'absolute times',
  13: 'names, serial numbers, accounts, secrets',
  14: 'archives and what is no text',
  16: 'UTF-16, base64, reversed labels',
  17: 'rare vendor classes',
};

/** Survivors by carrier and by pitfall, side by side. */
export function tablesOf(plants: readonly Plant[], columns: readonly Column[]): Rows[] {
  if (columns.length === 0) return [];
  const of = (name: string, fits: (plant: Plant) => boolean): (string | number)[] => {
    const fitting = plants.filter(fits);
    return [
      name,
      fitting.length,
      ...columns.map(({ survivors, reads }) => {
        const asked = fitting.filter(({ file }) => reads(file)).length;
        const left = survivors.filter((plant) => fits(plant) && reads(plant.file)).length;
        if (asked === 0) return 'not read';
        return asked === fitting.length ? left : `${left} of ${asked}`;
      }),
    ];
  };
  const head = ['planted in', 'planted', ...columns.map(({ name }) => `survive ${name}`)];
  const pitfalls = [...new Set(plants.map(({ pitfall }) => pitfall))].sort((a, b) => a - b);
  return [
    [
      head,
      of('captures', ({ file }) => isCapture(file)),
      of('logs, structured files, archives', ({ file }) => !isCapture(file)),
      of('all', () => true),
    ],
    [
      ['pitfall', ...head.slice(1)],
      ...pitfalls.map((n) => of(`${n}: ${PITFALLS[n] ?? ''}`, ({ pitfall }) => pitfall === n)),
    ],
  ];
}
