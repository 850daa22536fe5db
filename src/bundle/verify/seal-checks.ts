import { verify as verifySignature } from 'node:crypto';
import { readChain } from '../custody/chain.ts';
import { TAG } from '../names.ts';
import { IN_TOTO, preAuthentication, readEnvelope, type Envelope } from '../sign/dsse.ts';
import { fingerprintOf, type PinnedKey, publicKeyOf } from '../sign/keys.ts';
import { readSshSignature, sshSignatureFits } from '../sign/openssh.ts';
import { type BundlePredicate, RAW_TIER, readStatement, SEALED_TIER } from '../statement.ts';
import { type Check, check, type Failure, without } from './check.ts';
import type { Contents } from './contents.ts';

/** What is said of a bundle, and by what envelope; no word of it is believed before the checks are through. */
export interface Said {
  /** undefined when it cannot be read. */
  predicate: BundlePredicate | undefined;
  envelope: Envelope | undefined;
  check: Check;
}

/** The statement, signed or not: readable, canonical, over these very tag manifests. */
export async function readSaid({ tags }: Contents): Promise<Said> {
  const title = 'Statement';
  const bad = (message: string, file: string): Said => ({
    predicate: undefined,
    envelope: undefined,
    check: check('statement', title, [{ file, message }], ''),
  });
  const signed = tags.get(TAG.attestation);
  const unsigned = tags.get(TAG.unsigned);
  if (signed !== undefined && unsigned !== undefined) return bad('a signed and an unsigned statement', TAG.unsigned);
  const file = signed === undefined ? TAG.unsigned : TAG.attestation;
  const envelope = signed === undefined ? undefined : readEnvelope(signed.bytes.toString('utf8'));
  if (signed !== undefined && envelope === undefined) return bad('the envelope is not canonical DSSE', file);
  if (envelope !== undefined && envelope.payloadType !== IN_TOTO)
    return bad('the envelope holds no in-toto statement', file);
  const text = envelope?.payload ?? unsigned?.bytes;
  if (text === undefined) return bad('there is no statement', file);
  const lineEnd = envelope === undefined ? '\n' : '';
  const source = text.toString('utf8');
  // Bytes that are no UTF-8 would read as replacement characters: one spelling only.
  if (!Buffer.from(source).equals(text) || !source.endsWith(lineEnd))
    return bad('the statement is no clean UTF-8', file);
  const statement = await readStatement(source.slice(0, source.length - lineEnd.length));
  if (typeof statement === 'string') return bad(statement, file);
  const failures: Failure[] = [];
  const expected = [TAG.tags256, TAG.tags512];
  for (const [i, name] of expected.entries()) {
    const subject = statement.subject[i];
    if (subject?.name !== name || subject.digest.sha256 !== tags.get(name)?.sha256) {
      failures.push({ file, message: `the statement is about another ${name}` });
    }
  }
  const { predicate } = statement;
  if (envelope === undefined && predicate.signer !== undefined) {
    failures.push({ file, message: 'the statement names a signer, and its signature was taken away' });
  }
  if (envelope !== undefined && predicate.signer === undefined) {
    failures.push({ file, message: 'the signed statement does not name its signer' });
  }
  return { predicate, envelope, check: check('statement', title, failures, 'over both tag manifests, canonical') };
}

/** DSSE signature over the statement, plain signature over the tag manifest: by one and the same key. */
export function signatureChecks(
  { tags }: Contents,
  { predicate, envelope }: Said,
  pinned: PinnedKey | undefined,
): Check[] {
  const title = 'Signature of the statement (DSSE)';
  const plainTitle = 'Signature of the tag manifest';
  const claimed = predicate?.signer;
  const plain = tags.get(TAG.signature);
  const ssh = tags.get(TAG.sshSignature);
  if (envelope === undefined || claimed === undefined) {
    const stray: Failure[] = [];
    for (const file of [plain, ssh])
      if (file !== undefined) stray.push({ file: file.path, message: 'a signature without a statement' });
    const result =
      stray.length > 0 ? check('signature', title, stray, '') : without('signature', title, 'absent', 'UNSIGNED');
    const pin =
      pinned === undefined
        ? without('signer', 'Signer', 'absent', 'nobody signed this bundle')
        : unmatched('the bundle is unsigned');
    return [result, pin];
  }
  const key = Buffer.from(claimed.publicKey, 'base64');
  const failures: Failure[] = [];
  const file = TAG.attestation;
  if (fingerprintOf(key) !== claimed.fingerprint) failures.push({ file, message: 'key and fingerprint do not agree' });
  const [sig, ...more] = envelope.signatures;
  if (sig === undefined || more.length > 0) failures.push({ file, message: 'the envelope has not one signature' });
  if (sig?.keyid !== undefined && sig.keyid !== claimed.fingerprint) {
    failures.push({ file, message: 'the key id is not the fingerprint of the key' });
  }
  const signed = preAuthentication(envelope.payloadType, envelope.payload);
  if (sig !== undefined && !fits(signed, key, sig.sig)) failures.push({ file, message: 'the signature does not fit' });
  return [
    check('signature', title, failures, 'fits the key that is named in the bundle'),
    plainCheck(plainTitle, { tags }, key),
    signerCheck(key, pinned),
  ];
}

