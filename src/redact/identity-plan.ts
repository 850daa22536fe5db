import type { CaseFacts } from './facts.ts';
import type { Kind } from './kinds.ts';
import type { Policy } from './policy/policy.ts';

/** All that pseudonyms depend on, as plain data: what each thread builds its `CaseIdentities` from. */
export interface IdentityPlan {
  policy: Policy;
  /** 32 bytes, of `deriveTierKey`. */
  tierKey: Uint8Array;
  facts: CaseFacts;
  /** Pseudonyms that are given beforehand (an imported map): kind, original, pseudonym. */
  fixed?: readonly FixedIdentity[];
}

export interface FixedIdentity {
  kind: Kind;
  original: number | string;
  pseudonym: number | string;
}
