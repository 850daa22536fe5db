import { createHash, createPrivateKey, type KeyObject, verify } from 'node:crypto';
import { Problem } from '../../problem.ts';
import { publicBlob, rawOfBlob, SSH_ED25519, sshString, SshReader } from './wire.ts';

const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const MAGIC = 'openssh-key-v1\0';

export function isOpenSshPrivate(text: string): boolean {
  return text.includes(BEGIN);
}

/**
 * An unencrypted Ed25519 key as ssh-keygen writes it (OpenSSH PROTOCOL.key): `openssh-key-v1`, cipher, kdf, options, one
 * public key, and the private part: two equal check numbers, type, public (32), private and public (64), comment, padding.
 *
 * @throws Problem
 */
export function readOpenSshPrivate(text: string, shown: string): KeyObject {
  const broken = new Problem('usage', `${shown} is no whole OpenSSH private key`);
  const body = text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
  const reader = new SshReader(Buffer.from(body.replace(/\s+/g, ''), 'base64'));
  if (reader.take(MAGIC.length)?.toString('latin1') !== MAGIC) throw broken;
  const cipher = reader.string()?.toString('latin1');
  reader.string();
  reader.string();
  if (cipher === undefined) throw broken;
  if (cipher !== 'none') {
    throw new Problem('usage', `${shown} is encrypted: give a key without a passphrase, of mode 0600`);
  }
  const count = reader.uint32();
  reader.string();
  const secret = reader.string();
  if (count !== 1 || secret === undefined) throw broken;
  const inner = new SshReader(secret);
  const [one, two] = [inner.uint32(), inner.uint32()];
  const type = inner.string()?.toString('latin1');
  if (one === undefined || one !== two || type === undefined) throw broken;
  if (type !== SSH_ED25519) {
    throw new Problem(
      'usage',
      `${shown} is a key of type ${/^[\w-]+$/.test(type) ? type : 'unknown'}: bundles are signed with Ed25519`,
    );
  }
  const raw = inner.string();
  const pair = inner.string();
  if (raw?.length !== 32 || pair?.length !== 64) throw broken;
  return createPrivateKey({
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: raw.toString('base64url'),
      d: pair.subarray(0, 32).toString('base64url'),
    },
    format: 'jwk',
  });
}

/** What our SSH signatures are for: a signature made for anything else (mail, git) does not count here. */
export const NAMESPACE = 'rackwitness';

const SIG_MAGIC = 'SSHSIG';
const SIG_VERSION = 1;
const SIG_BEGIN = '-----BEGIN SSH SIGNATURE-----';
const SIG_END = '-----END SSH SIGNATURE-----';
const SIG_COLUMNS = 70;
const HASH = 'sha512';

/**
 * An OpenSSH signature (PROTOCOL.sshsig), as `ssh-keygen -Y sign` writes it.
 *
 * ```
 * signed: "SSHSIG" string namespace, string reserved, string hash name, string H(message)
 * file:   "SSHSIG" uint32 version, string public key, string namespace, string reserved, string hash name, string signature
 * ```
 */
export function sshSignature(message: Uint8Array, raw: Uint8Array, sign: (bytes: Uint8Array) => Uint8Array): string {
  const signature = Buffer.concat([sshString(SSH_ED25519), sshString(sign(signedBytes(message)))]);
  return armored(raw, signature);
}

/** The key and signature of an armoured SSHSIG of ours; undefined unless it is in the one spelling that we write. */
export function readSshSignature(text: string): { raw: Buffer; signature: Buffer } | undefined {
  const lines = text.split('\n');
  if (lines[0] !== SIG_BEGIN || lines.at(-1) !== '' || lines.at(-2) !== SIG_END) return undefined;
  const reader = new SshReader(Buffer.from(lines.slice(1, -2).join(''), 'base64'));
  if (reader.take(SIG_MAGIC.length)?.toString('latin1') !== SIG_MAGIC || reader.uint32() !== SIG_VERSION)
    return undefined;
  const raw = rawOfBlob(reader.string() ?? Buffer.alloc(0));
  const [, , , wrapped] = [reader.string(), reader.string(), reader.string(), reader.string()];
  if (raw === undefined || wrapped === undefined) return undefined;
  const inner = new SshReader(wrapped);
  inner.string();
  const signature = inner.string();
  if (signature?.length !== 64 || armored(raw, wrapped) !== text) return undefined;
  return { raw, signature };
}

/** Whether a signature read by `readSshSignature` is one of the message. */
export function sshSignatureFits(message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  return verify(null, signedBytes(message), key, signature);
}

function signedBytes(message: Uint8Array): Buffer {
  const digest = createHash(HASH).update(message).digest();
  return Buffer.concat([
    Buffer.from(SIG_MAGIC),
    sshString(NAMESPACE),
    sshString(''),
    sshString(HASH),
    sshString(digest),
  ]);
}

function armored(raw: Uint8Array, signature: Uint8Array): string {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(SIG_VERSION);
  const blob = Buffer.concat([
    Buffer.from(SIG_MAGIC),
    version,
    sshString(publicBlob(raw)),
    sshString(NAMESPACE),
    sshString(''),
    sshString(HASH),
    sshString(signature),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${SIG_COLUMNS}}`, 'g')) ?? [];
  return `${[SIG_BEGIN, ...lines, SIG_END].join('\n')}\n`;
}
