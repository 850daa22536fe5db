import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import type { Site } from '../site.ts';
import { Identities, type Clash } from './identities.ts';
import { named, serverOf, type Server4 } from './servers.ts';
import type { Standings } from './standings.ts';

/** Servers convicted by what they did: see `Culprits`. */
const CONVICTED = 256;

/** Mask of a server whose OFFER was not seen: what most sites give to a segment. */
const MASK_24 = 0xffffff00;
/** dnsmasq with `dhcp-authoritative` says this of a REQUEST that names another server: honest, though wrong. */
const AUTHORITATIVE_NAK = /^wrong server-ID$/i;

/**
 * What makes a DHCP server a rogue (`judgement.md`): the site does not know it, it speaks under another's identifier,
 * or it answered a REQUEST that chose somebody else.
 */
export interface Charge {
  kind: 'not-authorised' | 'impostor' | 'unasked-ack' | 'unasked-nak' | 'one-of-two';
  server: Server4;
  level: 'certain' | 'likely';
  /** A reason as a clause: "it is not among the authorised servers". */
  reason: string;
  /** For `one-of-two`: all who speak under the identifier. */
  macs: readonly number[];
}

/** Judges each reply. Without a profile only decisive behaviour convicts, and whoever was convicted stays so. */
export class Charges {
  private readonly standings: Standings;
  private readonly identities: Identities;
  private readonly convicted = new BoundedMap<string, Charge>('dhcp4.convicted', CONVICTED);
  private lastReply: Dhcp4Message | undefined;
  private lastCharge: Charge | undefined;
  private lastClash: Clash | undefined;

  constructor(site: Site, standings: Standings) {
    this.standings = standings;
    this.identities = new Identities('dhcp4.identifiers', site);
  }

  /** What the reply charges its sender with. Asking again of the same reply changes nothing. */
  charge(reply: Dhcp4Message, exchange: Exchange4 | undefined): Charge | undefined {
    if (reply !== this.lastReply) this.take(reply, exchange);
    return this.lastCharge;
  }

  /** Whether the reply's identifier is proven to be shared by two machines. */
  clash(reply: Dhcp4Message, exchange: Exchange4 | undefined): Clash | undefined {
    if (reply !== this.lastReply) this.take(reply, exchange);
    return this.lastClash;
  }

  private take(reply: Dhcp4Message, exchange: Exchange4 | undefined): void {
    this.lastReply = reply;
    this.lastClash = this.identities.on(reply, exchange);
    this.lastCharge = this.judge(reply, exchange, this.lastClash);
  }

  private judge(reply: Dhcp4Message, exchange: Exchange4 | undefined, clash: Clash | undefined): Charge | undefined {
    const server = serverOf(reply);
    if (!named(server)) return undefined;
    const standing = this.standings.of(reply, server);
    if (standing === 'unauthorised') return declared(this.standings, reply, server);
    if (reply.proxy) return undefined;
    const charge = this.behaviour(reply, exchange, server, clash, standing === 'authorised');
    if (charge === undefined && (standing === 'authorised' || this.convicted.size === 0)) return undefined;
    const key = `${reply.segment}/${server.address}/${server.mac}`;
    if (charge === undefined) return this.convicted.get(key);
    // A charge against one of two is no conviction of either.
    if (charge.kind !== 'one-of-two') this.convicted.set(key, charge);
    return charge;
  }

  limits(): LimitReached[] {
    const limit = this.convicted.limit();
    return [...this.identities.limits(), ...(limit === undefined ? [] : [limit])];
  }

  private behaviour(
    reply: Dhcp4Message,
    exchange: Exchange4 | undefined,
    server: Server4,
    clash: Clash | undefined,
    authorised: boolean,
  ): Charge | undefined {
    if (clash !== undefined) {
      const level = clash.sameRequest ? 'certain' : 'likely';
      const who = ipv4Text(clash.identifier);
      if (clash.impostor < 0) {
        const macs = clash.speakers.map((one) => one.mac);
        const reason = `${macs.map(macText).join(' and ')} both answer as ${who}`;
        return { kind: 'one-of-two', server: { address: clash.identifier, mac: -1 }, level, reason, macs };
      }
      if (clash.impostor !== server.mac) return undefined;
      return {
        kind: 'impostor',
        server,
        level,
        reason: `it answers as ${who} beside another machine: ${clash.why}`,
        macs: [],
      };
    }
    if (authorised || exchange === undefined || !unasked(reply, exchange, server)) return undefined;
    const reason = `it answered a REQUEST that names ${ipv4Text(exchange.chosen)} and not it (RFC 2131 4.3.2)`;
    if (reply.kind === 'ACK') return { kind: 'unasked-ack', server, level: 'certain', reason, macs: [] };
    if (AUTHORITATIVE_NAK.test(reply.text) || foreign(reply, exchange)) return undefined;
    return { kind: 'unasked-nak', server, level: 'likely', reason, macs: [] };
  }
}

/**
 * The client asks for an address of a network that the refusing server is not on: an authoritative server may say so
 * (ISC dhcpd does, RFC 2131 4.3.2 "incorrect network"), and it may be the honest one that refuses what a rogue leased.
 */
function foreign(nak: Dhcp4Message, exchange: Exchange4): boolean {
  const asked = exchange.requests.at(-1)?.requested ?? -1;
  if (asked <= 0 || nak.ipSrc <= 0) return true;
  const own = exchange.offers.find((offer) => offer.ipSrc === nak.ipSrc)?.promise;
  const mask = own !== undefined && own.mask > 0 ? own.mask : MASK_24;
  return (asked & mask) !== (nak.ipSrc & mask);
}

function declared(standings: Standings, reply: Dhcp4Message, server: Server4): Charge {
  const elsewhere =
    server.mac >= 0 && server.address > 0 && standings.of(reply, { address: server.address, mac: -1 }) === 'authorised';
  if (elsewhere) {
    const reason = `it answers as ${ipv4Text(server.address)}, but the profile gives that server another MAC address`;
    return { kind: 'impostor', server, level: 'certain', reason, macs: [] };
  }
  // An identifier equal to giaddr may be a proxying relay's that the profile forgot.
  const level = reply.giaddr !== 0 && reply.serverId === reply.giaddr ? 'likely' : 'certain';
  return { kind: 'not-authorised', server, level, reason: 'it is not among the authorised servers', macs: [] };
}

/**
 * An ACK or NAK on the link itself to a SELECTING REQUEST by a server which that REQUEST does not name. Some clients
 * write 0.0.0.0 into option 54 when the offer had none: that names nobody.
 */
export function unasked(reply: Dhcp4Message, exchange: Exchange4, server: Server4): boolean {
  return (
    (reply.kind === 'ACK' || reply.kind === 'NAK') &&
    !reply.proxy &&
    exchange.phase === 'selecting' &&
    exchange.chosen > 0 &&
    reply.giaddr === 0 &&
    server.address > 0 &&
    server.address !== exchange.chosen &&
    // A multihomed server may be chosen by another of its addresses.
    reply.ipSrc !== exchange.chosen &&
    !exchange.requests.some((request) => request.serverIdOverride > 0 || request.serverId === server.address)
  );
}
