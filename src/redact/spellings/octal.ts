import { macsIn } from './octets.ts';
import type { AddressSpan, KnownAddresses } from './span.ts';

/** Characters of a quoted identifier: 130 bytes of four. */
const MAX_QUOTED = 1024;

const OCTAL = { digits: 'octal', eui64: 'octal-eui64', tail: 'octal-tail' } as const;

/**
 * MAC addresses in strings with octal escapes, as dhcpd.leases holds identifiers: `uid "\001RT\000\0224V";`. Each string
 * is read once; what is not closed ends with its line.
 */
export function octalMacs(text: string, known: KnownAddresses): AddressSpan[] {
  const spans: AddressSpan[] = [];
  if (!/\\[0-3][0-7]{2}/.test(text)) return spans;
  for (let at = text.indexOf('"'); at >= 0;) {
    const quoted = readQuoted(text, at + 1);
    if (quoted.octets.length >= 6 && quoted.escaped) {
      for (const { at: index, size, value, form } of macsIn(quoted.octets, known)) {
        const start = quoted.places[index];
        const end = quoted.places[index + size] ?? quoted.end;
        // Readable octets are text, in which the address is found as text is.
        const readable = quoted.octets.slice(index, index + size).every((octet) => octet >= 0x20 && octet < 0x7f);
        if (start === undefined || readable) continue;
        spans.push({ start, end, kind: 'mac', value, form: OCTAL[form] });
      }
    }
    at = text.indexOf('"', quoted.closed ? quoted.end + 1 : quoted.end);
  }
  return spans;
}

interface Quoted {
  octets: number[];
  /** Where each octet is written. */
  places: number[];
  /** Index of the closing quote, or of what ended the string without one. */
  end: number;
  closed: boolean;
  escaped: boolean;
}

function readQuoted(text: string, from: number): Quoted {
  const found: Quoted = { octets: [], places: [], end: from, closed: false, escaped: false };
  let at = from;
  for (; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { ...found, end: at, closed: true };
    if (code < 0x20) break;
    let octet = code;
    let length = 1;
    if (code === 0x5c) {
      const digits = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4))?.[0];
      octet = digits === undefined ? text.charCodeAt(at + 1) : Number.parseInt(digits, 8);
      length = digits === undefined ? 2 : 4;
      found.escaped ||= digits !== undefined;
    }
    // A longer string is text, whose end matters and whose octets do not.
    if (found.octets.length < MAX_QUOTED) {
      found.octets.push(octet);
      found.places.push(at);
    }
    at += length;
  }
  return { ...found, octets: [], end: Math.min(at, text.length) };
}

/** How many octets a text with octal escapes stands for. */
export function octalLength(text: string): number {
  return readQuoted(`${text}"`, 0).octets.length;
}

/** Octets as dhcpd quotes them (common/print.c, quotify_buf): what is printable stands for itself. */
export function octalText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    const printable = octet > 0x1f && octet < 0x7f && octet !== 0x22 && octet !== 0x5c;
    if (printable) text += String.fromCharCode(octet);
    else if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else text += `\\${octet.toString(8).padStart(3, '0')}`;
  }
  return text;
}
