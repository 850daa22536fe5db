import type { Envelope } from '../../wire/envelope.ts';
import type { MkaPdu } from '../../wire/protocols/eapol/index.ts';
import type { MacsecRecord } from '../../wire/protocols/macsec.ts';
import { hexText } from '../../wire/values.ts';
import { newStation, see, type SegmentState } from './segment.ts';
import type { MacsecSender, MkaParticipant } from './types.ts';

/** Stations of one protected link: two, or a handful on a shared one. */
const EACH = 16;

/** MACsec and its key agreement on one segment. */
export class MacsecSegment {
  readonly link: SegmentState;
  readonly senders: MacsecSender[] = [];
  readonly participants: MkaParticipant[] = [];

  constructor(link: SegmentState) {
    this.link = link;
  }

  frame(r: MacsecRecord, e: Envelope): void {
    if (e.ethSrc < 0) return;
    let one = this.senders.find(({ mac }) => mac === e.ethSrc);
    if (one === undefined) {
      if (this.senders.length >= EACH) return;
      one = { ...newStation(e, e.ethSrc), frames: 0, encrypted: r.encrypted };
      this.senders.push(one);
    }
    see(one, e);
    one.frames += 1;
    one.encrypted = r.encrypted;
  }

  agreement(pdu: MkaPdu, e: Envelope): void {
    if (e.ethSrc < 0) return;
    const ckn = hexText(e.bytes, pdu.ckn);
    // A station may hold several keys and speak for each (IEEE 802.1X-2020 9.4).
    let one = this.participants.find((known) => known.mac === e.ethSrc && known.ckn === ckn);
    if (one === undefined) {
      if (this.participants.length >= EACH) return;
      one = {
        ...newStation(e, e.ethSrc),
        ckn,
        member: '',
        pdus: 0,
        keyServer: false,
        live: 0,
        potential: 0,
        everLive: false,
        sakInUse: false,
      };
      this.participants.push(one);
    }
    see(one, e);
    one.pdus += 1;
    one.member = Buffer.from(pdu.memberIdentifier, 'latin1').toString('hex');
    one.keyServer = pdu.keyServer;
    one.live = pdu.livePeers.length;
    one.potential = pdu.potentialPeers.length;
    one.everLive ||= one.live > 0;
    one.sakInUse ||= pdu.sakInUse;
  }
}
