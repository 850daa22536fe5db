/**
 * The running laboratory: namespaces, processes and files of one scenario, and their end.
 *
 * Everything that it starts carries the prefix `rw<pid>-`, every command is printed so that a reader
 * can replay it, every wait has a deadline, and `close()` removes what was made even after a failure.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A missing program or kernel capability: the scenario is skipped by name, never passed. */
export class Skip extends Error {}

/** A condition that did not come true in time, or a command that failed: the scenario failed. */
export class LabError extends Error {}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Daemon {
  readonly label: string;
  readonly log: string;
  readonly process: ChildProcess;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  alive(): boolean;
}

interface RunOptions {
  readonly input?: string;
  /** Accept any exit code. */
  readonly mayFail?: boolean;
  readonly seconds?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly silent?: boolean;
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** Folder of the scripts that play what no program plays. */
export const ACTORS = fileURLToPath(new URL('./actors/', import.meta.url));

/** One word of a shell command line, quoted only where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class Lab {
  readonly prefix = `rw${process.pid}`;
  /** Programs that ran, for the manifest. */
  readonly toolsUsed = new Set<string>();
  private readonly namespaces: string[] = [];
  private readonly daemons: Daemon[] = [];
  private links = 0;

  /** Folder for configuration, logs and leases; removed by the caller. */
  readonly work: string;
  /** Folder for the captures. */
  readonly out: string;
  private readonly print: (line: string) => void;

  /** `print` receives each command line. */
  constructor(work: string, out: string, print: (line: string) => void) {
    this.work = work;
    this.out = out;
    this.print = print;
    mkdirSync(work, { recursive: true });
    mkdirSync(out, { recursive: true });
  }

  /** Full name of a namespace of this run. */
  ns(node: string): string {
    return `${this.prefix}-${node}`;
  }

  say(line: string): void {
    this.print(`# ${line}`);
  }

  tool(name: string): void {
    this.toolsUsed.add(name);
  }

  /** Writes a file into the work folder and returns its path. */
  file(name: string, text: string | Buffer, mode = 0o666): string {
    const path = join(this.work, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text, { mode });
    if (typeof text !== 'string') this.print(`# wrote ${path}, ${text.length} bytes`);
    else if (text === '') this.print(`: > ${quoted(path)}`);
    else this.print(`cat > ${quoted(path)} <<'END'\n${text.replace(/\n$/, '')}\nEND`);
    return path;
  }

  /** Runs one command to its end, in a node's namespace or (null) outside. */
  async run(node: string | null, argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const full = node === null ? [...argv] : ['ip', 'netns', 'exec', this.ns(node), ...argv];
    if (options.silent !== true) {
      const input = options.input === undefined ? '' : ` <<'END'\n${options.input}\nEND`;
      this.print(full.map(quoted).join(' ') + input);
    }
    const [program = '', ...rest] = full;
    const child = spawn(program, rest, { env: { PATH, LC_ALL: 'C', ...options.env }, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('latin1')));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const timer = setTimeout(() => child.kill('SIGKILL'), (options.seconds ?? 30) * 1000);
    const code = await new Promise<number>((resolve) => {
      child.on('error', () => resolve(127));
      child.on('close', (value) => resolve(value ?? 128));
    });
    clearTimeout(timer);
    if (code !== 0 && options.mayFail !== true) {
      throw new LabError(
        `${argv.slice(0, 4).join(' ')} … ended with ${code}: ${(stderr || stdout).trim().slice(0, 400)}`,
      );
    }
    return { code, stdout, stderr };
  }

