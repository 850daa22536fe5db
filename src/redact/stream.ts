import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { CaseIdentities } from './case-identities.ts';
import { blindOf, coinciding, originalsOf, refusal } from './case.ts';
import { NO_FACTS } from './facts.ts';
import { checkCapture } from './frames/check.ts';
import { rewriteCapture } from './frames/rewrite.ts';
import { type GateHit, RawGate } from './gate/raw.ts';
import type { IdentityPlan } from './identity-plan.ts';
import { KIND_NAMES, type Kind } from './kinds.ts';
import { deriveTierKey } from './key.ts';
import { emptyFile } from './member.ts';
import type { Policy } from './policy/policy.ts';
import { redactionReport, type RedactionReport } from './report.ts';

/** What is released at once after the gate. */
const CHUNK = 1 << 20;

export interface StreamOptions {
  policy: Policy;
  caseKey: Uint8Array;
  tier?: string;
  signal?: AbortSignal;
  /** Takes the redacted capture, once the gate has passed. */
  take(chunk: Uint8Array): void | Promise<void>;
}

/**
 * Redacts one capture from stdin. Nobody looks ahead in a stream: names in free text are not known beforehand, so free
 * text is dropped and fields of known types alone are written. Only redacted bytes touch the disk, in a file that has no
 * name any more; they are released when the gate has read them all.
 *
 * @throws Problem `refused` when the gate finds anything; CaptureError when stdin is no capture
 */
export async function redactStream(options: StreamOptions): Promise<RedactionReport> {
  const { caseKey, signal } = options;
  const policy = withoutFreeText(options.policy);
  const tier = options.tier ?? options.policy.name;
  const plan: IdentityPlan = { policy, tierKey: deriveTierKey(caseKey, tier), facts: NO_FACTS };
  const identities = new CaseIdentities(plan);
  const spool = openSpool();
  try {
    const put = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length;) at += writeSpool(spool, bytes, at);
    };
    const running = signal === undefined ? {} : { signal };
    const { summary, tally, bytesWritten } = await rewriteCapture({ path: '-' }, put, plan, {
      identities,
      workers: 0,
      ...running,
    });
    // A descriptor's own name opens the file again, from its beginning.
    const path = `/dev/fd/${spool}`;
    const checked = await checkCapture(path, identities, running);
    const gate = new RawGate(originalsOf(identities.ledger));
    await gate.search(path, '-');
    const told = gate.told();
    const hits = checked.hits.map(({ frame, offset, kind, rule }): GateHit => {
      return { file: '-', check: 'decoded', frame, offset, kind, rule };
    });
    if (hits.length + told.hits.length > 0) {
      throw refusal([...hits, ...told.hits], told.hitsLost + checked.count - hits.length);
    }
    await release(spool, options.take, signal);
    const { dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut, frames } = tally;
    return redactionReport({
      policy,
      tier,
      ledger: identities.ledger,
      files: [
        {
          ...emptyFile('-', 'capture', summary.format),
          ...{ dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut },
          bytes: bytesWritten,
          units: frames,
          faults: summary.faults.map(({ code, afterFrame }) => `${code} after frame ${afterFrame}`),
        },
      ],
      gate: {
        result: 'passed',
        mode: 'streaming',
        decoded: { files: 1, values: checked.values },
        raw: {
          originals: told.originals,
          needles: told.needles,
          tooShort: told.tooShort,
          bytes: told.bytes,
          coinciding: coinciding(identities.ledger),
        },
      },
      blind: blindOf(policy),
      verdict: null,
      warnings: identities.warnings(),
    });
  } finally {
    closeSync(spool);
  }
}

/** Kinds of several words, of which one may be a name. */
const WORDY: ReadonlySet<Kind> = new Set(['vendor-class', 'url', 'filename']);
const ONCE = 'a stream is read once: no name in it is known';

/**
 * The same policy for what nobody could read twice: free text goes, and where several words would be kept, those that no
 * protocol or product defines become pseudonyms, because any of them may be a name.
 */
export function withoutFreeText(policy: Policy): Policy {
  const rules = { ...policy.rules };
  for (const kind of KIND_NAMES) {
    const rule = rules[kind];
    if (kind === 'text' || kind === 'metadata') rules[kind] = { action: 'drop', because: ONCE, except: [] };
    else if (WORDY.has(kind) && rule.action === 'keep') rules[kind] = { ...rule, action: 'pseudonym', because: ONCE };
  }
  return { ...policy, rules };
}

/** A file for its owner alone, without a name. */
function openSpool(): number {
  const path = join(tmpdir(), `rackwitness-${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

function writeSpool(file: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(file, bytes, at);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Problem('usage', `redacted frames have no room in ${tmpdir()} (${code}): set TMPDIR, or give files`);
  }
}

async function release(file: number, take: StreamOptions['take'], signal: AbortSignal | undefined): Promise<void> {
  let at = 0;
  for (;;) {
    signal?.throwIfAborted();
    const chunk = new Uint8Array(CHUNK);
    const count = readSync(file, chunk, 0, CHUNK, at);
    if (count === 0) return;
    at += count;
    await take(chunk.subarray(0, count));
  }
}
