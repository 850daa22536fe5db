import { validatorUrl } from '../installed.ts';
import { canonicalJson, parseCanonical, type Canonical } from './canonical.ts';
import { TAG } from './names.ts';
import type { Digests } from './digests.ts';

/** https://github.com/in-toto/attestation, spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:rackwitness:predicate:bundle:1';

/** The tier that holds everything, encrypted to the custodian; and what is inside its encryption. */
export const SEALED_TIER = 'sealed';
export const RAW_TIER = 'raw';

export interface NamedDigest {
  name: string;
  /** Lower hex. */
  sha256: string;
}

/** What was searched for in the written bytes before they were packed, and what came of it. */
export interface GateStatement {
  /** `not-run` only where nothing was redacted. */
  result: 'passed' | 'not-run';
  /** `streaming`: chunk by chunk as it was written, which is weaker. */
  mode: 'whole' | 'streaming' | 'none';
  /** Originals that were searched for; by kind, in words. */
  searched: readonly string[];
  /** How many originals were searched for. */
  needles: number;
  /** What still tells about people or places though nothing searched for was found. */
  remaining: readonly string[];
}

/** What the maker of a bundle says of it; `pack` adds digests, custody and signer. */
export interface BundleFacts {
  tool: { name: string; version: string };
  /** `[A-Za-z0-9._-]`, as all names of a bag. */
  case: string;
  tier: string;
  redacted: boolean;
  /** As `instantText` writes it. */
  sealedAt: string;
  /** Absent where nothing was redacted. */
  policy?: NamedDigest | undefined;
  gate: GateStatement;
  /** Salted digests of the sources (`commitment` in tiers.ts): they confirm no guess. */
  commitments: readonly NamedDigest[];
  /** Commitment to the payload manifest of the sealed tier; only where there is one. */
  sealed?: string | undefined;
  /** All tiers of the case; in the sealed tier only. */
  tiers?: readonly { tier: string; bundle: string; sha256: string }[] | undefined;
}

/** The predicate. */
export interface BundlePredicate extends BundleFacts {
  custody: { count: number; head: string };
  /** Absent in an unsigned bundle. The key is told so that integrity can be checked; trust comes from elsewhere. */
  signer?: { algorithm: 'ed25519'; fingerprint: string; publicKey: string } | undefined;
}

/** The subjects: both tag manifests, through which everything else is covered. */
export interface Subjects {
  tags256: Digests;
  tags512: Digests;
}

/** in-toto Statement v1 in canonical JSON, without a line end. */
export function statementText(subjects: Subjects, predicate: BundlePredicate): string {
  const subject = [
    { name: TAG.tags256, digest: { sha256: subjects.tags256.sha256 } },
    { name: TAG.tags512, digest: { sha256: subjects.tags512.sha256 } },
  ];
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject,
    predicateType: PREDICATE_TYPE,
    predicate: predicate as unknown as Canonical,
  });
}

export interface ReadStatement {
  subject: { name: string; digest: { sha256: string } }[];
  predicate: BundlePredicate;
}

interface Validator {
  (data: unknown): boolean;
  errors?: { instancePath: string; message?: string }[] | null;
}

/** @returns what is wrong, in words, when it is not a statement of ours in canonical JSON */
export async function readStatement(text: string): Promise<ReadStatement | string> {
  const value = parseCanonical(text);
  if (value === undefined) return 'the statement is not in canonical JSON';
  const { default: validate } = (await import(validatorUrl('statement'))) as { default: Validator };
  if (validate(value)) return value as unknown as ReadStatement;
  const error = validate.errors?.[0];
  return `the statement is not of the form that we know: ${error?.instancePath ?? ''} ${error?.message ?? ''}`;
}
