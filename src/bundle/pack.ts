import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Problem } from '../problem.ts';
import { AtomicFile, stalePartials } from './atomic.ts';
import { bagInfo, type BagFile, DECLARATION, manifestText } from './bag.ts';
import { byCodeUnit } from './canonical.ts';
import { parseInstant } from './clock.ts';
import { type ByteSink, type Source, TarGzWriter } from './container/write.ts';
import { ustarHeader } from './container/ustar.ts';
import type { CustodyChain } from './custody/chain.ts';
import { digestsOf } from './digests.ts';
import { LIMITS } from './limits.ts';
import { nameFault, PAYLOAD, pathFault, TAG } from './names.ts';
import { envelopeText, IN_TOTO, preAuthentication } from './sign/dsse.ts';
import type { Signer } from './sign/keys.ts';
import { sshSignature } from './sign/openssh.ts';
import { timestampRequest } from './sign/timestamp.ts';
import { type BundleFacts, type BundlePredicate, readStatement, SEALED_TIER, statementText } from './statement.ts';

/** A file of the payload, prepared: redacted and gated where the tier says so. */
export interface PayloadEntry {
  /** `data/captures/capture-001.pcapng`: names of `[A-Za-z0-9._-]`. */
  path: string;
  /** A regular file that nothing writes to any more, or its bytes. */
  source: Source;
}

export interface BagOptions {
  /** The one top folder of the tarball. */
  name: string;
  entries: readonly PayloadEntry[];
  facts: BundleFacts;
  /** Complete but for what only the future knows; it must not be empty. */
  custody: CustodyChain;
  /** Absent: the bundle is unsigned, and says so. */
  signer?: Signer | undefined;
  /** Put an RFC 3161 request for the signature beside it. */
  timestamp?: boolean | undefined;
  /** Given the request, brings the token of a time-stamping authority; absent: it may come later, beside the bundle. */
  stamp?: ((request: Uint8Array) => Promise<Uint8Array>) | undefined;
  signal?: AbortSignal | undefined;
}

export interface BundleOptions extends BagOptions {
  /** Final name, `.tar.gz` or `.tgz`; must not exist. */
  out: string;
}

/** What was written. */
export interface PackedBag {
  /** Bytes of the tarball and their SHA-256. */
  bytes: number;
  sha256: string;
  files: readonly BagFile[];
  /** `manifest-sha256.txt`: what redacted tiers commit to when this is the sealed one. */
  payloadManifest: string;
  /** `unsigned`, or the signer's fingerprint. */
  signedBy: string;
}

export interface PackedBundle extends PackedBag {
  /** Partial files that killed runs left beside it: a person may remove them. */
  stale: readonly string[];
}

/**
 * Writes a bundle: a BagIt 1.0 bag (RFC 8493) in a canonical `.tar.gz`, in one pass over the payload. At any moment there
 * is either no file of the final name or the whole bundle; the same options give the same bytes.
 *
 * @throws Problem for names that no bag may have, sources that are missing or change, and a target that cannot be written
 */
export async function packBundle(options: BundleOptions): Promise<PackedBundle> {
  const { out } = options;
  if (/\.(?:tar\.zst|tzst)$/.test(out)) {
    throw new Problem(
      'usage',
      `${basename(out)}: a bundle is a .tar.gz; zstd has no canonical form that every host can check`,
    );
  }
  if (!/\.(?:tar\.gz|tgz)$/.test(out)) throw new Problem('usage', `${basename(out)}: name the bundle .tar.gz`);
  requireSound(options);
  const { facts, entries } = options;
  if (!facts.redacted && !(facts.tier === SEALED_TIER && entries.every(({ path }) => path.endsWith('.age')))) {
    throw new Problem('refused', 'what is not redacted is packed encrypted only, in the tier "sealed"');
  }
  const file = new AtomicFile(out);
  try {
    const packed = await writeBag(options, file);
    file.commit();
    return { ...packed, stale: stalePartials(out) };
  } finally {
    file.abandon();
  }
}

/** The same into any sink: a pipe, or the encryption of a sealed tier. @throws Problem as `packBundle` */
export async function writeBag(options: BagOptions, sink: ByteSink): Promise<PackedBag> {
  const entries = requireSound(options);
  const container = createHash('sha256');
  const tar = await TarGzWriter.create({
    write: (bytes) => {
      container.update(bytes);
      return sink.write(bytes);
    },
  });
  const add = async (path: string, source: Source): Promise<BagFile> => {
    options.signal?.throwIfAborted();
    return { path, ...(await tar.add(`${options.name}/${path}`, source)) };
  };
  try {
    const files: BagFile[] = [];
    for (const { path, source } of entries) files.push(await add(path, source));
    const payloadManifest = manifestText(files, 'sha256');
    const tags = [
      await add(TAG.info, Buffer.from(bagInfo(options.facts, files, options.signer?.fingerprint))),
      await add(TAG.declaration, Buffer.from(DECLARATION)),
      await add(TAG.custody, Buffer.from(options.custody.text())),
      await add(TAG.sha256, Buffer.from(payloadManifest)),
      await add(TAG.sha512, Buffer.from(manifestText(files, 'sha512'))),
    ];
    for (const [path, bytes] of await seals(tags, options)) await add(path, bytes);
    await tar.finish();
    return {
      bytes: tar.written,
      sha256: container.digest('hex'),
      files,
      payloadManifest,
      signedBy: options.signer?.fingerprint ?? 'unsigned',
    };
  } catch (error) {
    await tar.abandon();
    throw error;
  }
}

