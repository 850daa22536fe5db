import type { Envelope } from '../../wire/envelope.ts';
import { isLinkLocal6 } from '../../wire/ipv6.ts';
import type { RouterAdvertisement } from '../../wire/protocols/nd/index.ts';
import { ipv6Text } from '../../wire/values.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { Emit } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { Redundancy } from './redundancy.ts';
import type { Router, RouterContent } from './types.ts';

/** Routers remembered: more than any site has; an RA flood forgets the oldest. */
const ROUTERS = 4_096;
/** Distinct contents remembered. */
const CONTENTS = 4_096;
/** Prefixes, routes and resolvers kept of one advertisement: an RA of 1,500 bytes holds at most 46 prefixes. */
const EACH = 64;

/** Who advertises itself as router, and what it says. */
export class Routers {
  private readonly routers = new BoundedMap<string, Router>('neighbours.routers', ROUTERS);
  private readonly contents = new BoundedMap<string, RouterContent>('neighbours.router-contents', CONTENTS);
  private readonly redundancy: Redundancy;

  constructor(redundancy: Redundancy) {
    this.redundancy = redundancy;
  }

  advertised(e: Envelope, ra: RouterAdvertisement, emit: Emit): void {
    if (typeof e.ipSrc !== 'string') return;
    const key = `${e.segment}/${e.ethSrc}/${e.ipSrc}`;
    const sight = sightOf(e);
    const goodbye = ra.routerLifetime === 0 && ra.prefixes.length === 0;
    let router = this.routers.get(key);
    const isNew = router === undefined;
    if (router === undefined) {
      router = {
        segment: e.segment,
        address: e.ipSrc,
        mac: e.ethSrc,
        linkLayer: ra.sourceLinkLayer,
        first: sight,
        last: sight,
        lastTime: e.time,
        content: undefined,
        lifetime: ra.routerLifetime,
        advertisements: 0,
        goodbyes: 0,
        firstGoodbye: undefined,
        firstAlive: undefined,
        redundancy: '',
      };
      this.routers.set(key, router);
    }
    router.last = sight;
    router.lastTime = e.time;
    router.lifetime = ra.routerLifetime;
    router.advertisements += 1;
    router.redundancy = this.redundancy.of(e.segment, e.ipSrc, e.ethSrc);
    let changed = isNew;
    if (ra.routerLifetime === 0) {
      router.goodbyes += 1;
      if (router.firstGoodbye === undefined) {
        router.firstGoodbye = sight;
        changed = true;
      }
    } else if (router.firstAlive === undefined) {
      router.firstAlive = sight;
      changed = true;
    }
    // The last word of a router that stops may leave everything out: that is no other content.
    if (!goodbye) {
      const content = this.intern(ra);
      if (content !== router.content) {
        router.content = content;
        changed = true;
      }
    }
    emit({ type: 'router-advertised', router, sight, changed, goodbye: ra.routerLifetime === 0, time: e.time });
  }

  limits(): LimitReached[] {
    return [this.routers.limit(), this.contents.limit()].filter((limit) => limit !== undefined);
  }

  private intern(ra: RouterAdvertisement): RouterContent {
    const content: RouterContent = {
      prefixes: texts(
        ra.prefixes
          // The link-local prefix is ignored by hosts (RFC 4861 6.3.4), and a withdrawn one (lifetime 0) is none.
          .filter((one) => one.validLifetime > 0 && !isLinkLocal6(one.prefix))
          .map(
            (one) => `${ipv6Text(one.prefix)}/${one.prefixLength} ${one.onLink ? 'L' : ''}${one.autonomous ? 'A' : ''}`,
          ),
      ),
      mtu: ra.mtu,
      managed: ra.managed,
      otherConfig: ra.otherConfig,
      preference: ra.preference === 'reserved' ? 'medium' : ra.preference,
      rdnss: texts(ra.rdnss.flatMap((one) => (one.lifetime > 0 ? one.addresses.map(ipv6Text) : []))),
      routes: texts(
        ra.routes
          .filter((one) => one.lifetime > 0)
          .map((one) => `${ipv6Text(one.prefix)}/${one.prefixLength} ${one.preference}`),
      ),
    };
    const key = JSON.stringify(content);
    const known = this.contents.get(key);
    if (known !== undefined) return known;
    this.contents.set(key, content);
    return content;
  }
}

function texts(list: readonly string[]): string[] {
  return [...new Set(list)].sort().slice(0, EACH);
}
