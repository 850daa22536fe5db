import type { Envelope } from '../../wire/envelope.ts';
import type { ArpRecord } from '../../wire/protocols/arp.ts';
import type { Emit } from '../flow.ts';
import { groupAddress } from '../visibility.ts';
import type { Addresses } from './addresses.ts';
import type { Questions } from './questions.ts';
import type { Stations } from './stations.ts';

const BROADCAST = 0xffffffffffff;
/** 224.0.0.0 and up: no station's address. */
const MULTICAST = 0xe0000000;
const REQUEST = 1;
const REPLY = 2;
const NOBODY: readonly number[] = [];

/** Reads ARP as claims (RFC 826: every request and reply teaches its sender's address). */
export class ArpReader {
  private readonly addresses: Addresses;
  private readonly questions: Questions;
  private readonly stations: Stations;

  constructor(addresses: Addresses, questions: Questions, stations: Stations) {
    this.addresses = addresses;
    this.questions = questions;
    this.stations = stations;
  }

  on(r: ArpRecord, e: Envelope, emit: Emit): void {
    const { senderMac: mac, senderIp: address } = r;
    if (mac <= 0 || mac === BROADCAST || address < 0 || address >= MULTICAST) return;
    if (r.operation === REQUEST) this.request(r, e, emit);
    else if (r.operation === REPLY && address > 0) this.reply(r, e, emit);
  }

  private request(r: ArpRecord, e: Envelope, emit: Emit): void {
    const { senderMac: mac, senderIp: address, targetIp } = r;
    if (address === 0) {
      // RFC 5227 2.1.1: a probe asks and claims nothing.
      this.stations.of(e.segment, mac);
      this.questions.ask(e.segment, targetIp, mac, e.time);
      return;
    }
    const all = toAll(e, r.targetMac);
    if (r.announcement) {
      // An announcement to one station only is no announcement.
      if (all) this.addresses.claim(e, address, mac, 'announcement', -1, NOBODY, emit);
      else this.addresses.claim(e, address, mac, 'unsolicited', e.ethDst, NOBODY, emit);
      return;
    }
    if (targetIp > 0) this.questions.ask(e.segment, targetIp, mac, e.time);
    this.addresses.claim(e, address, mac, all ? 'origin' : 'unicast-origin', all ? -1 : e.ethDst, NOBODY, emit);
  }

  private reply(r: ArpRecord, e: Envelope, emit: Emit): void {
    const { senderMac: mac, senderIp: address, targetMac } = r;
    const all = toAll(e, targetMac);
    const others = this.questions.answer(e.segment, address, targetMac, mac, e.time);
    const to = all ? -1 : targetMac;
    if (others !== undefined) {
      this.addresses.claim(e, address, mac, 'answer', to, others, emit);
    } else if (all) {
      this.addresses.claim(e, address, mac, r.announcement ? 'announcement' : 'unsolicited', -1, NOBODY, emit);
    } else {
      // The questions of a station of which nothing else is seen here may have been missed too.
      const asked = !this.stations.knows(e.segment, targetMac);
      this.addresses.claim(e, address, mac, asked ? 'answer' : 'unsolicited', to, NOBODY, emit);
    }
  }
}

/** Cooked captures have no destination address: then the kernel's packet type says it, or the target that nobody knows. */
function toAll(e: Envelope, targetMac: number): boolean {
  if (e.ethDst >= 0) return groupAddress(e.ethDst);
  return e.direction === 1 || e.direction === 2 || targetMac <= 0 || targetMac === BROADCAST;
}
