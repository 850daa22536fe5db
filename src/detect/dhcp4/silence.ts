import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import type { CoverageNotes } from '../coverage.ts';
import type { EvidenceNote } from '../finding.ts';
import { Distinct } from './distinct.ts';
import { serverOf, serverText } from './servers.ts';
import { clientKey, discoverNote, replyNote } from './words.ts';

/** Clients without an answer at one time: a large site that powers on with its server down. */
const CLIENTS = 8192;
/** Links of one run: VLANs of a trunk, relays of a rack. */
const LINKS = 1024;
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

/** What a server writes into option 56 when it has nothing left (dnsmasq: "no leases left"). */
const NOTHING_LEFT = /no (?:free )?leases?\b|no (?:free )?addresses? (?:left|available)|pool (?:is )?(?:exhausted|empty|full)/i;

/** A client whose DISCOVERs nobody answered. */
export interface Unanswered {
  client: string;
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
  servers: Distinct;
  /** Last OFFER or ACK that gave an address: to whom and when; and the last one to somebody else. */
  lastClient: string;
  lastTime: number;
  otherTime: number;
  /** Last reply of any kind. */
  aliveTime: number;
  aliveNote: EvidenceNote | undefined;
  offerNote: EvidenceNote | undefined;
  /** A server said that it has nothing left. */
  nothingLeft: EvidenceNote | undefined;
}

/**
 * Clients that asked for an address and got no OFFER, and what their link's servers did meanwhile. Only where an answer
 * would have been seen (`judgement.md`: absence needs sight); else the run's coverage says so.
 */
export class Silence {
  private readonly pending: BoundedMap<string, Unanswered>;
  private readonly links: BoundedMap<string, LinkServers>;
  private readonly coverage: CoverageNotes;
  private readonly name: string;

  constructor(name: string, coverage: CoverageNotes) {
    this.name = name;
    this.coverage = coverage;
    this.pending = new BoundedMap(`${name}.clients`, CLIENTS);
    this.links = new BoundedMap(`${name}.links`, LINKS);
  }

  message(m: Dhcp4Message): void {
    if (m.reply) this.replied(m);
    // A REQUEST shows that the client was answered, or has an address.
    else if (m.kind === 'REQUEST' && this.pending.size > 0) this.pending.delete(keyOf(m));
  }

  /** An exchange was closed at `time`. */
  closed(exchange: Exchange4, time: number): void {
    const [discover] = exchange.discovers;
    if (discover === undefined || exchange.phase !== 'selecting' || exchange.maasProbe) return;
    if (exchange.requestCount > 0 || exchange.ackCount > 0 || exchange.nakCount > 0) return;
    const offers = exchange.offers.filter((offer) => !offer.proxy);
    if (offers.length > 0) return;
    const { capture } = discover.sight;
    if (!exchange.couldSeeReplies) {
      const wondering = longEnough(exchange.discoverCount, exchange.firstTime, time);
      noteUnseen(this.coverage, capture, exchange.segment, wondering ? [this.name] : []);
      return;
    }
    const key = keyOf(discover);
    const known = this.pending.get(key);
    if (known === undefined) {
      this.pending.set(key, {
        client: clientKey(discover),
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
  unanswered(): Unanswered[] {
    const list: Unanswered[] = [];
    for (const one of this.pending.values()) {
      if (longEnough(one.discovers, one.firstTime, one.until)) list.push(one);
      else noteEndsEarly(this.coverage, one.capture, one.segment, this.name);
    }
    return list;
  }

  /** The servers of a client's link, when any of them spoke. */
  servers(one: Unanswered): LinkServers | undefined {
    return this.links.peek(`${one.capture}/${one.link}`);
  }

  limits(): LimitReached[] {
    return [this.pending.limit() ?? [], this.links.limit() ?? []].flat();
  }

  private replied(m: Dhcp4Message): void {
    if (m.proxy || m.maasProbe) return;
    const gives = m.kind === 'OFFER' || m.kind === 'ACK' || m.kind === 'BOOTREPLY';
    if (this.pending.size > 0 && (gives || m.kind === 'NAK')) this.pending.delete(keyOf(m));
    const link = this.link(m);
    link.aliveTime = m.time;
    link.aliveNote = { kind: 'frame', sight: m.sight, note: `${m.kind}: the server is alive` };
    if (m.text !== '' && link.nothingLeft === undefined && NOTHING_LEFT.test(m.text)) link.nothingLeft = replyNote(m);
    if (!gives || m.yiaddr === 0) return;
    link.servers.add(serverText(serverOf(m)));
    // A renewal takes nothing out of the pool.
    if (m.ciaddr !== 0) return;
    const client = clientKey(m);
    if (link.lastClient !== client) link.otherTime = link.lastTime;
    link.lastClient = client;
    link.lastTime = m.time;
    link.offerNote = { kind: 'frame', sight: m.sight, note: `${m.kind} to ${client}: the last address that was given` };
  }

  private link(m: Dhcp4Message): LinkServers {
    const key = `${m.sight.capture}/${m.link}`;
    const known = this.links.get(key);
    if (known !== undefined) return known;
    const link: LinkServers = {
      servers: new Distinct(`${this.name}.servers`, 8),
      lastClient: '',
      lastTime: 0,
      otherTime: 0,
      aliveTime: 0,
      aliveNote: undefined,
      offerNote: undefined,
      nothingLeft: undefined,
    };
    this.links.set(key, link);
    return link;
  }
}

/**
 * Whether an empty pool explains a client's silence: a server of the link gave addresses to others before, to nobody
 * since the client began to ask, and is alive (`likely`) or not heard of any more (`possible`).
 */
export function emptyPool(one: Unanswered, link: LinkServers | undefined): 'likely' | 'possible' | undefined {
  if (link === undefined) return undefined;
  const last = link.lastClient === one.client ? link.otherTime : link.lastTime;
  if (last === 0 || last > one.firstTime) return undefined;
  if (link.nothingLeft !== undefined || link.aliveTime > one.firstTime) return 'likely';
  return 'possible';
}

/**
 * Answers to these clients do not pass here. Only a client that tried again leaves a question open: one that did not
 * was answered, for all that can be seen.
 */
export function noteUnseen(coverage: CoverageNotes, capture: number, segment: number, undecided: readonly string[]): void {
  coverage.add({
    id: 'replies-not-visible',
    capture,
    segment,
    message: 'DHCP answers to clients of this segment do not pass here (unicast to other ports): whether and what they were answered stays open',
    undecided,
  });
}

export function noteEndsEarly(coverage: CoverageNotes, capture: number, segment: number, id: string): void {
  coverage.add({
    id: 'capture-ends-early',
    capture,
    segment,
    message: 'the capture ends before a DHCP client that waits for its answer would have tried again',
    undecided: [id],
  });
}

/** Captures may show one client twice, from two vantages: each is judged for itself. */
function keyOf(m: Dhcp4Message): string {
  return `${m.sight.capture}/${clientKey(m)}`;
}
