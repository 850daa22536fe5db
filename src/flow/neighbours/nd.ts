import type { Envelope } from '../../wire/envelope.ts';
import { isMulticast6, UNSPECIFIED6 } from '../../wire/ipv6.ts';
import type { NdRecord, NeighborAdvertisement, Redirect } from '../../wire/protocols/nd/index.ts';
import type { Emit } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { Addresses } from './addresses.ts';
import type { DuplicateDetection } from './dad.ts';
import type { Questions } from './questions.ts';
import type { Redundancy } from './redundancy.ts';
import type { Routers } from './routers.ts';
import type { Stations } from './stations.ts';

const NOBODY: readonly number[] = [];

/** The parts of the flow that neighbour discovery feeds. */
export interface NdParts {
  addresses: Addresses;
  questions: Questions;
  stations: Stations;
  redundancy: Redundancy;
  duplicates: DuplicateDetection;
  routers: Routers;
}

/** Reads neighbour discovery (RFC 4861): only messages that a receiver would believe. */
export class NdReader {
  private readonly parts: NdParts;

  constructor(parts: NdParts) {
    this.parts = parts;
  }

  on(r: NdRecord, e: Envelope, emit: Emit): void {
    if (typeof e.ipSrc !== 'string' || typeof e.ipDst !== 'string') return;
    // RFC 6980 forbids fragments, yet many stacks still believe them: they are a known way past a switch's RA guard.
    if (r.discard !== '' && !(r.type === 134 && r.discard === 'fragment')) return;
    switch (r.type) {
      case 133:
        this.source(e.ipSrc, r.sourceLinkLayer, e, emit);
        return;
      case 134:
        this.source(e.ipSrc, r.sourceLinkLayer, e, emit);
        this.parts.routers.advertised(e, r, emit);
        return;
      case 135:
        if (r.dad) {
          this.parts.duplicates.probe(e, r.target, r.nonce, emit);
          return;
        }
        this.parts.questions.ask(e.segment, r.target, e.ipSrc, e.time);
        this.source(e.ipSrc, r.sourceLinkLayer, e, emit);
        return;
      case 136:
        this.advertisement(r, e, e.ipDst, emit);
        return;
      default:
        this.redirect(r, e, e.ipSrc, e.ipDst, emit);
    }
  }

  /** A source address with its link-layer option teaches the receivers both (RFC 4861 7.2.3, 6.2.6, 6.3.4). */
  private source(address: string, mac: number, e: Envelope, emit: Emit): void {
    if (mac <= 0 || address === UNSPECIFIED6) return;
    const all = typeof e.ipDst === 'string' && isMulticast6(e.ipDst);
    this.parts.addresses.claim(e, address, mac, all ? 'origin' : 'unicast-origin', all ? -1 : e.ethDst, NOBODY, emit);
  }

  private advertisement(r: NeighborAdvertisement, e: Envelope, to: string, emit: Emit): void {
    const { addresses, questions, stations, duplicates } = this.parts;
    const mac = r.targetLinkLayer > 0 ? r.targetLinkLayer : e.ethSrc;
    if (mac <= 0) return;
    const all = isMulticast6(to);
    const known = addresses.claimants(e.segment, r.target).find((one) => one.mac === mac);
    const refused = duplicates.advertised(e, r.target, mac, r.override, all, known?.firstTime ?? 0, emit);
    // What only refuses an address does not show that its sender uses it.
    if (refused && known === undefined) return;
    const others = r.solicited && !all ? questions.answer(e.segment, r.target, to, mac, e.time) : undefined;
    if (!r.override || r.targetLinkLayer <= 0) {
      addresses.claim(e, r.target, mac, 'weak', all ? -1 : e.ethDst, NOBODY, emit);
    } else if (others !== undefined) {
      addresses.claim(e, r.target, mac, 'answer', e.ethDst, others, emit);
    } else if (all) {
      addresses.claim(e, r.target, mac, 'announcement', -1, NOBODY, emit);
    } else {
      const asked = r.solicited && !stations.knows(e.segment, e.ethDst);
      addresses.claim(e, r.target, mac, asked ? 'answer' : 'unsolicited', e.ethDst, NOBODY, emit);
    }
  }

  private redirect(r: Redirect, e: Envelope, router: string, to: string, emit: Emit): void {
    if (e.ethSrc < 0) return;
    const { addresses, redundancy } = this.parts;
    const macs = addresses.claimants(e.segment, router).map((one) => one.mac);
    const excused = redundancy.of(e.segment, router, e.ethSrc) !== '' || macs.includes(e.ethSrc);
    emit({
      type: 'redirected',
      segment: e.segment,
      router,
      mac: e.ethSrc,
      to,
      target: r.target,
      destination: r.destination,
      knownMac: excused ? e.ethSrc : (macs[0] ?? -1),
      sight: sightOf(e),
      time: e.time,
    });
  }
}
