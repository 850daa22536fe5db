import type { Cursor } from '../cursor.ts';
import type { Address, Envelope } from '../envelope.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import type { VirtualRouter } from '../virtual-router.ts';

/** A Hot Standby Router Protocol message: version 1 (RFC 2281), or version 2 and IPv6 (Cisco). */
export interface HsrpRecord extends RecordBase {
  protocol: 'hsrp';
  cut?: undefined;
  version: 1 | 2;
  groups: readonly HsrpGroup[];
  /** The same groups, as every redundancy protocol gives them. */
  routers: readonly VirtualRouter[];
}

export interface HsrpGroup {
  /** 0 hello, 1 coup, 2 resign, 3 advertise (version 1 only: says nothing of a group's address). */
  opcode: number;
  state: HsrpState;
  group: number;
  priority: number;
  /** Milliseconds. */
  helloTime: number;
  holdTime: number;
  virtualAddress: Address;
  /** Version 2: the sender's own MAC address; else -1. */
  identifier: number;
}

export type HsrpState = 'initial' | 'learn' | 'listen' | 'speak' | 'standby' | 'active' | 'other';

const ADVERTISE = 3;
const STATES_1 = new Map<number, HsrpState>([
  [0, 'initial'],
  [1, 'learn'],
  [2, 'listen'],
  [4, 'speak'],
  [8, 'standby'],
  [16, 'active'],
]);
const STATES_2: readonly HsrpState[] = ['initial', 'initial', 'learn', 'listen', 'speak', 'standby', 'active'];
const OPCODES = ['hello', 'coup', 'resign', 'advertise'];
/** Virtual MAC addresses, to which the group is added (version 1: 256 groups, version 2: 4096). */
const MAC_1 = 0x00000c07ac00;
const MAC_2_IPV4 = 0x00000c9ff000;
const MAC_2_IPV6 = 0x000573a00000;
/** Version 2 is a list of TLVs, of which the first is a group's state of 40 bytes. */
const GROUP_STATE = 1;
const GROUP_STATE_LENGTH = 40;
const TLVS = ['', 'group state', 'interface state', 'text authentication', 'MD5 authentication'];
const MAX_TLVS = 64;

export const hsrp: Protocol<HsrpRecord | CutRecord<'hsrp'>> = {
  name: 'hsrp',
  title: 'Hot Standby Router Protocol',
  spec: ['RFC 2281', 'Cisco HSRP version 2'],
  claims: { udp: [1985, 2029] },
  keep: 'all',
  kinds: [...OPCODES, 'other', 'cut'],
  fields: { authenticationData: 'secret' },
  decode(c: Cursor, envelope: Envelope) {
    // Version 1 begins with its version, 0; version 2 with a TLV's type, which is never 0.
    return c.peek() === 0 ? version1(c) : version2(c, envelope);
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return OPCODES[r.groups[0]?.opcode ?? -1] ?? 'other';
  },
};

function cutRecord(c: Cursor): CutRecord<'hsrp'> {
  return { protocol: 'hsrp', cut: c.faults[0]!, faults: c.faults };
}

function version1(c: Cursor): HsrpRecord | CutRecord<'hsrp'> {
  if (!c.need(2, 'header')) return cutRecord(c);
  const opcode = c.peekAt(1);
  if (opcode !== ADVERTISE && !c.need(20, 'header')) return cutRecord(c);
  c.u8('version');
  c.u8('opcode');
  c.means(OPCODES[opcode] ?? 'unknown');
  if (opcode === ADVERTISE) {
    if (c.tracing) c.rest('data');
    const advertise = { opcode, state: 'other', group: -1, priority: -1, helloTime: -1, holdTime: -1 } as const;
    const groups = [{ ...advertise, virtualAddress: -1, identifier: -1 }];
    return { protocol: 'hsrp', version: 1, groups, routers: [], faults: c.faults };
  }
  const state = STATES_1.get(c.u8('state')) ?? 'other';
  c.means(state);
  const helloTime = c.u8('helloTime') * 1000;
  const holdTime = c.u8('holdTime') * 1000;
  const priority = c.u8('priority');
  const group = c.u8('group');
  c.u8('reserved');
  c.span(8, 'authenticationData', 'text');
  const virtualAddress = c.ipv4('virtualIpAddress');
  if (c.left > 0 && c.tracing) c.rest('data');
  const entry: HsrpGroup = { opcode, state, group, priority, helloTime, holdTime, virtualAddress, identifier: -1 };
  return { protocol: 'hsrp', version: 1, groups: [entry], routers: [routerOf(entry, MAC_1)], faults: c.faults };
}

function version2(c: Cursor, envelope: Envelope): HsrpRecord | CutRecord<'hsrp'> {
  if (!c.need(2, 'header')) return cutRecord(c);
  const groups: HsrpGroup[] = [];
  const base = envelope.ipVersion === 6 ? MAC_2_IPV6 : MAC_2_IPV4;
  for (let index = 0; c.left > 0; index += 1) {
    if (index >= MAX_TLVS) {
      c.fault('excess', 'tlvs', index + 1, MAX_TLVS);
      break;
    }
    if (!c.need(2, `tlvs[${index}]`)) break;
    if (!c.enter(2 + c.peekAt(1), 'tlvs', index, 'tlv length')) break;
    const type = c.u8('type');
    c.means(TLVS[type] ?? 'unknown');
    c.u8('length');
    if (type === GROUP_STATE && c.need(GROUP_STATE_LENGTH, 'groupState')) groups.push(groupState(c));
    if (c.left > 0 && c.tracing) c.rest('data');
    c.leave();
  }
  const routers = groups.map((group) => routerOf(group, base));
  return { protocol: 'hsrp', version: 2, groups, routers, faults: c.faults };
}

function groupState(c: Cursor): HsrpGroup {
  c.u8('version');
  const opcode = c.u8('opcode');
  c.means(OPCODES[opcode] ?? 'unknown');
  const state = STATES_2[c.u8('state')] ?? 'other';
  c.means(state);
  const ipVersion = c.u8('ipVersion');
  const group = c.u16('group');
  const identifier = c.mac('identifier');
  const priority = c.u32('priority');
  const helloTime = c.u32('helloTime');
  const holdTime = c.u32('holdTime');
  const virtualAddress = ipVersion === 6 ? c.ipv6('virtualIpAddress') : c.ipv4('virtualIpAddress');
  return { opcode, state, group, priority, helloTime, holdTime, virtualAddress, identifier };
}

function routerOf(entry: HsrpGroup, base: number): VirtualRouter {
  const { group, priority, virtualAddress } = entry;
  const known = virtualAddress !== 0 && virtualAddress !== -1;
  const active = entry.state === 'active' && entry.opcode !== 2;
  return { group, priority, active, virtualMac: base + group, addresses: known ? [virtualAddress] : [] };
}
