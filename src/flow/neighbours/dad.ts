import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { Emit } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';
import type { Envelope } from '../../wire/envelope.ts';
import { addRefused, type Stations } from './stations.ts';

/** Addresses being probed at one time: each lives for seconds. */
const TENTATIVE = 16_384;
/** Stations that probe for one address at one time. */
const PROBERS = 4;
/** RFC 4862 5.4: one probe and RetransTimer (1 s) of waiting; some hosts send three. */
const TENTATIVE_US = 3e6;

interface Prober {
  mac: number;
  nonce: string;
  sight: Sight;
  time: number;
}

interface Tentative {
  capture: number;
  probers: Prober[];
  /** When it was first probed for. */
  since: number;
}

/** Duplicate address detection (RFC 4862 5.4, RFC 7527): who wants which address, and who says no. */
export class DuplicateDetection {
  private readonly table = new BoundedMap<string, Tentative>('neighbours.tentative', TENTATIVE, (_key, tentative) => {
    if (tentative.probers.some((prober) => this.now - prober.time <= TENTATIVE_US)) this.lost += 1;
  });
  private readonly stations: Stations;
  private now = 0;
  /** Probes forgotten by the cap while they could still be answered. */
  private lost = 0;

  constructor(stations: Stations) {
    this.stations = stations;
  }

  /** A DAD Neighbor Solicitation. */
  probe(e: Envelope, target: string, nonce: string, emit: Emit): void {
    if (e.ethSrc < 0) return;
    this.now = e.time;
    this.stations.of(e.segment, e.ethSrc);
    const key = `${e.segment}/${target}`;
    const sight = sightOf(e);
    let tentative = this.table.get(key);
    if (tentative === undefined) {
      tentative = { capture: e.capture, probers: [], since: e.time };
      this.table.set(key, tentative);
    }
    const own = tentative.probers.find((prober) => prober.mac === e.ethSrc);
    for (const prober of tentative.probers) {
      if (prober.mac === e.ethSrc || e.time - prober.time > TENTATIVE_US) continue;
      // The same nonce is the same message come back by a loop (RFC 7527 4.2).
      if (nonce !== '' && nonce === prober.nonce) return;
      emit({
        type: 'dad-refused',
        segment: e.segment,
        target,
        prober: e.ethSrc,
        probe: sight,
        by: 'probe',
        refuser: prober.mac,
        refusal: prober.sight,
        override: false,
        inUse: false,
        refusedTargets: 0,
        time: e.time,
      });
    }
    if (own !== undefined) {
      own.nonce = nonce;
      own.sight = sight;
      own.time = e.time;
      return;
    }
    if (tentative.probers.length >= PROBERS) tentative.probers.shift();
    tentative.probers.push({ mac: e.ethSrc, nonce, sight, time: e.time });
  }

  /**
   * A Neighbor Advertisement that the prober can hear.
   * @param mac the MAC that it gives for the target
   * @param usedSince when that MAC was first seen using the target, 0 never
   * @returns true when it refused the address to somebody
   */
  advertised(
    e: Envelope,
    target: string,
    mac: number,
    override: boolean,
    toAll: boolean,
    usedSince: number,
    emit: Emit,
  ): boolean {
    const tentative = this.table.peek(`${e.segment}/${target}`);
    if (tentative === undefined) return false;
    let refused = false;
    for (const prober of tentative.probers) {
      if (e.time - prober.time > TENTATIVE_US) continue;
      // Its own advertisement, after its probe went unanswered.
      if (prober.mac === mac || prober.mac === e.ethSrc) return false;
      if (!toAll && e.ethDst !== prober.mac) continue;
      refused = true;
      const inUse = usedSince > 0 && usedSince < tentative.since;
      const station = this.stations.of(e.segment, mac);
      emit({
        type: 'dad-refused',
        segment: e.segment,
        target,
        prober: prober.mac,
        probe: prober.sight,
        by: 'advertisement',
        refuser: mac,
        refusal: sightOf(e),
        override,
        inUse,
        refusedTargets: inUse ? station.refusedCount : addRefused(station, target),
        time: e.time,
      });
    }
    return refused;
  }

  limits(): LimitReached[] {
    return this.lost === 0 ? [] : [{ name: this.table.name, cap: this.table.cap, lost: this.lost }];
  }
}
