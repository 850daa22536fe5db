import { byCodeUnit } from './canonical.ts';
import type { Digests } from './digests.ts';
import { LIMITS } from './limits.ts';
import type { BundleFacts } from './statement.ts';

/** A file of the bag: its path below the top folder, length and digests. */
export interface BagFile extends Digests {
  path: string;
  size: number;
}

export type Algorithm = keyof Digests;

/** `bagit.txt` (RFC 8493, 2.1.1). */
export const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * `bag-info.txt` (RFC 8493, 2.2.2): what a person reads first. All of it follows from the signed statement and the
 * payload, so `verify` writes it anew and compares.
 *
 * @param signer fingerprint; undefined for an unsigned bundle
 */
export function bagInfo(facts: BundleFacts, files: readonly BagFile[], signer: string | undefined): string {
  const octets = files.reduce((sum, { size }) => sum + size, 0);
  const lines = [
    `Bag-Software-Agent: ${facts.tool.name} ${facts.tool.version}`,
    `Bagging-Date: ${facts.sealedAt.slice(0, 10)}`,
    `External-Identifier: ${facts.case}`,
    `Payload-Oxum: ${octets}.${files.length}`,
    `Rackwitness-Tier: ${facts.tier}`,
    `Rackwitness-Redacted: ${facts.redacted ? `yes, policy ${facts.policy?.name ?? 'unknown'}` : 'NO, this is raw'}`,
    signer === undefined
      ? 'Rackwitness-Signature: UNSIGNED, nothing here shows who made this bag or that it is unchanged'
      : `Rackwitness-Signature: Ed25519 ${signer}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A payload or tag manifest (RFC 8493, 2.1.3): digest, two spaces, path; in order of the paths. */
export function manifestText(files: readonly BagFile[], algorithm: Algorithm): string {
  const sorted = [...files].sort((a, b) => byCodeUnit(a.path, b.path));
  return sorted.map((file) => `${file[algorithm]}  ${file.path}\n`).join('');
}

const HEX_LENGTH: Readonly<Record<Algorithm, number>> = { sha256: 64, sha512: 128 };

/**
 * A manifest as it was found: path → digest. What is not in our one spelling (order, hex, two spaces, line end) is a
 * fault with its line.
 */
export function readManifest(
  text: string,
  algorithm: Algorithm,
): { listed: Map<string, string>; fault: string | undefined } {
  const listed = new Map<string, string>();
  const lines = text.split('\n');
  if (lines.pop() !== '') return { listed, fault: 'the last line has no end' };
  const form = new RegExp(`^([0-9a-f]{${HEX_LENGTH[algorithm]}})  (\\S+)$`);
  let before = '';
  for (const [i, line] of lines.entries()) {
    if (i >= LIMITS.entries) return { listed, fault: `more than ${LIMITS.entries} lines` };
    const [, digest, path] = form.exec(line) ?? [];
    if (digest === undefined || path === undefined) return { listed, fault: `line ${i + 1} is not "digest  path"` };
    if (byCodeUnit(before, path) >= 0) return { listed, fault: `line ${i + 1} is out of order, or there twice` };
    before = path;
    listed.set(path, digest);
  }
  return { listed, fault: undefined };
}
