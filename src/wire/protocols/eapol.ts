import type { Cursor } from '../cursor.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** EAP over LAN (IEEE 802.1X): a port that asks for a login before it lets a machine boot. */
export interface EapolRecord extends RecordBase {
  protocol: 'eapol';
  cut?: undefined;
  /** 1 (802.1X-2001), 2 (2004), 3 (2010 and later). */
  version: number;
  /** 0 EAP packet, 1 start, 2 logoff, 3 key, 4 encapsulated ASF alert, 5 MKA, 6 and 7 announcement, 8 announcement request. */
  type: number;
  /** Length of the body as the header says. */
  length: number;
  /** Of type 0. */
  eap: EapPacket | undefined;
}

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

const TYPES = [
  'EAP packet',
  'start',
  'logoff',
  'key',
  'encapsulated ASF alert',
  'MKA',
  'announcement (generic)',
  'announcement (specific)',
  'announcement request',
];
/** As kinds of records. */
const KINDS = [
  'eap',
  'start',
  'logoff',
  'key',
  'asf-alert',
  'mka',
  'announcement',
  'announcement',
  'announcement-request',
];
const CODES = ['', 'request', 'response', 'success', 'failure', 'initiate', 'finish'];
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

export const eapol: Protocol<EapolRecord | CutRecord<'eapol'>> = {
  name: 'eapol',
  title: 'EAP over LAN',
  spec: ['IEEE 802.1X', 'RFC 3748'],
  // 0x88c7: pre-authentication of IEEE 802.11i, the same format.
  claims: { ether: [0x888e, 0x88c7] },
  keep: 512,
  kinds: ['request', 'response', 'success', 'failure', ...new Set(KINDS), 'other', 'cut'],
  decode(c: Cursor) {
    if (!c.need(4, 'header')) return { protocol: 'eapol', cut: c.faults[0]!, faults: c.faults };
    const version = c.u8('version');
    const type = c.u8('type');
    c.means(TYPES[type] ?? 'unknown');
    const length = c.u16('length');
    let eap: EapPacket | undefined;
    if (c.enter(length, 'body', -1, 'length')) {
      if (type === 0) eap = readEap(c);
      if (c.left > 0 && c.tracing) c.rest('data');
      c.leave();
    }
    if (c.left > 0 && c.tracing) c.rest('padding');
    return { protocol: 'eapol', version, type, length, eap, faults: c.faults };
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    const code = r.eap?.code ?? 0;
    return code >= 1 && code <= 4 ? (CODES[code] ?? 'eap') : (KINDS[r.type] ?? 'other');
  },
};

function readEap(c: Cursor): EapPacket | undefined {
  if (!c.need(4, 'eap')) return undefined;
  const code = c.u8('code');
  c.means(CODES[code] ?? 'unknown');
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
