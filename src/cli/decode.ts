import type { Argv } from 'yargs';
import { decode, faultLines, jsonText, type StreamKind } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import { vantages } from './inputs.ts';
import type { Terminal } from './terminal.ts';

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
  const { complete, captures, limits } = await decode(vantages(args), {
    what: textOf(args, 'what') as StreamKind,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progress),
    take: (objects) => terminal.stream(objects.map((object) => `${jsonText(object)}\n`).join('')),
  });
  for (const line of faultLines(captures)) terminal.note(`rackwitness: ${line}`);
  for (const { name, cap, lost } of limits) {
    terminal.note(`rackwitness: limit reached: ${name} holds ${cap}, ${lost} left out`);
  }
  return complete ? EXIT.fine : EXIT.partial;
}

export const decodeCommand: CommandRoom = { options, run };
