import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import type { CoverageNotes } from '../coverage.ts';
import type { EvidenceNote } from '../finding.ts';
import { Distinct } from './distinct.ts';
import { serverOf, serverText, type Server4 } from './servers.ts';
import { clientHere, clientKey, clientText, discoverNote, frame, replyNote } from './words.ts';

/** Clients without an answer at one time: a large site that powers on with its server down. */
const CLIENTS = 8192;
/** Links of one run: VLANs of a trunk, relays of a rack. */
const LINKS = 1024;
/** Servers of one link that are named in a sentence. */
const SERVERS = 3;
/**
 * How long a client that tried again must have waited since its first try (microseconds): a ping check delays an OFFER
 * by 1–3 s, and the second try comes after 4 s, give or take one (RFC 2131 4.1).
 */
const RETRIED = 5e6;
/** The same for a client that tried once: it may have given up for reasons of its own. */
const TRIED_ONCE = 10e6;

/** Whether silence since `from` until `until` means something after so many tries. */
export function longEnough(tries: number, from: number, until: number): boolean {
  return until - from >= (tries > 1 ? RETRIED : TRIED_ONCE);
}

/**
 * L2 sources that ask in others' names. One or two are a bridge's clients, and their silence counts; more of them is
 * starvation, whose invented clients nobody needs to answer.
 */
const SOURCES = 1024;
const NAMES = 3;

/** What a server writes into option 56 when it has nothing left (dnsmasq: "no leases left"). */
const NOTHING_LEFT =
  /no (?:free )?leases?\b|no (?:free )?addresses? (?:left|available)|pool (?:is )?(?:exhausted|empty|full)/i;

/** Findings that silence which cannot be seen, or not for long enough, leaves undecided. */
const UNDECIDED = ['dhcp-no-offer', 'dhcp-pool-exhausted'];

/** A client whose DISCOVERs nobody answered. */
export interface Unanswered {
  client: number | string;
  name: string;
  capture: number;
  link: string;
  segment: number;
  discovers: number;
  firstTime: number;
  lastTime: number;
  /** Silence is known to have lasted until then. */
  until: number;
  /** A ProxyDHCP server answered, but nobody gave an address. */
  proxy: boolean;
  evidence: EvidenceNote[];
}

/** What is known of the servers of one link. */
export interface LinkServers {
  servers: Server4[];
  /** Last OFFER, ACK or BOOTREPLY that gave an address: to whom and when; and the last one to somebody else. */
  given: Dhcp4Message | undefined;
  lastClient: number | string;
  lastTime: number;
  otherTime: number;
  /** Last reply of any kind. */
  alive: Dhcp4Message | undefined;
  /** A server said that it has nothing left. */
  nothingLeft: Dhcp4Message | undefined;
}

/**
 * Clients that asked for an address and got no OFFER, and what their link's servers did meanwhile. Only where an answer
 * would have been seen (`judgement.md`: absence needs sight); else the run's coverage says so.
 */
export class Silence {
  private readonly pending = new BoundedMap<number | string, Unanswered>('dhcp4.unanswered', CLIENTS);
  private readonly links = new BoundedMap<string, LinkServers>('dhcp4.links-served', LINKS);
  private readonly pretenders = new BoundedMap<number, Distinct>('dhcp4.pretenders', SOURCES);
  private readonly coverage: CoverageNotes;
  private lastMessage: Dhcp4Message | undefined;
  private lastExchange: Exchange4 | undefined;
  private lastLink: LinkServers | undefined;
  private lastLinkName = '';
  private lastCapture = -1;
  private judged: Unanswered[] | undefined;

  constructor(coverage: CoverageNotes) {
    this.coverage = coverage;
  }

  /** Takes up a message; the same one again changes nothing. */
  message(m: Dhcp4Message): void {
    if (m === this.lastMessage) return;
    this.lastMessage = m;
    if (m.reply) this.replied(m);
    // A REQUEST shows that the client was answered, or has an address.
    else if (m.kind === 'REQUEST' && this.pending.size > 0) this.pending.delete(clientHere(m));
  }

  /** An exchange was closed at `time`; the same one again changes nothing. */
  closed(exchange: Exchange4, time: number): void {
    if (exchange === this.lastExchange) return;
    this.lastExchange = exchange;
    if (exchange.phase !== 'selecting' || exchange.maasProbe) return;
    if (exchange.requestCount > 0 || exchange.ackCount > 0 || exchange.nakCount > 0) return;
    const [discover] = exchange.discovers;
    if (discover === undefined || exchange.offers.some((offer) => !offer.proxy)) return;
    if (this.isPretended(discover)) return;
    const { capture } = discover.sight;
    if (!exchange.couldSeeReplies) {
      const wondering = longEnough(exchange.discoverCount, exchange.firstTime, time);
      noteUnseen(this.coverage, capture, exchange.segment, wondering ? UNDECIDED : []);
      return;
    }
    const key = clientHere(discover);
    const known = this.pending.get(key);
    if (known === undefined) {
      this.pending.set(key, {
        client: clientKey(discover),
        name: clientText(discover),
        capture,
        link: exchange.link,
        segment: exchange.segment,
        discovers: exchange.discoverCount,
        firstTime: exchange.firstTime,
        lastTime: exchange.lastDiscover,
        until: time,
        proxy: exchange.offerCount > 0,
        evidence: exchange.discovers.slice(0, 2).map(discoverNote),
      });
      return;
    }
    known.discovers += exchange.discoverCount;
    known.firstTime = Math.min(known.firstTime, exchange.firstTime);
    known.lastTime = Math.max(known.lastTime, exchange.lastDiscover);
    known.until = Math.max(known.until, time);
    known.proxy ||= exchange.offerCount > 0;
  }

