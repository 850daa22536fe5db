import { spawnSync } from 'node:child_process';
import type { Analysis } from '../../src/index.ts';
import { MAIN } from '../cli/run.ts';

/** What a run of the built program came to, and what it took. */
export interface Run {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
  /** The most memory that it held, in MB. */
  rss: number;
  /** Processor seconds, of which those that this machine's other work does not change. */
  cpu: number;
}

/**
 * Told on standard error at the end, however it ends. The most memory is the kernel's own count for this program: what
 * `resourceUsage` gives includes the process that started it.
 */
const METER = `import{readFileSync}from'node:fs';process.on('exit',()=>{let m=process.resourceUsage().maxRSS;try{m=+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','latin1'))[1]}catch{}const u=process.resourceUsage();process.stderr.write('\\n@'+JSON.stringify([m/1024,(u.userCPUTime+u.systemCPUTime)/1e6])+'\\n')})`;

/** A run that takes longer has hung (milliseconds). */
const HUNG = 120_000;

/** Runs the built program with a limit on its time, from another folder than the package's. */
export function measured(args: readonly string[], input?: Uint8Array, limit = HUNG): Run {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(METER)}`, MAIN, ...args],
    {
      encoding: 'utf8',
      cwd: '/',
      timeout: limit,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 29,
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    },
  );
  const meter = /\n@(\[.*\])\n$/.exec(stderr);
  const [rss, cpu] = meter === null ? [-1, -1] : (JSON.parse(meter[1] ?? '[]') as [number, number]);
  return { code: status, signal, out: stdout, err: meter === null ? stderr : stderr.slice(0, meter.index), rss, cpu };
}

/** As `measured`, of `analyze --format json`, whose report it reads. */
export function judged(args: readonly string[], input?: Uint8Array): Run & { analysis: Analysis } {
  const run = measured(['analyze', '--format', 'json', ...args], input);
  if (run.code === null || run.code === 2 || run.code > 3) {
    throw new Error(`ended with ${run.code ?? run.signal}: ${run.err}`);
  }
  return { ...run, analysis: JSON.parse(run.out) as Analysis };
}
