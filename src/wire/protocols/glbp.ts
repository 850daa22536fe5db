import type { Cursor } from '../cursor.ts';
import type { Address } from '../envelope.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import type { VirtualRouter } from '../virtual-router.ts';

/**
 * A Gateway Load Balancing Protocol message (Cisco; not published, the layout is as Wireshark reads it). One group has one
 * address and up to four forwarders, each with a MAC address of its own.
 */
export interface GlbpRecord extends RecordBase {
  protocol: 'glbp';
  cut?: undefined;
  group: number;
  /** The sender's own MAC address. */
  ownerId: number;
  /** From the Hello TLV; -1 none. */
  priority: number;
  /** Milliseconds; -1 none. */
  helloTime: number;
  holdTime: number;
  /** The Hello's addresses. */
  addresses: readonly Address[];
  /** The forwarders that the sender speaks for, each with the group's addresses. */
  routers: readonly VirtualRouter[];
}

const HELLO = 1;
const FORWARDER = 2;
const TLVS = ['', 'hello', 'request/response', 'authentication'];
const STATES = new Map([
  [4, 'listen'],
  [8, 'speak'],
  [16, 'standby'],
  [32, 'active'],
]);
const ACTIVE = 32;
const MAX_TLVS = 64;

export const glbp: Protocol<GlbpRecord | CutRecord<'glbp'>> = {
  name: 'glbp',
  title: 'Gateway Load Balancing Protocol',
  spec: ['Cisco GLBP'],
  claims: { udp: [3222] },
  keep: 'all',
  kinds: ['hello', 'other', 'cut'],
  decode(c: Cursor) {
    if (!c.need(12, 'header')) return { protocol: 'glbp', cut: c.faults[0]!, faults: c.faults };
    c.u8('version');
    c.u8('unknown1');
    const group = c.u16('group');
    c.skip(2, 'unknown2');
    const ownerId = c.mac('ownerId');
    const addresses: Address[] = [];
    const routers: VirtualRouter[] = [];
    const record = { protocol: 'glbp' as const, group, ownerId, priority: -1, helloTime: -1, holdTime: -1 };
    for (let index = 0; c.left > 0; index += 1) {
      if (index >= MAX_TLVS) {
        c.fault('excess', 'tlvs', index + 1, MAX_TLVS);
        break;
      }
      if (!c.need(2, `tlvs[${index}]`)) break;
      // The length counts type and length too.
      const length = c.peekAt(1);
      if (length < 2) {
        c.fault('length', `tlvs[${index}].length`, 2, length, c.at + 1);
        break;
      }
      if (!c.enter(length, 'tlvs', index, 'tlv length')) break;
      const type = c.u8('type');
      c.means(TLVS[type] ?? 'unknown');
      c.u8('length');
      if (type === HELLO && c.need(22, 'hello')) readHello(c, record, addresses);
      else if (type === FORWARDER && c.need(18, 'forwarder')) routers.push(readForwarder(c, group, addresses));
      if (c.left > 0 && c.tracing) c.rest('data');
      c.leave();
    }
    return { ...record, addresses, routers, faults: c.faults };
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.helloTime >= 0 ? 'hello' : 'other';
  },
};

function readHello(
  c: Cursor,
  record: { priority: number; helloTime: number; holdTime: number },
  addresses: Address[],
): void {
  c.u8('unknown10');
  const state = c.u8('vgState');
  c.means(STATES.get(state) ?? 'unknown');
  c.u8('unknown11');
  record.priority = c.u8('priority');
  c.skip(2, 'unknown12');
  record.helloTime = c.u32('helloInt');
  record.holdTime = c.u32('holdInt');
  c.u16('redirect');
  c.u16('timeout');
  c.skip(2, 'unknown13');
  const type = c.u8('addrType');
  const length = c.u8('addrLen');
  if (type === 1 && length === 4 && c.need(4, 'virtualIpv4')) addresses.push(c.ipv4('virtualIpv4'));
  else if (type === 2 && length === 16 && c.need(16, 'virtualIpv6')) addresses.push(c.ipv6('virtualIpv6'));
}

function readForwarder(c: Cursor, group: number, addresses: readonly Address[]): VirtualRouter {
  c.u8('forwarder');
  const state = c.u8('vfState');
  c.means(STATES.get(state) ?? 'unknown');
  c.u8('unknown21');
  const priority = c.u8('priority');
  c.u8('weight');
  c.skip(7, 'unknown22');
  const virtualMac = c.mac('virtualMac');
  return { group, priority, active: state === ACTIVE, virtualMac, addresses };
}
