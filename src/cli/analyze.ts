import type { Argv } from 'yargs';
import {
  analyze,
  atLeast,
  jsonText,
  Problem,
  safeText,
  SEVERITIES,
  textReport,
  unreadLines,
  type Analysis,
  type Severity,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import { declaredSite, siteOptions, switchInputs, vantages } from './inputs.ts';
import type { Terminal } from './terminal.ts';

/** More threads than this were never of use; a larger number is a slip of the hand. */
const MAX_WORKERS = 64;

function options(yargs: Argv): Argv {
  return siteOptions(
    yargs.positional('file', { type: 'string', array: true, describe: 'Captures; - is stdin' }).option('at', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'NAME=FILE: a capture and the name of its vantage point; repeatable',
    }),
  )
    .option('covers', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'NAME=START..STOP: when that vantage looked, in UTC (ISO 8601); repeatable',
    })
    .option('what-if', {
      type: 'string',
      requiresArg: true,
      describe: "A switch's or relay's rule: which lost messages would have passed; 'trust port rack'",
    })
    .option('switch-log', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Log of a switch (syslog); repeatable',
    })
    .option('switch-show', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: "Output of a switch's show commands; repeatable",
    })
    .option('format', { requiresArg: true, choices: ['text', 'json'], default: 'text', describe: 'Form of the report' })
    .option('fail-on', {
      requiresArg: true,
      choices: [...SEVERITIES, 'never'],
      default: 'medium',
      describe: 'Exit with 1 from this severity up',
    })
    .option('boots', {
      requiresArg: true,
      choices: ['unfinished', 'all'],
      default: 'unfinished',
      describe: 'Machines whose boot is listed',
    })
    .option('workers', {
      type: 'string',
      requiresArg: true,
      describe: 'Threads; 0 is none, absent as many as pay',
    })
    .option('digest', { type: 'boolean', describe: 'Give the SHA-256 of every capture' })
    .option('color', { type: 'boolean', describe: 'Colour; --no-color turns it off' })
    .example('$0 analyze client.pcap --profile site.json', 'judge a capture against a site')
    .example('$0 analyze --at rack=r.pcap --at client=c.pcap', 'two vantage points');
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const inputs = vantages(args);
  const workers = workersOf(args);
  const site = await declaredSite(args, terminal);
  const analysis = await analyze(inputs, {
    site,
    digest: args['digest'] === true,
    switchTexts: switchInputs(args),
    boots: args['boots'] === 'all' ? 'all' : 'unfinished',
    ...(args['what-if'] === undefined ? {} : { whatIf: textOf(args, 'what-if') }),
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progress),
    ...(workers === undefined ? {} : { workers }),
  });
  terminal.clear();
  for (const line of unreadLines(analysis.captures)) terminal.note(`rackwitness: ${line}; judged without it`);
  if (textOf(args, 'format') === 'json') {
    terminal.out(`${jsonText(analysis, 2)}\n`);
  } else {
    const color = args['color'] === undefined ? terminal.color : args['color'] === true;
    terminal.out(textReport(analysis, { color }));
  }
  return exitCode(analysis, textOf(args, 'fail-on'));
}

/** 1 for a finding that counts, else 3 where not all could be read. */
export function exitCode(analysis: Analysis, failOn: string): number {
  const floor = SEVERITIES.find((severity): severity is Severity => severity === failOn);
  const found = floor !== undefined && analysis.findings.some(({ severity }) => atLeast(severity, floor));
  if (found) return EXIT.found;
  return analysis.complete ? EXIT.fine : EXIT.partial;
}

function workersOf(args: Arguments): number | undefined {
  const text = textOf(args, 'workers');
  if (text === '') return undefined;
  const workers = Number(text);
  if (!/^[0-9]+$/.test(text) || workers > MAX_WORKERS) {
    throw new Problem('usage', `--workers ${safeText(text)}: give a number from 0 to ${MAX_WORKERS}`);
  }
  return workers;
}

export const analyzeCommand: CommandRoom = { options, run };
