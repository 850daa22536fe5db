import type { Cursor } from '../../cursor.ts';
import type { Envelope } from '../../envelope.ts';
import { isLinkLocal6, isMulticast6, isSolicitedNode6, UNSPECIFIED6 } from '../../ipv6.ts';
import type { CutRecord, Protocol } from '../../protocol.ts';
import type { NdOptions } from './options.ts';
import { preferenceOf, readOptions } from './options.ts';
import type { NdDiscard, NdRecord } from './types.ts';

export type * from './types.ts';

type Cut = CutRecord<'nd'>;

const RS = 133;
const RA = 134;
const NS = 135;
const NA = 136;
const REDIRECT = 137;

/** Bytes before the options, by type from RS on (RFC 4861 4.1–4.5). */
const FIXED = [8, 16, 24, 24, 40];
const NAMES = [
  'Router Solicitation',
  'Router Advertisement',
  'Neighbor Solicitation',
  'Neighbor Advertisement',
  'Redirect',
];

export const nd: Protocol<NdRecord | Cut> = {
  name: 'nd',
  title: 'Neighbor Discovery',
  spec: ['RFC 4861', 'RFC 4191', 'RFC 4862', 'RFC 5175', 'RFC 6980', 'RFC 7527', 'RFC 8106', 'RFC 8781', 'RFC 8910'],
  claims: { icmp6: [RS, RA, NS, NA, REDIRECT] },
  keep: 'all',
  kinds: ['RS', 'RA', 'NS', 'NA', 'DAD', 'redirect', 'cut'],
  fields: {
    sourceLinkLayer: 'mac',
    targetLinkLayer: 'mac',
    nonce: 'serial',
    prefix: 'network6',
    uri: 'url',
    ipHeaderAndData: 'packet',
  },
  decode(c: Cursor, envelope: Envelope) {
    const type = c.peek();
    const fixed = FIXED[type - RS] ?? 4;
    if (!c.need(fixed, 'header')) return cutRecord(c);
    c.u8('type');
    c.means(NAMES[type - RS] ?? 'not neighbor discovery');
    const code = c.u8('code');
    c.flags16('checksum');
    switch (type) {
      case RS:
        return routerSolicitation(c, envelope, code);
      case RA:
        return routerAdvertisement(c, envelope, code);
      case NS:
        return neighborSolicitation(c, envelope, code);
      case NA:
        return neighborAdvertisement(c, envelope, code);
      case REDIRECT:
        return redirect(c, envelope, code);
      default:
        c.fault('value', 'type', type, REDIRECT, c.at - 4);
        return cutRecord(c);
    }
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    switch (r.type) {
      case RS:
        return 'RS';
      case RA:
        return 'RA';
      case NS:
        return r.dad ? 'DAD' : 'NS';
      case NA:
        return 'NA';
      default:
        return 'redirect';
    }
  },
};

function cutRecord(c: Cursor): Cut {
  return { protocol: 'nd', cut: c.faults[0]!, faults: c.faults };
}

function routerSolicitation(c: Cursor, envelope: Envelope, code: number): NdRecord {
  c.skip(4, 'reserved');
  const o = readOptions(c);
  return {
    protocol: 'nd',
    type: RS,
    code,
    discard: discard(envelope, code, o) || solicitation(envelope, o),
    sourceLinkLayer: o.sourceLinkLayer,
    targetLinkLayer: o.targetLinkLayer,
    nonce: o.nonce,
    others: o.others,
    faults: c.faults,
  };
}

function routerAdvertisement(c: Cursor, envelope: Envelope, code: number): NdRecord {
  const curHopLimit = c.u8('curHopLimit');
  const flags = c.flags8('flags');
  const routerLifetime = c.u16('routerLifetime');
  const reachableTime = c.u32('reachableTime');
  const retransTimer = c.u32('retransTimer');
  const o = readOptions(c);
  return {
    protocol: 'nd',
    type: RA,
    code,
    discard: discard(envelope, code, o) || (linkLocalSource(envelope) ? '' : 'source'),
    curHopLimit,
    managed: (flags & 0x80) !== 0,
    otherConfig: (flags & 0x40) !== 0,
    homeAgent: (flags & 0x20) !== 0,
    proxy: (flags & 0x04) !== 0,
    preference: preferenceOf(flags),
    routerLifetime,
    reachableTime,
    retransTimer,
    sourceLinkLayer: o.sourceLinkLayer,
    targetLinkLayer: o.targetLinkLayer,
    nonce: o.nonce,
    mtu: o.mtu,
    prefixes: o.prefixes,
    routes: o.routes,
    rdnss: o.rdnss,
    dnssl: o.dnssl,
    pref64: o.pref64,
    captivePortal: o.captivePortal,
    flagsExtension: o.flagsExtension,
    others: o.others,
    faults: c.faults,
  };
}

