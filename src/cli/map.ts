import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { loadPolicy, Problem, readCaseKey, redactCase, restoreFromMap, safeText, writePrivateMap } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('action', {
      choices: ['export', 'restore'],
      demandOption: true,
      describe: 'export: write the private map of a case, encrypted; restore: put real names back into a text',
    })
    .positional('file', { type: 'string', array: true, describe: "The case's files (export), or one text (restore)" })
    .option('policy', { type: 'string', requiresArg: true, describe: 'The policy of the copies (export)' })
    .option('key-file', { type: 'string', requiresArg: true, describe: 'The key of the case, or fd:N (export)' })
    .option('tier', { type: 'string', requiresArg: true, describe: "What the copies are called; the policy's name" })
    .option('recipient', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Who may read it: age1… (export)',
    })
    .option('out', { type: 'string', requiresArg: true, describe: 'The file to make (export)' })
    .option('map', { type: 'string', requiresArg: true, describe: 'The encrypted map (restore)' })
    .option('identity-file', { type: 'string', requiresArg: true, describe: 'AGE-SECRET-KEY-1… in a file (restore)' });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const need = (name: string): string => {
    const value = textOf(args, name);
    if (value === '') throw new Problem('usage', `map ${textOf(args, 'action')}: --${name} is missing`);
    return value;
  };
  const files = textsOf(args, 'file');
  if (textOf(args, 'action') === 'restore') {
    const [file, ...more] = files;
    if (file === undefined || more.length > 0) throw new Problem('usage', 'map restore: give one text, or - for stdin');
    terminal.out(await restoreFromMap(readText(file), need('map'), need('identity-file')));
    return EXIT.fine;
  }
  const tier = textOf(args, 'tier');
  const recipients = textsOf(args, 'recipient');
  if (recipients.length === 0)
    throw new Problem('usage', 'map export: --recipient is missing: the map is never in clear');
  const result = await redactCase({
    inputs: files,
    policy: await loadPolicy(need('policy')),
    caseKey: readCaseKey(need('key-file')),
    ...(tier === '' ? {} : { tier }),
    signal: terminal.signal,
  });
  await writePrivateMap(need('out'), result, recipients);
  return EXIT.fine;
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Problem('usage', `${safeText(path)} cannot be read (${code})`);
  }
}

export const mapCommand: CommandRoom = { options, run };
