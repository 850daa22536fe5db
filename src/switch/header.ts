import { safeText } from '../wire/values.ts';
import { stampAt, type Stamp } from './stamp.ts';
import { worth } from './when.ts';

/** What stands before a message: who wrote it, when, and what passed it on. */
export interface Header {
  /** The stamp that says most: that of the collector may have the year and the zone that the switch's own lacks. */
  stamp: Stamp | undefined;
  /** The switch's name or address, escaped; '' where there is none. */
  device: string;
  /** The program (`Ebra`, `eswd`), or ''. */
  app: string;
}

/** Parts of a header: a collector's, a relay's and the switch's own have about a dozen together. */
const MAX_PARTS = 24;
/** A header longer than this is none: RFC 5424 6.1 asks for 480 to 2048 bytes of a whole message. */
const MAX_HEADER = 1024;

/** RFC 5424 6.2.1 PRI, and the version that tells it from RFC 3164. */
export const PRI = /<\d{1,3}>(1 )?/y;
/** IOS `service sequence-numbers` and its message number; the event number of ArubaOS-Switch. */
export const NUMBER = /\d{1,10}(?::(?= |$)|(?= ))/y;
/** Facility and severity of a Cisco-like mnemonic, which stands right before the message. */
export const FACILITY = /%[A-Z][A-Z0-9_-]{0,60}-[0-7]-$/;
export const TOKEN = /[^ ]{1,255}(?= |$)/y;

/**
 * Reads the header of a line: everything before its message. RFC 3164, RFC 5424 (host, app), IOS with sequence numbers,
 * `origin-id` and marks of its clock, and any of these wrapped in a collector's own header.
 */
export function headerOf(text: string): Header {
  const header: Header = { stamp: undefined, device: '', app: '' };
  const room = text.length > MAX_HEADER ? text.slice(0, MAX_HEADER) : text;
  const head = room.replace(FACILITY, '').trimEnd();
  const plain: string[] = [];
  let named = '';
  let modern = false;
  let stamped = false;
  let at = 0;
  for (let part = 0; part < MAX_PARTS && at < head.length; part += 1) {
    while (head[at] === ' ') at += 1;
    const pri = run(PRI, head, at);
    if (pri !== undefined) {
      modern = pri[1] !== undefined;
      at = PRI.lastIndex;
      continue;
    }
    const found = stampAt(head, at);
    if (found !== undefined) {
      const { stamp } = found;
      if (stamp !== undefined && (header.stamp === undefined || worth(stamp) >= worth(header.stamp))) {
        header.stamp = stamp;
      }
      // IOS `logging origin-id` stands between the number and the time.
      if (header.device === '' && plain.length === 0) header.device = named;
      stamped = true;
      at = found.next;
      continue;
    }
    if (run(NUMBER, head, at) !== undefined) {
      at = NUMBER.lastIndex;
      continue;
    }
    const token = run(TOKEN, head, at)?.[0];
    if (token === undefined) break;
    at = TOKEN.lastIndex;
    if (token.endsWith(':')) named = token.slice(0, -1);
    else if (stamped) plain.push(token);
  }
  if (header.device === '') header.device = plain[0] ?? '';
  header.app = modern ? (plain[1] ?? '') : named.replace(/\[\d{1,10}\]$/, '');
  header.device = safeText(header.device === '-' ? '' : header.device);
  return header;
}

function run(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
