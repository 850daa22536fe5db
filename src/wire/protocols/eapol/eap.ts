import type { Cursor } from '../../cursor.ts';
import type { Span } from '../../fault.ts';

/** RFC 3748 4. */
export interface EapPacket {
  /** 1 request, 2 response, 3 success, 4 failure. */
  code: number;
  identifier: number;
  /** 1 identity, 2 notification, 3 Nak, 4 MD5 challenge, 13 TLS, 21 TTLS, 25 PEAP, 43 FAST …; -1 for success and failure. */
  type: number;
  /** What a response of type 1 calls itself; of a request what it shows. */
  identity: Span | undefined;
}

export const EAP_CODES = ['', 'request', 'response', 'success', 'failure', 'initiate', 'finish'];
const METHODS = new Map([
  [1, 'Identity'],
  [2, 'Notification'],
  [3, 'Nak'],
  [4, 'MD5-Challenge'],
  [5, 'One-Time Password'],
  [6, 'Generic Token Card'],
  [13, 'EAP-TLS'],
  [17, 'LEAP'],
  [18, 'EAP-SIM'],
  [21, 'EAP-TTLS'],
  [23, 'EAP-AKA'],
  [25, 'PEAP'],
  [26, 'MS-EAP-Authentication'],
  [43, 'EAP-FAST'],
  [52, 'EAP-pwd'],
  [55, 'TEAP'],
  [254, 'Expanded'],
]);
const IDENTITY = 1;
const REQUEST = 1;
const RESPONSE = 2;

/** The name of an EAP method (IANA "EAP Method Types"), its number where it has none here. */
export function eapMethodText(type: number): string {
  return METHODS.get(type) ?? `method ${type}`;
}

export function readEap(c: Cursor): EapPacket | undefined {
  if (!c.need(4, 'eap')) return undefined;
  const code = c.u8('code');
  c.means(EAP_CODES[code] ?? 'unknown');
  const identifier = c.u8('identifier');
  const length = c.u16('eapLength');
  const packet: EapPacket = { code, identifier, type: -1, identity: undefined };
  if (length < 4) {
    c.fault('length', 'eapLength', 4, length, c.at - 2);
    return packet;
  }
  const whole = length - 4 <= c.left;
  // RFC 3748 4: bytes after the length are padding of the link.
  if (!c.enter(length - 4, 'eap', -1, 'eapLength')) return packet;
  if ((code === REQUEST || code === RESPONSE) && c.need(1, 'type')) {
    packet.type = c.u8('type');
    c.means(METHODS.get(packet.type) ?? 'other');
    if (packet.type === IDENTITY && whole) packet.identity = c.rest('identity', 'text');
    else if (c.tracing && c.left > 0) c.rest('typeData');
  }
  c.leave();
  return packet;
}
