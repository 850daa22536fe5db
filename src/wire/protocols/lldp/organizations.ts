import type { Cursor } from '../../cursor.ts';
import type { Aggregation, Inventory, LldpRecord, MacPhy, NetworkPolicy, OrganizationTlv, VlanName } from './types.ts';

/** What the organizationally specific TLVs of one LLDPDU fill in. */
export type Organizations = Pick<
  { -readonly [K in keyof LldpRecord]: LldpRecord[K] },
  'portVlan' | 'managementVlan' | 'aggregation' | 'maxFrameSize' | 'macPhy' | 'medCapabilities' | 'medClass'
> & { vlanNames: VlanName[]; networkPolicies: NetworkPolicy[]; inventory: Inventory; others: OrganizationTlv[] };

const IEEE_8021 = 0x0080c2;
const IEEE_8023 = 0x00120f;
const TIA = 0x0012bb;

const ORGANIZATIONS = new Map([
  [IEEE_8021, 'IEEE 802.1'],
  [IEEE_8023, 'IEEE 802.3'],
  [TIA, 'TIA (LLDP-MED)'],
]);

const SUBTYPES_8021 = [
  '',
  'Port VLAN ID',
  'Port and Protocol VLAN ID',
  'VLAN Name',
  'Protocol Identity',
  'VID Usage Digest',
  'Management VID',
  'Link Aggregation',
  'Congestion Notification',
  'ETS Configuration',
  'ETS Recommendation',
  'Priority-based Flow Control Configuration',
  'Application Priority',
];
const SUBTYPES_8023 = [
  '',
  'MAC/PHY Configuration/Status',
  'Power Via MDI',
  'Link Aggregation',
  'Maximum Frame Size',
  'Energy-Efficient Ethernet',
];
const SUBTYPES_MED = [
  '',
  'LLDP-MED Capabilities',
  'Network Policy',
  'Location Identification',
  'Extended Power-via-MDI',
  'Hardware Revision',
  'Firmware Revision',
  'Software Revision',
  'Serial Number',
  'Manufacturer Name',
  'Model Name',
  'Asset ID',
];

/** Location data format 2 of LLDP-MED. */
const CIVIC = 2;

/** Subtype 5 and on of LLDP-MED. */
const INVENTORY = [
  'hardwareRevision',
  'firmwareRevision',
  'softwareRevision',
  'serialNumber',
  'manufacturer',
  'model',
  'assetId',
] as const;

/** One organizationally specific TLV (IEEE 802.1AB 8.6) in its window. */
export function readOrganization(c: Cursor, o: Organizations): void {
  if (!c.need(4, 'oui')) return;
  const oui = c.u24('oui');
  c.means(ORGANIZATIONS.get(oui) ?? 'other');
  const subtype = c.u8('subtype');
  if (!opened(c, o, oui, subtype)) o.others.push({ oui, subtype, data: c.rest('data') });
}

function opened(c: Cursor, o: Organizations, oui: number, subtype: number): boolean {
  switch (oui) {
    case IEEE_8021:
      c.means(SUBTYPES_8021[subtype] ?? 'unknown');
      return read8021(c, o, subtype);
    case IEEE_8023:
      c.means(SUBTYPES_8023[subtype] ?? 'unknown');
      return read8023(c, o, subtype);
    case TIA:
      c.means(SUBTYPES_MED[subtype] ?? 'unknown');
      return readMed(c, o, subtype);
    default:
      return false;
  }
}

/** IEEE 802.1Q Annex D. */
function read8021(c: Cursor, o: Organizations, subtype: number): boolean {
  switch (subtype) {
    case 1:
      if (!c.need(2, 'portVlanId')) return false;
      o.portVlan = c.u16('portVlanId');
      return true;
    case 2:
      if (!c.need(3, 'flags')) return false;
      c.flags8('flags');
      c.u16('portAndProtocolVlanId');
      return true;
    case 3:
      if (!c.need(3, 'vlanId')) return false;
      return keepVlanName(c, o);
    case 4:
      if (!c.need(1, 'protocolIdentityLength')) return false;
      c.span(c.u8('protocolIdentityLength'), 'protocolIdentity');
      return true;
    case 5:
      if (!c.need(4, 'vidUsageDigest')) return false;
      c.flags32('vidUsageDigest');
      return true;
    case 6:
      if (!c.need(2, 'managementVid')) return false;
      o.managementVlan = c.u16('managementVid');
      return true;
    case 7:
      return keepAggregation(c, o);
    default:
      return false;
  }
}

