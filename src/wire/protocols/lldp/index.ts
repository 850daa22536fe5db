import type { Cursor } from '../../cursor.ts';
import type { Address } from '../../envelope.ts';
import type { Span } from '../../fault.ts';
import type { CutRecord, Protocol } from '../../protocol.ts';
import type { Organizations } from './organizations.ts';
import { readOrganization } from './organizations.ts';
import type { LldpId, LldpRecord, ManagementAddress } from './types.ts';

export type * from './types.ts';

type Body = { -readonly [K in keyof LldpRecord]: LldpRecord[K] } & Organizations & {
    managementAddresses: ManagementAddress[];
  };

const END = 0;
const CHASSIS_ID = 1;
const PORT_ID = 2;
const TIME_TO_LIVE = 3;
const ORGANIZATION = 127;
/** More TLVs than fit an Ethernet frame with something in them. */
const MAX_TLVS = 512;

const TLVS = [
  'End of LLDPDU',
  'Chassis ID',
  'Port ID',
  'Time To Live',
  'Port Description',
  'System Name',
  'System Description',
  'System Capabilities',
  'Management Address',
];
/** Fields of the first three TLVs. */
const MANDATORY = ['chassisId', 'portId', 'ttl'];
const CHASSIS_SUBTYPES = [
  'reserved',
  'chassis component',
  'interface alias',
  'port component',
  'MAC address',
  'network address',
  'interface name',
  'locally assigned',
];
const PORT_SUBTYPES = [
  'reserved',
  'interface alias',
  'port component',
  'MAC address',
  'network address',
  'interface name',
  'agent circuit ID',
  'locally assigned',
];

export const lldp: Protocol<LldpRecord | CutRecord<'lldp'>> = {
  name: 'lldp',
  title: 'Link Layer Discovery Protocol',
  spec: ['IEEE 802.1AB', 'IEEE 802.1Q Annex D', 'IEEE 802.3 clause 79', 'ANSI/TIA-1057'],
  claims: { ether: [0x88cc] },
  keep: 'all',
  kinds: ['advertisement', 'shutdown', 'cut'],
  fields: {
    'tlvs#1.id': 'serial',
    'tlvs#2.id': 'circuit-id',
    portDescription: 'circuit-id',
    systemName: 'hostname',
    systemDescription: 'vendor-class',
    'managementAddress.address': 'mac',
    vlanName: 'vlan-name',
    hardwareRevision: 'vendor-class',
    firmwareRevision: 'vendor-class',
    softwareRevision: 'vendor-class',
    country: 'text',
    caValue: 'text',
    serialNumber: 'serial',
    manufacturer: 'vendor-class',
    model: 'vendor-class',
    assetId: 'serial',
  },
  decode(c: Cursor) {
    if (!c.need(2, 'tlvs[0]')) return { protocol: 'lldp', cut: c.faults[0]!, faults: c.faults };
    const record = fresh(c);
    for (let index = 0; c.left > 0; index += 1) {
      if (index >= MAX_TLVS) {
        c.fault('excess', 'tlvs', index + 1, MAX_TLVS);
        break;
      }
      if (!c.need(2, `tlvs[${index}]`)) break;
      const type = c.peek() >> 1;
      const length = (c.peek() & 1) * 256 + c.peekAt(1);
      const whole = 2 + length <= c.left;
      if (!c.enter(2 + length, 'tlvs', index, 'tlv length')) break;
      c.u16('typeAndLength');
      c.means(type === ORGANIZATION ? 'Organizationally Specific' : (TLVS[type] ?? 'reserved'));
      // IEEE 802.1AB 9.2.7.7.1: these three, in this order, before all others.
      if (index < 3 && type !== index + 1) c.fault('missing', MANDATORY[index] ?? '', index + 1, type, c.at - 2);
      // Half a name is a wrong one: what passes the end is kept as bytes only.
      if (whole) readTlv(c, type, record);
      if (c.left > 0) c.rest('data');
      c.leave();
      if (type === END) break;
    }
    // After End there may be padding up to the shortest Ethernet frame.
    if (c.left > 0 && c.tracing) c.rest('padding');
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.ttl === 0 ? 'shutdown' : 'advertisement';
  },
};

