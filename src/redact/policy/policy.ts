import type { Action, Kind } from '../kinds.ts';

/** Within `/1` keys may be added, never changed. */
export const POLICY_SCHEMA = 'rackwitness.policy/1';

/** What a policy file says; `policy.schema.json` describes the same object. */
export interface PolicyFile {
  schema: typeof POLICY_SCHEMA;
  $schema?: string;
  /** Lower-case letters, digits and hyphens; also the tier's name, so that each policy has its own key. */
  name: string;
  /** One line for the report: for whom, and what it keeps. */
  title: string;
  /** A shipped policy's name, or a file beside this one (`./base.json`). What is said here replaces what is said there, kind by kind. */
  extends?: string;
  rules?: Partial<Record<Kind, RuleFile>>;
  /** Subnets of the case (CIDR), beside those learned from its captures. */
  subnets?: string[];
  /** Names for groups of machines: addresses, MAC addresses and subnets. */
  roles?: Record<string, string[]>;
  /** What becomes of bytes that no decoder understands at a message's end: cut off, or zeros of equal length. */
  undecoded?: 'cut' | 'zero';
  /** How prefix-preserving addresses are made. Crypto-PAn is for exchange with others who use it. */
  prefixCipher?: 'ipcrypt-pfx' | 'crypto-pan';
  approval?: { required: ApprovalItem[] };
}

/** What must be written down before a bundle of this tier is sealed. */
export type ApprovalItem = 'purpose' | 'legalBasis' | 'dataCategories' | 'recipients' | 'retention' | 'approver';

export interface RuleFile {
  action: Action;
  /** Why; stands in the redaction report. */
  because: string;
  except?: ExceptionFile[];
}

/** Exactly one of `value`, `subnet` and `role`. */
export interface ExceptionFile {
  value?: string;
  subnet?: string;
  role?: string;
  action: Action;
  because: string;
}

export interface PolicyException {
  /** What it is about, as the policy writes it: the one place where the report shows a value, because the policy does. */
  value?: string;
  /** CIDR; roles are resolved to these and to values. */
  subnet?: string;
  role?: string;
  action: Action;
  because: string;
}

export interface PolicyRule {
  action: Action;
  because: string;
  except: PolicyException[];
}

/** A policy with nothing left to look up: plain data, the same on every thread. */
export interface Policy {
  schema: typeof POLICY_SCHEMA;
  name: string;
  title: string;
  /** Every kind; those that no rule speaks of are dropped. */
  rules: Record<Kind, PolicyRule>;
  subnets: string[];
  undecoded: 'cut' | 'zero';
  prefixCipher: 'ipcrypt-pfx' | 'crypto-pan';
  approval: { required: ApprovalItem[] };
  /** Names of what it extends, nearest first. */
  extends: string[];
  /** `sha256:` and the hash of everything above as canonical JSON (RFC 8785 for these values). */
  digest: string;
}