/** Tag manifests, statement, signatures and stamps, in the order of the tarball. */
async function seals(tags: readonly BagFile[], options: BagOptions): Promise<[path: string, bytes: Buffer][]> {
  const { facts, signer, custody } = options;
  const tags256 = Buffer.from(manifestText(tags, 'sha256'));
  const tags512 = Buffer.from(manifestText(tags, 'sha512'));
  const made: [string, Buffer][] = [
    [TAG.tags256, tags256],
    [TAG.tags512, tags512],
  ];
  const predicate: BundlePredicate = { ...facts, custody: custody.end };
  if (signer !== undefined) {
    const publicKey = signer.publicKey.toString('base64');
    predicate.signer = { algorithm: 'ed25519', fingerprint: signer.fingerprint, publicKey };
  }
  const said = statementText({ tags256: digestsOf(tags256), tags512: digestsOf(tags512) }, predicate);
  // What `verify` would not read may not be signed.
  const read = await readStatement(said);
  if (typeof read === 'string') throw new Problem('usage', `the bundle would not verify: ${read}`);
  const statement = Buffer.from(said);
  if (signer === undefined) {
    made.push([TAG.unsigned, Buffer.concat([statement, Buffer.from('\n')])]);
    return made;
  }
  const sig = signer.sign(preAuthentication(IN_TOTO, statement));
  made.push([TAG.attestation, Buffer.from(envelopeText(IN_TOTO, statement, signer.fingerprint, sig))]);
  const signature =
    signer.kind === 'ssh'
      ? Buffer.from(sshSignature(tags256, signer.publicKey, (bytes) => signer.sign(bytes)))
      : signer.sign(tags256);
  made.push([signer.kind === 'ssh' ? TAG.sshSignature : TAG.signature, signature]);
  if (options.timestamp === true || options.stamp !== undefined) {
    const request = timestampRequest(signature);
    made.push([TAG.request, request]);
    if (options.stamp !== undefined) made.push([TAG.token, Buffer.from(await options.stamp(request))]);
  }
  return made;
}

/** The entries in order. @throws Problem with everything that is wrong with names and facts */
function requireSound({ name, entries, facts, custody }: BagOptions): PayloadEntry[] {
  const faults: string[] = [];
  for (const [what, value] of [
    ['the name of the bag', name],
    ['the case', facts.case],
    ['the tier', facts.tier],
  ] as const) {
    const fault = nameFault(value);
    if (fault !== undefined) faults.push(`${what} has ${fault}`);
  }
  if (parseInstant(facts.sealedAt) === undefined) faults.push('the time of sealing is no UTC time of whole seconds');
  if (custody.end.count === 0) faults.push('the custody chain is empty: it begins with the acquisition of each source');
  if (entries.length === 0) faults.push('there is nothing to pack');
  if (entries.length > LIMITS.entries) faults.push(`more than ${LIMITS.entries} files: split the case`);
  if (facts.redacted && (facts.policy === undefined || facts.gate.result !== 'passed')) {
    throw new Problem('refused', 'a redacted bundle needs a policy, and a gate that was passed');
  }
  const seen = new Set<string>();
  const sorted = [...entries].sort((a, b) => byCodeUnit(a.path, b.path));
  for (const [i, { path }] of sorted.slice(0, LIMITS.entries).entries()) {
    const fault = path.startsWith(PAYLOAD) ? pathFault(`${name}/${path}`) : 'a path outside data/';
    if (fault !== undefined) faults.push(`entry ${i + 1}, in order of the paths: ${fault}`);
    else if (ustarHeader(`${name}/${path}`, 0) === undefined) faults.push(`${path}: too long for a tarball`);
    if (seen.has(path.toLowerCase())) faults.push('two entries have the same path but for the case of letters');
    seen.add(path.toLowerCase());
  }
  const folders = new Set(sorted.flatMap(({ path }) => foldersOf(path.toLowerCase())));
  for (const { path } of sorted) if (folders.has(path.toLowerCase())) faults.push(`${path} is a file and a folder`);
  if (faults.length > 0) throw new Problem('usage', faults.slice(0, LIMITS.failures));
  return sorted;
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
