import { hexText, macText, safeText } from '../../wire/values.ts';
import { quoted } from '../dhcp4/words.ts';

/** One sub-option (RFC 3046 2.0): its code and its value in hex. */
export interface SubOption82 {
  code: number;
  hex: string;
}

/** Mark of a value that is kept only in its beginning (`flow/dhcp4/values.ts`). */
const CUT = '~';

/** Whether the whole value is at hand. */
export function isWhole82(relayAgent: string): boolean {
  return !relayAgent.includes(CUT);
}

/**
 * The sub-options of an option 82 in hex, and what is wrong with the list: `''`, `empty` (RFC 3046 2.0: one sub-option
 * at least) or `overrun` (a length that passes the end).
 */
export function subOptions82(relayAgent: string): { list: SubOption82[]; wrong: '' | 'empty' | 'overrun' } {
  const list: SubOption82[] = [];
  if (relayAgent === '') return { list, wrong: 'empty' };
  const bytes = Buffer.from(isWhole82(relayAgent) ? relayAgent : '', 'hex');
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return { list, wrong: 'overrun' };
    const code = bytes.readUInt8(at);
    const length = bytes.readUInt8(at + 1);
    if (at + 2 + length > bytes.length) return { list, wrong: 'overrun' };
    list.push({ code, hex: hexText(bytes, { at: at + 2, length }) });
    at += 2 + length;
  }
  return { list, wrong: '' };
}

/** True when a sub-option of this code is in it. */
export function hasSubOption82(relayAgent: string, code: number): boolean {
  return subOptions82(relayAgent).list.some((one) => one.code === code);
}

/** `circuit id "Gi1/0/12", remote id 52:54:00:bb:00:01`: where the message came in, as the one who inserted it says. */
export function option82Text(relayAgent: string): string {
  const { list, wrong } = subOptions82(relayAgent);
  const parts = list.flatMap(({ code, hex }) => {
    if (code === 1) return [`circuit id ${valueText(hex)}`];
    if (code === 2) return [`remote id ${valueText(hex)}`];
    return [];
  });
  if (parts.length === 0 && list.length > 0)
    parts.push(`sub-option${list.length === 1 ? '' : 's'} ${list.map(({ code }) => code).join(', ')}`);
  if (wrong === 'overrun') parts.push('a sub-option that runs past the end');
  return parts.length === 0 ? 'nothing in it' : parts.join(', ');
}

function valueText(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const text = bytes.toString('latin1');
  if (/^[\x20-\x7e]+$/.test(text)) return quoted(text);
  // Cisco: a type, a length, then a MAC address.
  if (bytes.length === 8 && hex.startsWith('0006')) return macText(bytes.readUIntBE(2, 6));
  return safeText(hex.slice(0, 64));
}