function keepVlanName(c: Cursor, o: Organizations): boolean {
  const vlan = c.u16('vlanId');
  const length = c.u8('vlanNameLength');
  o.vlanNames.push({ vlan, name: c.span(length, 'vlanName', 'text') });
  return true;
}

function keepAggregation(c: Cursor, o: Organizations): boolean {
  if (!c.need(5, 'aggregationStatus')) return false;
  const status = c.flags8('aggregationStatus');
  const aggregation: Aggregation = {
    capable: (status & 1) !== 0,
    enabled: (status & 2) !== 0,
    portId: c.u32('aggregatedPortId'),
  };
  o.aggregation = aggregation;
  return true;
}

/** IEEE 802.3 clause 79.3. */
function read8023(c: Cursor, o: Organizations, subtype: number): boolean {
  switch (subtype) {
    case 1:
      if (!c.need(5, 'autoNegotiation')) return false;
      o.macPhy = readMacPhy(c);
      return true;
    case 2:
      if (!c.need(3, 'mdiPowerSupport')) return false;
      c.flags8('mdiPowerSupport');
      c.u8('psePowerPair');
      c.u8('powerClass');
      if (c.left > 0) c.rest('powerViaMdi');
      return true;
    case 3:
      return keepAggregation(c, o);
    case 4:
      if (!c.need(2, 'maxFrameSize')) return false;
      o.maxFrameSize = c.u16('maxFrameSize');
      return true;
    case 5:
      if (!c.need(10, 'eee')) return false;
      for (const name of ['transmitTw', 'receiveTw', 'fallbackReceiveTw', 'echoTransmitTw', 'echoReceiveTw'])
        c.u16(name);
      return true;
    default:
      return false;
  }
}

function readMacPhy(c: Cursor): MacPhy {
  const status = c.flags8('autoNegotiation');
  c.flags16('pmdAutoNegotiationAdvertised');
  return {
    autoNegotiationSupported: (status & 1) !== 0,
    autoNegotiationEnabled: (status & 2) !== 0,
    mauType: c.u16('operationalMauType'),
  };
}

/** ANSI/TIA-1057 10.2. */
function readMed(c: Cursor, o: Organizations, subtype: number): boolean {
  switch (subtype) {
    case 1:
      if (!c.need(3, 'medCapabilities')) return false;
      o.medCapabilities = c.flags16('medCapabilities');
      o.medClass = c.u8('deviceClass');
      return true;
    case 2:
      if (!c.need(4, 'networkPolicy')) return false;
      o.networkPolicies.push(readPolicy(c));
      return true;
    case 3:
      if (!c.need(1, 'locationFormat')) return false;
      if (c.u8('locationFormat') === CIVIC && c.tracing) readCivic(c);
      else c.rest('locationId');
      return true;
    case 4:
      if (!c.need(3, 'power')) return false;
      c.flags8('power');
      c.u16('powerValue');
      return true;
    default:
      return readInventory(c, o, subtype);
  }
}

/** ANSI/TIA-1057 10.2.4.3.2: length, then what is described, country, and elements of type, length and value (RFC 4776). */
function readCivic(c: Cursor): void {
  if (c.left < 4) return;
  const length = c.u8('lciLength');
  if (length < 3 || length > c.left || !c.enter(length, 'civicAddress', -1, 'lciLength')) return;
  c.u8('what');
  c.span(2, 'country', 'text');
  for (let index = 0; c.left >= 2; index += 1) {
    if (!c.enter(Math.min(2 + c.peekAt(1), c.left), 'elements', index, 'length')) break;
    c.u8('caType');
    c.u8('length');
    c.rest('caValue', 'text');
    c.leave();
  }
  c.leave();
}

/** Application, then U T X (1 bit each), VLAN (12), priority (3), DSCP (6). */
function readPolicy(c: Cursor): NetworkPolicy {
  const application = c.u8('applicationType');
  const bits = c.u24('policy');
  return {
    application,
    unknown: (bits & 0x800000) !== 0,
    tagged: (bits & 0x400000) !== 0,
    vlan: (bits >> 9) & 0xfff,
    priority: (bits >> 6) & 7,
    dscp: bits & 63,
  };
}

function readInventory(c: Cursor, o: Organizations, subtype: number): boolean {
  const key = INVENTORY[subtype - 5];
  if (key === undefined) return false;
  o.inventory[key] = c.rest(key, 'text');
  return true;
}
