import type { Cursor } from '../../cursor.ts';
import type { CutRecord, Protocol, RecordBase } from '../../protocol.ts';
import { EAP_CODES, readEap, type EapPacket } from './eap.ts';
import { readMka, type MkaPdu } from './mka.ts';

export { eapMethodText, type EapPacket } from './eap.ts';
export type { MkaPdu } from './mka.ts';

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
  /** Of type 5. */
  mka: MkaPdu | undefined;
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

const MKA = 5;

export const eapol: Protocol<EapolRecord | CutRecord<'eapol'>> = {
  name: 'eapol',
  title: 'EAP over LAN',
  spec: ['IEEE 802.1X', 'RFC 3748', 'IEEE 802.1X-2020 11.11 (MKA)'],
  // 0x88c7: pre-authentication of IEEE 802.11i, the same format.
  claims: { ether: [0x888e, 0x88c7] },
  keep: 'all',
  kinds: ['request', 'response', 'success', 'failure', ...new Set(KINDS), 'other', 'cut'],
  fields: {
    identity: 'username',
    typeData: 'secret',
    actorMemberIdentifier: 'serial',
    memberIdentifier: 'serial',
    cakName: 'serial',
    icv: 'secret',
  },
  decode(c: Cursor) {
    if (!c.need(4, 'header')) return { protocol: 'eapol', cut: c.faults[0]!, faults: c.faults };
    const version = c.u8('version');
    const type = c.u8('type');
    c.means(TYPES[type] ?? 'unknown');
    const length = c.u16('length');
    let eap: EapPacket | undefined;
    let mka: MkaPdu | undefined;
    if (c.enter(length, 'body', -1, 'length')) {
      if (type === 0) eap = readEap(c);
      else if (type === MKA) mka = readMka(c, length);
      if (c.left > 0 && c.tracing) c.rest('data');
      c.leave();
    }
    if (c.left > 0 && c.tracing) c.rest('padding');
    return { protocol: 'eapol', version, type, length, eap, mka, faults: c.faults };
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    const code = r.eap?.code ?? 0;
    return code >= 1 && code <= 4 ? (EAP_CODES[code] ?? 'eap') : (KINDS[r.type] ?? 'other');
  },
};
