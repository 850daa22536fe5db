import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { stalePartials } from '../../src/bundle/atomic.ts';
import { numbers } from './flips.ts';
import { killCommand } from './kills-commands.ts';
import { caseInputs } from './made.ts';
import { custody, facts } from './parts.ts';

/** What a run that was killed left behind and should not have. */
export interface Left {
  run: number;
  after: number;
  what: string;
}

export interface Kills {
  /** Runs that were killed before they were through. */
  killed: number;
  /** Runs whose bundle was complete. */
  complete: number;
  left: Left[];
}

const AGE = 'age-encryption.org/v1\n-> X25519 ';
const LIBRARY = new URL('../../dist/index.js', import.meta.url);

/** Packs, then seals, what its argument describes; says when it begins. Runs from the built library. */
const CHILD = `
import { readFileSync } from 'node:fs';
import { packBundle, sealPayload, CustodyChain } from ${JSON.stringify(LIBRARY.href)};
const { out, age, facts, raw, log, entries, recipients } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
const custody = CustodyChain.after(log);
process.stdout.write('go\\n');
await packBundle({ out, name: 'case-17', entries, facts, custody });
await sealPayload({ out: age, name: 'case-17', entries, facts: raw, custody, recipients, salt: Buffer.alloc(32, 1) });
`;

/**
 * Packs and seals in a child that gets SIGKILL at a random moment, again and again: at the final names there must be
 * nothing or all, other files must be partial ones of ours, and what the sealed run wrote must be encrypted from its first byte on.
 */
export async function kill(runs: number, seed: number): Promise<Kills> {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-kills-'));
  const result: Kills = { killed: 0, complete: 0, left: [] };
  const next = numbers(seed);
  try {
    const source = join(folder, 'source');
    const bytes = Buffer.alloc(6_000_000);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (Math.imul(i, 2_654_435_761) >>> 24) & 0xff;
    writeFileSync(source, bytes);
    const recipients = [await identityToRecipient(await generateIdentity())];
    const { gate } = facts();
    const raw = facts({
      redacted: false,
      tier: 'raw',
      policy: undefined,
      gate: { ...gate, result: 'not-run', mode: 'none' },
    });
    const usual = await duration(folder, source, recipients, raw);
    for (let run = 0; run < runs; run += 1) {
      const where = mkdtempSync(join(folder, 'run-'));
      const after = next() * usual * 1.1;
      const child = await started(where, source, recipients, raw);
      await new Promise((resolve) => {
        setTimeout(resolve, after);
      });
      child.kill('SIGKILL');
      await ended(child);
      if (child.signalCode === 'SIGKILL') result.killed += 1;
      for (const what of await leftovers(where)) result.left.push({ run, after: Math.round(after), what });
      if (readdirSync(where).includes('out.tar.gz')) result.complete += 1;
      rmSync(where, { recursive: true, force: true });
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function leftovers(where: string): Promise<string[]> {
  const found: string[] = [];
  const out = join(where, 'out.tar.gz');
  const age = join(where, 'out.age');
  const partials = [...stalePartials(out), ...stalePartials(age)].map((path) => path.slice(where.length + 1));
  for (const name of readdirSync(where)) {
    if (name === 'plan.json') continue;
    if (name !== 'out.tar.gz' && name !== 'out.age' && !partials.includes(name)) found.push(`a file ${name}`);
    if (name.startsWith('out.age') && !isAge(readFileSync(join(where, name)))) found.push(`${name} is not encrypted`);
  }
  if (readdirSync(where).includes('out.tar.gz')) {
    const { verdict } = await verifyBundle(out);
    if (verdict === 'failed') found.push('a bundle that does not verify');
  }
  return found;
}

/** Encrypted from its first byte on: what the sealed run packs begins as gzip. */
function isAge(bytes: Buffer): boolean {
  return AGE.startsWith(bytes.toString('latin1', 0, AGE.length));
}

async function duration(folder: string, source: string, recipients: readonly string[], raw: object): Promise<number> {
  const where = mkdtempSync(join(folder, 'run-'));
  const child = await started(where, source, recipients, raw);
  const begun = performance.now();
  await ended(child);
  const passed = performance.now() - begun;
  if (child.exitCode !== 0) throw new Error(`the child ends with ${child.exitCode}: build dist first`);
  rmSync(where, { recursive: true, force: true });
  return passed;
}

async function started(
  where: string,
  source: string,
  recipients: readonly string[],
  raw: object,
): Promise<ChildProcess> {
  const plan = join(where, 'plan.json');
  const entries = [{ path: 'data/captures/capture-001.pcapng', source }];
  const paths = { out: join(where, 'out.tar.gz'), age: join(where, 'out.age') };
  writeFileSync(plan, JSON.stringify({ ...paths, facts: facts(), raw, log: custody().text(), entries, recipients }));
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, plan], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => {
    child.stdout.once('data', resolve);
    child.once('exit', resolve);
  });
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

/** `npm run kills -- [RUNS] [SEED]`: hundreds of them. */
async function main(): Promise<void> {
  const [runs = 300, seed = 1] = process.argv.slice(2).map(Number);
  const { killed, complete, left } = await kill(runs, seed);
  process.stdout.write(
    `${runs} runs, seed ${seed}: ${killed} killed, ${complete} with a bundle, ${left.length} left something\n`,
  );
  for (const one of left.slice(0, 20)) process.stdout.write(`${JSON.stringify(one)}\n`);
  let good = left.length === 0 && killed > 0;
  const where = mkdtempSync(join(tmpdir(), 'rackwitness-kills-'));
  try {
    const inputs = caseInputs(where);
    for (const [command, signal] of [
      ['bundle', 'SIGKILL'],
      ['redact', 'SIGKILL'],
      ['bundle', 'SIGTERM'],
      ['redact', 'SIGINT'],
    ] as const) {
      const count = signal === 'SIGKILL' ? runs : Math.ceil(runs / 10);
      const done = await killCommand(command, inputs, count, seed, signal);
      process.stdout.write(
        `${command} and ${signal}, ${count} runs: ${done.killed} ended early, ${done.complete} complete, ${done.left.length} left something\n`,
      );
      for (const one of done.left.slice(0, 20)) process.stdout.write(`${JSON.stringify(one)}\n`);
      good &&= done.left.length === 0 && done.killed > 0;
    }
  } finally {
    rmSync(where, { recursive: true, force: true });
  }
  process.exitCode = good ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
