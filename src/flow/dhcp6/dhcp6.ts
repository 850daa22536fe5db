import type { Envelope } from '../../wire/envelope.ts';
import type { WireRecord } from '../../wire/registry.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit, Flow, FlowRun } from '../flow.ts';
import type { Visibility } from '../visibility.ts';
import { Dhcp6Reader, fromServer } from './message.ts';
import type { Dhcp6Kind, Dhcp6Message, Exchange6, Exchange6End } from './types.ts';

/** Exchanges open at one time: a client has one or two. */
const EXCHANGES = 16_384;
/** RFC 8415 7.6: SOL_MAX_RT is 3,600 s; an exchange without a word for longer (microseconds) is over. */
const IDLE_US = 3_700e6;
/** How often idle ones are looked for, in capture time. */
const SWEEP_US = 60e6;
/** Messages kept of one exchange. */
const REQUESTS = 8;
const ADVERTISES = 16;
const REPLIES = 8;
/** What clients send that servers answer. */
const REQUEST_KINDS: ReadonlySet<Dhcp6Kind> = new Set([
  'SOLICIT',
  'REQUEST',
  'CONFIRM',
  'RENEW',
  'REBIND',
  'RELEASE',
  'DECLINE',
  'INFORMATION-REQUEST',
]);

class Dhcp6Run implements FlowRun {
  private readonly reader = new Dhcp6Reader();
  private readonly open = new BoundedMap<string, Exchange6>('dhcp6.exchanges', EXCHANGES, (_key, exchange) => {
    this.close(exchange, 'forgotten', this.now);
  });
  /** The open exchange of each client on each link: a new transaction ends it. */
  private readonly current = new BoundedMap<string, string>('dhcp6.clients', EXCHANGES);
  private readonly visibility: Visibility;
  private opened = 0;
  private now = 0;
  private swept = 0;
  private emit: Emit = () => {};

  constructor(visibility: Visibility) {
    this.visibility = visibility;
  }

  on(record: WireRecord, e: Envelope, emit: Emit): void {
    if (record.protocol !== 'dhcpv6' || record.cut !== undefined) return;
    this.emit = emit;
    this.now = e.time;
    this.sweep();
    const message = this.reader.read(record, e);
    const exchange = this.exchangeOf(message);
    if (exchange !== undefined) take(exchange, message);
    emit({ type: 'dhcp6-message', message, exchange, time: e.time });
  }

  end(at: CaptureEnd, emit: Emit): void {
    this.emit = emit;
    for (const [key, exchange] of [...this.open.entries()]) {
      if (exchange.capture !== at.capture) continue;
      this.open.delete(key);
      this.close(exchange, answered(exchange) ? 'answered' : 'capture-end', at.time);
    }
    this.swept = 0;
  }

  limits(): LimitReached[] {
    const limit = this.open.limit();
    return [...(limit === undefined ? [] : [limit]), ...this.reader.limits()];
  }

  private exchangeOf(m: Dhcp6Message): Exchange6 | undefined {
    if (m.xid < 0) return undefined;
    const who = m.client === '' ? `m${m.clientMac}` : m.client;
    const place = `${m.sight.capture}/${m.link}/${who}`;
    const key = `${place}/${m.xid}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    if (fromServer(m.kind)) {
      // A client may ask for information without saying who it is (RFC 8415 18.2.6).
      return this.open.get(`${m.sight.capture}/${m.link}/m${m.clientMac}/${m.xid}`);
    }
    if (!REQUEST_KINDS.has(m.kind)) return undefined;
    const before = this.current.get(place);
    const former = before === undefined ? undefined : this.open.get(before);
    if (before !== undefined && former !== undefined) {
      this.open.delete(before);
      this.close(former, answered(former) ? 'answered' : 'superseded', m.time);
    }
    this.opened += 1;
    const exchange = newExchange(this.opened, m);
    this.open.set(key, exchange);
    this.current.set(place, key);
    return exchange;
  }

  private sweep(): void {
    if (this.now - this.swept < SWEEP_US) return;
    this.swept = this.now;
    for (const [key, exchange] of [...this.open.entries()]) {
      if (this.now - exchange.lastTime <= IDLE_US) continue;
      this.open.delete(key);
      this.close(exchange, answered(exchange) ? 'answered' : 'idle', this.now);
    }
  }

  private close(exchange: Exchange6, end: Exchange6End, time: number): void {
    exchange.couldSeeReplies ||=
      this.visibility.seesAll(exchange.capture) ||
      this.visibility.sawUnicastTo(exchange.segment, exchange.relayMac >= 0 ? exchange.relayMac : exchange.clientMac);
    this.emit({ type: 'dhcp6-exchange', exchange, end, time });
  }
}

function newExchange(id: number, m: Dhcp6Message): Exchange6 {
  return {
    id,
    link: m.link,
    segment: m.segment,
    capture: m.sight.capture,
    client: m.client,
    clientMac: m.clientMac,
    relayMac: m.relayMac,
    xid: m.xid,
    kind: m.kind,
    boot: m.boot,
    firstTime: m.time,
    lastTime: m.time,
    requests: [],
    requestCount: 0,
    lastRequest: 0,
    chosen: '',
    advertises: [],
    advertiseCount: 0,
    replies: [],
    replyCount: 0,
    lost: 0,
    couldSeeReplies: false,
  };
}

function take(exchange: Exchange6, m: Dhcp6Message): void {
  exchange.lastTime = m.time;
  if (m.kind === 'ADVERTISE') {
    exchange.advertiseCount += 1;
    exchange.couldSeeReplies = true;
    keep(exchange, exchange.advertises, m, ADVERTISES);
  } else if (m.kind === 'REPLY') {
    exchange.replyCount += 1;
    exchange.couldSeeReplies = true;
    keep(exchange, exchange.replies, m, REPLIES);
  } else if (!fromServer(m.kind)) {
    exchange.requestCount += 1;
    exchange.lastRequest = m.time;
    exchange.boot ||= m.boot;
    if (m.server !== '') exchange.chosen = m.server;
    keep(exchange, exchange.requests, m, REQUESTS);
  }
}

function keep(exchange: Exchange6, list: Dhcp6Message[], m: Dhcp6Message, cap: number): void {
  if (list.length < cap) list.push(m);
  else exchange.lost += 1;
}

function answered(exchange: Exchange6): boolean {
  return exchange.advertiseCount + exchange.replyCount > 0;
}

/** DHCPv6: exchanges by link, client and transaction, with all that servers said. */
export const dhcp6: Flow = {
  name: 'dhcp6',
  protocols: ['dhcpv6'],
  start: (visibility) => new Dhcp6Run(visibility),
};
