import type { Argv } from 'yargs';
import { Problem, safeText, unpackBundle } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import { record, show, verifyFlags, verifyOptions } from './verify.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return verifyFlags(yargs)
    .option('out', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'A folder that is not there yet',
    })
    .option('max-bytes', { type: 'string', requiresArg: true, describe: 'Refuse to write more; default 64 GiB' });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const out = textOf(args, 'out');
  const most = textOf(args, 'max-bytes');
  if (most !== '' && !/^[1-9]\d{0,14}$/.test(most)) {
    throw new Problem('usage', `--max-bytes ${safeText(most)}: give a number of bytes`);
  }
  const { verification, files, stale } = await unpackBundle(textOf(args, 'bundle'), {
    ...verifyOptions(args, terminal),
    out,
    maxBytes: most === '' ? undefined : Number(most),
  });
  show(args, verification, terminal);
  record(args, 'unpack', verification);
  if (!verification.accepted) {
    terminal.note('rackwitness: nothing was unpacked');
    return EXIT.refused;
  }
  terminal.note(`${files} files in ${safeText(out)}`);
  for (const partial of stale) terminal.note(`left by a run that was killed: ${safeText(partial)}`);
  return EXIT.fine;
}

export const unpackCommand: CommandRoom = { options, run };
