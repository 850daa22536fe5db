import { blankBytes, MAX_BLANKED } from './blank.ts';
import { acquireCommand, judged, runCommand } from './command.ts';
import { walkEvents, type Walk } from './events.ts';
import type { Item } from './expand.ts';
import { certificatesOf, modesOf } from './facts.ts';
import type { Host } from './host.ts';
import type { Answer, MaasApi } from './maas-api.ts';
import type { OutputFile } from './output.ts';
import { type Acquired, reasonOf } from './result.ts';
import { acquireFile } from './source-file.ts';
import type { Window } from './window.ts';

/** One page of events: a thousand of some hundred bytes. */
const MAX_PAGE = 32 * 1024 * 1024;

/** What every acquisition may use, and how much of it. */
export interface Allowance {
  host: Host;
  api: MaasApi | undefined;
  window: Window;
  /** Full paths, '' where they are not installed. */
  nice: string;
  setpriv: string;
  /** Seconds. */
  timeout: number;
  /** Bytes. */
  cap: number;
  /** Seconds since 1970 UTC. */
  now: () => number;
  signal: AbortSignal;
}

/**
 * Carries one item out. Never throws for what the host does: that is an `Acquired` with its reason.
 *
 * @param output makes the file when the first byte is there
 */
export async function execute(
  item: Exclude<Item, { how: 'nothing' }>,
  output: () => OutputFile,
  allowance: Allowance,
): Promise<Acquired> {
  const { host, cap } = allowance;
  try {
    switch (item.how) {
      case 'run': {
        const options = { ...allowance, fine: item.fine, home: item.home ? host.home() : '' };
        const args = item.argv.slice(1);
        return item.blank
          ? await acquireBlanked(item.tool, args, output, options)
          : await acquireCommand(item.tool, args, output, options);
      }
      case 'read': {
        const { tail = false, blank = false, virtual = false } = item.step;
        const end = performance.now() + allowance.timeout * 1000;
        const late = (): boolean => performance.now() > end;
        return await acquireFile(item.path, output, { ...allowance, root: host.root, tail, blank, virtual, late });
      }
      case 'get':
        return item.paged
          ? await acquireEvents(output, allowance, async (before, left) => page(item.path, before, left))
          : await acquireAnswer(item.path, item.blank, output, allowance);
      case 'pages':
        return await acquireEvents(output, allowance, async (before, left) => {
          const more = before === 0 ? [] : [`before=${before}`];
          return pageOfCommand(item.tool, [...item.argv.slice(1), ...more], left);
        });
      case 'modes':
        return write(output, modesOf(host, item.modes), cap);
      case 'certificates':
        return write(output, certificatesOf(host, item.patterns, allowance.now()), cap);
    }
  } catch (error) {
    return error instanceof Refused ? error.acquired : reasonOf(error);
  }
}

/** An answer that ends a walk over pages. */
class Refused extends Error {
  readonly acquired: Acquired;
  constructor(acquired: Acquired) {
    super(acquired.reason ?? acquired.status);
    this.acquired = acquired;
  }
}

function write(output: () => OutputFile, facts: readonly unknown[], cap: number): Acquired {
  if (facts.length === 0) return { status: 'empty', reason: 'none of these files is here' };
  const text = Buffer.from(`[\n${facts.map((fact) => JSON.stringify(fact)).join(',\n')}\n]\n`, 'utf8');
  if (text.length > cap) return { status: 'truncated', reason: `${text.length} bytes, more than the size cap` };
  output().write(text);
  return { status: 'collected' };
}

/** Held in memory until its secrets are blanked. */
async function acquireBlanked(
  tool: string,
  args: readonly string[],
  output: () => OutputFile,
  options: Allowance & { fine: readonly number[]; home: string },
): Promise<Acquired> {
  const held: Buffer[] = [];
  const cap = Math.min(options.cap, MAX_BLANKED);
  const ending = await runCommand(tool, args, { ...options, cap, take: (bytes) => held.push(Buffer.from(bytes)) });
  const acquired = judged(ending, { ...options, cap });
  return held.length === 0 ? acquired : { ...acquired, ...saveBlanked(held, acquired.status !== 'collected', output) };
}

function saveBlanked(held: readonly Buffer[], part: boolean, output: () => OutputFile): Pick<Acquired, 'blanked'> {
  const { bytes, blanked } = blankBytes(Buffer.concat(held), part);
  if (bytes.length > 0) output().write(bytes);
  return Object.keys(blanked).length === 0 ? {} : { blanked };
}

