import type { Dhcp4Message, Exchange4, Promise4 } from './types.ts';

/** What decides how the client's traffic flows and what it boots: two servers that differ here contradict each other. */
export type NetworkField =
  | 'mask'
  | 'routers'
  | 'dns'
  | 'routes'
  | 'proxyAutoConfig'
  | 'domain'
  | 'domainSearch'
  | 'bootFile';

/** What may rightly differ between the members of an HA pair: it names the answering server, or its own services. */
export type NamingField =
  | 'serverId'
  | 'nextServer'
  | 'serverName'
  | 'tftpServers'
  | 'pxeBootServers'
  | 'bootFileHost'
  | 'pathPrefixHost'
  | 'ntp';

/** Lists that hold the same addresses in another order. */
export type OrderField = 'routers' | 'dns' | 'ntp';

/** The rest: neither a contradiction of networks nor a server's name. */
export type OtherField =
  | 'address'
  | 'leaseTime'
  | 'vendorClass'
  | 'vendorOptions'
  | 'configFile'
  | 'pathPrefix'
  | 'ipv6Only';

/** Names of the fields that differ, in the order of the types above; empty lists when equal. */
export interface Difference {
  network: readonly NetworkField[];
  naming: readonly NamingField[];
  order: readonly OrderField[];
  other: readonly OtherField[];
  /** Those of `network` on which one side says nothing (an option is absent, not different). */
  oneSided: readonly NetworkField[];
}

const NONE: Difference = { network: [], naming: [], order: [], other: [], oneSided: [] };

/**
 * Compares two promises. Only meaningful between servers of one role: a ProxyDHCP promises no network at all.
 * Routers, DNS and NTP compare as sets (`judgement.md`), the boot file by its base name.
 */
export function comparePromises(a: Promise4, b: Promise4): Difference {
  if (a === b) return NONE;
  const network: NetworkField[] = [];
  const naming: NamingField[] = [];
  const order: OrderField[] = [];
  const other: OtherField[] = [];
  const oneSided: NetworkField[] = [];

  const differs = (field: NetworkField, oneAbsent: boolean): void => {
    network.push(field);
    if (oneAbsent) oneSided.push(field);
  };
  if (a.mask !== b.mask) differs('mask', a.mask < 0 || b.mask < 0);
  const routers = compareAddresses(a.routers, b.routers);
  if (routers === 'set') differs('routers', a.routers.length === 0 || b.routers.length === 0);
  const dns = compareAddresses(a.dns, b.dns);
  if (dns === 'set') differs('dns', a.dns.length === 0 || b.dns.length === 0);
  if (a.routes !== b.routes) differs('routes', a.routes === '' || b.routes === '');
  if (a.proxyAutoConfig !== b.proxyAutoConfig) {
    differs('proxyAutoConfig', a.proxyAutoConfig === '' || b.proxyAutoConfig === '');
  }
  if (!sameName(a.domain, b.domain)) differs('domain', a.domain === '' || b.domain === '');
  if (!sameName(a.domainSearch, b.domainSearch)) {
    differs('domainSearch', a.domainSearch === '' || b.domainSearch === '');
  }
  if (a.bootFile !== b.bootFile) {
    if (bootFileBase(a.bootFile) !== bootFileBase(b.bootFile)) {
      differs('bootFile', a.bootFile === '' || b.bootFile === '');
    }
  }

  if (a.nextServer !== b.nextServer) naming.push('nextServer');
  if (!sameName(a.serverName, b.serverName)) naming.push('serverName');
  if (compareAddresses(a.tftpServers, b.tftpServers) !== 'equal') naming.push('tftpServers');
  if (compareAddresses(a.pxeBootServers, b.pxeBootServers) !== 'equal') {
    naming.push('pxeBootServers');
  }
  if (!sameName(urlHost(a.bootFile), urlHost(b.bootFile))) naming.push('bootFileHost');
  if (!sameName(urlHost(a.pathPrefix), urlHost(b.pathPrefix))) naming.push('pathPrefixHost');
  const ntp = compareAddresses(a.ntp, b.ntp);
  if (ntp === 'set') naming.push('ntp');

  if (routers === 'order') order.push('routers');
  if (dns === 'order') order.push('dns');
  if (ntp === 'order') order.push('ntp');

  if (a.vendorClass !== b.vendorClass) other.push('vendorClass');
  if (a.vendorOptions !== b.vendorOptions) other.push('vendorOptions');
  if (a.configFile !== b.configFile) other.push('configFile');
  if (urlPath(a.pathPrefix) !== urlPath(b.pathPrefix)) other.push('pathPrefix');
  if (a.ipv6Only !== b.ipv6Only) other.push('ipv6Only');
  return { network, naming, order, other, oneSided };
}