function neighborSolicitation(c: Cursor, envelope: Envelope, code: number): NdRecord {
  c.skip(4, 'reserved');
  const target = c.ipv6('targetAddress');
  const o = readOptions(c);
  return {
    protocol: 'nd',
    type: NS,
    code,
    discard:
      discard(envelope, code, o) || unicastTarget(target) || dadDestination(envelope) || solicitation(envelope, o),
    target,
    dad: envelope.ipSrc === UNSPECIFIED6,
    sourceLinkLayer: o.sourceLinkLayer,
    targetLinkLayer: o.targetLinkLayer,
    nonce: o.nonce,
    others: o.others,
    faults: c.faults,
  };
}

function neighborAdvertisement(c: Cursor, envelope: Envelope, code: number): NdRecord {
  const flags = c.flags32('flags');
  const target = c.ipv6('targetAddress');
  const o = readOptions(c);
  // Above 2^31 an AND would be taken as negative; the sign bit itself is R.
  const router = flags >= 0x80000000;
  const solicited = (flags & 0x40000000) !== 0;
  const toMulticast = typeof envelope.ipDst === 'string' && isMulticast6(envelope.ipDst);
  return {
    protocol: 'nd',
    type: NA,
    code,
    discard: discard(envelope, code, o) || unicastTarget(target) || (solicited && toMulticast ? 'solicited' : ''),
    target,
    router,
    solicited,
    override: (flags & 0x20000000) !== 0,
    sourceLinkLayer: o.sourceLinkLayer,
    targetLinkLayer: o.targetLinkLayer,
    nonce: o.nonce,
    others: o.others,
    faults: c.faults,
  };
}

function redirect(c: Cursor, envelope: Envelope, code: number): NdRecord {
  c.skip(4, 'reserved');
  const target = c.ipv6('targetAddress');
  const destination = c.ipv6('destinationAddress');
  const o = readOptions(c);
  return {
    protocol: 'nd',
    type: REDIRECT,
    code,
    discard:
      discard(envelope, code, o) ||
      (linkLocalSource(envelope) ? '' : 'source') ||
      // RFC 4861 8.1: the destination is no multicast address, and the target is a router's link-local or the destination.
      (isMulticast6(destination) || !(isLinkLocal6(target) || target === destination) ? 'target' : ''),
    target,
    destination,
    sourceLinkLayer: o.sourceLinkLayer,
    targetLinkLayer: o.targetLinkLayer,
    nonce: o.nonce,
    redirected: o.redirected,
    others: o.others,
    faults: c.faults,
  };
}

/** What holds for every type. */
function discard(envelope: Envelope, code: number, o: NdOptions): NdDiscard {
  if (envelope.ttl >= 0 && envelope.ttl !== 255) return 'hop-limit';
  if (envelope.reassembled) return 'fragment';
  if (code !== 0) return 'code';
  return o.broken ? 'option' : '';
}

function linkLocalSource(envelope: Envelope): boolean {
  return typeof envelope.ipSrc === 'string' && isLinkLocal6(envelope.ipSrc);
}

function unicastTarget(target: string): NdDiscard {
  return isMulticast6(target) ? 'target' : '';
}

function dadDestination(envelope: Envelope): NdDiscard {
  if (envelope.ipSrc !== UNSPECIFIED6) return '';
  return typeof envelope.ipDst === 'string' && isSolicitedNode6(envelope.ipDst) ? '' : 'destination';
}

function solicitation(envelope: Envelope, o: NdOptions): NdDiscard {
  return envelope.ipSrc === UNSPECIFIED6 && o.sourceLinkLayer >= 0 ? 'source-link-layer' : '';
}
