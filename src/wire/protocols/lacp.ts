import type { Cursor } from '../cursor.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** A Slow Protocols frame (IEEE 802.3 Annex 57A): link aggregation control and its marker. */
export type LacpRecord = Lacpdu | LacpMarker | OtherSlow;

/** IEEE 802.1AX 6.4.2: what one end of a link says of itself, and what it believes of the other. */
export interface Lacpdu extends RecordBase {
  protocol: 'lacp';
  cut?: undefined;
  subtype: 1;
  version: number;
  actor: LacpPort;
  /** As the actor heard it last; the system is 0 when it never heard anything. */
  partner: LacpPort;
  /** Tens of microseconds; -1 not said. */
  collectorMaxDelay: number;
}

export interface LacpPort {
  systemPriority: number;
  /** 48-bit number. */
  system: number;
  key: number;
  portPriority: number;
  port: number;
  /** Bits of IEEE 802.1AX 6.4.2.3: `LACP_STATE`. */
  state: number;
}

/** IEEE 802.1AX 6.5.3. */
export interface LacpMarker extends RecordBase {
  protocol: 'lacp';
  cut?: undefined;
  subtype: 2;
  version: number;
  response: boolean;
  requesterPort: number;
  requesterSystem: number;
  transaction: number;
}

/** Another slow protocol: 3 OAM, 10 organization specific (ESMC). */
export interface OtherSlow extends RecordBase {
  protocol: 'lacp';
  cut?: undefined;
  subtype: number;
}

export const LACP_STATE = {
  activity: 0x01,
  /** Short timeout: a PDU every second. */
  timeout: 0x02,
  aggregation: 0x04,
  synchronization: 0x08,
  collecting: 0x10,
  distributing: 0x20,
  /** The partner is assumed, not heard. */
  defaulted: 0x40,
  expired: 0x80,
} as const;

const NAMES = Object.keys(LACP_STATE);
const SUBTYPES = new Map([
  [1, 'LACP'],
  [2, 'Marker'],
  [3, 'OAM'],
  [10, 'Organization Specific'],
]);
/** Version 2 may add TLVs; a frame holds no more than this of the shortest. */
const MAX_TLVS = 64;

export const lacp: Protocol<LacpRecord | CutRecord<'lacp'>> = {
  name: 'lacp',
  title: 'Link Aggregation Control Protocol',
  spec: ['IEEE 802.1AX 6.4', 'IEEE 802.3 Annex 57A'],
  claims: { ether: [0x8809] },
  keep: 128,
  kinds: ['lacpdu', 'marker', 'marker-response', 'other', 'cut'],
  decode(c: Cursor) {
    if (!c.need(1, 'subtype')) return { protocol: 'lacp', cut: c.faults[0]!, faults: c.faults };
    const subtype = c.u8('subtype');
    c.means(SUBTYPES.get(subtype) ?? 'unknown');
    if (subtype === 1) return readLacpdu(c);
    if (subtype === 2) return readMarker(c);
    if (c.left > 0 && c.tracing) c.rest('data');
    return { protocol: 'lacp', subtype, faults: c.faults };
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    if (isLacpdu(r)) return 'lacpdu';
    if (isMarker(r)) return r.response ? 'marker-response' : 'marker';
    return 'other';
  },
};

export function isLacpdu(r: LacpRecord): r is Lacpdu {
  return r.subtype === 1;
}

export function isMarker(r: LacpRecord): r is LacpMarker {
  return r.subtype === 2;
}

/** The names of the bits that are set, as `activity aggregation`. */
export function lacpStateText(state: number): string {
  return NAMES.filter((_name, bit) => (state & (1 << bit)) !== 0).join(' ');
}

function readLacpdu(c: Cursor): LacpRecord | CutRecord<'lacp'> {
  // Version, and the two TLVs without which nothing is said.
  if (!c.need(41, 'lacpdu')) return { protocol: 'lacp', cut: c.faults[0]!, faults: c.faults };
  const version = c.u8('version');
  const actor = readPort(c, 'actor', 1);
  const partner = readPort(c, 'partner', 2);
  const record: Lacpdu = {
    protocol: 'lacp',
    subtype: 1,
    version,
    actor,
    partner,
    collectorMaxDelay: -1,
    faults: c.faults,
  };
  for (let index = 0; c.left > 0; index += 1) {
    if (index >= MAX_TLVS) {
      c.fault('excess', 'tlvs', index + 1, MAX_TLVS);
      break;
    }
    if (!c.need(2, 'collector')) break;
    const type = c.peek();
    if (type === 0) {
      c.u8('terminatorType');
      c.u8('terminatorLength');
      break;
    }
    const length = c.peekAt(1);
    const whole = length >= 2 && length <= c.left;
    if (!c.enter(Math.max(2, length), type === 3 ? 'collector' : 'tlvs', type === 3 ? -1 : index, 'length')) break;
    c.u8('type');
    c.u8('length');
    if (length < 2) c.fault('length', 'length', 2, length, c.at - 1);
    if (type === 3 && whole && c.need(2, 'maxDelay')) record.collectorMaxDelay = c.u16('maxDelay');
    if (c.left > 0 && c.tracing) c.rest(whole ? 'reserved' : 'data');
    c.leave();
  }
  if (c.left > 0 && c.tracing) c.rest('padding');
  return record;
}

/** Actor (type 1) or partner (type 2) information: 20 bytes, which are there. */
function readPort(c: Cursor, name: string, type: number): LacpPort {
  const entered = c.enter(20, name, -1, 'length');
  const found = c.u8('type');
  if (found !== type) c.fault('value', 'type', found, type, c.at - 1);
  const length = c.u8('length');
  if (length !== 20) c.fault('length', 'length', 20, length, c.at - 1);
  const port: LacpPort = {
    systemPriority: c.u16('systemPriority'),
    system: c.mac('system'),
    key: c.u16('key'),
    portPriority: c.u16('portPriority'),
    port: c.u16('port'),
    state: c.flags8('state'),
  };
  c.means(lacpStateText(port.state));
  c.skip(3, 'reserved');
  if (entered) c.leave();
  return port;
}

function readMarker(c: Cursor): LacpRecord | CutRecord<'lacp'> {
  if (!c.need(15, 'marker')) return { protocol: 'lacp', cut: c.faults[0]!, faults: c.faults };
  const version = c.u8('version');
  const type = c.u8('type');
  c.means(type === 1 ? 'Marker Information' : type === 2 ? 'Marker Response Information' : 'unknown');
  c.u8('length');
  const record: LacpMarker = {
    protocol: 'lacp',
    subtype: 2,
    version,
    response: type === 2,
    requesterPort: c.u16('requesterPort'),
    requesterSystem: c.mac('requesterSystem'),
    transaction: c.u32('requesterTransactionId'),
    faults: c.faults,
  };
  if (c.left > 0 && c.tracing) c.rest('padding');
  return record;
}
