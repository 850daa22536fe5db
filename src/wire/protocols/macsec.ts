import type { Cursor } from '../cursor.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** The SecTAG of a frame that MACsec protects (IEEE 802.1AE 9). What it protects is not opened. */
export interface MacsecRecord extends RecordBase {
  protocol: 'macsec';
  cut?: undefined;
  /** V: 0 in every frame of this format. */
  version: number;
  /** ES: the sender is its own end station, its MAC address the first part of the identifier. */
  endStation: boolean;
  /** SC: the secure channel identifier is there. */
  sciPresent: boolean;
  /** SCB: EPON's single copy broadcast. */
  singleCopyBroadcast: boolean;
  /** E: the user data is encrypted. */
  encrypted: boolean;
  /** C: the user data is not what was handed over (encrypted, or put together with an offset). */
  changedText: boolean;
  /** AN: which of four secure associations. */
  associationNumber: number;
  /** SL: bytes of secure data when fewer than 48, else 0. */
  shortLength: number;
  /** The low 32 bits of the packet number. */
  packetNumber: number;
  /** Secure channel identifier: its system as a 48-bit number, its port. -1 not said. */
  sciSystem: number;
  sciPort: number;
  /** Secure data and integrity check value (16 bytes with the standard's cipher suites). */
  data: Span;
}

const ICV = 16;
/** SecTAG with an identifier, and the EtherType of integrity-only frames. */
const KEEP = 16;

export const macsec: Protocol<MacsecRecord | CutRecord<'macsec'>> = {
  name: 'macsec',
  title: 'MACsec: protected frames',
  spec: ['IEEE 802.1AE 9'],
  claims: { ether: [0x88e5] },
  keep: KEEP,
  kinds: ['encrypted', 'integrity-only', 'cut'],
  fields: { secureData: 'payload' },
  decode(c: Cursor) {
    if (!c.need(6, 'secTag')) return { protocol: 'macsec', cut: c.faults[0]!, faults: c.faults };
    // V 1, ES 1, SC 1, SCB 1, E 1, C 1, AN 2
    const tci = c.flags8('tciAndAn');
    c.means(
      `${tci & 0x08 ? 'encrypted' : 'integrity only'}, association ${tci & 3}${tci & 0x20 ? ', with identifier' : ''}`,
    );
    const sl = c.u8('shortLength');
    const sciPresent = (tci & 0x20) !== 0;
    const record: MacsecRecord = {
      protocol: 'macsec',
      version: tci >> 7,
      endStation: (tci & 0x40) !== 0,
      sciPresent,
      singleCopyBroadcast: (tci & 0x10) !== 0,
      encrypted: (tci & 0x08) !== 0,
      changedText: (tci & 0x04) !== 0,
      associationNumber: tci & 3,
      shortLength: sl & 0x3f,
      packetNumber: c.u32('packetNumber'),
      sciSystem: -1,
      sciPort: -1,
      data: { at: c.at, length: 0 },
      faults: c.faults,
    };
    if (record.version !== 0) c.fault('value', 'tciAndAn', record.version, 0, c.at - 6);
    // 9.7: the two high bits are zero, and 48 bytes or more have no short length.
    if (sl >= 48) c.fault('value', 'shortLength', sl, 47, c.at - 5);
    // 9.5: an end station's identifier is its own address, so that it is not sent.
    if (sciPresent && (tci & 0x50) !== 0) c.fault('value', 'tciAndAn', tci, tci & ~0x50, c.at - 6);
    if (sciPresent && c.need(8, 'sci')) {
      record.sciSystem = c.mac('sci.systemIdentifier');
      record.sciPort = c.u16('sci.portIdentifier');
    } else if (sciPresent) {
      // Part of an identifier is none.
      record.data = c.rest('data');
      return record;
    }
    record.data = secured(c, record);
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.encrypted ? 'encrypted' : 'integrity-only';
  },
};

function secured(c: Cursor, { shortLength, encrypted, changedText }: MacsecRecord): Span {
  const { at, left } = c;
  // What follows a short frame is padding. A snap length says nothing of it.
  if (shortLength > 0 && c.limit !== 'captured' && left < shortLength + ICV) {
    c.fault('length', 'shortLength', shortLength + ICV, left, at);
  }
  const length = shortLength === 0 ? left : Math.min(left, shortLength + ICV);
  if (!encrypted && !changedText && c.left >= 2) c.flags16('etherType');
  c.span(length - (c.at - at), 'secureData');
  if (c.left > 0 && c.tracing) c.rest('padding');
  return { at, length };
}
