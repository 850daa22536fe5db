import type { Envelope } from '../../wire/envelope.ts';
import type { NdRecord } from '../../wire/protocols/nd/index.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';
import { groupAddress } from '../visibility.ts';
import type { Soliciting } from './types.ts';

/** Hosts that solicit: those that start within one capture. */
const HOSTS = 8_192;
const SEGMENTS = 4_096;
/** What a host sent within this after an advertisement was under way (microseconds). */
const UNDER_WAY_US = 0.5e6;

interface Host extends Soliciting {
  capture: number;
}

interface Advertised {
  time: number;
  sight: Sight;
  mac: number;
  /** Whom it went to, -1 all. */
  to: number;
}

/** Router Solicitations that go on although a router advertised itself (RFC 4861 6.3.7). */
export class Solicitations {
  private readonly hosts = new BoundedMap<string, Host>('link.soliciting', HOSTS);
  private readonly advertised = new BoundedMap<number, Advertised>('link.advertised', SEGMENTS);

  on(r: NdRecord, e: Envelope): void {
    if (r.discard !== '' || e.ethSrc < 0) return;
    if (r.type === 134 && r.routerLifetime > 0) {
      const to = groupAddress(e.ethDst) ? -1 : e.ethDst;
      this.advertised.set(e.segment, { time: e.time, sight: sightOf(e), mac: e.ethSrc, to });
    } else if (r.type === 133) this.solicited(e);
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const host of this.hosts.values()) {
      if (host.capture === at.capture && host.repeated > 0) emit({ type: 'router-solicited', host, time: at.time });
    }
  }

  limits(): LimitReached[] {
    return [this.hosts.limit(), this.advertised.limit()].filter((limit) => limit !== undefined);
  }

  private solicited(e: Envelope): void {
    const key = `${e.segment}/${e.ethSrc}`;
    const sight = sightOf(e);
    const host = this.hosts.get(key);
    if (host === undefined) {
      this.hosts.set(key, {
        capture: e.capture,
        segment: e.segment,
        mac: e.ethSrc,
        solicitations: 1,
        repeated: 0,
        first: sight,
        last: sight,
        lastTime: e.time,
        advertisement: undefined,
        router: -1,
      });
      return;
    }
    const ra = this.advertised.peek(e.segment);
    const heard = ra !== undefined && (ra.to < 0 || ra.to === e.ethSrc) && ra.mac !== e.ethSrc;
    if (heard && ra.time > host.lastTime && e.time - ra.time >= UNDER_WAY_US) {
      host.repeated += 1;
      host.advertisement = ra.sight;
      host.router = ra.mac;
    }
    host.solicitations += 1;
    host.last = sight;
    host.lastTime = e.time;
  }
}
