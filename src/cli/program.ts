import yargs, { type Argv } from 'yargs';
import { Problem, safeText } from '../index.ts';
import { type Arguments, type Command, EXIT, LONE_DASH } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Terminal } from './terminal.ts';

const EPILOGUE =
  'Exit codes: 0 nothing found, 1 found, 2 wrong usage or profile, 3 not all could be read, 4 refused for safety, 70 our own bug.';
const HELP_WIDTH = 100;

/** @returns the exit code @throws Problem for wrong usage */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let chosen: { command: Command; args: Arguments } | undefined;
  const program = base(args);
  // Where a builder is asynchronous yargs writes the whole help at each start (6 ms), so the room is there beforehand.
  const named = commandOf(args);
  const room = await named?.load();
  for (const command of COMMANDS) {
    program.command(
      command.usage,
      command.about,
      (y: Argv) => (command === named && room !== undefined ? room.options(y) : optionsOf(command, y)),
      (parsed: Arguments) => {
        chosen = { command, args: parsed };
      },
    );
  }
  let help = '';
  try {
    await program.parseAsync(
      args.map((arg) => (arg === '-' ? LONE_DASH : arg)),
      {},
      (_error: unknown, _argv: unknown, output: string) => {
        help = output;
      },
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'YError') throw usage(error.message, args);
    throw error;
  }
  if (help !== '') {
    terminal.out(`${help}\n`);
    return EXIT.fine;
  }
  if (chosen === undefined) {
    throw new Problem('usage', 'no command: rackwitness analyze FILE is the usual one; see --help');
  }
  refuseRepeated(chosen.args);
  const { command, args: parsed } = chosen;
  return (command === named && room !== undefined ? room : await command.load()).run(parsed, terminal);
}

/** The command that the arguments seem to name: an option's value before it may look like one. */
function commandOf(args: readonly string[]): Command | undefined {
  const name = args.find((arg) => !arg.startsWith('-'));
  return COMMANDS.find((one) => one.usage.split(' ')[0] === name);
}

async function optionsOf(command: Command, y: Argv): Promise<Argv> {
  return (await command.load()).options(y);
}

/** Nothing is read from the environment, the home folder or a package.json; English whatever the locale. */
function base(args: readonly string[]): Argv {
  return yargs()
    .scriptName('rackwitness')
    .usage('$0 COMMAND: reads captures of machine provisioning, says what broke, and proves it')
    .locale('en')
    .parserConfiguration({
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'short-option-groups': false,
    })
    .option('debug', { type: 'boolean', describe: 'Show where an error came from' })
    .version(false)
    .option('version', { type: 'boolean', describe: 'Show the version' })
    .help()
    .alias('h', 'help')
    .epilogue(EPILOGUE)
    .wrap(HELP_WIDTH)
    .strict()
    .demandCommand(1, 'no command: rackwitness analyze FILE is the usual one')
    .recommendCommands()
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string, error: Error | undefined) => {
      // A mistake in the arguments comes as a message, alone or in yargs' own error; all else is ours.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw usage(message, args);
    });
}

/** yargs' sentence, and how the command is called. */
function usage(message: string, args: readonly string[]): Problem {
  const command = commandOf(args);
  const line = safeText(message.replaceAll(LONE_DASH, '-').replace(/\s+/g, ' ').trim());
  const how = command === undefined ? 'rackwitness --help' : `rackwitness ${command.usage.split(' ')[0]} --help`;
  const form = command === undefined || !line.startsWith('Not enough non-option') ? '' : `give ${command.usage}; `;
  return new Problem('usage', form === '' ? `${line}; see ${how}` : `${form}see ${how}`);
}

/** Options that may be given several times. */
const LISTS = new Set([
  '_',
  'file',
  'at',
  'authorized-server',
  'switch-log',
  'switch-show',
  'covers',
  'add',
  'symptom',
  'recipient',
  'name',
  'capture',
  'log',
  'journal',
  'config',
  'maas',
  'collected',
  'tiers',
  'role',
]);

/** A value that is given twice is a mistake in a script, and must not be settled by order. */
function refuseRepeated(args: Arguments): void {
  const twice = Object.keys(args).filter((name) => Array.isArray(args[name]) && !LISTS.has(name));
  if (twice.length > 0) {
    throw new Problem(
      'usage',
      twice.map((name) => `--${name} is given more than once: give it once`),
    );
  }
}
