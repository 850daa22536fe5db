#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { version } from './installed.ts';
import { EXIT } from './cli/command.ts';
import { Terminal } from './cli/terminal.ts';

/**
 * The program: the only file that prints errors or sets the exit code. What is loaded before a command is known is kept
 * small: `--version` costs hardly more than Node's own start.
 */
const args = process.argv.slice(2);
const debug = args.includes('--debug');
const interruption = new AbortController();
const terminal = new Terminal(interruption.signal);

// V8 lets the heap grow fourfold before it looks for what can go: bounded tables that are flooded (each entry lives a
// while, and goes) would then hold several times their size in garbage.
setFlagsFromString('--heap-growing-percent=50');
// Most of a run is over while V8 still compiles: with less inlined into each function (920 is its own bound) 2 GB with
// 100,000 messages take 2.1 instead of 2.4 s of CPU (medians of 7); with a million messages there is no difference.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=300');

process.on('uncaughtException', (error) => stop(error));
process.on('unhandledRejection', (error) => stop(error));
// The reader has seen enough (`| head`): no error, and what was found still decides the exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  const why = error.code ?? 'unknown error';
  process.stderr.write(
    `rackwitness: standard output cannot be written (${why}): free some space, or write elsewhere\n`,
  );
  process.exit(EXIT.usage);
});
process.stderr.on('error', () => {});
process.once('SIGINT', () => interrupt('SIGINT', EXIT.interrupted));
process.once('SIGTERM', () => interrupt('SIGTERM', EXIT.terminated));

if (args[0] === '--version') process.stdout.write(`${version()}\n`);
else await main();

async function main(): Promise<void> {
  try {
    const { run } = await import('./cli/program.ts');
    process.exitCode = await run(args, terminal);
  } catch (error) {
    if (interruption.signal.aborted) return;
    const lines = linesFor(error);
    if (lines === undefined) {
      stop(error);
      return;
    }
    for (const line of lines.text) terminal.note(`rackwitness: ${line}`);
    if (debug && error instanceof Error) terminal.note(error.stack ?? '');
    process.exitCode = lines.code;
  } finally {
    terminal.clear();
  }
}

/** What a person can mend, by the shape that the library gives it; undefined for our own bug. */
function linesFor(error: unknown): { text: readonly string[]; code: number } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'Problem' && 'lines' in error && 'kind' in error) {
    const code = error.kind === 'refused' ? EXIT.refused : EXIT.usage;
    return { text: error.lines as readonly string[], code };
  }
  if (error.name === 'CaptureError' && 'lines' in error)
    return { text: error.lines as readonly string[], code: EXIT.usage };
  return undefined;
}

/** Our own bug: its kind and place, and nothing that may have come out of a capture. */
function stop(error: unknown): void {
  if (interruption.signal.aborted) return;
  const kind = error instanceof Error ? error.name : typeof error;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /([\w.-]+\.[jt]s:\d+:\d+)/.exec(stack)?.[1] ?? 'unknown place';
  process.stderr.write(
    `rackwitness: internal error (${kind} at ${place}): please report it; --debug shows the whole trace\n`,
  );
  if (debug) process.stderr.write(`${stack}\n`);
  process.exit(EXIT.internal);
}

/** No partial verdict: work is told to end, and nothing more is written to standard output. */
function interrupt(name: string, code: number): void {
  interruption.abort(name);
  // What was captured is first put away; a second signal ends us at once.
  if (terminal.endsItself) process.exitCode = code;
  else process.exit(code);
}
