import { after, type LineRule } from '../../dialect.ts';

/** IOS-XE puts the member and the process (`Switch 2 R0/0: smd:`) before the sentence. */
export const XE = '(?:(?:Switch \\d{1,2} )?[RF]P?\\d/\\d: [\\w-]{1,32}: {1,4})?';

/** A sentence behind its mnemonic; the facility and the severity before it vary with the platform. */
export function said(mnemonic: string, rest: string): Pick<LineRule, 'hint' | 'pattern'> {
  const hint = `${mnemonic}: `;
  return { hint, pattern: after(hint, XE + rest) };
}
