import type { Argv } from 'yargs';
import { explain, explanationJson, explanationText, jsonText, Problem, safeText } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Capture; - is stdin' })
    .positional('frame', {
      type: 'string',
      demandOption: true,
      describe: 'Number of the frame, from 1, as Wireshark counts',
    })
    .option('format', {
      requiresArg: true,
      choices: ['text', 'json'],
      default: 'text',
      describe: 'Form of the output',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const text = textOf(args, 'frame');
  const frame = Number(text);
  if (!/^[0-9]{1,15}$/.test(text) || frame < 1) {
    throw new Problem('usage', `frame ${safeText(text)}: give a whole number from 1`);
  }
  const one = await explain(textOf(args, 'file'), frame, {
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progress),
  });
  terminal.clear();
  const json = textOf(args, 'format') === 'json';
  terminal.out(json ? `${jsonText(explanationJson(one), 2)}\n` : explanationText(one));
  return EXIT.fine;
}

export const explainCommand: CommandRoom = { options, run };
