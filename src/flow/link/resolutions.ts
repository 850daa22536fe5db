import type { Address, Envelope } from '../../wire/envelope.ts';
import { isMulticast6 } from '../../wire/ipv6.ts';
import type { ArpRecord } from '../../wire/protocols/arp.ts';
import type { NdRecord } from '../../wire/protocols/nd/index.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf } from '../sight.ts';
import { addressKey } from '../station.ts';
import type { Visibility } from '../visibility.ts';
import { again } from './segment.ts';
import type { OpenQuestion } from './types.ts';

/** Targets asked for and not answered: a scan of a /16 forgets the oldest. */
const TARGETS = 65_536;
/** Stations that ask for one address. */
const ASKERS = 4;
/** A question that is asked once or twice says nothing: the answer may have been lost (RFC 4861: three tries, 1 s apart). */
const REQUESTS = 3;

interface Open extends OpenQuestion {
  capture: number;
  /** Others that ask for the same address. */
  next: Open | undefined;
}

/** Questions for link-layer addresses that nobody answered: by ARP and by neighbour discovery. */
export class Resolutions {
  private readonly table = new BoundedMap<number | string, Open>('link.questions', TARGETS);
  private readonly visibility: Visibility;

  constructor(visibility: Visibility) {
    this.visibility = visibility;
  }

  arp(r: ArpRecord, e: Envelope): void {
    const { senderMac, senderIp, targetMac, targetIp } = r;
    if (senderMac <= 0) return;
    // Whatever an address says to a station or to all answers those that ask for it (RFC 826: the sender is learned).
    if (senderIp > 0) this.answered(e, senderIp, r.operation === 2 ? targetMac : -1);
    if (r.operation === 1 && targetIp > 0 && !r.announcement)
      this.asked(e, senderMac, senderIp > 0 ? senderIp : -1, targetIp);
  }

  nd(r: NdRecord, e: Envelope): void {
    if (r.discard !== '' || e.ethSrc < 0 || typeof e.ipSrc !== 'string') return;
    if (r.type === 136)
      this.answered(e, r.target, typeof e.ipDst === 'string' && isMulticast6(e.ipDst) ? -1 : e.ethDst);
    else if (r.type === 135 && !r.dad) this.asked(e, e.ethSrc, e.ipSrc, r.target);
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const first of this.table.values()) {
      for (let question: Open | undefined = first; question !== undefined; question = question.next) {
        if (question.capture !== at.capture || question.requests < REQUESTS) continue;
        const couldSeeReplies = this.visibility.sawUnicastTo(question.segment, question.asker);
        emit({ type: 'address-unanswered', question, couldSeeReplies, time: at.time });
      }
    }
  }

  limits(): LimitReached[] {
    const limit = this.table.limit();
    return limit === undefined ? [] : [limit];
  }

  private asked(e: Envelope, asker: number, askerIp: Address, target: Address): void {
    const key = addressKey(e.segment, target);
    let last = this.table.get(key);
    for (let others = 0; last !== undefined; last = last.next, others += 1) {
      if (last.asker === asker) {
        last.askerIp = askerIp;
        last.requests += 1;
        again(last.last, e);
        last.lastTime = e.time;
        return;
      }
      if (others === ASKERS - 1) return;
      if (last.next === undefined) break;
    }
    const question: Open = {
      capture: e.capture,
      segment: e.segment,
      asker,
      askerIp,
      target,
      requests: 1,
      first: sightOf(e),
      last: sightOf(e),
      firstTime: e.time,
      lastTime: e.time,
      next: undefined,
    };
    if (last === undefined) this.table.set(key, question);
    else last.next = question;
  }

  /** @param to the station that hears it, -1 all */
  private answered(e: Envelope, address: Address, to: number): void {
    const key = addressKey(e.segment, address);
    const first = this.table.peek(key);
    if (first === undefined) return;
    if (to < 0) {
      this.table.delete(key);
      return;
    }
    if (first.asker === to) {
      if (first.next === undefined) this.table.delete(key);
      else this.table.set(key, first.next);
      return;
    }
    for (let one = first; one.next !== undefined; one = one.next) {
      if (one.next.asker !== to) continue;
      one.next = one.next.next;
      return;
    }
  }
}
