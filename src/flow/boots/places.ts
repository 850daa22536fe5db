import { safeText } from '../../wire/values.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { EventOf, FlowEvent } from '../events.ts';
import type { Advertiser, Authenticator, BridgePort, LacpSpeaker, LinkSegment, Supplicant } from '../link/types.ts';
import type { Sight } from '../sight.ts';
import type { Rung } from './types.ts';

/** Segments of which the link's own protocols are remembered. */
const SEGMENTS = 4_096;
/** IEEE 802.1AX 6.4.2.3: in sync, collecting and distributing. */
const CARRIES = 0x38;

interface Place {
  link: LinkSegment;
  ports: BridgePort[];
  speakers: readonly LacpSpeaker[];
  advertisers: readonly Advertiser[];
  authenticators: readonly Authenticator[];
  supplicants: readonly Supplicant[];
}

/** What is asked of a machine's place. */
export interface Tenant {
  segment: number;
  mac: number;
  /** Its first frame that a boot step knows. */
  first: Sight | undefined;
  /** It got a lease here. */
  leased: boolean;
}

/** What the link under a machine says: spanning tree, aggregation, neighbours, 802.1X. */
export class Places {
  private readonly places = new BoundedMap<number, Place>('boot-places', SEGMENTS);

  on(event: FlowEvent): void {
    switch (event.type) {
      case 'eap-port':
        Object.assign(this.at(event), { authenticators: event.authenticators, supplicants: event.supplicants });
        return;
      case 'spanning-tree-port':
        this.at(event).ports.push(event.port);
        return;
      case 'lacp-link':
        this.at(event).speakers = event.speakers;
        return;
      case 'link-advertised':
        this.at(event).advertisers = event.advertisers;
        return;
      default:
    }
  }

  limits(): LimitReached[] {
    const limit = this.places.limit();
    return limit === undefined ? [] : [limit];
  }

  /** The first two rungs. What the port of a crowded segment says is not this machine's own. */
  rungs(tenant: Tenant): [link: Rung, dot1x: Rung] {
    const place = this.places.peek(tenant.segment);
    return [linkRung(tenant, place), dot1xRung(tenant, place)];
  }

  private at({ link }: EventOf<'eap-port' | 'spanning-tree-port' | 'lacp-link' | 'link-advertised'>): Place {
    let place = this.places.get(link.segment);
    if (place === undefined) {
      place = { link, ports: [], speakers: [], advertisers: [], authenticators: [], supplicants: [] };
      this.places.set(link.segment, place);
    }
    return place;
  }
}

function linkRung({ mac, first, leased }: Tenant, place: Place | undefined): Rung {
  const stations = place === undefined ? [] : [...place.link.stations, ...place.link.ports];
  const own = stations.filter((one) => one.mac === mac && mac >= 0);
  const sights = [...(first === undefined ? [] : [first]), ...own.map((one) => one.first)].sort(bySight);
  const rung: Rung = { ...NOT_SEEN, name: 'link', first: sights[0], last: sights[0] };
  if (rung.first !== undefined) {
    rung.state = 'done';
    rung.outcome = 'first-frame';
  }
  if (place === undefined || place.link.crowded) return rung;
  const notes: string[] = [];
  for (const { by, device, port } of place.advertisers) {
    const where = [port === '' ? '' : `port ${safeText(port)}`, device === '' ? '' : `of ${safeText(device)}`];
    const text = where.filter((part) => part !== '').join(' ');
    if (text !== '') notes.push(`${text} (${by})`);
  }
  for (const port of place.ports) {
    if (port.mac === mac || port.blockedBpdus === 0) continue;
    const until = port.forwardingTime > 0 ? port.forwardingTime : port.lastBlockedTime;
    const lost = port.discoversBlocked > 0 ? `, and ${count(port.discoversBlocked, 'DISCOVER')} came meanwhile` : '';
    const held = `spanning tree held the port for at least ${seconds(until - port.firstBlockedTime)}${lost}`;
    notes.push(held);
    rung.last = port.forwarding ?? port.lastBlocked ?? rung.last;
    if (port.forwarding === undefined && !leased && port.discoversBlocked > 0) {
      rung.state = 'failed';
      rung.outcome = 'stp-blocked';
    }
  }
  for (const speaker of place.speakers) {
    if (speaker.mac === mac || speaker.carried || (speaker.state & CARRIES) === CARRIES) continue;
    notes.push(
      speaker.partnerSystem === 0
        ? 'the switch waits for LACP, and hears none from the machine'
        : 'the aggregation never came into service',
    );
    if (!leased) {
      rung.state = 'failed';
      rung.outcome = 'lacp-suspended';
      rung.last = speaker.last;
    }
  }
  rung.notes = notes.slice(0, 4);
  return rung;
}

function dot1xRung({ mac, leased }: Tenant, place: Place | undefined): Rung {
  const rung: Rung = { ...NOT_SEEN, name: 'dot1x' };
  if (place === undefined) return rung;
  const own = place.supplicants.find((one) => one.mac === mac && mac >= 0);
  if (own !== undefined) {
    rung.first = own.firstStart ?? own.first;
    rung.last = own.outcomeSight ?? own.lastResponse ?? own.lastStart ?? own.last;
    rung.tries = Math.max(1, own.starts, own.accepted + own.rejected);
    const answered = own.responses > 0;
    if (own.outcome === 'accepted') rung.state = 'done';
    else if (own.outcome === 'rejected') rung.state = 'failed';
    else rung.state = answered || place.authenticators.length > 0 ? 'undecided' : 'missing';
    rung.outcome = own.outcome !== '' ? own.outcome : answered ? 'no-outcome' : 'no-authenticator';
    if (rung.outcome === 'no-authenticator' && leased) rung.state = 'skipped';
    return rung;
  }
  const asking = place.authenticators.filter((one) => one.requests > 0 && (one.to < 0 || one.to === mac));
  const [first] = asking;
  if (first === undefined || place.link.crowded) return rung;
  rung.first = first.first;
  rung.last = first.last;
  rung.tries = asking.reduce((sum, one) => sum + one.requests, 0);
  // Switches let in by address (MAB) or into a guest VLAN what does not log in.
  rung.state = leased ? 'skipped' : 'missing';
  rung.outcome = leased ? 'let-in-without' : 'no-supplicant';
  return rung;
}

export const NOT_SEEN: Omit<Rung, 'name'> = {
  state: 'not-seen',
  outcome: '',
  tries: 0,
  bytes: 0,
  first: undefined,
  last: undefined,
  steps: [],
  notes: [],
};

/** Within one capture. */
export function bySight(a: Sight, b: Sight): number {
  return a.sec - b.sec || a.nsec - b.nsec || a.frame - b.frame;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function seconds(micro: number): string {
  return `${(Math.max(0, micro) / 1e6).toFixed(1)} s`;
}
