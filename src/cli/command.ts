import type { Argv } from 'yargs';
import type { Terminal } from './terminal.ts';

/** Exit codes; of several the first of 70, 4, 2, 1, 3, 0 wins. */
export const EXIT = {
  fine: 0,
  /** Something at or above `--fail-on` was found. */
  found: 1,
  /** Wrong usage, profile or policy. */
  usage: 2,
  /** Nothing was found, but not all could be read. */
  partial: 3,
  /** Refused for safety. */
  refused: 4,
  /** Our own bug. */
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** Parsed arguments: names as declared, values as typed by the command's own options. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A command's own file: loaded only when it is called. */
export interface CommandRoom {
  options(yargs: Argv): Argv;
  /** @returns the exit code @throws Problem for what a person can mend */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}

/** A command as the list of commands knows it. */
export interface Command {
  /** In the terms of yargs: `explain <file> <frame>`. */
  usage: string;
  about: string;
  load(): Promise<CommandRoom>;
}

/** yargs loses a lone `-` among positions: it travels as this, which no argument can be. */
export const LONE_DASH = '\u0000-';

export function textOf(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? dash(value) : '';
}

function dash(text: string): string {
  return text === LONE_DASH ? '-' : text;
}

/** All values of an option that may be repeated, or of a list of positions. */
export function textsOf(args: Arguments, name: string): string[] {
  const value = args[name];
  if (Array.isArray(value)) return value.map((one) => dash(String(one)));
  return typeof value === 'string' ? [dash(value)] : [];
}
