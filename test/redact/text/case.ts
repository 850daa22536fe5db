import { CaseIdentities } from '../../../src/redact/case-identities.ts';
import { Learner, type CaseFacts } from '../../../src/redact/facts.ts';
import { KIND_NAMES, type Action, type Kind } from '../../../src/redact/kinds.ts';
import { POLICY_SCHEMA, type Policy } from '../../../src/redact/policy/policy.ts';
import {
  checkText,
  learnText,
  rewriteText,
  type CheckedText,
  type RewrittenText,
} from '../../../src/redact/text/index.ts';

/** What a vendor would get: names and addresses as pseudonyms, secrets and content gone, words kept. */
export const USUAL: Partial<Record<Kind, Action>> = {
  mac: 'pseudonym',
  ipv4: 'pseudonym',
  ipv6: 'pseudonym',
  hostname: 'pseudonym',
  domain: 'pseudonym',
  username: 'pseudonym',
  uuid: 'pseudonym',
  serial: 'pseudonym',
  'circuit-id': 'pseudonym',
  'remote-id': 'pseudonym',
  filename: 'pseudonym',
  url: 'pseudonym',
  'vlan-name': 'pseudonym',
  'vendor-class': 'keep',
  email: 'drop',
  time: 'keep',
  text: 'keep',
};

export function policyOf(actions: Partial<Record<Kind, Action>> = {}): Policy {
  const all = { ...USUAL, ...actions };
  return {
    schema: POLICY_SCHEMA,
    name: 'test',
    title: 'test',
    rules: Object.fromEntries(
      KIND_NAMES.map((kind) => [kind, { action: all[kind] ?? 'drop', because: 'test', except: [] }]),
    ) as unknown as Policy['rules'],
    subnets: [],
    undecoded: 'cut',
    prefixCipher: 'ipcrypt-pfx',
    approval: { required: [] },
    extends: [],
    digest: 'sha256:0',
  };
}

export async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = Math.max(1, sizes[i % sizes.length] ?? bytes.length);
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

export interface TestCase {
  identities: CaseIdentities;
  facts: CaseFacts;
}

export async function caseOf(
  inputs: readonly { bytes: Uint8Array; name?: string }[],
  actions: Partial<Record<Kind, Action>> = {},
  key = 7,
): Promise<TestCase> {
  const learner = new Learner();
  for (const { bytes, name } of inputs) {
    await learnText(cut(bytes, [65_536]), learner, name === undefined ? {} : { fileName: name });
  }
  const facts = learner.freeze();
  const identities = new CaseIdentities({ policy: policyOf(actions), tierKey: new Uint8Array(32).fill(key), facts });
  return { identities, facts };
}

export interface Redacted {
  bytes: Buffer;
  text: string;
  result: RewrittenText;
}

export async function redact(
  of: TestCase,
  bytes: Uint8Array,
  name = '',
  sizes: readonly number[] = [65_536],
): Promise<Redacted> {
  const out: Uint8Array[] = [];
  const result = await rewriteText(cut(bytes, sizes), (chunk) => void out.push(Uint8Array.from(chunk)), of.identities, {
    facts: of.facts,
    fileName: name,
  });
  const whole = Buffer.concat(out);
  return { bytes: whole, text: whole.toString('utf8'), result };
}

export async function check(of: TestCase, bytes: Uint8Array, name = ''): Promise<CheckedText> {
  return checkText(cut(bytes, [65_536]), of.identities, { facts: of.facts, fileName: name });
}

/** Learns, rewrites and checks one text. */
export async function redactOne(
  text: string | Uint8Array,
  name = '',
  actions: Partial<Record<Kind, Action>> = {},
): Promise<Redacted & { checked: CheckedText; of: TestCase }> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const of = await caseOf([{ bytes, name }], actions);
  const redacted = await redact(of, bytes, name);
  return { ...redacted, checked: await check(of, redacted.bytes, name), of };
}
