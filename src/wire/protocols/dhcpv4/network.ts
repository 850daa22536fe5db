import type { Cursor } from '../../cursor.ts';
import { domainNames } from '../../values.ts';
import { IPV4S, readCounted, readText, structure } from './format.ts';
import { readSubOptions } from './suboptions.ts';
import type { SubOptions } from './suboptions.ts';

/** The rest of the window as names in DNS wire form; what is no name is a fault. */
export function readDomains(c: Cursor, name: string, least = 1): void {
  const { at } = c;
  const span = c.rest(name, 'domain');
  const { names, bad, partial } = domainNames(c.bytes, span);
  if (bad >= 0) c.fault('value', name, bad - at, span.length, bad);
  else if (partial) c.fault('missing', name, 1, 0, c.at);
  else if (names.length < least) c.fault('missing', name, least, names.length, at);
}

/** Options 88, 119, 141: names one after another (RFC 3397 2 with compression, RFC 4280 and RFC 6011 without). */
export const DOMAINS = structure(1, (c) => readDomains(c, 'domainNames'));

/** Options 137, 147, 213: one name (RFC 5223, RFC 8973, RFC 5986). */
export const DOMAIN = structure(1, (c) => readDomains(c, 'domainName'));

/** Options 121 (RFC 3442) and 249 (Microsoft's earlier number for it): mask width, its significant octets, router. */
export const CLASSLESS_ROUTES = structure(5, (c) => {
  for (let i = 0; c.left > 0; i += 1) {
    const width = c.peek();
    const octets = Math.ceil(width / 8);
    const size = 5 + octets;
    if (width > 32 || size > c.left) {
      if (!c.enter(c.left, 'routes', i, 'option length')) return;
      c.u8('maskWidth');
      if (width > 32) c.fault('value', 'maskWidth', width, 32, c.at - 1);
      else c.fault('cut', 'router', size - 1, c.left);
      c.rest('data');
      c.leave();
      return;
    }
    if (!c.enter(size, 'routes', i, 'maskWidth')) return;
    c.u8('maskWidth');
    c.span(octets, 'destination');
    c.ipv4('router');
    c.leave();
  }
});

/** Option 120 (RFC 3361 3): names or addresses, as the first byte says. */
export const SIP_SERVERS = structure(2, (c, record) => {
  const encoding = c.u8('encoding');
  if (encoding === 0) {
    c.means('domain names');
    readDomains(c, 'domainNames');
  } else if (encoding === 1) {
    c.means('addresses');
    readAddresses(c, record);
  } else {
    c.fault('value', 'encoding', encoding, 1, c.at - 1);
  }
});

function readAddresses(c: Cursor, record: Parameters<typeof IPV4S.read>[1]): void {
  if (c.left === 0 || c.left % 4 !== 0) c.fault('length', 'addresses', 4, c.left);
  IPV4S.read(c, record);
}

/** Option 139 (RFC 5678): addresses by IEEE 802.21 service. */
const MOS_ADDRESS_LISTS: SubOptions = new Map([
  [1, ['Information Service', IPV4S]],
  [2, ['Command Service', IPV4S]],
  [3, ['Event Service', IPV4S]],
]);
export const MOS_ADDRESSES = structure(2, (c, record) => readSubOptions(c, record, MOS_ADDRESS_LISTS, false));

/** Option 140 (RFC 5678): names by IEEE 802.21 service. */
const MOS_NAME_LISTS: SubOptions = new Map([
  [1, ['Information Service', DOMAINS]],
  [2, ['Command Service', DOMAINS]],
  [3, ['Event Service', DOMAINS]],
]);
export const MOS_NAMES = structure(2, (c, record) => readSubOptions(c, record, MOS_NAME_LISTS, false));

/** Option 146 (RFC 6731): preference, two recursive servers, the domains that they know. */
export const RDNSS_SELECTION = structure(9, (c) => {
  c.flags8('preference');
  c.ipv4('primary');
  c.ipv4('secondary');
  if (c.left > 0) readDomains(c, 'domainNames');
});

/** Option 158 (RFC 7291): lists of addresses, one list a server. */
export const PCP_SERVERS = structure(5, (c, record) => {
  for (let i = 0; c.left > 0; i += 1) {
    const length = c.peek();
    if (!c.enter(Math.min(1 + length, c.left), 'servers', i, 'listLength')) return;
    c.u8('listLength');
    if (length > c.left) c.fault('length', 'listLength', length, c.left, c.at - 1);
    else readAddresses(c, record);
    if (c.left > 0) c.rest('data');
    c.leave();
  }
});

/** Option 159 (RFC 7618): which ports of a shared address. */
export const PORT_PARAMETERS = structure(
  4,
  (c) => {
    c.u8('offset');
    c.u8('psidLength');
    c.u16('psid');
  },
  0,
  4,
);

/** Option 162 (RFC 9463): encrypted resolvers. */
export const DNR = structure(5, (c, record) => {
  for (let i = 0; c.left > 0; i += 1) {
    if (c.left < 2) {
      c.fault('cut', `instances[${i}].length`, 2, c.left);
      return;
    }
    const length = c.peek() * 256 + c.peekAt(1);
    if (!c.enter(Math.min(2 + length, c.left), 'instances', i, 'instance length')) return;
    c.u16('length');
    if (length > c.left) c.fault('length', 'length', length, c.left, c.at - 2);
    if (c.need(3, 'servicePriority')) {
      c.u16('servicePriority');
      const nameLength = c.u8('authenticationDomainNameLength');
      readCounted(c, nameLength, 'authenticationDomainName', 'authenticationDomainNameLength', 'domain');
      if (c.left > 0) readResolver(c, record);
    }
    c.leave();
  }
});

function readResolver(c: Cursor, record: Parameters<typeof IPV4S.read>[1]): void {
  const length = c.u8('addressLength');
  if (length > c.left || length % 4 !== 0) {
    c.fault('length', 'addressLength', length, c.left, c.at - 1);
  } else if (c.enter(length, 'resolver', -1, 'addressLength')) {
    IPV4S.read(c, record);
    c.leave();
  }
  if (c.left > 0) c.rest('serviceParameters');
}

/** Option 212 (RFC 5969 7.1.1): 6rd prefix and border relays. */
export const SIX_RD = structure(
  22,
  (c, record) => {
    const maskLength = c.u8('ipv4MaskLength');
    if (maskLength > 32) c.fault('value', 'ipv4MaskLength', maskLength, 32, c.at - 1);
    const prefixLength = c.u8('prefixLength');
    if (prefixLength > 128) c.fault('value', 'prefixLength', prefixLength, 128, c.at - 1);
    c.ipv6('prefix');
    IPV4S.read(c, record);
  },
  4,
);

/** Option 143 (RFC 8572): URIs of bootstrap servers. */
export const SZTP_REDIRECT = structure(3, (c) => {
  for (let i = 0; c.left > 0; i += 1) {
    if (c.left < 2) {
      c.fault('cut', `bootstrapServers[${i}].length`, 2, c.left);
      return;
    }
    const length = c.peek() * 256 + c.peekAt(1);
    if (!c.enter(Math.min(2 + length, c.left), 'bootstrapServers', i, 'uri length')) return;
    c.u16('length');
    if (length > c.left) c.fault('length', 'length', length, c.left, c.at - 2);
    readText(c, 'uri');
    c.leave();
  }
});