function plainCheck(title: string, { tags }: Pick<Contents, 'tags'>, key: Buffer): Check {
  const message = tags.get(TAG.tags256)?.bytes ?? Buffer.alloc(0);
  const raw = tags.get(TAG.signature);
  const ssh = tags.get(TAG.sshSignature);
  const id = 'tagmanifest-signature';
  if (raw !== undefined && ssh !== undefined) {
    return check(id, title, [{ file: TAG.sshSignature, message: 'two signatures: a bundle has one' }], '');
  }
  if (raw !== undefined) {
    const failures = fits(message, key, raw.bytes) ? [] : [{ file: raw.path, message: 'the signature does not fit' }];
    return check(id, title, failures, 'Ed25519, raw');
  }
  if (ssh === undefined) return check(id, title, [{ file: TAG.signature, message: 'is missing' }], '');
  const read = readSshSignature(ssh.bytes.toString('latin1'));
  const right =
    read !== undefined && read.raw.equals(key) && sshSignatureFits(message, publicKeyOf(key), read.signature);
  return check(id, title, right ? [] : [{ file: ssh.path, message: 'the signature does not fit' }], 'Ed25519, SSHSIG');
}

function signerCheck(key: Buffer, pinned: PinnedKey | undefined): Check {
  const fingerprint = fingerprintOf(key);
  if (pinned === undefined) {
    return without('signer', 'Signer', 'unknown', `no key was pinned; the bundle names ${fingerprint}: integrity only`);
  }
  const same = pinned.fingerprint === fingerprint && (pinned.publicKey?.equals(key) ?? true);
  if (!same) return unmatched(`the bundle was signed by ${fingerprint}`);
  return check('signer', 'Signer', [], fingerprint);
}

function unmatched(why: string): Check {
  return check('signer', 'Signer', [{ message: `not the pinned key: ${why}`, file: TAG.attestation }], '');
}

function fits(message: Uint8Array, key: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verifySignature(null, message, publicKeyOf(key), signature);
}

/** The chain links, and its end is the one that the statement pins. */
export function custodyChecks({ tags }: Contents, predicate: BundlePredicate | undefined): Check[] {
  const file = TAG.custody;
  const chain = readChain(tags.get(file)?.bytes.toString('utf8') ?? '');
  const failures = chain.fault === undefined ? [] : [{ file, message: `${file}: ${chain.fault}` }];
  const first = check('custody', 'Custody chain', failures, `${chain.count} entries, each linked to the one before`);
  const title = 'Custody chain, pinned end';
  if (predicate === undefined) return [first, without('custody-pin', title, 'not-checked', 'there is no statement')];
  const { count, head } = predicate.custody;
  const pinned = chain.count === count && chain.head === head;
  const moved = pinned
    ? []
    : [{ file, message: `${file} does not end where the statement says: ${chain.count} of ${count} entries` }];
  return [first, check('custody-pin', title, moved, `${count} entries, head ${head.slice(0, 16)}…`)];
}

const AGE = 'age-encryption.org/v1\n';

/** Tier, redaction and payload belong together. */
export function tierCheck({ payload }: Contents, predicate: BundlePredicate): Check {
  const { tier, redacted, sealed, tiers } = predicate;
  const failures: Failure[] = [];
  if (tier === SEALED_TIER) {
    if (redacted) failures.push({ message: 'the sealed tier says that it is redacted' });
    for (const { path, head } of payload) {
      if (!path.endsWith('.age') || !head.toString('latin1').startsWith(AGE)) {
        failures.push({ file: path, message: 'is not encrypted, and stands in the sealed tier' });
      }
    }
  } else if (tier === RAW_TIER) {
    if (redacted) failures.push({ message: 'the raw content says that it is redacted' });
  } else {
    if (!redacted) failures.push({ message: `tier ${tier} is not redacted` });
    if (tiers !== undefined) failures.push({ message: `tier ${tier} lists all tiers: only the sealed one may` });
  }
  const commits = sealed === undefined ? 'commits to no sealed tier' : 'commits to the sealed tier';
  const what =
    tier === SEALED_TIER
      ? `sealed, encrypted; lists ${tiers?.length ?? 0} tiers`
      : tier === RAW_TIER
        ? 'RAW: nothing in it is redacted'
        : `${tier}, redacted; ${commits}`;
  return check('tier', 'Tier', failures, what);
}

/** What was searched for before packing. Its truth is the signer's word; `--reanalyze` and a new scan test it. */
export function gateCheck({ redacted, policy, gate }: BundlePredicate): Check {
  const title = 'Leak gate, as stated';
  const failures: Failure[] = [];
  if (redacted && (gate.result !== 'passed' || policy === undefined)) {
    failures.push({ file: TAG.attestation, message: 'redacted, and no gate was passed' });
  }
  if (!redacted && gate.result === 'passed')
    failures.push({ file: TAG.attestation, message: 'raw, and a gate was passed' });
  if (!redacted && failures.length === 0) return without('gate', title, 'absent', 'nothing was redacted');
  const how = gate.mode === 'streaming' ? ' while it was written (weaker)' : '';
  return check(
    'gate',
    title,
    failures,
    `policy ${policy?.name ?? ''}: searched for ${gate.needles} originals${how}, none found`,
  );
}
