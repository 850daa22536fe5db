import type { Cursor } from '../cursor.ts';
import type { Address, Envelope } from '../envelope.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import type { VirtualRouter } from '../virtual-router.ts';

/** A VRRP advertisement, or a CARP one, which shares its IP protocol number. */
export interface VrrpRecord extends RecordBase {
  protocol: 'vrrp';
  cut?: undefined;
  variant: 'vrrp' | 'carp' | 'other';
  /** VRRP: 2 (RFC 3768), 3 (RFC 9568). */
  version: number;
  /** 1 advertisement. */
  type: number;
  /** Milliseconds between advertisements; -1 when unknown. */
  interval: number;
  /** One, or none for another type. */
  routers: readonly VirtualRouter[];
}

const PROTOCOL = 112;
const ADVERTISEMENT = 1;
/** RFC 9568 7.3: 00-00-5E-00-01-{id} for IPv4, 00-00-5E-00-02-{id} for IPv6. CARP uses the former for both. */
const MAC_IPV4 = 0x00005e000100;
const MAC_IPV6 = 0x00005e000200;
/** A CARP packet is always 36 bytes, with this in the place of VRRP's address count (its digest's length in words). */
const CARP_LENGTH = 36;
const CARP_WORDS = 7;

export const vrrp: Protocol<VrrpRecord | CutRecord<'vrrp'>> = {
  name: 'vrrp',
  title: 'Virtual Router Redundancy Protocol, and CARP',
  spec: ['RFC 9568', 'RFC 5798', 'RFC 3768', 'OpenBSD carp(4)'],
  claims: { ip: [PROTOCOL] },
  keep: 'all',
  kinds: ['advertisement', 'carp', 'other', 'cut'],
  fields: { authenticationData: 'secret', digest: 'secret', counter: 'secret' },
  decode(c: Cursor, envelope: Envelope) {
    if (!c.need(8, 'header')) return cutRecord(c);
    const versionAndType = c.flags8('versionAndType');
    const version = versionAndType >> 4;
    const type = versionAndType & 15;
    const group = c.u8('virtualRouterId');
    const record: VrrpRecord = {
      protocol: 'vrrp',
      variant: 'other',
      version,
      type,
      interval: -1,
      routers: [],
      faults: c.faults,
    };
    if (type !== ADVERTISEMENT || version < 2 || version > 3) {
      c.fault('value', 'versionAndType', versionAndType, 0x31, c.at - 2);
      if (c.tracing) c.rest('data');
      return record;
    }
    if (version === 2 && c.peekAt(1) === CARP_WORDS && envelope.payloadLength === CARP_LENGTH) {
      return readCarp(c, record, group);
    }
    record.variant = 'vrrp';
    const priority = c.u8('priority');
    const count = c.u8('countIpAddrs');
    record.interval = readInterval(c, version);
    c.flags16('checksum');
    const ipv6 = envelope.ipVersion === 6;
    const router = { group, priority, active: priority > 0, virtualMac: (ipv6 ? MAC_IPV6 : MAC_IPV4) + group };
    record.routers = [{ ...router, addresses: readAddresses(c, count, ipv6) }];
    // RFC 3768 5.3.6: version 2 ends with 8 bytes of authentication data, no longer used.
    if (c.left > 0 && c.tracing) c.rest(c.faults.length === 0 ? 'authenticationData' : 'rest');
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.variant === 'vrrp' ? 'advertisement' : r.variant;
  },
};

function cutRecord(c: Cursor): CutRecord<'vrrp'> {
  return { protocol: 'vrrp', cut: c.faults[0]!, faults: c.faults };
}

/** Seconds in version 2; in version 3 hundredths of a second in 12 bits. */
function readInterval(c: Cursor, version: number): number {
  if (version === 3) return (c.u16('maxAdvertiseInterval') & 0xfff) * 10;
  c.u8('authType');
  return c.u8('advertInterval') * 1000;
}

function readAddresses(c: Cursor, count: number, ipv6: boolean): Address[] {
  const addresses: Address[] = [];
  for (let i = 0; i < count; i += 1) {
    if (!c.need(ipv6 ? 16 : 4, `ipAddresses[${i}]`)) break;
    addresses.push(ipv6 ? c.ipv6(`ipAddresses[${i}]`) : c.ipv4(`ipAddresses[${i}]`));
  }
  return addresses;
}

function readCarp(c: Cursor, record: VrrpRecord, group: number): VrrpRecord {
  record.variant = 'carp';
  const skew = c.u8('advskew');
  c.u8('authlen');
  c.u8('demotion');
  const base = c.u8('advbase');
  // carp(4): the interval is advbase seconds and advskew 256ths of a second.
  record.interval = base * 1000 + Math.floor((skew * 1000) / 256);
  record.routers = [{ group, priority: -1, active: true, virtualMac: MAC_IPV4 + group, addresses: [] }];
  if (c.tracing && c.need(30, 'digest')) {
    c.flags16('checksum');
    c.u64('counter');
    c.span(20, 'digest');
  }
  return record;
}
