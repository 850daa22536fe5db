import type { Cursor } from '../../cursor.ts';
import { domainList } from '../../domains.ts';
import type { CutRecord, Protocol } from '../../protocol.ts';
import { ARCHITECTURE_NAMES } from '../dhcpv4/names.ts';
import { readAddress, readAssociation } from './associations.ts';
import { addresses, ended, numbers16, optionName, readOptions } from './formats.ts';
import { FIELDS } from './fields.ts';
import { MESSAGE_TYPES } from './names.ts';
import type { Dhcpv6Record, Dhcpv6Relay, IaAddress, IdentityAssociation, VendorClass, VendorOptions } from './types.ts';
import {
  entries,
  only16,
  only32,
  only8,
  readClientLinkLayer,
  readDuid,
  readFqdn,
  readNtp,
  readStatus,
  readVendorClass,
  readVendorOptions,
} from './values.ts';

export type * from './types.ts';

type Cut = CutRecord<'dhcpv6'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** RFC 8415 7.6: HOP_COUNT_LIMIT. */
const MAX_RELAYS = 8;
const RELAY_FORW = 12;
const RELAY_REPL = 13;
const DHCPV4_QUERY = 20;
const DHCPV4_RESPONSE = 21;
/** Failover messages carry the time of sending after the transaction id (RFC 8156 5.2). */
const BNDUPD = 24;
const CONTACT = 35;

export const dhcpv6: Protocol<Dhcpv6Record | Cut> = {
  name: 'dhcpv6',
  title: 'Dynamic Host Configuration Protocol for IPv6',
  spec: ['RFC 8415', 'RFC 5970', 'RFC 6939', 'RFC 4649', 'RFC 4704', 'RFC 3646', 'IANA DHCPv6 Parameters'],
  claims: { udp: [546, 547] },
  keep: 'all',
  kinds: [...MESSAGE_TYPES.slice(1), 'other', 'cut'],
  fields: FIELDS,
  decode(c: Cursor) {
    const relays: Dhcpv6Relay[] = [];
    const record = fresh(c, relays);
    readMessage(c, record, relays);
    // Without even an outermost header there is nothing to rely on; a cut further in leaves the relays that were read.
    if (record.messageType < 0) return { protocol: 'dhcpv6', cut: c.faults[0]!, faults: c.faults };
    return record;
  },
  kindOf(r) {
    return r.cut === undefined ? MESSAGE_TYPES[r.messageType] || 'other' : 'cut';
  },
};

function fresh(c: Cursor, relays: Dhcpv6Relay[]): Mutable<Dhcpv6Record> {
  return {
    protocol: 'dhcpv6',
    messageType: -1,
    transactionId: -1,
    relays,
    clientDuid: '',
    clientDuidMac: -1,
    serverDuid: '',
    serverDuidMac: -1,
    preference: -1,
    elapsedTime: -1,
    rapidCommit: false,
    reconfigureAccept: false,
    reconfigureMessage: -1,
    serverUnicast: '',
    status: -1,
    statusMessage: undefined,
    associations: [],
    requestedOptions: [],
    bootFileUrl: undefined,
    bootFileParameters: [],
    clientArchitectures: [],
    networkInterface: undefined,
    userClasses: [],
    vendorClasses: [],
    vendorOptions: [],
    dnsServers: [],
    domainList: [],
    timeServers: [],
    clientFqdn: undefined,
    registeredAddresses: [],
    solMaxRt: -1,
    infMaxRt: -1,
    informationRefreshTime: -1,
    captivePortal: undefined,
    mudUrl: undefined,
    sztpRedirects: [],
    dhcpv4Message: undefined,
    options: [],
    faults: c.faults,
  };
}

/** A message in the window: a relay's with the one inside it, or the innermost. Bounded by MAX_RELAYS. */
function readMessage(c: Cursor, record: Mutable<Dhcpv6Record>, relays: Dhcpv6Relay[]): void {
  const type = c.peek();
  const relayed = type === RELAY_FORW || type === RELAY_REPL;
  if (!c.need(relayed ? 34 : 4, 'header')) return;
  c.u8('msgType');
  c.means(MESSAGE_TYPES[type] ?? 'unknown');
  record.messageType = type;
  if (relayed) return readRelay(c, record, relays, type);
  if (type === DHCPV4_QUERY || type === DHCPV4_RESPONSE) c.u24('flags');
  else record.transactionId = c.u24('transactionId');
  if (type >= BNDUPD && type <= CONTACT && c.need(4, 'sentTime')) c.u32('sentTime');
  readClientServer(c, record);
}

function readRelay(c: Cursor, record: Mutable<Dhcpv6Record>, relays: Dhcpv6Relay[], messageType: number): void {
  const relay: Mutable<Dhcpv6Relay> = {
    messageType,
    hopCount: c.u8('hopCount'),
    linkAddress: c.ipv6('linkAddress'),
    peerAddress: c.ipv6('peerAddress'),
    interfaceId: undefined,
    remoteId: undefined,
    subscriberId: undefined,
    relayId: '',
    clientLinkLayer: -1,
    options: [],
  };
  relays.push(relay);
  let inner = false;
  relay.options = readOptions(c, (window, code, again) => {
    // A relay's own, for the server or the other relays (RFC 8415 21.17): shown, not kept.
    if (code === 17) return readVendorOptions(window) !== undefined;
    if (again) return false;
    switch (code) {
      case 9:
        inner = true;
        return readInner(window, record, relays);
      case 18:
        relay.interfaceId = window.rest('interfaceId');
        return true;
      case 37:
        if (!window.need(4, 'enterpriseNumber')) return false;
        relay.remoteId = { enterprise: window.u32('enterpriseNumber'), data: window.rest('remoteId') };
        return true;
      case 38:
        relay.subscriberId = window.rest('subscriberId');
        return true;
      case 53:
        relay.relayId = readDuid(window).hex;
        return true;
      case 79:
        relay.clientLinkLayer = readClientLinkLayer(window);
        return true;
      default:
        return false;
    }
  });
  // RFC 8415 9.1, 9.2: the Relay Message option must be there.
  if (!inner) c.fault('missing', 'relayMessage', 1, 0);
}

