import { safeText } from '../../wire/values.ts';
import { NAME, version } from '../../installed.ts';
import { NOT_PROVEN, type Verification } from './verify.ts';

const WIDTH = 34;

const WORD = { ok: 'ok', FAIL: 'FAIL', absent: 'absent', unknown: 'unknown', 'not-checked': 'not checked' } as const;

/** The checklist as a person reads it: one line a check, every failure with its file or offset, and what is not proven. */
export function checklistText(verification: Verification): string {
  const { file, bytes, sha256, verdict, accepted, checks, says } = verification;
  const lines = [`${safeText(file)}: ${bytes} bytes${sha256 === '' ? '' : `, SHA-256 ${sha256}`}`, ''];
  for (const { title, result, detail, failures, omitted } of checks) {
    lines.push(
      `  ${WORD[result].padEnd(12)}${title.padEnd(WIDTH)}${result === 'FAIL' ? '' : safeText(detail)}`.trimEnd(),
    );
    for (const failure of failures) lines.push(`${' '.repeat(14)}${safeText(whereText(failure))}`);
    if (omitted > 0) lines.push(`${' '.repeat(14)}and ${omitted} more`);
  }
  lines.push('');
  if (says !== undefined && verdict !== 'failed') {
    lines.push(
      `Case ${safeText(says.case)}, tier ${safeText(says.tier)}, sealed ${safeText(says.sealedAt)} by the signer's clock.`,
    );
    if (says.signer === undefined) lines.push('UNSIGNED: nothing shows who made this bundle, or that it is unchanged.');
    if (says.gate.remaining.length > 0) lines.push(`Left in by policy: ${safeText(says.gate.remaining.join(', '))}.`);
  }
  lines.push(
    VERDICT[verdict] + (verdict === 'integrity-only' && !accepted ? ' Refused: pin a key, or --allow-unpinned.' : ''),
  );
  lines.push('', 'Not proven:', ...NOT_PROVEN.map((one) => `  - ${one}`));
  return `${lines.join('\n')}\n`;
}

const VERDICT = {
  verified: 'VERIFIED: unchanged since the pinned key signed it.',
  'integrity-only': 'INTEGRITY ONLY: whole in itself, signer unknown.',
  failed: 'FAILED: do not rely on it.',
} as const;

function whereText({ message, file }: { message: string; file?: string | undefined }): string {
  return file === undefined || message.includes(file) ? message : `${file}: ${message}`;
}

/** The same as data: `rackwitness.verification/1`, described by a schema that the package ships. */
export function verificationJson(verification: Verification): object {
  return {
    schema: 'rackwitness.verification/1',
    tool: { name: NAME, version: version() },
    ...verification,
    notProven: NOT_PROVEN,
  };
}
