import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { writeWhole } from '../atomic.ts';
import { cannotRead } from '../container/file-bytes.ts';
import { LIMITS } from '../limits.ts';
import { isOpenSshPrivate, readOpenSshPrivate } from './openssh.ts';
import { publicBlob, rawOfBlob, SSH_ED25519 } from './wire.ts';

/** What signs a bundle: an Ed25519 key (RFC 8032). */
export interface Signer {
  /** `pem`: a raw signature file for openssl; `ssh`: an SSHSIG for ssh-keygen. */
  kind: 'pem' | 'ssh';
  /** 32 bytes. */
  publicKey: Buffer;
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64. */
  fingerprint: string;
  sign(message: Uint8Array): Buffer;
}

/** A public key, or only its fingerprint: what a signature is held against. */
export interface PinnedKey {
  fingerprint: string;
  publicKey: Buffer | undefined;
}

export const KEY_FILES = {
  private: 'signing-key.pem',
  public: 'signing-key.pub.pem',
  ssh: 'signing-key.pub',
} as const;

/** Files of a new key pair, and its fingerprint. */
export interface CreatedKey {
  privateKey: string;
  publicKey: string;
  sshPublicKey: string;
  fingerprint: string;
}

/**
 * Makes a signing key: PKCS#8 PEM (RFC 8410) of mode 0600, its SPKI PEM and its OpenSSH line. The folder is made when it
 * is not there; no file is replaced.
 *
 * @throws Problem when one of the files exists or cannot be written
 */
export function createSigningKey(folder: string): CreatedKey {
  makeFolder(folder);
  const path = (name: string): string => join(folder, name);
  const there = Object.values(KEY_FILES).filter(
    (name) => lstatSync(path(name), { throwIfNoEntry: false }) !== undefined,
  );
  if (there.length > 0) {
    throw new Problem(
      'usage',
      there.map((name) => `${safeText(path(name))} exists: keys are never replaced; choose another folder`),
    );
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = rawPublic(publicKey);
  writeWhole(path(KEY_FILES.private), privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  try {
    writeWhole(path(KEY_FILES.public), publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
    writeWhole(path(KEY_FILES.ssh), `${sshLine(raw)}\n`, 0o644);
  } catch (error) {
    rmSync(path(KEY_FILES.private), { force: true });
    rmSync(path(KEY_FILES.public), { force: true });
    throw error;
  }
  return {
    privateKey: path(KEY_FILES.private),
    publicKey: path(KEY_FILES.public),
    sshPublicKey: path(KEY_FILES.ssh),
    fingerprint: fingerprintOf(raw),
  };
}

/** A folder for keys, of mode 0700 when it is made here. @throws Problem */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Problem('usage', `${safeText(folder)} cannot be made (${code ?? 'unknown error'}): name another folder`);
  }
}

/**
 * A private key file: PEM (PKCS#8) or OpenSSH, unencrypted, readable by its owner alone.
 *
 * @throws Problem
 */
export function readSigner(path: string): Signer {
  const shown = safeText(basename(path));
  const text = keyText(path, true);
  if (isOpenSshPrivate(text)) {
    const key = readOpenSshPrivate(text, shown);
    return signerOf(key, 'ssh');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    const why = /ENCRYPTED/.test(text)
      ? 'is encrypted: give a key without a passphrase, of mode 0600'
      : 'is no private key in PEM (PKCS#8) or OpenSSH form: make one with rackwitness keygen';
    throw new Problem('usage', `${shown} ${why}`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Problem(
      'usage',
      `${shown} is a key of type ${key.asymmetricKeyType ?? 'unknown'}: bundles are signed with Ed25519`,
    );
  }
  return signerOf(key, 'pem');
}

export function signerOf(key: KeyObject, kind: Signer['kind']): Signer {
  const publicKey = rawPublic(createPublicKey(key));
  return { kind, publicKey, fingerprint: fingerprintOf(publicKey), sign: (message) => sign(null, message, key) };
}

/**
 * What `--public-key` names: a file with a PEM (SPKI) or an OpenSSH public key, or a fingerprint `SHA256:…` itself.
 *
 * @throws Problem
 */
export function readPinnedKey(named: string): PinnedKey {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(named)) return { fingerprint: named, publicKey: undefined };
  if (named.startsWith('SHA256:')) {
    throw new Problem('usage', 'the fingerprint is not whole: SHA256: and 43 characters, as ssh-keygen -l prints it');
  }
  const shown = safeText(basename(named));
  const raw = publicOf(keyText(named, false));
  if (raw === undefined) {
    throw new Problem('usage', `${shown} is no Ed25519 public key in PEM (SPKI) or OpenSSH form`);
  }
  return { fingerprint: fingerprintOf(raw), publicKey: raw };
}

/** The public half of what a text holds: never a private key, which has no business where a bundle is verified. */
function publicOf(text: string): Buffer | undefined {
  const line = /^(?:\S+ +)?ssh-ed25519 +([A-Za-z0-9+/=]+)(?:\s|$)/m.exec(text);
  if (line?.[1] !== undefined) return rawOfBlob(Buffer.from(line[1], 'base64'));
  if (!text.includes('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    const key = createPublicKey(text);
    return key.asymmetricKeyType === 'ed25519' ? rawPublic(key) : undefined;
  } catch {
    return undefined;
  }
}

export function fingerprintOf(raw: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(publicBlob(raw)).digest('base64').replace(/=+$/, '')}`;
}

/** `ssh-ed25519 AAAA…`: for an allowed_signers file. */
export function sshLine(raw: Uint8Array): string {
  return `${SSH_ED25519} ${publicBlob(raw).toString('base64')}`;
}

/** A key object of 32 bytes (RFC 8037, 2). */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') },
    format: 'jwk',
  });
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function keyText(path: string, secret: boolean): string {
  const shown = safeText(basename(path));
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotRead(shown, error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > LIMITS.key) throw new Problem('usage', `${shown} is no key file`);
    if (secret && (stat.mode & 0o077) !== 0) {
      throw new Problem('refused', `${shown} can be read by others: chmod 600 it, and consider the key known`);
    }
    return readFileSync(file, 'latin1');
  } finally {
    closeSync(file);
  }
}
