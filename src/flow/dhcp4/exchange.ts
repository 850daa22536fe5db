import type { Aged } from '../bounded.ts';
import type { Visibility } from '../visibility.ts';
import type { Seat } from './message.ts';
import type { ClientClass4, Dhcp4Message, Exchange4, Phase4 } from './types.ts';

/** Lists of one exchange: what a person reads of it. The counts go on. */
const DISCOVERS = 8;
const OFFERS = 16;
const REQUESTS = 8;
const ACKS = 4;
const NAKS = 4;
/** Transaction ids of one client that keeps asking; the oldest is forgotten, its late OFFER stands alone. */
const XIDS = 8;
/** One message crosses a chain of relays or routers in milliseconds; a client repeats after 4 s (RFC 2131 4.1). */
const COPY_WITHIN = 2e6;

/** Most lists stay empty; one that does not is made for its first entry. */
const NONE: Dhcp4Message[] = [];
Object.freeze(NONE);

/** How far an exchange is: what it waits for decides how long it is kept. */
export const STAGE = { unanswered: 0, offered: 1, done: 2 } as const;

/** An open exchange: what detectors read, and its places in the tables of `open.ts`. */
export class OpenExchange implements Exchange4, Aged<OpenExchange> {
  readonly id: number;
  link: string;
  segment: number;
  client: string;
  chaddr: number;
  readonly xid: number;
  readonly xids: number[];
  phase: Phase4;
  readonly openedByReply: boolean;
  clientClass: ClientClass4;
  maasProbe: boolean;
  broadcast: boolean;
  giaddr: number;
  firstTime: number;
  lastTime: number;
  discovers: Dhcp4Message[] = NONE;
  discoverCount = 0;
  lastDiscover = 0;
  lastRequest = 0;
  offers: Dhcp4Message[] = NONE;
  offerCount = 0;
  requests: Dhcp4Message[] = NONE;
  requestCount = 0;
  chosen = -1;
  acks: Dhcp4Message[] = NONE;
  ackCount = 0;
  naks: Dhcp4Message[] = NONE;
  nakCount = 0;
  lease: Dhcp4Message | undefined = undefined;
  decline: Dhcp4Message | undefined = undefined;
  release: Dhcp4Message | undefined = undefined;
  lost = 0;

  stage: number = STAGE.unanswered;
  /** Key of its seat, and the next older exchange of that seat. */
  readonly seat: Seat;
  next: OpenExchange | undefined = undefined;
  older: OpenExchange | undefined = undefined;
  younger: OpenExchange | undefined = undefined;
  /** Messages kept, and one for itself. */
  weight = 1;
  private seen = false;
  /** Option 50 of the REQUEST that chose: the address of the offer that was taken (RFC 2131 4.3.2). */
  private wanted = -1;
  /** The station on this segment that the answer goes to; -1 unknown. */
  private asker = -1;
  private readonly visibility: Visibility;

  constructor(id: number, seat: Seat, m: Dhcp4Message, phase: Phase4, visibility: Visibility) {
    this.id = id;
    this.seat = seat;
    this.link = m.link;
    this.segment = m.segment;
    this.client = m.client;
    this.chaddr = m.chaddr;
    this.xid = m.xid;
    this.xids = [m.xid];
    this.phase = phase;
    this.openedByReply = m.reply;
    this.clientClass = m.clientClass;
    this.maasProbe = m.maasProbe;
    this.broadcast = m.broadcast;
    this.giaddr = m.giaddr;
    this.firstTime = m.time;
    this.lastTime = m.time;
    this.visibility = visibility;
  }

  get couldSeeReplies(): boolean {
    const chosen = this.sawChosenOffer;
    if (chosen !== undefined) return chosen;
    if (!this.seen) {
      const { visibility, segment } = this;
      const first = this.discovers[0] ?? this.requests[0];
      this.seen =
        // Answers are broadcast only to a client that has no address and asks without a relay (RFC 2131 4.1).
        (first !== undefined && first.broadcast && first.giaddr === 0 && first.ciaddr === 0) ||
        visibility.sawUnicastTo(segment, this.asker >= 0 ? this.asker : this.chaddr) ||
        (first !== undefined && visibility.seesAll(first.sight.capture));
    }
    return this.seen;
  }

  /** Nothing but questions so far, and no REQUEST for an offer: a DISCOVER now is a repetition. */
  get asking(): boolean {
    return this.requestCount === 0 && this.stage !== STAGE.done;
  }

  /**
   * Whether the offer that the client took was seen: if so, its server's ACK comes the same way; if not, this vantage
   * misses answers (one server's port, one direction). undefined where nothing was taken, or the DISCOVER was not seen.
   */
  private get sawChosenOffer(): boolean | undefined {
    const { chosen, wanted, offers } = this;
    if (chosen < 0 || this.phase !== 'selecting' || this.discoverCount === 0) return undefined;
    const seen = offers.some(
      ({ serverId, yiaddr }) =>
        // Who was offered something without option 54 may name 0.0.0.0.
        (serverId === chosen || (chosen === 0 && serverId < 0)) && (wanted < 0 || yiaddr === wanted),
    );
    return seen || this.offerCount === offers.length ? seen : undefined;
  }

