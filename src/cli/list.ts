import type { Argv } from 'yargs';
import { CAPTURE_PRESETS, COLLECTORS, DETECTORS, linkTypeName, presetFilter, PROTOCOLS, safeText } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('what', {
      choices: ['detectors', 'protocols', 'link-types', 'presets', 'collectors'],
      demandOption: true,
      describe: "What to list; a detector's id is the id of its findings",
    })
    .option('format', { requiresArg: true, choices: ['text', 'json'], default: 'text', describe: 'Form of the list' });
}

/** LINKTYPE_ numbers that the header walk opens; frames of any other are counted, and named in the report. */
export const OPENED_LINK_TYPES = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276] as const;

/** Each row's first column is what other commands take. */
const LISTS: Record<string, () => { rows: string[][]; data: unknown }> = {
  detectors: () => ({
    rows: DETECTORS.map(({ id, severity, title }) => [id, severity, title]),
    data: DETECTORS.map(({ start: _start, ...facts }) => facts),
  }),
  protocols: () => ({
    rows: PROTOCOLS.map(({ name, title, spec }) => [name, title, spec.join(', ')]),
    data: PROTOCOLS.map(({ name, title, spec, kinds }) => ({ name, title, spec, kinds })),
  }),
  'link-types': () => ({
    rows: OPENED_LINK_TYPES.map((number) => [String(number), linkTypeName(number)]),
    data: OPENED_LINK_TYPES.map((number) => ({ number, name: linkTypeName(number) })),
  }),
  collectors: () => ({
    rows: COLLECTORS.map(({ id, privilege, title }) => [id, privilege, title]),
    data: COLLECTORS.map(({ plan: _plan, ...facts }) => facts),
  }),
  presets: () => ({
    rows: CAPTURE_PRESETS.map(({ name, title, arms }) => [name, title, arms.map((arm) => arm.name).join(', ')]),
    data: CAPTURE_PRESETS.map((preset) => ({
      ...preset,
      arms: preset.arms.map(({ name, about }) => ({ name, about })),
      filter: presetFilter(preset, 'ethernet'),
    })),
  }),
};

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const { rows, data } = LISTS[textOf(args, 'what')]?.() ?? { rows: [], data: [] };
  terminal.out(textOf(args, 'format') === 'json' ? `${JSON.stringify(data, null, 2)}\n` : table(rows));
  return EXIT.fine;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows
    .map((row) => row.map((cell, i) => safeText(cell).padEnd(widths[i] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

export const listCommand: CommandRoom = { options, run };
