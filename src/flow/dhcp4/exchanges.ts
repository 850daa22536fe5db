import type { Envelope } from '../../wire/envelope.ts';
import type { WireRecord } from '../../wire/registry.ts';
import type { LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit, Flow, FlowRun } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { Visibility } from '../visibility.ts';
import { OpenExchange, STAGE } from './exchange.ts';
import { isLeaseQuery } from './kinds.ts';
import { MessageReader, isMaasProbe, type Seat } from './message.ts';
import { OpenTable } from './open.ts';
import type { Dhcp4Message, Phase4 } from './types.ts';

/** DHCPv4, BOOTP and ProxyDHCP: records in, exchanges with all their offers out. */
export const dhcp4: Flow = {
  name: 'dhcp4',
  protocols: ['dhcpv4'],
  start: (visibility) => new Dhcp4Run(visibility),
};

/** The state machine behind `dhcp4`; also fed with messages directly. */
export class Dhcp4Run implements FlowRun {
  private readonly reader = new MessageReader();
  /** By capture: two vantages see one exchange twice, each with its own clock. As many as were named to us. */
  private readonly tables: (OpenTable | undefined)[] = [];
  private readonly ended: LimitReached[] = [];
  private readonly visibility: Visibility;
  private opened = 0;
  private now = 0;
  private emit: Emit = () => {};

  constructor(visibility: Visibility) {
    this.visibility = visibility;
  }

  /** Exchanges open now, over all captures. */
  get size(): number {
    return this.tables.reduce((sum, table) => sum + (table?.size ?? 0), 0);
  }

  on(record: WireRecord, envelope: Envelope, emit: Emit): void {
    if (record.protocol !== 'dhcpv4') return;
    if (record.cut !== undefined) {
      const { cut } = record;
      emit({
        type: 'dhcp4-cut',
        sight: sightOf(envelope),
        segment: envelope.segment,
        ethSrc: envelope.ethSrc,
        fault: `${cut.path}: ${cut.code}`,
        byCapture: cut.limit === 'captured',
        time: envelope.time,
      });
      return;
    }
    this.message(this.reader.read(record, envelope), this.reader.seat, emit);
  }

  /** @param seat key of the hardware address, under which an exchange is found */
  message(m: Dhcp4Message, seat: Seat, emit: Emit): void {
    this.emit = emit;
    this.now = m.time;
    const table = this.table(m.sight.capture);
    table.sweep(m.time);
    const first = table.seat(seat, m.time);
    const found = m.reply ? findForReply(first, m) : this.findForRequest(table, first, m);
    if (found === undefined && m.client === '') {
      m.client = this.reader.client();
      m.maasProbe = isMaasProbe(m.client);
    }
    const phase = found === undefined ? phaseOf(m) : found.phase;
    let exchange = found;
    if (exchange === undefined && phase !== undefined) {
      this.opened += 1;
      exchange = new OpenExchange(this.opened, seat, m, phase, this.visibility);
      table.add(exchange);
    }
    if (exchange !== undefined) table.take(exchange, m);
    emit({ type: 'dhcp4-message', message: m, exchange, time: m.time });
    // Nothing answers a RELEASE (RFC 2131 4.4.6).
    if (exchange !== undefined && exchange.phase === 'release') table.close(exchange, 'complete');
  }

  end(at: CaptureEnd, emit: Emit): void {
    const table = this.tables[at.capture];
    if (table === undefined) return;
    this.emit = emit;
    this.now = at.time;
    table.end(at.time);
    this.ended.push(...table.limits());
    this.tables[at.capture] = undefined;
  }

  limits(): LimitReached[] {
    const all = [...this.ended, ...this.reader.limits()];
    for (const table of this.tables) if (table !== undefined) all.push(...table.limits());
    return all;
  }

  private table(capture: number): OpenTable {
    const known = this.tables[capture];
    if (known !== undefined) return known;
    const table = new OpenTable((exchange, end) => {
      this.emit({ type: 'dhcp4-exchange', exchange, end, time: this.now });
    });
    this.tables[capture] = table;
    return table;
  }

