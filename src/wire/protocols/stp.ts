import type { Cursor } from '../cursor.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** A spanning tree message: STP and RSTP (IEEE 802.1D), MSTP (IEEE 802.1Q 14), Cisco's per VLAN (PVST+). */
export interface StpRecord extends RecordBase {
  protocol: 'stp';
  cut?: undefined;
  /** 0 in all of them; 1 is GARP and its kin, which share the address. */
  protocolId: number;
  /** 0 STP, 2 RSTP, 3 MSTP, 4 SPT. */
  version: number;
  /** 0 configuration, 2 rapid or multiple spanning tree, 0x80 topology change notification. */
  type: number;
  /** Bits 0 topology change, 7 its acknowledgment; of RSTP also `STP_FLAGS`. -1 in a notification. */
  flags: number;
  /** What a port of an RSTP or MSTP bridge is; '' of the others, which do not say. */
  role: '' | 'unknown' | 'alternate' | 'root' | 'designated';
  /** As the RSTP or MSTP bridge says of the port that this came from; '' of the others. */
  state: '' | 'discarding' | 'learning' | 'forwarding';
  root: BridgeId | undefined;
  rootPathCost: number;
  bridge: BridgeId | undefined;
  portId: number;
  /** In 1/256 s, as on the wire; -1 not said. */
  messageAge: number;
  maxAge: number;
  helloTime: number;
  forwardDelay: number;
  /** Of MSTP. */
  mst: MstConfiguration | undefined;
  /** The VLAN of a per-VLAN tree; -1 none. */
  originatingVlan: number;
}

/** IEEE 802.1D 9.2.5. */
export interface BridgeId {
  /** 0 to 61440 in steps of 4096. */
  priority: number;
  /** System ID extension: the VLAN or the instance. */
  extension: number;
  /** 48-bit number. */
  address: number;
}

/** IEEE 802.1Q 13.8, 14.4. */
export interface MstConfiguration {
  name: Span;
  revision: number;
  digest: Span;
  cistBridge: BridgeId;
  internalRootPathCost: number;
  remainingHops: number;
  instances: number;
}

export const STP_FLAGS = {
  topologyChange: 0x01,
  proposal: 0x02,
  role: 0x0c,
  learning: 0x10,
  forwarding: 0x20,
  agreement: 0x40,
  topologyChangeAck: 0x80,
} as const;

const NOTIFICATION = 0x80;
const RAPID = 2;
const ROLES = ['unknown', 'alternate', 'root', 'designated'] as const;
const VERSIONS = new Map([
  [0, 'STP'],
  [2, 'RSTP'],
  [3, 'MSTP'],
  [4, 'SPT'],
]);
const TYPES = new Map([
  [0, 'Configuration'],
  [RAPID, 'Rapid/Multiple Spanning Tree'],
  [NOTIFICATION, 'Topology Change Notification'],
]);
/** Bytes of one instance's part (IEEE 802.1Q 14.4.1), and of what stands before the first. */
const MSTI = 16;
const MST_FIXED = 64;

export const stp: Protocol<StpRecord | CutRecord<'stp'>> = {
  name: 'stp',
  title: 'Spanning Tree Protocol',
  spec: ['IEEE 802.1D-2004 9', 'IEEE 802.1Q 14'],
  claims: { llc: [0x42], snap: [{ oui: 0x00000c, pid: 0x010b }] },
  keep: 'all',
  kinds: ['configuration', 'rapid', 'multiple', 'topology-change', 'other', 'cut'],
  fields: { configurationName: 'vlan-name', configurationDigest: 'serial' },
  decode(c: Cursor) {
    if (!c.need(4, 'header')) return { protocol: 'stp', cut: c.faults[0]!, faults: c.faults };
    const record = fresh(c);
    const { protocolId, type } = record;
    if (protocolId !== 0 || (type !== 0 && type !== RAPID)) {
      if (c.left > 0 && c.tracing) c.rest(type === NOTIFICATION ? 'padding' : 'data');
      return record;
    }
    // A message that ends before the end of its fixed part says nothing (IEEE 802.1D 9.3.4).
    if (!c.need(31, 'configuration')) return { protocol: 'stp', cut: c.faults[0]!, faults: c.faults };
    readConfiguration(c, record);
    if (record.version >= RAPID && c.left > 0) c.u8('version1Length');
    if (record.version === 3 && c.left >= 2) readMst(c, record);
    else readOriginatingVlan(c, record);
    if (c.left > 0 && c.tracing) c.rest('padding');
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    if (r.protocolId !== 0) return 'other';
    if (r.type === NOTIFICATION) return 'topology-change';
    if (r.type === 0) return 'configuration';
    if (r.type === RAPID) return r.version >= 3 ? 'multiple' : 'rapid';
    return 'other';
  },
};

