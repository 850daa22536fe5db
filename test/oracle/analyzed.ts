import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Limits for one capture of a corpus: its files are small, so that more than this is a hang or a hole. */
export const MAX_SECONDS = 20;
export const MAX_MEGABYTES = 300;

/** What `analyze` made of one capture, in a process of its own. */
export interface Analyzed {
  seconds: number;
  megabytes: number;
  /** What is wrong with the run itself; '' when nothing is. */
  failure: string;
  faults: { code: string; message: string }[];
  findings: { id: string; severity: string; message: string; frames: number[] }[];
  verdict: string;
}

/** Tells the most memory that the process ever held, in KiB. */
const MEASURE = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

interface Output {
  verdict: { state: string };
  captures: { faults: { code: string; message: string }[] }[];
  findings: { id: string; severity: string; message: string; evidence: { frame?: number }[] }[];
}

/** Runs `analyze --format json` on a capture. Needs a built dist/. */
export async function analyzeApart(path: string): Promise<Analyzed> {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, ['--import', MEASURE, MAIN, 'analyze', '--format', 'json', path], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: MAX_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  const texts = ['', '', '', ''];
  [1, 2, 3].forEach((fd) => {
    child.stdio[fd]?.on('data', (chunk: Buffer) => {
      texts[fd] += chunk.toString('utf8');
    });
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (...end) => resolve(end));
  });
  const [, stdout = '', stderr = '', rss = ''] = texts;
  const megabytes = Math.round(Number(rss) / 1024);
  const result: Analyzed = {
    seconds: Number((process.hrtime.bigint() - started) / 1_000_000n) / 1000,
    megabytes,
    failure: '',
    faults: [],
    findings: [],
    verdict: '',
  };
  if (signal !== null) result.failure = `killed after ${MAX_SECONDS} s`;
  else if (code !== 0 && code !== 1 && code !== 3) result.failure = `exit code ${code}: ${stderr.trim()}`;
  else if (megabytes > MAX_MEGABYTES) result.failure = `${megabytes} MB of memory`;
  if (result.failure === '') {
    const { verdict, captures, findings } = JSON.parse(stdout) as Output;
    result.verdict = verdict.state;
    result.faults = captures.flatMap(({ faults }) => faults);
    result.findings = findings.map(({ id, severity, message, evidence }) => ({
      id,
      severity,
      message,
      frames: evidence.flatMap(({ frame }) => (frame === undefined ? [] : [frame])),
    }));
  }
  return result;
}