  answers(xid: number): boolean {
    return this.xids.includes(xid);
  }

  /** Takes up a message that belongs here. */
  take(m: Dhcp4Message): void {
    const elsewhere = this.giaddr !== 0 || m.segment !== this.segment;
    m.copy = elsewhere && (this.listOf(m)?.some((one) => isCopy(one, m)) ?? false);
    this.lastTime = m.time;
    if (m.reply) {
      // The client's own words: servers echo neither its identity nor its class.
      m.client = this.client;
      m.clientClass = this.clientClass;
      m.maasProbe = this.maasProbe;
      // A broadcast without a relay reaches only servers of this segment: who answers it is one.
      if (this.phase === 'rebinding' && this.requestCount > 0 && m.giaddr === 0) m.serverMac = m.ethSrc;
    } else {
      if (this.requestCount === 0 && this.discoverCount === 0) this.introduce(m);
    }
    if (m.copy) return;
    // What gives a lease back has an xid of its own, which nothing answers.
    if (m.kind !== 'DECLINE' && m.kind !== 'RELEASE' && !this.xids.includes(m.xid)) {
      if (this.xids.length >= XIDS) this.xids.shift();
      this.xids.push(m.xid);
    }
    this.count(m);
  }

  /** The first request: replies that came before it knew less of the client. */
  private introduce(m: Dhcp4Message): void {
    this.client = m.client;
    this.clientClass = m.clientClass;
    this.maasProbe = m.maasProbe;
    this.broadcast = m.broadcast;
    // A relay or a router may have sent it on: then the answer goes back to that station.
    const forwarded = m.ciaddr !== 0 || m.link.startsWith('g');
    this.asker = (forwarded && m.ethSrc >= 0) || m.chaddr < 0 ? m.ethSrc : m.chaddr;
  }

  private count(m: Dhcp4Message): void {
    switch (m.kind) {
      case 'DISCOVER':
        this.discoverCount += 1;
        this.lastDiscover = m.time;
        this.discovers = this.kept(this.discovers, DISCOVERS, m);
        break;
      case 'OFFER':
        this.offerCount += 1;
        this.offers = this.kept(this.offers, OFFERS, m);
        if (this.stage === STAGE.unanswered) this.stage = STAGE.offered;
        break;
      case 'DECLINE':
        this.decline = m;
        this.weight += m.weight;
        break;
      case 'RELEASE':
        this.release = m;
        this.weight += m.weight;
        this.stage = STAGE.done;
        break;
      case 'NAK':
        this.nakCount += 1;
        this.naks = this.kept(this.naks, NAKS, m);
        this.stage = STAGE.done;
        break;
      default:
        if (m.reply) this.acknowledge(m);
        else {
          this.requestCount += 1;
          this.lastRequest = m.time;
          if (this.phase === 'selecting' && m.serverId >= 0) {
            this.chosen = m.serverId;
            this.wanted = m.requested;
          }
          this.requests = this.kept(this.requests, REQUESTS, m);
        }
    }
  }

  private acknowledge(m: Dhcp4Message): void {
    this.ackCount += 1;
    this.acks = this.kept(this.acks, ACKS, m);
    // A ProxyDHCP's word leaves the client waiting for its address, unless it was the ProxyDHCP that was asked.
    if (!m.proxy || this.phase === 'proxy' || this.phase === 'inform') this.stage = STAGE.done;
    if (m.yiaddr !== 0 && !m.proxy && (m.kind === 'ACK' || m.kind === 'BOOTREPLY')) this.lease = m;
  }

  /** The list with the message, if there is room. An array of one takes an eighth of what `push` reserves. */
  private kept(list: Dhcp4Message[], cap: number, m: Dhcp4Message): Dhcp4Message[] {
    if (list.length >= cap) {
      this.lost += 1;
      return list;
    }
    this.weight += m.weight;
    if (list.length === 0) return [m];
    list.push(m);
    return list;
  }

  private listOf(m: Dhcp4Message): Dhcp4Message[] | undefined {
    switch (m.kind) {
      case 'DISCOVER':
        return this.discovers;
      case 'OFFER':
        return this.offers;
      case 'NAK':
        return this.naks;
      case 'DECLINE':
      case 'RELEASE':
        return undefined;
      default:
        return m.reply ? this.acks : this.requests;
    }
  }
}

function isCopy(a: Dhcp4Message, b: Dhcp4Message): boolean {
  return (
    a.segment !== b.segment &&
    Math.abs(b.time - a.time) < COPY_WITHIN &&
    a.kind === b.kind &&
    a.xid === b.xid &&
    a.secs === b.secs &&
    a.yiaddr === b.yiaddr &&
    a.server === b.server
  );
}