  /** The exchange that a request goes on with; undefined when it begins one. Closes what it supersedes. */
  private findForRequest(table: OpenTable, first: OpenExchange | undefined, m: Dhcp4Message): OpenExchange | undefined {
    switch (m.kind) {
      case 'DISCOVER':
        return this.again(table, first, m, 'selecting', (x) => x.asking);
      case 'REQUEST':
        return this.findForRequestMessage(table, first, m);
      case 'INFORM':
      case 'BOOTREQUEST':
        return repeated(table, first, m, m.kind === 'INFORM' ? 'inform' : 'bootp');
      case 'DECLINE':
        return find(first, m, (x) => x.lease !== undefined && x.lease.yiaddr === m.requested);
      case 'RELEASE':
        return find(first, m, (x) => x.lease !== undefined && x.lease.yiaddr === m.ciaddr);
      default:
        return isLeaseQuery(m.kind) ? find(first, m, (x) => x.answers(m.xid)) : undefined;
    }
  }

  /** RFC 2131 4.3.2 tells the states apart. */
  private findForRequestMessage(
    table: OpenTable,
    first: OpenExchange | undefined,
    m: Dhcp4Message,
  ): OpenExchange | undefined {
    // iPXE asks with xid 0 on port 4011, so only the client counts there.
    if (m.proxy) return repeated(table, first, m, 'proxy');
    if (m.ciaddr === 0) {
      // The xid tells which offers a REQUEST chooses from, also where an old client does not name the server, or where
      // the naming was cut off. A REQUEST that replies opened the exchange of came late (reordered).
      const chosen = find(first, m, (x) => {
        if (!x.answers(m.xid)) return false;
        if (x.phase === 'unknown') return x.openedByReply && x.requestCount === 0;
        const offered = x.offerCount > 0 || x.requestCount > 0;
        return x.phase === 'selecting' && (m.serverId >= 0 || offered || !m.whole);
      });
      if (chosen !== undefined) return chosen;
    }
    const phase = requestPhase(m);
    return this.again(table, first, m, phase, (x) => {
      if (x.stage === STAGE.done) return false;
      // With another xid only a REQUEST for what was offered there goes on with it.
      return phase !== 'selecting' || x.answers(m.xid) || offeredThere(x, m);
    });
  }

  /**
   * A client that repeats itself stays in its exchange while that is `open`; one that begins anew ends what it had begun
   * with the same words (another class may be another program on the machine, which goes on).
   */
  private again(
    table: OpenTable,
    first: OpenExchange | undefined,
    m: Dhcp4Message,
    phase: Phase4,
    open: (exchange: OpenExchange) => boolean,
  ): OpenExchange | undefined {
    for (let x = first; x !== undefined; x = x.next) {
      if (x.phase !== phase || x.link !== m.link || !open(x)) continue;
      const same = x.answers(m.xid);
      // What replies opened has no words of the client yet.
      if (x.openedByReply && x.discoverCount + x.requestCount === 0) {
        if (same) return x;
      } else if (x.clientClass.key === m.clientClass.key && (same || x.client === m.client)) {
        return x;
      }
    }
    for (let x = first; x !== undefined;) {
      const { next } = x;
      if (
        x.link === m.link &&
        BEGUN_ANEW.has(x.phase) &&
        (x.answers(m.xid) || (x.client === m.client && x.clientClass.key === m.clientClass.key))
      ) {
        table.close(x, x.stage === STAGE.done ? 'complete' : 'superseded');
      }
      x = next;
    }
    return undefined;
  }
}

function offeredThere(x: OpenExchange, m: Dhcp4Message): boolean {
  return x.offers.some((o) => o.serverId === m.serverId && o.yiaddr === m.requested);
}

const ASKED_WITHOUT_ADDRESS: ReadonlySet<Phase4> = new Set(['selecting', 'init-reboot', 'unknown']);

/** States of one client that exclude each other. */
const BEGUN_ANEW: ReadonlySet<Phase4> = new Set(['selecting', 'init-reboot', 'renewing', 'rebinding', 'unknown']);

/** The youngest exchange of the seat on this link that fits. */
function find(
  first: OpenExchange | undefined,
  m: Dhcp4Message,
  fits: (exchange: OpenExchange) => boolean,
): OpenExchange | undefined {
  for (let x = first; x !== undefined; x = x.next) {
    if (x.link === m.link && fits(x)) return x;
  }
  return undefined;
}

/** An unanswered exchange of this client in this phase; what was answered is over when it asks again. */
function repeated(
  table: OpenTable,
  first: OpenExchange | undefined,
  m: Dhcp4Message,
  phase: Phase4,
): OpenExchange | undefined {
  const same = (x: OpenExchange): boolean =>
    x.phase === phase && (x.client === m.client || x.answers(m.xid) || x.openedByReply);
  const waiting = find(first, m, (x) => x.stage !== STAGE.done && same(x));
  if (waiting !== undefined) return waiting;
  const answered = find(first, m, same);
  if (answered !== undefined) table.close(answered, 'complete');
  return undefined;
}

