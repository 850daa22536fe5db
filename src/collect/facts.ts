import { X509Certificate } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { safeText } from '../wire/values.ts';
import type { Host } from './host.ts';
import { type BytePath, rawPath, shownPath, statOf } from './paths.ts';
import { refusal } from './source-file.ts';
import { timeText } from './window.ts';

/** Files described; a folder of more is no folder of configuration. */
const MAX_FILES = 5_000;
/** A chain of certificates is some kilobytes. */
const MAX_PEM = 1024 * 1024;
/** Certificates of one file: a bundle of authorities has under two hundred. */
const MAX_CERTIFICATES = 500;

/** Mode and owner of a file. `asExpected` is null where nothing is expected. */
export interface FileMode {
  path: string;
  type: 'file' | 'folder' | 'link' | 'other';
  mode: string;
  uid: number;
  gid: number;
  size: number;
  modified: string;
  expected?: string;
  asExpected?: boolean;
}

/** Of everything that matches; nothing is opened. */
export function modesOf(host: Host, wanted: readonly { path: string; expected?: string }[]): FileMode[] {
  const modes: FileMode[] = [];
  for (const { path: pattern, expected } of wanted) {
    for (const path of host.match(pattern).found) {
      const stat = statOf(path);
      if (stat === undefined || modes.length >= MAX_FILES) continue;
      const mode = (stat.mode & 0o7777).toString(8).padStart(3, '0');
      modes.push({
        path: shownPath(path),
        type: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other',
        mode,
        uid: stat.uid,
        gid: stat.gid,
        size: stat.size,
        modified: timeText(stat.mtimeMs / 1000),
        ...(expected === undefined ? {} : { expected, asExpected: mode === expected }),
      });
    }
  }
  return modes;
}

/** What a certificate says; or why a file gave none. */
export interface CertificateFact {
  path: string;
  mode: string;
  /** Set where the file gave no certificate. */
  reason?: string;
  /** Number in its file, from 1. */
  number?: number;
  subject?: string;
  issuer?: string;
  names?: string;
  serial?: string;
  notBefore?: string;
  notAfter?: string;
  /** At the time of collecting; negative: it ran out. */
  daysLeft?: number;
  authority?: boolean;
  selfIssued?: boolean;
  fingerprintSha256?: string;
  key?: string;
  /** A private key stands in the same file: whoever may read the certificate has it. */
  keyInSameFile?: boolean;
}

/** @param now seconds since 1970 UTC */
export function certificatesOf(host: Host, patterns: readonly string[], now: number): CertificateFact[] {
  const facts: CertificateFact[] = [];
  for (const pattern of patterns) {
    for (const path of host.match(pattern).found) {
      if (facts.length >= MAX_FILES) return facts;
      const stat = statOf(path);
      const base = { path: shownPath(path), mode: ((stat?.mode ?? 0) & 0o7777).toString(8).padStart(3, '0') };
      const refused = refusal(host.root, path, stat);
      if (refused !== undefined) {
        facts.push({ ...base, reason: refused.reason ?? refused.status });
        continue;
      }
      const text = textOf(path);
      if (text === undefined) facts.push({ ...base, reason: 'it could not be read' });
      else facts.push(...ofText(text, base, now));
    }
  }
  return facts;
}

function ofText(text: string, base: { path: string; mode: string }, now: number): CertificateFact[] {
  const facts: CertificateFact[] = [];
  const keyInSameFile = text.includes('PRIVATE KEY-----');
  for (let from = 0; facts.length < MAX_CERTIFICATES;) {
    const begin = text.indexOf('-----BEGIN CERTIFICATE-----', from);
    const end = begin < 0 ? -1 : text.indexOf('-----END CERTIFICATE-----', begin);
    if (end < 0) break;
    from = end + '-----END CERTIFICATE-----'.length;
    const number = facts.length + 1;
    try {
      const one = new X509Certificate(text.slice(begin, from));
      facts.push({ ...base, number, ...certificateFact(one, now), keyInSameFile });
    } catch {
      facts.push({ ...base, number, reason: 'not a certificate (X.509)' });
    }
  }
  return facts.length === 0 ? [{ ...base, reason: 'no certificate in it', keyInSameFile }] : facts;
}

function certificateFact(one: X509Certificate, now: number): Partial<CertificateFact> {
  const from = Date.parse(one.validFrom) / 1000;
  const to = Date.parse(one.validTo) / 1000;
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = one.publicKey;
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? '';
  return {
    subject: line(one.subject),
    issuer: line(one.issuer),
    names: line(one.subjectAltName ?? ''),
    serial: one.serialNumber,
    notBefore: timeText(from),
    notAfter: timeText(to),
    daysLeft: Math.floor((to - now) / 86_400),
    authority: one.ca,
    selfIssued: one.subject === one.issuer,
    fingerprintSha256: one.fingerprint256,
    key: `${asymmetricKeyType} ${size}`.trim(),
  };
}

/** A distinguished name has a line for each part. */
function line(text: string): string {
  return safeText(text.replaceAll('\n', ', ')).slice(0, 4096);
}

function textOf(path: BytePath): string | undefined {
  let file: number;
  try {
    file = openSync(rawPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(MAX_PEM);
    let at = 0;
    while (at < MAX_PEM) {
      const read = readSync(file, buffer, at, MAX_PEM - at, null);
      if (read === 0) break;
      at += read;
    }
    return buffer.toString('latin1', 0, at);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
