import type { Envelope } from '../../wire/envelope.ts';
import type { EapPacket, EapolRecord } from '../../wire/protocols/eapol/index.ts';
import type { Emit } from '../flow.ts';
import { sightOf } from '../sight.ts';
import { groupAddress } from '../visibility.ts';
import { newStation, see, type SegmentState } from './segment.ts';
import type { Authenticator, Supplicant } from './types.ts';

/** Of one segment: an access port has one of each. */
const EACH = 16;
const REQUEST = 1;
const RESPONSE = 2;
const SUCCESS = 3;
const FAILURE = 4;
const IDENTITY = 1;
const NOTIFICATION = 2;
const NAK = 3;
const START = 1;
const LOGOFF = 2;

interface LiveSupplicant extends Supplicant {
  /** Identifier of its last response: the outcome carries it (RFC 3748 4.2). */
  identifier: number;
}

/** 802.1X on one segment: who asks, who answers, and how it ends. */
export class EapSegment {
  readonly link: SegmentState;
  readonly authenticators: Authenticator[] = [];
  readonly supplicants: LiveSupplicant[] = [];

  constructor(link: SegmentState) {
    this.link = link;
  }

  on(r: EapolRecord, e: Envelope, emit: Emit): void {
    if (e.ethSrc < 0) return;
    if (r.type === START) this.start(e);
    else if (r.type === LOGOFF) this.logoff(e);
    else if (r.eap !== undefined) this.eap(r.eap, e, emit);
  }

  private start(e: Envelope): void {
    const one = this.supplicant(e, e.ethSrc);
    if (one === undefined) return;
    const sight = sightOf(e);
    if (one.firstStart === undefined) {
      one.firstStart = sight;
      one.firstStartTime = e.time;
    }
    one.lastStart = sight;
    one.lastStartTime = e.time;
    one.starts += 1;
  }

  private logoff(e: Envelope): void {
    const one = this.supplicant(e, e.ethSrc);
    if (one !== undefined) one.loggedOff = true;
  }

  private eap(eap: EapPacket, e: Envelope, emit: Emit): void {
    switch (eap.code) {
      case REQUEST:
        this.request(eap, e);
        return;
      case RESPONSE:
        this.response(eap, e);
        return;
      case SUCCESS:
      case FAILURE:
        this.outcome(eap, e, emit);
        return;
      default:
    }
  }

  private request(eap: EapPacket, e: Envelope): void {
    const one = this.authenticator(e);
    if (one === undefined) return;
    const sight = sightOf(e);
    one.requests += 1;
    one.unanswered += 1;
    if (one.unanswered === 1) {
      one.firstUnanswered = sight;
      one.firstUnansweredTime = e.time;
    }
    one.lastUnanswered = sight;
    one.lastUnansweredTime = e.time;
    one.to = groupAddress(e.ethDst) ? -1 : e.ethDst;
    if (eap.type <= NOTIFICATION) return;
    for (const supplicant of this.supplicants) {
      if (one.to >= 0 ? supplicant.mac === one.to : supplicant.identifier >= 0) supplicant.method = eap.type;
    }
  }

  private response(eap: EapPacket, e: Envelope): void {
    const one = this.supplicant(e, e.ethSrc);
    if (one === undefined) return;
    one.responses += 1;
    one.lastResponse = sightOf(e);
    one.identifier = eap.identifier;
    one.nak = eap.type === NAK;
    one.loggedOff = false;
    if (eap.type === IDENTITY) one.method = -1;
    for (const authenticator of this.authenticators) authenticator.unanswered = 0;
  }

  private outcome(eap: EapPacket, e: Envelope, emit: Emit): void {
    const authenticator = this.authenticator(e);
    if (authenticator === undefined) return;
    const accepted = eap.code === SUCCESS;
    if (accepted) authenticator.successes += 1;
    else authenticator.failures += 1;
    const supplicant = this.whose(eap, e);
    // A failure that ends a silence is none of anybody's: hostapd and switches send it to whoever may be there.
    if (supplicant === undefined || (!accepted && (authenticator.unanswered > 0 || supplicant.loggedOff))) return;
    supplicant.outcome = accepted ? 'accepted' : 'rejected';
    supplicant.outcomeSight = sightOf(e);
    supplicant.outcomeTime = e.time;
    if (accepted) supplicant.accepted += 1;
    else supplicant.rejected += 1;
    emit({
      type: 'eap-outcome',
      link: this.link,
      supplicant,
      authenticator: authenticator.mac,
      outcome: supplicant.outcome,
      time: e.time,
    });
  }

  /** To whom an outcome is said: by address, else by the identifier of what it answered. */
  private whose(eap: EapPacket, e: Envelope): LiveSupplicant | undefined {
    const answered = this.supplicants.filter((one) => one.responses > 0);
    if (e.ethDst >= 0 && !groupAddress(e.ethDst)) return answered.find((one) => one.mac === e.ethDst);
    return (
      answered.find((one) => one.identifier === eap.identifier) ?? (answered.length === 1 ? answered[0] : undefined)
    );
  }

  private authenticator(e: Envelope): Authenticator | undefined {
    let one = this.authenticators.find(({ mac }) => mac === e.ethSrc);
    if (one === undefined) {
      if (this.authenticators.length >= EACH) return undefined;
      const station = newStation(e, e.ethSrc);
      one = {
        ...station,
        requests: 0,
        unanswered: 0,
        firstUnanswered: station.first,
        firstUnansweredTime: e.time,
        lastUnanswered: station.first,
        lastUnansweredTime: e.time,
        to: -1,
        successes: 0,
        failures: 0,
      };
      this.authenticators.push(one);
    }
    see(one, e);
    return one;
  }

  private supplicant(e: Envelope, mac: number): LiveSupplicant | undefined {
    let one = this.supplicants.find((known) => known.mac === mac);
    if (one === undefined) {
      if (this.supplicants.length >= EACH) return undefined;
      one = {
        ...newStation(e, mac),
        starts: 0,
        firstStart: undefined,
        lastStart: undefined,
        firstStartTime: 0,
        lastStartTime: 0,
        responses: 0,
        lastResponse: undefined,
        method: -1,
        nak: false,
        outcome: '',
        outcomeSight: undefined,
        outcomeTime: 0,
        accepted: 0,
        rejected: 0,
        loggedOff: false,
        identifier: -1,
      };
      this.supplicants.push(one);
    }
    see(one, e);
    return one;
  }
}
