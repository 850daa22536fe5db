import type { Argv } from 'yargs';
import { decode, type StreamKind } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import { vantages } from './inputs.ts';
import type { Terminal } from './terminal.ts';

/** Characters gathered before a write: a system call for each line would cost more than the decoding. */
const BATCH = 1 << 16;

function options(yargs: Argv): Argv {
  return yargs
    .positional('file', { type: 'string', array: true, describe: 'Captures; - is stdin' })
    .option('at', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'NAME=FILE: a capture and the name of its vantage point; repeatable',
    })
    .option('what', {
      requiresArg: true,
      choices: ['records', 'exchanges', 'boots'],
      default: 'records',
      describe: 'What each line of the output is',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  let batch = '';
  const { complete } = await decode(vantages(args), {
    what: textOf(args, 'what') as StreamKind,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progress),
    onLine(object) {
      batch += `${JSON.stringify(object)}\n`;
      if (batch.length < BATCH) return;
      terminal.out(batch);
      batch = '';
    },
  });
  terminal.out(batch);
  return complete ? EXIT.fine : EXIT.partial;
}

export const decodeCommand: CommandRoom = { options, run };