/** Compares two servers' answers to one question: their promises, and what only the messages say (54, yiaddr, 51). */
export function compareAnswers(a: Dhcp4Message, b: Dhcp4Message): Difference {
  const promises = a.promise === undefined || b.promise === undefined ? NONE : comparePromises(a.promise, b.promise);
  const serverId = a.serverId !== b.serverId;
  const address = a.yiaddr !== b.yiaddr;
  const leaseTime = a.leaseTime !== b.leaseTime;
  if (!serverId && !address && !leaseTime) return promises;
  const other: OtherField[] = [];
  if (address) other.push('address');
  if (leaseTime) other.push('leaseTime');
  return {
    ...promises,
    naming: serverId ? ['serverId', ...promises.naming] : promises.naming,
    other: [...other, ...promises.other],
  };
}

/**
 * Every promise made to the client's first question: OFFERs, ProxyDHCP's among them, and ACKs that came instead of one
 * (Rapid Commit); where no OFFER is due (BOOTP, INFORM, INIT-REBOOT, renewals, port 4011) the ACKs. Two of them answer
 * the same question where `xid` is equal.
 */
export function answers(exchange: Exchange4): Dhcp4Message[] {
  if (exchange.phase !== 'selecting') return exchange.acks;
  const rapid = exchange.acks.filter((ack) => ack.rapidCommit);
  return rapid.length === 0 ? exchange.offers : [...exchange.offers, ...rapid];
}

/** The last part of a boot file's path, without a URL's host, query or fragment; '' for ''. */
export function bootFileBase(file: string): string {
  const path = urlPath(file).split(/[?#]/, 1)[0] ?? '';
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The authority of a URL (`host:port`, as written), or '' for a plain path. */
export function urlHost(text: string): string {
  const from = authorityStart(text);
  if (from < 0) return '';
  const slash = text.indexOf('/', from);
  const authority = slash < 0 ? text.slice(from) : text.slice(from, slash);
  return authority.slice(authority.lastIndexOf('@') + 1);
}

function urlPath(text: string): string {
  const from = authorityStart(text);
  if (from < 0) return text;
  const slash = text.indexOf('/', from);
  return slash < 0 ? '' : text.slice(slash);
}

/** Where the authority begins: after `scheme://`; -1 for a plain path. */
function authorityStart(text: string): number {
  const at = text.indexOf('://');
  return at <= 0 || text.lastIndexOf('/', at - 1) >= 0 ? -1 : at + 3;
}

/** Domain names are compared without case (RFC 4343) and without the root's dot. */
function sameName(a: string, b: string): boolean {
  return a === b || plainName(a) === plainName(b);
}

function plainName(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

function compareAddresses(a: readonly number[], b: readonly number[]): 'equal' | 'order' | 'set' {
  if (a === b) return 'equal';
  if (a.length === b.length && a.every((address, i) => address === b[i])) return 'equal';
  // A hostile list can hold 63 addresses; sets keep this linear.
  const left = new Set(a);
  const right = new Set(b);
  if (left.size !== right.size) return 'set';
  for (const address of left) if (!right.has(address)) return 'set';
  return 'order';
}