  /** At the end: the clients that nobody answered for long enough. Shorter ones are left to the coverage. */
  unanswered(): readonly Unanswered[] {
    if (this.judged !== undefined) return this.judged;
    this.judged = [];
    for (const one of this.pending.values()) {
      if (longEnough(one.discovers, one.firstTime, one.until)) this.judged.push(one);
      else noteEndsEarly(this.coverage, one.capture, one.segment, UNDECIDED);
    }
    return this.judged;
  }

  /** The servers of a client's link, when any of them spoke. */
  servers(one: Unanswered): LinkServers | undefined {
    return this.links.peek(`${one.capture}/${one.link}`);
  }

  limits(): LimitReached[] {
    return [this.pending.limit() ?? [], this.links.limit() ?? [], this.pretenders.limit() ?? []].flat();
  }

  private isPretended(discover: Dhcp4Message): boolean {
    const { ethSrc, chaddr, giaddr } = discover;
    if (giaddr !== 0 || ethSrc < 0 || chaddr < 0 || ethSrc === chaddr) return false;
    const known = this.pretenders.get(ethSrc);
    const names = known ?? new Distinct('dhcp4.pretended', NAMES + 1);
    if (known === undefined) this.pretenders.set(ethSrc, names);
    names.add(clientHere(discover));
    if (names.size <= NAMES) return false;
    // The first ones were invented as well.
    for (const name of names.values()) this.pending.delete(name);
    return true;
  }

  private replied(m: Dhcp4Message): void {
    if (m.proxy || m.maasProbe) return;
    const gives = m.kind === 'OFFER' || m.kind === 'ACK' || m.kind === 'BOOTREPLY';
    if (this.pending.size > 0 && (gives || m.kind === 'NAK')) this.pending.delete(clientHere(m));
    const link = this.link(m);
    link.alive = m;
    if (m.text !== '' && link.nothingLeft === undefined && NOTHING_LEFT.test(m.text)) link.nothingLeft = m;
    // A renewal takes nothing out of the pool.
    if (!gives || m.yiaddr === 0 || m.ciaddr !== 0) return;
    addServer(link.servers, m);
    const client = clientKey(m);
    if (link.lastClient !== client) link.otherTime = link.lastTime;
    link.lastClient = client;
    link.lastTime = m.time;
    link.given = m;
  }

  private link(m: Dhcp4Message): LinkServers {
    const { capture } = m.sight;
    if (this.lastLink !== undefined && m.link === this.lastLinkName && capture === this.lastCapture) {
      return this.lastLink;
    }
    const key = `${capture}/${m.link}`;
    let link = this.links.get(key);
    if (link === undefined) {
      link = {
        servers: [],
        given: undefined,
        lastClient: '',
        lastTime: 0,
        otherTime: 0,
        alive: undefined,
        nothingLeft: undefined,
      };
      this.links.set(key, link);
    }
    this.lastLink = link;
    this.lastLinkName = m.link;
    this.lastCapture = capture;
    return link;
  }
}

function addServer(servers: Server4[], m: Dhcp4Message): void {
  for (const known of servers) if (known.address === m.server) return;
  if (servers.length < SERVERS) servers.push(serverOf(m));
}

/**
 * Whether an empty pool explains a client's silence: a server of the link gave addresses to others before, to nobody
 * since the client began to ask, and is alive (`likely`) or not heard of any more (`possible`).
 */
export function emptyPool(one: Unanswered, link: LinkServers | undefined): 'likely' | 'possible' | undefined {
  if (link === undefined) return undefined;
  const last = link.lastClient === one.client ? link.otherTime : link.lastTime;
  if (last === 0 || last > one.firstTime) return undefined;
  if (link.nothingLeft !== undefined || (link.alive?.time ?? 0) > one.firstTime) return 'likely';
  return 'possible';
}

/** The servers that gave addresses on a link, '' when none did. */
export function serversText(link: LinkServers | undefined): string {
  return (link?.servers ?? []).map(serverText).join(', ');
}

/** What the link's servers did, as evidence for an empty pool. */
export function poolEvidence(link: LinkServers): { given: EvidenceNote[]; after: EvidenceNote[] } {
  const { given, nothingLeft, alive } = link;
  return {
    given:
      given === undefined
        ? []
        : [frame(given, `${given.kind} to ${clientText(given)}: the last address that was given`)],
    after: [
      ...(nothingLeft === undefined ? [] : [replyNote(nothingLeft)]),
      ...(alive === undefined || alive === given ? [] : [frame(alive, `${alive.kind}: the server is alive`)]),
    ],
  };
}

/**
 * Answers to these clients do not pass here. Only a client that tried again leaves a question open: one that did not
 * was answered, for all that can be seen.
 */
export function noteUnseen(
  coverage: CoverageNotes,
  capture: number,
  segment: number,
  undecided: readonly string[],
): void {
  coverage.add({
    id: 'replies-not-visible',
    capture,
    segment,
    message:
      'DHCP answers to clients of this segment do not pass here (unicast to other ports): whether and what they were answered stays open',
    undecided,
  });
}

export function noteEndsEarly(
  coverage: CoverageNotes,
  capture: number,
  segment: number,
  undecided: readonly string[],
): void {
  coverage.add({
    id: 'capture-ends-early',
    capture,
    segment,
    message: 'the capture ends before a DHCP client that waits for its answer would have tried again',
    undecided,
  });
}