function fresh(c: Cursor): Body {
  return {
    protocol: 'lldp',
    chassis: undefined,
    port: undefined,
    ttl: -1,
    portDescription: undefined,
    systemName: undefined,
    systemDescription: undefined,
    capabilities: -1,
    enabledCapabilities: -1,
    managementAddresses: [],
    portVlan: -1,
    vlanNames: [],
    managementVlan: -1,
    aggregation: undefined,
    maxFrameSize: -1,
    macPhy: undefined,
    medCapabilities: -1,
    medClass: -1,
    networkPolicies: [],
    inventory: {},
    others: [],
    faults: c.faults,
  };
}

function readTlv(c: Cursor, type: number, record: Body): void {
  switch (type) {
    case CHASSIS_ID:
      record.chassis = once(c, record.chassis, readId(c, CHASSIS_SUBTYPES, 4, 5));
      return;
    case PORT_ID:
      record.port = once(c, record.port, readId(c, PORT_SUBTYPES, 3, 4));
      return;
    case TIME_TO_LIVE:
      if (!c.need(2, 'ttl')) return;
      record.ttl = once(c, record.ttl < 0 ? undefined : record.ttl, c.u16('ttl')) ?? -1;
      return;
    case 4:
      record.portDescription = once(c, record.portDescription, c.rest('portDescription', 'text'));
      return;
    case 5:
      record.systemName = once(c, record.systemName, c.rest('systemName', 'text'));
      return;
    case 6:
      record.systemDescription = once(c, record.systemDescription, c.rest('systemDescription', 'text'));
      return;
    case 7:
      if (!c.need(4, 'capabilities')) return;
      record.capabilities = c.flags16('capabilities');
      record.enabledCapabilities = c.flags16('enabledCapabilities');
      return;
    case 8:
      readManagementAddress(c, record.managementAddresses);
      return;
    case ORGANIZATION:
      readOrganization(c, record);
      return;
    default:
  }
}

/** Of a TLV that may stand once, the first counts. */
function once<T>(c: Cursor, before: T | undefined, now: T | undefined): T | undefined {
  if (before === undefined) return now;
  c.fault('duplicate', 'typeAndLength', 1, 2);
  return before;
}

function readId(c: Cursor, names: readonly string[], mac: number, network: number): LldpId | undefined {
  // IEEE 802.1AB 8.5.2.3, 8.5.3.3: 1 to 255 bytes after the subtype.
  if (!c.need(2, 'id')) return undefined;
  const subtype = c.u8('subtype');
  c.means(names[subtype] ?? 'reserved');
  const value: Span = { at: c.at, length: c.left };
  const id: LldpId = { subtype, mac: -1, address: -1, value };
  if (subtype === mac && c.left === 6) id.mac = c.mac('id');
  else if (subtype === network) id.address = readAddress(c, c.u8('family'));
  else c.rest('id', 'text');
  return id;
}

/** An address to the end of the window, by IANA address family number. */
function readAddress(c: Cursor, family: number): Address {
  if (family === 1 && c.left === 4) return c.ipv4('address');
  if (family === 2 && c.left === 16) return c.ipv6('address');
  c.rest('address');
  return -1;
}

/** IEEE 802.1AB 8.5.9. */
function readManagementAddress(c: Cursor, list: ManagementAddress[]): void {
  if (!c.need(1, 'addressStringLength')) return;
  const length = c.u8('addressStringLength');
  if (length < 2 || !c.need(length + 5, 'managementAddress')) {
    if (length < 2) c.fault('length', 'addressStringLength', 2, length, c.at - 1);
    return;
  }
  if (!c.enter(length, 'managementAddress', -1, 'addressStringLength')) return;
  const family = c.u8('family');
  const address = readAddress(c, family);
  c.leave();
  list.push({
    family,
    address,
    interfaceSubtype: c.u8('interfaceSubtype'),
    interfaceNumber: c.u32('interfaceNumber'),
  });
  if (c.left > 0) c.span(c.u8('oidLength'), 'oid');
}