  /** Starts a program that stays; its output goes to a log that `until` can watch. */
  start(node: string, label: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Daemon {
    const log = join(this.work, `${label}.log`);
    const full = ['ip', 'netns', 'exec', this.ns(node), ...argv];
    this.print(`${full.map(quoted).join(' ')} > ${quoted(log)} 2>&1 &`);
    const descriptor = openSync(log, 'w');
    const child = spawn('ip', full.slice(1), {
      env: { PATH, LC_ALL: 'C', ...env },
      stdio: ['ignore', descriptor, descriptor],
    });
    closeSync(descriptor);
    let running = true;
    const ended = new Promise<void>((resolve) => {
      const over = (): void => {
        running = false;
        resolve();
      };
      child.on('exit', over);
      child.on('error', over);
    });
    const daemon: Daemon = { label, log, process: child, ended, alive: () => running };
    this.daemons.push(daemon);
    return daemon;
  }

  daemon(label: string): Daemon {
    const found = this.daemons.findLast((daemon) => daemon.label === label);
    if (found === undefined) throw new LabError(`nothing called ${label} was started`);
    return found;
  }

  async stop(label: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const daemon = this.daemon(label);
    if (daemon.alive()) {
      this.print(`kill -${signal.slice(3)} ${daemon.process.pid ?? 0} # ${label}`);
      daemon.process.kill(signal);
    }
    const gone = await Promise.race([daemon.ended.then(() => true), sleep(5000).then(() => false)]);
    if (!gone) daemon.process.kill('SIGKILL');
  }

  /** Waits until a condition holds; the deadline is an error that names the condition. */
  async until(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
    for (;;) {
      if (await holds()) return;
      if (process.hrtime.bigint() > end) throw new LabError(`waited ${seconds} s in vain for ${what}`);
      await sleep(50);
    }
  }

  /** Waits for a line in a program's log. */
  async untilLog(label: string, pattern: RegExp, seconds: number): Promise<void> {
    const { log, alive } = this.daemon(label);
    await this.until(`${pattern} in the log of ${label}`, seconds, () => {
      if (existsSync(log) && pattern.test(readFileSync(log, 'latin1'))) return true;
      if (!alive()) throw new LabError(`${label} ended: ${readFileSync(log, 'latin1').trim().slice(-300)}`);
      return false;
    });
  }

  async namespace(node: string, ipv6: boolean): Promise<void> {
    const name = this.ns(node);
    const made = await this.run(null, ['ip', 'netns', 'add', name], { mayFail: true });
    if (made.code !== 0) throw new Skip(`no network namespaces here (root is needed): ${made.stderr.trim()}`);
    this.namespaces.push(node);
    // Without its own file a client in the namespace would ask the host's resolver.
    mkdirSync(`/etc/netns/${name}`, { recursive: true });
    writeFileSync(`/etc/netns/${name}/resolv.conf`, 'nameserver 127.0.0.1\n');
    await this.run(null, ['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    const off = ipv6 ? '0' : '1';
    await this.run(node, [
      'sysctl',
      '-qw',
      `net.ipv6.conf.all.disable_ipv6=${off}`,
      `net.ipv6.conf.default.disable_ipv6=${off}`,
    ]);
  }

  /** A veth pair between two namespaces, without checksum offload: else captures show wrong checksums. */
  async wire(a: readonly [string, string], b: readonly [string, string]): Promise<void> {
    const [first, second] = [`${this.prefix}x${this.links}`, `${this.prefix}y${this.links}`];
    this.links += 1;
    await this.run(null, [
      'ip',
      'link',
      'add',
      'name',
      first,
      'netns',
      this.ns(a[0]),
      'type',
      'veth',
      'peer',
      'name',
      second,
      'netns',
      this.ns(b[0]),
    ]);
    for (const [temporary, [node, name]] of [
      [first, a],
      [second, b],
    ] as const) {
      await this.run(null, ['ip', '-n', this.ns(node), 'link', 'set', 'dev', temporary, 'name', name]);
      await this.run(
        node,
        ['ethtool', '-K', name, 'tx', 'off', 'rx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'sg', 'off'],
        { mayFail: true },
      );
    }
  }

  /** Ends one program by its name inside one namespace of this run. */
  async killInside(node: string, command: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const listed = await this.run(null, ['ip', 'netns', 'pids', this.ns(node)], { silent: true, mayFail: true });
    for (const pid of listed.stdout.split('\n').filter(Boolean)) {
      const path = `/proc/${pid}/comm`;
      if (!existsSync(path) || readFileSync(path, 'latin1').trim() !== command) continue;
      this.print(`kill -${signal.slice(3)} ${pid} # ${command} in ${node}`);
      try {
        process.kill(Number(pid), signal);
      } catch {
        // It ended between the listing and the signal.
      }
    }
  }

  /** Ends every program and deletes every namespace of this run. Safe to call twice. */
  async close(): Promise<void> {
    for (const daemon of this.daemons) if (daemon.alive()) daemon.process.kill('SIGTERM');
    await Promise.race([Promise.all(this.daemons.map((daemon) => daemon.ended)), sleep(700)]);
    for (const node of this.namespaces.splice(0)) {
      const name = this.ns(node);
      const listed = await this.run(null, ['ip', 'netns', 'pids', name], { silent: true, mayFail: true });
      for (const pid of listed.stdout.split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // Already gone.
        }
      }
      await this.run(null, ['ip', 'netns', 'del', name], { mayFail: true });
      rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
    }
    this.daemons.length = 0;
  }
}
