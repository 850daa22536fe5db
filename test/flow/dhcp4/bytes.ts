import type { Dhcp4Record } from '../../../src/wire/protocols/dhcpv4/index.ts';
import { dhcpv4 } from '../../../src/wire/protocols/dhcpv4/index.ts';
import type { Envelope } from '../../../src/wire/envelope.ts';
import { Cursor } from '../../../src/wire/cursor.ts';
import { envelopeOf } from '../../support/dhcp4.ts';

const cursor = new Cursor();
const CLIENT_MAC = 0x525400000c01;

/** The envelope of a message that stands alone in its bytes: a client's broadcast unless `fields` say otherwise. */
export function envelope(bytes: Uint8Array, fields: Partial<Envelope> = {}): Envelope {
  const place = { sec: 1_700_000_000, time: 1.7e15, ethSrc: CLIENT_MAC, ethDst: 0xffffffffffff };
  return { ...envelopeOf(bytes), ...place, ...fields };
}

/** Decodes what an envelope holds; `captured` when the frame ends before the UDP length says. */
export function record(e: Envelope): Dhcp4Record {
  const limit = e.payloadEnd - e.payload < e.payloadLength ? 'captured' : 'udp.length';
  const decoded = dhcpv4.decode(cursor.open(e.bytes, e.payload, e.payloadEnd, limit), e);
  if (decoded.cut !== undefined) throw new Error(`cut: ${decoded.cut.path}`);
  return decoded;
}
