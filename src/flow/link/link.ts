import type { Envelope } from '../../wire/envelope.ts';
import type { Dhcp4Record } from '../../wire/protocols/dhcpv4/index.ts';
import { isLacpdu } from '../../wire/protocols/lacp.ts';
import type { WireRecord } from '../../wire/registry.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit, Flow, FlowRun } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { Visibility } from '../visibility.ts';
import { AdvertiserSegment } from './advertisers.ts';
import { AggregationSegment } from './aggregation.ts';
import { EapSegment } from './eap.ts';
import { MacsecSegment } from './macsec.ts';
import { PathMtu } from './path-mtu.ts';
import { Rates } from './rates.ts';
import { Resolutions } from './resolutions.ts';
import { SegmentState } from './segment.ts';
import { Solicitations } from './solicitations.ts';
import { SpanningTreeSegment } from './spanning-tree.ts';
import { VlanCrossings } from './vlans.ts';

/** As many as there are segments at most (`segments.ts`). */
const SEGMENTS = 16_384;
/** RFC 2132 9.6. */
const DISCOVER = 1;
const BOOTREQUEST = 1;
const TOO_BIG = 4;
const UNREACHABLE = 3;
const TIME_EXCEEDED = 11;
const TOO_BIG6 = 2;
const TIME_EXCEEDED6 = 3;
/** Of time exceeded, in both versions. */
const REASSEMBLY = 1;

/** All that is kept of one segment; the parts are made when their protocol is seen. */
interface Parts {
  link: SegmentState;
  eap: EapSegment | undefined;
  tree: SpanningTreeSegment | undefined;
  lacp: AggregationSegment | undefined;
  macsec: MacsecSegment | undefined;
  advertisers: AdvertiserSegment | undefined;
}

class Link implements FlowRun {
  private readonly segments = new BoundedMap<number, Parts>('link.segments', SEGMENTS);
  private readonly paths = new PathMtu();
  private readonly resolutions: Resolutions;
  private readonly solicitations = new Solicitations();
  private readonly rates = new Rates();
  private readonly vlans = new VlanCrossings();
  private last: Parts | undefined;

  constructor(visibility: Visibility) {
    this.resolutions = new Resolutions(visibility);
  }

  on(record: WireRecord, e: Envelope, emit: Emit): void {
    if (record.cut !== undefined) return;
    const parts = this.parts(e);
    const { link } = parts;
    switch (record.protocol) {
      case 'dhcpv4':
        link.forwarded(e);
        this.dhcp(record, parts, e);
        return;
      case 'arp':
        link.forwarded(e);
        this.resolutions.arp(record, e);
        if (record.announcement && record.senderMac > 0) {
          this.rates.announced(e, record.senderMac, record.senderIp, emit);
        }
        break;
      case 'nd':
        link.forwarded(e);
        this.resolutions.nd(record, e);
        this.solicitations.on(record, e);
        if (e.reassembled || e.extensionHeaders) {
          emit({
            type: 'nd-concealed',
            segment: e.segment,
            message: record.type,
            mac: e.ethSrc,
            source: e.ipSrc,
            by: e.reassembled ? 'fragments' : 'extension header',
            sight: sightOf(e),
            time: e.time,
          });
        }
        break;
      case 'icmp':
        link.forwarded(e);
        if (record.type === UNREACHABLE && record.code === TOO_BIG) this.paths.tooBig(record.mtu, record.quoted, e);
        else if (record.type === TIME_EXCEEDED && record.code === REASSEMBLY) {
          this.paths.reassemblyTimeout(record.quoted, e, emit);
        }
        break;
      case 'icmp6-error':
        link.forwarded(e);
        if (record.type === TOO_BIG6) this.paths.tooBig(record.mtu, record.quoted, e);
        else if (record.type === TIME_EXCEEDED6 && record.code === REASSEMBLY) {
          this.paths.reassemblyTimeout(record.quoted, e, emit);
        }
        break;
      case 'eapol':
        link.linkLocal(e);
        if (record.mka === undefined) (parts.eap ??= new EapSegment(link)).on(record, e, emit);
        else (parts.macsec ??= new MacsecSegment(link)).agreement(record.mka, e);
        return;
      case 'macsec':
        (parts.macsec ??= new MacsecSegment(link)).frame(record, e);
        return;
      case 'stp':
        link.linkLocal(e);
        (parts.tree ??= new SpanningTreeSegment(link)).bpdu(record, e);
        return;
      case 'lacp':
        link.linkLocal(e);
        if (isLacpdu(record)) (parts.lacp ??= new AggregationSegment(link)).on(record, e);
        return;
      case 'lldp':
        link.linkLocal(e);
        (parts.advertisers ??= new AdvertiserSegment(link)).lldp(record, e, emit);
        return;
      case 'cdp':
        link.linkLocal(e);
        (parts.advertisers ??= new AdvertiserSegment(link)).cdp(record, e, emit);
        return;
      default:
        return;
    }
    // DHCP from made-up sources is starvation and judged there.
    this.rates.source(e);
    this.rates.flood(e, emit);
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const { link, eap, tree, lacp, macsec } of this.segments.values()) {
      if (link.capture !== at.capture) continue;
      const { time } = at;
      if (eap !== undefined) {
        const { authenticators, supplicants } = eap;
        emit({ type: 'eap-port', link, authenticators, supplicants, time });
      }
      for (const port of tree?.ports ?? []) emit({ type: 'spanning-tree-port', link, port, time });
      if (lacp !== undefined) emit({ type: 'lacp-link', link, speakers: lacp.speakers, time });
      if (macsec !== undefined) {
        const { senders, participants } = macsec;
        emit({ type: 'macsec-link', link, senders, participants, time });
      }
    }
    this.paths.end(at, emit);
    this.resolutions.end(at, emit);
    this.solicitations.end(at, emit);
    this.rates.end(at, emit);
    this.vlans.end(at, emit);
  }

  limits(): LimitReached[] {
    const limit = this.segments.limit();
    return [
      ...(limit === undefined ? [] : [limit]),
      ...[this.paths, this.resolutions, this.solicitations, this.rates, this.vlans].flatMap((part) => part.limits()),
    ];
  }

  private parts(e: Envelope): Parts {
    if (this.last !== undefined && this.last.link.segment === e.segment) return this.last;
    let parts = this.segments.get(e.segment);
    if (parts === undefined) {
      parts = {
        link: new SegmentState(e),
        eap: undefined,
        tree: undefined,
        lacp: undefined,
        macsec: undefined,
        advertisers: undefined,
      };
      this.segments.set(e.segment, parts);
    }
    this.last = parts;
    return parts;
  }

  private dhcp(r: Dhcp4Record, { link, tree }: Parts, e: Envelope): void {
    this.vlans.on(r, e);
    if (r.chaddrMac < 0) return;
    if (r.op !== BOOTREQUEST) link.answered(e, r.chaddrMac);
    else if (r.messageType === DISCOVER && r.giaddr === 0) {
      link.discover(e, r.chaddrMac);
      tree?.discover(e);
    }
  }
}

/** The link below the addresses: 802.1X, spanning tree, aggregation, MACsec, MTU, and what goes unanswered on it. */
export const link: Flow = {
  name: 'link',
  protocols: ['arp', 'cdp', 'dhcpv4', 'eapol', 'icmp', 'icmp6-error', 'lacp', 'lldp', 'macsec', 'nd', 'stp'],
  start: (visibility) => new Link(visibility),
};
