import { LIMITS } from './limits.ts';

/** Files of a bag beside the payload, as RFC 8493 names them, and ours. */
export const TAG = {
  declaration: 'bagit.txt',
  info: 'bag-info.txt',
  custody: 'custody.jsonl',
  sha256: 'manifest-sha256.txt',
  sha512: 'manifest-sha512.txt',
  tags256: 'tagmanifest-sha256.txt',
  tags512: 'tagmanifest-sha512.txt',
  /** The DSSE envelope of a signed bundle. */
  attestation: 'attestation.dsse.json',
  /** The same statement without an envelope: what an unsigned bundle has instead. */
  unsigned: 'statement.UNSIGNED.json',
  /** Raw Ed25519 signature (64 bytes) over the tag manifest. */
  signature: 'tagmanifest-sha256.txt.sig',
  /** The same as an OpenSSH signature. */
  sshSignature: 'tagmanifest-sha256.txt.sshsig',
  /** RFC 3161 request for the signature, and the token that came back. */
  request: 'tagmanifest-sha256.txt.tsq',
  token: 'tagmanifest-sha256.txt.tsr',
} as const;

/** Tag files that the tag manifests list, in the order in which they stand in the tarball, after the payload. */
export const LISTED_TAGS: readonly string[] = [TAG.info, TAG.declaration, TAG.custody, TAG.sha256, TAG.sha512];

/** Those that sign or stamp the tag manifests, and so cannot be in them. */
export const SEALS: readonly string[] = [
  TAG.tags256,
  TAG.tags512,
  TAG.attestation,
  TAG.unsigned,
  TAG.signature,
  TAG.sshSignature,
  TAG.request,
  TAG.token,
];

/** Every tag file, in the order of the tarball. */
export const TAG_ORDER: readonly string[] = [...LISTED_TAGS, ...SEALS];

export const PAYLOAD = 'data/';

/**
 * What is wrong with a path inside a bag, or undefined. Each name is of `[A-Za-z0-9._-]`, so that it means the same in
 * every file system, shell and normal form of Unicode; none begins with a dot or a hyphen.
 */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'an empty path';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'an absolute path';
  if (path.length > LIMITS.path) return `a path of more than ${LIMITS.path} characters`;
  const parts = path.split('/');
  if (parts.length > LIMITS.depth) return `more than ${LIMITS.depth} folders`;
  for (const part of parts) {
    const fault = nameFault(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What is wrong with one name: of a folder, of a file, of the bag itself. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'an empty name';
  if (name === '.' || name === '..') return `a path that leads elsewhere ("${name}")`;
  if (name.length > LIMITS.name) return `a name of more than ${LIMITS.name} characters`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'a name with characters other than A-Z a-z 0-9 . _ -';
  if (/^[.-]/.test(name) || name.endsWith('.')) return 'a name that begins with a dot or a hyphen, or ends with a dot';
  return undefined;
}
