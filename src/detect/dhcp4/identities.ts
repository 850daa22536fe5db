import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import type { Sight } from '../../flow/sight.ts';
import type { Site } from '../site.ts';
import { serverOf } from './servers.ts';

/** Server identifiers watched, by segment: far more than any site has. */
const IDENTIFIERS = 1024;
/** L2 sources remembered of one identifier: two convict, more change nothing. */
const SOURCES = 4;
/**
 * How soon the first speaker must be back for A, B, A to be interleaving (microseconds). A virtual address that fails
 * over and back moves too, but stays with one speaker for longer than a client waits for its next try.
 */
const BACK_WITHIN = 30e6;

/** One L2 source that answered under an identifier. */
export interface Speaker {
  mac: number;
  ipSrc: number;
  first: Sight;
  firstTime: number;
  lastTime: number;
  replies: number;
}

/** Two L2 sources answer under one server identifier on one segment. */
export interface Clash {
  segment: number;
  identifier: number;
  /** In order of appearance. */
  speakers: readonly Speaker[];
  /** Both answered one and the same request: no handover does that. */
  sameRequest: boolean;
  /** How often the word went from one to another. */
  turns: number;
  /** The one that the evidence makes the impostor, and why; -1 and '' when it stays open. */
  impostor: number;
  why: string;
}

interface Watch {
  identifier: number;
  speakers: Speaker[];
  last: Speaker;
  /** When the last speaker took over, and from whom. */
  before: Speaker | undefined;
  beforeTime: number;
  turns: number;
  sameRequest: boolean;
  proven: boolean;
}

/**
 * Watches who answers under which server identifier. Interleaving convicts: A, then B, then A again, or both to one
 * request. A handover (A, then B, and A silent) does not. Only frames that the server itself put on the segment count.
 */
export class Identities {
  private readonly watches: BoundedMap<number, Watch>;
  private readonly site: Site;

  constructor(name: string, site: Site) {
    this.watches = new BoundedMap(name, IDENTIFIERS);
    this.site = site;
  }

  /** Takes up a reply; the clash that its identifier is in, once proven. */
  on(reply: Dhcp4Message, exchange: Exchange4 | undefined): Clash | undefined {
    const { serverId, serverMac } = reply;
    if (serverId <= 0 || serverMac < 0 || reply.proxy || redundancyMac(serverMac)) return undefined;
    if (reply.kind !== 'OFFER' && reply.kind !== 'ACK' && reply.kind !== 'NAK') return undefined;
    const { site } = this;
    const key = reply.segment * 0x100000000 + serverId;
    const watch = this.watches.get(key);
    if (watch === undefined) {
      const speaker = newSpeaker(reply);
      this.watches.set(key, {
        identifier: serverId,
        speakers: [speaker],
        last: speaker,
        before: undefined,
        beforeTime: 0,
        turns: 0,
        sameRequest: false,
        proven: false,
      });
      return undefined;
    }
    const { last } = watch;
    if (last.mac === serverMac) {
      last.lastTime = reply.time;
      last.replies += 1;
      return watch.proven ? this.clash(reply.segment, watch) : undefined;
    }
    if (site.virtualAddress(serverId) || site.relay(reply.ipSrc) === 'authorised') return undefined;
    const speaker = this.speaker(watch, reply);
    if (speaker === undefined) return undefined;
    watch.turns += 1;
    if (answersWith(reply, exchange, watch.speakers)) watch.sameRequest = true;
    const back = watch.before === speaker && reply.time - watch.beforeTime <= BACK_WITHIN;
    if (watch.sameRequest || back) watch.proven = true;
    watch.before = last;
    watch.beforeTime = last.lastTime;
    watch.last = speaker;
    return watch.proven ? this.clash(reply.segment, watch) : undefined;
  }

  limits(): LimitReached[] {
    const limit = this.watches.limit();
    return limit === undefined ? [] : [limit];
  }

  private speaker(watch: Watch, reply: Dhcp4Message): Speaker | undefined {
    const known = watch.speakers.find((one) => one.mac === reply.serverMac);
    if (known !== undefined) {
      known.lastTime = reply.time;
      known.replies += 1;
      return known;
    }
    if (watch.speakers.length >= SOURCES) return undefined;
    const speaker = newSpeaker(reply);
    watch.speakers.push(speaker);
    return speaker;
  }

  private clash(segment: number, watch: Watch): Clash {
    const { identifier, speakers, sameRequest, turns } = watch;
    return { segment, identifier, speakers, sameRequest, turns, ...this.impostor(identifier, speakers) };
  }

  /** Whom the profile's MACs, or the IP source that betrays another machine, make the impostor. */
  private impostor(identifier: number, speakers: readonly Speaker[]): { impostor: number; why: string } {
    const standing = (one: Speaker): string => this.site.dhcp4Server({ address: identifier, mac: one.mac });
    const listed = speakers.filter((one) => standing(one) === 'authorised');
    const refused = speakers.filter((one) => standing(one) === 'unauthorised');
    const [alone] = refused;
    if (alone !== undefined && refused.length === 1 && listed.length > 0) {
      return { impostor: alone.mac, why: 'the profile gives this server another MAC address' };
    }
    const foreign = speakers.filter((one) => one.ipSrc !== identifier);
    const [other] = foreign;
    if (other !== undefined && foreign.length === 1 && speakers.length > 1) {
      return {
        impostor: other.mac,
        why: "its packets come from another IP address than the identifier that it claims; the other's do not",
      };
    }
    return { impostor: -1, why: '' };
  }
}

function newSpeaker(reply: Dhcp4Message): Speaker {
  return {
    mac: serverOf(reply).mac,
    ipSrc: reply.ipSrc,
    first: reply.sight,
    firstTime: reply.time,
    lastTime: reply.time,
    replies: 1,
  };
}

/** True when another speaker answered the very request that this reply answers: no request of the client came between. */
function answersWith(reply: Dhcp4Message, exchange: Exchange4 | undefined, speakers: readonly Speaker[]): boolean {
  if (exchange === undefined) return false;
  const offer = reply.kind === 'OFFER';
  const others = offer ? exchange.offers : [...exchange.acks, ...exchange.naks];
  const questions = offer ? exchange.discovers : exchange.requests;
  const asked = offer ? exchange.discoverCount : exchange.requestCount;
  return others.some(
    (other) =>
      other.xid === reply.xid &&
      other.serverId === reply.serverId &&
      other.serverMac >= 0 &&
      other.serverMac !== reply.serverMac &&
      !other.proxy &&
      speakers.some((one) => one.mac === other.serverMac) &&
      // Beyond the exchange's lists nothing can be told.
      asked === questions.length &&
      !questions.some((question) => question.time > other.time && question.time <= reply.time),
  );
}

/** VRRP and CARP (RFC 9568 7.3), HSRP and GLBP: a virtual router's MAC beside its owner's own. */
function redundancyMac(mac: number): boolean {
  const prefix = Math.floor(mac / 256);
  return (
    prefix === 0x00005e0001 ||
    prefix === 0x00005e0002 ||
    prefix === 0x00000c07ac ||
    Math.floor(mac / 4096) === 0x00000c9ff ||
    Math.floor(mac / 65536) === 0x0007b400
  );
}