function fresh(c: Cursor): StpRecord {
  const protocolId = c.u16('protocolIdentifier');
  const version = c.u8('protocolVersionIdentifier');
  c.means(VERSIONS.get(version) ?? 'unknown');
  const type = c.flags8('bpduType');
  c.means(protocolId === 0 ? (TYPES.get(type) ?? 'unknown') : 'not spanning tree');
  return {
    protocol: 'stp',
    protocolId,
    version,
    type,
    flags: -1,
    role: '',
    state: '',
    root: undefined,
    rootPathCost: -1,
    bridge: undefined,
    portId: -1,
    messageAge: -1,
    maxAge: -1,
    helloTime: -1,
    forwardDelay: -1,
    mst: undefined,
    originatingVlan: -1,
    faults: c.faults,
  };
}

function readConfiguration(c: Cursor, r: StpRecord): void {
  const flags = c.flags8('flags');
  r.flags = flags;
  if (r.type === RAPID) {
    r.role = ROLES[(flags & STP_FLAGS.role) >> 2] ?? 'unknown';
    r.state =
      (flags & STP_FLAGS.forwarding) !== 0
        ? 'forwarding'
        : (flags & STP_FLAGS.learning) !== 0
          ? 'learning'
          : 'discarding';
    c.means(`${r.role}, ${r.state}${flags & STP_FLAGS.topologyChange ? ', topology change' : ''}`);
  } else if ((flags & STP_FLAGS.topologyChange) !== 0) c.means('topology change');
  r.root = readBridgeId(c, 'rootIdentifier');
  r.rootPathCost = c.u32('rootPathCost');
  r.bridge = readBridgeId(c, 'bridgeIdentifier');
  r.portId = c.flags16('portIdentifier');
  r.messageAge = seconds(c, 'messageAge');
  r.maxAge = seconds(c, 'maxAge');
  r.helloTime = seconds(c, 'helloTime');
  r.forwardDelay = seconds(c, 'forwardDelay');
}

/** IEEE 802.1D 9.2.8: in 1/256 s. */
function seconds(c: Cursor, name: string): number {
  const value = c.u16(name);
  c.means(`${value / 256} s`);
  return value;
}

function readBridgeId(c: Cursor, name: string): BridgeId {
  const entered = c.enter(8, name, -1, c.limit);
  const word = c.u16('priorityAndExtension');
  const id: BridgeId = { priority: word & 0xf000, extension: word & 0x0fff, address: c.mac('address') };
  if (entered) c.leave();
  return id;
}

function readMst(c: Cursor, r: StpRecord): void {
  const length = c.u16('version3Length');
  if (length < MST_FIXED) {
    if (length > 0) c.fault('length', 'version3Length', MST_FIXED, length, c.at - 2);
    return;
  }
  const captured = c.left >= MST_FIXED;
  if (!c.enter(length, 'mst', -1, 'version3Length')) return;
  if (captured) {
    c.u8('configurationIdFormatSelector');
    const name = c.span(32, 'configurationName', 'text');
    const revision = c.u16('revisionLevel');
    const digest = c.span(16, 'configurationDigest');
    const internalRootPathCost = c.u32('cistInternalRootPathCost');
    const cistBridge = readBridgeId(c, 'cistBridgeIdentifier');
    const remainingHops = c.u8('cistRemainingHops');
    r.mst = { name, revision, digest, cistBridge, internalRootPathCost, remainingHops, instances: 0 };
    // Each turn steps over 16 bytes.
    for (let index = 0; c.left >= MSTI; index += 1) {
      r.mst.instances += 1;
      if (!c.enter(MSTI, 'instances', index, 'version3Length')) break;
      c.flags8('flags');
      readBridgeId(c, 'regionalRootIdentifier');
      c.u32('internalRootPathCost');
      c.flags8('bridgePriority');
      c.flags8('portPriority');
      c.u8('remainingHops');
      c.leave();
    }
  }
  if (c.left > 0) c.rest('data');
  c.leave();
}

/**
 * Per-VLAN trees end with a TLV: type 0, length 2, the VLAN. Before it stands the version 1 length of RSTP, and in a
 * configuration message a byte of padding.
 */
function readOriginatingVlan(c: Cursor, r: StpRecord): void {
  const skip = r.type === 0 && spellsVlan(c, 1) ? 1 : 0;
  if (!spellsVlan(c, skip)) return;
  if (skip > 0) c.skip(skip, 'pad');
  if (!c.enter(6, 'originatingVlanTlv', -1, 'length')) return;
  c.u16('type');
  c.u16('length');
  r.originatingVlan = c.u16('originatingVlan');
  c.leave();
}

function spellsVlan(c: Cursor, ahead: number): boolean {
  return (
    c.left >= ahead + 6 &&
    c.peekAt(ahead) === 0 &&
    c.peekAt(ahead + 1) === 0 &&
    c.peekAt(ahead + 2) === 0 &&
    c.peekAt(ahead + 3) === 2
  );
}
