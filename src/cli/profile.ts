import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import {
  analyze,
  jsonText,
  learnProfile,
  packageRoot,
  Problem,
  readProfile,
  safeText,
  UNDECLARED,
  unreadLines,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('action', {
      choices: ['learn', 'check', 'schema'],
      demandOption: true,
      describe: 'learn: print one from captures; check: list all problems; schema: print it',
    })
    .positional('file', { type: 'string', array: true, describe: 'Captures, or profiles to check' })
    .option('name', { type: 'string', requiresArg: true, describe: 'Name of the site (learn)' });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const files = textsOf(args, 'file');
  const action = textOf(args, 'action');
  if (action === 'schema') {
    const path = join(packageRoot(), 'dist', 'schema', 'profile.schema.json');
    terminal.out(readFileSync(path, 'utf8'));
    return EXIT.fine;
  }
  if (files.length === 0) {
    throw new Problem('usage', `profile ${action}: no FILE; give ${action === 'learn' ? 'a capture' : 'a profile'}`);
  }
  return action === 'learn' ? learn(files, textOf(args, 'name'), terminal) : check(files, terminal);
}

/** Lists the problems of all files, not of the first bad one alone. */
async function check(files: readonly string[], terminal: Terminal): Promise<number> {
  const lines: string[] = [];
  for (const file of files) {
    try {
      const profile = await readProfile(file);
      const note = profile.unreviewed === true ? ', unreviewed' : '';
      terminal.out(`${safeText(file)}: good${note}\n`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      lines.push(...error.lines);
    }
  }
  if (lines.length > 0) throw new Problem('profile', lines);
  return EXIT.fine;
}

async function learn(files: readonly string[], name: string, terminal: Terminal): Promise<number> {
  const analysis = await analyze([{ vantage: '', files }], {
    site: UNDECLARED,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progress),
  });
  for (const line of unreadLines(analysis.captures)) terminal.note(`rackwitness: ${line}; learnt without it`);
  const { profile, trusts } = learnProfile(analysis, name);
  terminal.note('this profile would trust, for good or ill, all that the capture shows:');
  for (const line of trusts) terminal.note(`  ${line}`);
  terminal.note('read it, correct it, and remove "unreviewed" before a verdict rests on it');
  terminal.out(`${jsonText(profile, 2)}\n`);
  return analysis.complete ? EXIT.fine : EXIT.partial;
}

export const profileCommand: CommandRoom = { options, run };
