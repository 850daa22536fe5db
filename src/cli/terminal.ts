import type { Progress } from '../index.ts';

/** Nothing is said of work that is done sooner. */
const QUIET = 2_000;
/** Between two lines of progress. */
const EVERY = 200;

/** Where a command speaks: data to standard output, all else to standard error. */
export class Terminal {
  /** Colour on standard output. */
  readonly color: boolean;
  /** Standard output is a terminal: what is printed is seen by a person and kept by nobody. */
  readonly interactive: boolean;
  /** Aborted by a signal: work ends, and nothing more goes to standard output. */
  readonly signal: AbortSignal;
  /** Set by a command that has something to put away: a signal then aborts `signal`, and the command ends in its own time. */
  endsItself = false;
  private readonly started = performance.now();
  private said = 0;
  private shown = false;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.interactive = process.stdout.isTTY;
    this.color = this.interactive && process.stdout.hasColors();
  }

  /** Data, all at once. */
  out(text: string): void {
    if (!this.signal.aborted) process.stdout.write(text);
  }

  /** Data that more will follow: wait for the promise, and a slow pipe holds the work back instead of filling memory. */
  async stream(text: string | Uint8Array): Promise<void> {
    if (this.signal.aborted || process.stdout.write(text)) return;
    await new Promise<void>((resolve) => {
      process.stdout.once('drain', resolve);
    });
  }

  /** A line for a person. */
  note(line: string): void {
    this.clear();
    process.stderr.write(`${line}\n`);
  }

  /** How far reading has come; seen only on a terminal, and only when it takes long. */
  progress({ path, bytes, size, frames }: Progress): void {
    if (!process.stderr.isTTY) return;
    const now = performance.now();
    if (now - this.started < QUIET || now - this.said < EVERY) return;
    this.said = now;
    this.shown = true;
    const part = size > 0 && bytes <= size ? ` ${Math.floor((bytes / size) * 100)} %` : '';
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/[^ -~]/g, '?');
    process.stderr.write(`\r\u001b[K${name}:${part} ${frames} frames, ${megabytes(bytes)}`);
  }

  /** One line that the next one replaces; seen only on a terminal. */
  status(line: string): void {
    if (!process.stderr.isTTY) return;
    this.shown = true;
    process.stderr.write(`\r\u001b[K${line.replace(/[^ -~]/g, '?')}`);
  }

  /** Asks a person; '' where none sits at the terminal. */
  async ask(question: string): Promise<string> {
    if (!process.stdin.isTTY || !process.stderr.isTTY || this.signal.aborted) return '';
    const { createInterface } = await import('node:readline');
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // While it reads keys, the terminal sends Ctrl-C as one; Ctrl-D ends the question without an answer.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
      lines.question(question, (answer) => {
        resolve(answer.trim());
        lines.close();
      });
    });
  }

  /** Takes the line of progress away. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\u001b[K');
    this.shown = false;
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1_000_000)} MB`;
}