async function acquireAnswer(
  path: string,
  blank: boolean,
  output: () => OutputFile,
  allowance: Allowance,
): Promise<Acquired> {
  const cap = blank ? Math.min(allowance.cap, MAX_BLANKED) : allowance.cap;
  const answer = await ask(path, cap, allowance);
  const facts: Acquired = { status: 'collected', requests: 1 };
  if (answer.body.length === 0) return { ...facts, status: 'empty', reason: 'an answer without a body' };
  if (blank) Object.assign(facts, saveBlanked([answer.body], answer.cut, output));
  else output().write(answer.body);
  return answer.cut ? { ...facts, status: 'truncated', reason: `the first ${cap} bytes, the size cap` } : facts;
}

/** @throws Refused for every answer but 200, and for none */
async function ask(path: string, cap: number, { api, timeout, signal }: Allowance): Promise<Answer> {
  if (api === undefined) throw new Refused({ status: 'skipped', reason: 'the MAAS API was not given' });
  let answer: Answer;
  try {
    answer = await api.get(path, cap, timeout, signal);
  } catch (error) {
    if (signal.aborted) throw new Refused({ status: 'truncated', reason: 'interrupted' });
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const late = code === 'ABORT_ERR' || (error instanceof Error && error.name === 'TimeoutError');
    const reason = late ? `no whole answer within ${timeout} s` : `no answer (${code === '' ? 'unknown error' : code})`;
    throw new Refused({ status: 'failed', reason });
  }
  const { status } = answer;
  if (status === 200) return answer;
  if (status === 401 || status === 403) {
    throw new Refused({ status: 'denied', reason: `the API refused the key (${status})`, requests: 1 });
  }
  if (status === 404) throw new Refused({ status: 'missing', reason: 'this MAAS has no such call (404)', requests: 1 });
  throw new Refused({ status: 'failed', reason: `the API answered ${status}`, requests: 1 });
}

async function page(path: string, before: number, allowance: Allowance): Promise<string> {
  const answer = await ask(before === 0 ? path : `${path}&before=${before}`, MAX_PAGE, allowance);
  return answer.body.toString('utf8');
}

/** @throws Refused when the program ends badly */
async function pageOfCommand(tool: string, args: readonly string[], allowance: Allowance): Promise<string> {
  const held: Buffer[] = [];
  const options = { ...allowance, cap: MAX_PAGE, fine: [], home: allowance.host.home() };
  const ending = await runCommand(tool, args, { ...options, take: (bytes) => held.push(Buffer.from(bytes)) });
  const acquired = judged(ending, options);
  if (acquired.status !== 'collected') throw new Refused(acquired);
  return Buffer.concat(held).toString('utf8');
}

/** What came before a page that failed stays, and is called a part. */
async function acquireEvents(
  output: () => OutputFile,
  allowance: Allowance,
  ask: (before: number, left: Allowance) => Promise<string>,
): Promise<Acquired> {
  const { window, cap } = allowance;
  const end = performance.now() + allowance.timeout * 1000;
  let out: OutputFile | undefined;
  let requests = 0;
  let walk: Walk;
  const CUT = new Refused({ status: 'truncated', reason: `the newest of them: more than ${cap} bytes, the size cap` });
  try {
    walk = await walkEvents(
      window,
      async (before) => {
        // The time is that of the whole walk, whatever the number of its pages.
        const timeout = (end - performance.now()) / 1000;
        if (timeout <= 0) throw new Refused({ status: 'truncated', reason: 'the newest of them: its time was up' });
        requests += 1;
        return ask(before, { ...allowance, timeout });
      },
      (lines) => {
        const bytes = Buffer.from(lines, 'utf8');
        if ((out?.size ?? 0) + bytes.length > cap) throw CUT;
        out ??= output();
        out.write(bytes);
      },
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { acquired } = error;
    return { ...acquired, ...(out === undefined ? {} : { status: 'truncated' }), requests };
  }
  if (walk.stopped === 'form') return { status: 'failed', reason: 'an answer that is no page of events', requests };
  if (walk.stopped === 'repeated') return { status: 'failed', reason: 'the pages do not go back in time', requests };
  if (walk.stopped === 'pages') return { status: 'truncated', reason: `the newest ${walk.pages} pages`, requests };
  if (walk.events === 0) return { status: 'empty', reason: 'no event in the window', requests };
  return { status: 'collected', requests };
}