function findForReply(first: OpenExchange | undefined, m: Dhcp4Message): OpenExchange | undefined {
  for (let x = first; x !== undefined; x = x.next) {
    if (!onLink(x, m) || !replyFits(x.phase, m) || repeatsFinished(x, m)) continue;
    // iPXE's xid on port 4011 is 0.
    if (x.answers(m.xid) || on4011(m)) {
      m.link = x.link;
      return x;
    }
  }
  return fromElsewhere(first, m);
}

/**
 * A host that captures on all its bridged ports, or a mirror of tagged and untagged ports, sees the question on one
 * segment and the answer on another. Only what no request of its own segment explains is joined.
 */
function fromElsewhere(first: OpenExchange | undefined, m: Dhcp4Message): OpenExchange | undefined {
  if (m.giaddr !== 0 || on4011(m)) return undefined;
  for (let x = first; x !== undefined; x = x.next) {
    const asked = x.discoverCount + x.requestCount > 0 && x.giaddr === 0;
    if (asked && x.answers(m.xid) && replyFits(x.phase, m) && !repeatsFinished(x, m)) return x;
  }
  return undefined;
}

/** An ACK repeats its REQUEST's ciaddr (RFC 2131 4.3.1): with one it answers a renewal, not what asked without. */
function repeatsFinished(x: OpenExchange, m: Dhcp4Message): boolean {
  return m.ciaddr !== 0 && m.kind === 'ACK' && x.stage === STAGE.done && ASKED_WITHOUT_ADDRESS.has(x.phase);
}

/** A server that does not echo option 82 (RFC 3046 2.2) loses the link selection; the relay's address is left. */
function onLink(x: OpenExchange, m: Dhcp4Message): boolean {
  return (
    x.link === m.link || (m.relayAgent === '' && m.giaddr !== 0 && m.giaddr === x.giaddr && m.link.startsWith('g'))
  );
}

function replyFits(phase: Phase4, m: Dhcp4Message): boolean {
  switch (m.kind) {
    case 'OFFER':
      return phase === 'selecting';
    case 'BOOTREPLY':
      return phase === 'bootp';
    case 'ACK':
    case 'NAK':
      if (on4011(m)) return phase === 'proxy';
      // A ProxyDHCP's ACK from port 67 answers what its like opened, else the REQUEST that all servers hear.
      if (phase === 'proxy') return m.proxy;
      return phase !== 'bootp' && phase !== 'leasequery' && phase !== 'release';
    case 'FORCERENEW':
      return false;
    default:
      return phase === 'leasequery';
  }
}

/** The phase that a message opens an exchange of; undefined when it opens none. */
function phaseOf(m: Dhcp4Message): Phase4 | undefined {
  switch (m.kind) {
    case 'DISCOVER':
    case 'OFFER':
      return 'selecting';
    case 'REQUEST':
      return requestPhase(m);
    case 'ACK':
      if (on4011(m)) return 'proxy';
      if (m.yiaddr === 0) return m.proxy ? 'proxy' : 'inform';
      return m.ciaddr !== 0 && m.ipDst === m.ciaddr ? 'renewing' : 'unknown';
    case 'NAK':
      return on4011(m) ? 'proxy' : 'unknown';
    case 'INFORM':
      return 'inform';
    case 'RELEASE':
      return 'release';
    case 'BOOTREQUEST':
    case 'BOOTREPLY':
      return 'bootp';
    case 'DECLINE':
    case 'FORCERENEW':
    case 'unknown':
    case 'TLS':
      return undefined;
    default:
      return 'leasequery';
  }
}

/** RFC 2131 4.3.2. */
function requestPhase(m: Dhcp4Message): Phase4 {
  if (m.proxy) return 'proxy';
  if (m.ciaddr === 0) {
    if (m.serverId >= 0) return 'selecting';
    return m.whole && m.requested >= 0 ? 'init-reboot' : 'unknown';
  }
  // What a relay sends on was broadcast.
  return m.giaddr !== 0 || m.ipDst === BROADCAST ? 'rebinding' : 'renewing';
}

const BROADCAST = 0xffffffff;
const PXE_PORT = 4011;

function on4011(m: Dhcp4Message): boolean {
  return m.srcPort === PXE_PORT || m.dstPort === PXE_PORT;
}
