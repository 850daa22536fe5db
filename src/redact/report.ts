import { NAME, version } from '../installed.ts';
import type { RawSearch } from './gate/raw.ts';
import { KIND_NAMES, type Action, type Kind } from './kinds.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy/policy.ts';
import type { VerdictComparison } from './verdict.ts';

/** Within `/1` keys may be added, never changed. */
export const REDACTION_SCHEMA = 'rackwitness.redaction/1';

/** One written file. */
export interface RedactedFile {
  /** Neutral; the original's name stands in the private map alone. */
  name: string;
  kind: 'capture' | 'text' | 'archive' | 'profile';
  format: string;
  bytes: number;
  sha256: string;
  /** Frames of a capture, lines of a text. */
  units: number;
  /** Values that the policy drops, by kind (or by rule, of a text). */
  dropped: Record<string, number>;
  /** Pseudonyms that did not fit their place and were left out instead. */
  unfit: Record<string, number>;
  /** Values written with another length, and what that made of the frames around them, in bytes. */
  resized: Record<string, number>;
  resizedFrom: number;
  resizedTo: number;
  /** Frames of which content was cut off; fragments whose datagram was never whole, cut too. */
  cut: number;
  fragmentsCut: number;
  /** What could not be read of the original, without its content. */
  faults: string[];
  /** What was left out whole, or written otherwise than it came. */
  notes: string[];
}

/** What the policy did to one kind. */
export interface KindReport {
  action: Action;
  because: string;
  exceptions: number;
  /** Distinct values met: mapped, kept as they are, dropped. */
  mapped: number;
  kept: number;
  dropped: number;
}

/** What was searched for, where, and that none of it was found. */
export interface GateReport {
  result: 'passed' | 'refused';
  /** `files`: the written bytes were read again; `streaming`: each chunk before it was released, which is weaker. */
  mode: 'files' | 'streaming';
  /** Fields of captures and spans of texts that were found again in what was written, and judged by the ledger. */
  decoded: { files: number; values: number };
  raw: Pick<RawSearch, 'originals' | 'needles' | 'tooShort' | 'bytes'> & {
    /** Originals that equal a pseudonym by chance, so that only their field can tell them apart. */
    coinciding: number;
  };
}

/** One bounded object that holds no original. `redaction.schema.json` describes it for other languages. */
export interface RedactionReport {
  schema: typeof REDACTION_SCHEMA;
  tool: { name: string; version: string };
  notice: string;
  policy: { name: string; title: string; digest: string; extends: string[]; tier: string };
  kinds: Partial<Record<Kind, KindReport>>;
  files: RedactedFile[];
  /** Files beyond those that are listed. */
  omitted: number;
  gate: GateReport;
  /** Detectors that a policy like this leaves without what they need. */
  blind: { id: string; needs: Kind[] }[];
  /** How the findings of the copies compare with those of the originals; null where there was no capture to analyse. */
  verdict: VerdictComparison | null;
  /** What was kept and may identify together with other knowledge: for a person to sign off. */
  quasiIdentifiers: string[];
  warnings: string[];
}

/** Rule 20: what this is, and what it is not. */
export const NOTICE =
  'These files are pseudonymised, not anonymous: whoever holds the case key, or can obtain it, can undo it, so for them ' +
  'they stay personal data (GDPR Art. 4(5), Recital 26). The gate says what was searched for and that none of it was ' +
  'found; it does not say that nothing identifying is left. This is not legal advice.';

/** Files that a report lists; a case with more is described by its totals. */
const MAX_FILES = 10_000;

export interface ReportFacts {
  policy: Policy;
  tier: string;
  ledger: Ledger;
  files: readonly RedactedFile[];
  gate: GateReport;
  blind: RedactionReport['blind'];
  verdict: VerdictComparison | null;
  warnings: readonly string[];
}

export function redactionReport(facts: ReportFacts): RedactionReport {
  const { policy, tier, ledger, files, gate, blind, verdict, warnings } = facts;
  const counts = ledger.counts();
  const kinds: RedactionReport['kinds'] = {};
  for (const kind of KIND_NAMES) {
    const { action, because, except } = policy.rules[kind];
    kinds[kind] = {
      action,
      because,
      exceptions: except.length,
      ...(counts[kind] ?? { mapped: 0, kept: 0, dropped: 0 }),
    };
  }
  return {
    schema: REDACTION_SCHEMA,
    tool: { name: NAME, version: version() },
    notice: NOTICE,
    policy: { name: policy.name, title: policy.title, digest: policy.digest, extends: policy.extends, tier },
    kinds,
    files: files.slice(0, MAX_FILES),
    omitted: Math.max(0, files.length - MAX_FILES),
    gate,
    blind,
    verdict,
    quasiIdentifiers: quasiIdentifiers(policy, files),
    warnings: [...warnings],
  };
}

/** What a policy leaves standing, kind by kind, and what every policy does (redaction-pitfalls 17). */
export function quasiIdentifiers(policy: Policy, files: readonly { kind: RedactedFile['kind'] }[]): string[] {
  const list: string[] = [];
  for (const kind of KIND_NAMES) {
    const { action, except } = policy.rules[kind];
    if (action === 'keep') list.push(`${kind}: kept as it is`);
    else if (action === 'keep-vendor')
      list.push(`${kind}: the vendor's part is kept; in a small fleet it names the machine`);
    else if (action === 'prefix-preserving') list.push(`${kind}: which addresses share a network, to the last bit`);
    else if (action === 'generalise') list.push(`${kind}: what is common to many`);
    else if (except.length > 0) list.push(`${kind}: ${except.length} exceptions of the policy`);
  }
  if (files.some(({ kind }) => kind === 'capture')) {
    list.push(
      'sizes and times of frames, their order and number, and how long names are',
      'VLAN ids, ports, transaction ids, TTLs, window sizes, lease times, MTUs',
      'which options a client or server sends, and in what order: a fingerprint of its software',
    );
  }
  if (files.some(({ kind }) => kind === 'text' || kind === 'archive')) {
    list.push('the wording of log lines, names of programs and units, versions, numbers that no rule speaks of');
  }
  list.push('that two copies are of one incident: frame numbers, sizes and times are the same in every tier');
  return list;
}