function readInner(c: Cursor, record: Mutable<Dhcpv6Record>, relays: Dhcpv6Relay[]): boolean {
  if (relays.length >= MAX_RELAYS && (c.peek() === RELAY_FORW || c.peek() === RELAY_REPL)) {
    c.fault('excess', 'relayMessage', relays.length + 1, MAX_RELAYS);
    return false;
  }
  if (!c.enter(c.left, 'relayMessage', -1, 'optionLen')) return false;
  readMessage(c, record, relays);
  if (c.left > 0) c.rest('rest');
  c.leave();
  return true;
}

/** RFC 8415 8: the options of a message between client and server. */
function readClientServer(c: Cursor, record: Mutable<Dhcpv6Record>): void {
  const associations: IdentityAssociation[] = [];
  const registered: IaAddress[] = [];
  const vendorClasses: VendorClass[] = [];
  const vendorOptions: VendorOptions[] = [];
  record.associations = associations;
  record.registeredAddresses = registered;
  record.vendorClasses = vendorClasses;
  record.vendorOptions = vendorOptions;
  record.options = readOptions(c, (window, code, again) => {
    switch (code) {
      case 3:
      case 4:
      case 25:
        return keep(associations, readAssociation(window, code));
      case 5:
        return keep(registered, readAddress(window));
      case 16:
        return keep(vendorClasses, readVendorClass(window));
      case 17:
        return keep(vendorOptions, readVendorOptions(window));
      default:
        // Of an option that may stand once, the first counts.
        return !again && readSingle(window, code, record);
    }
  });
}

function keep<T>(list: T[], item: T | undefined): boolean {
  if (item !== undefined) list.push(item);
  return item !== undefined;
}

/** The options that a record has a field for; false for the others, which are read by their format. */
function readSingle(c: Cursor, code: number, record: Mutable<Dhcpv6Record>): boolean {
  switch (code) {
    case 1:
      ({ hex: record.clientDuid, mac: record.clientDuidMac } = readDuid(c));
      return true;
    case 2:
      ({ hex: record.serverDuid, mac: record.serverDuidMac } = readDuid(c));
      return true;
    case 6:
      record.requestedOptions = numbers16(c, 'requestedOptionCodes', optionName);
      return true;
    case 7:
      record.preference = only8(c, 'prefValue');
      return true;
    case 8:
      record.elapsedTime = only16(c, 'elapsedTime');
      return true;
    case 12:
      if (!c.need(16, 'serverAddress')) return false;
      record.serverUnicast = c.ipv6('serverAddress');
      ended(c);
      return true;
    case 13:
      ({ code: record.status, message: record.statusMessage } = readStatus(c));
      return true;
    case 14:
      record.rapidCommit = true;
      ended(c);
      return true;
    case 15:
      record.userClasses = entries(c, 'userClassData', 'text');
      return true;
    case 19:
      record.reconfigureMessage = only8(c, 'msgType');
      return true;
    case 20:
      record.reconfigureAccept = true;
      ended(c);
      return true;
    case 23:
      record.dnsServers = addresses(c, 'dnsServers');
      return true;
    case 24:
      record.domainList = domainList(c, 'domainNames');
      return true;
    case 31:
      record.timeServers = [...record.timeServers, ...addresses(c, 'sntpServers')];
      return true;
    case 56:
      record.timeServers = [...record.timeServers, ...readNtp(c)];
      return true;
    default:
      return readBoot(c, code, record);
  }
}

/** What network boot and bootstrapping ask for, and the rarer rest. */
function readBoot(c: Cursor, code: number, record: Mutable<Dhcpv6Record>): boolean {
  switch (code) {
    case 32:
      record.informationRefreshTime = only32(c, 'informationRefreshTime');
      return true;
    case 39:
      record.clientFqdn = readFqdn(c);
      return true;
    case 59:
      record.bootFileUrl = c.rest('bootFileUrl', 'text');
      return true;
    case 60:
      record.bootFileParameters = entries(c, 'bootFileParameters', 'text');
      return true;
    case 61:
      record.clientArchitectures = numbers16(
        c,
        'architectureTypes',
        (type) => ARCHITECTURE_NAMES[type] ?? 'unassigned',
      );
      return true;
    case 62:
      if (!c.need(3, 'networkInterface')) return false;
      record.networkInterface = { type: c.u8('type'), major: c.u8('major'), minor: c.u8('minor') };
      ended(c);
      return true;
    case 82:
      record.solMaxRt = only32(c, 'solMaxRt');
      return true;
    case 83:
      record.infMaxRt = only32(c, 'infMaxRt');
      return true;
    case 87:
      record.dhcpv4Message = c.rest('dhcpv4Message');
      return true;
    case 103:
      record.captivePortal = c.rest('uri', 'text');
      return true;
    case 112:
      record.mudUrl = c.rest('mudUrl', 'text');
      return true;
    case 136:
      record.sztpRedirects = entries(c, 'uris', 'text');
      return true;
    default:
      return false;
  }
}
