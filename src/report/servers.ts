import type { Site, Standing } from '../detect/site.ts';
import type { Promise4 } from '../flow/dhcp4/types.ts';
import type { ServerEntry, ServerFacts, ServerRole } from '../flow/servers.ts';
import { addressText, ipv4Text, macText } from '../wire/values.ts';
import { CAPS, capped, type LimitReport, type Promised, type ServerKind, type ServerReport } from './analysis.ts';
import { momentOf, type Names } from './names.ts';

const KIND: Record<ServerRole, ServerKind> = {
  dhcp4: 'dhcpv4',
  proxydhcp: 'proxydhcp',
  dhcp6: 'dhcpv6',
  tftp: 'tftp',
  router: 'router',
};

/** Every server source, in order of first sight, with what it promised and whether the site knows it. */
export function serverReports(
  entries: readonly ServerEntry[],
  site: Site,
  names: Names,
): { servers: ServerReport[]; limits: LimitReport[] } {
  const { kept, lost } = capped(entries, CAPS.servers);
  return {
    servers: kept.map((entry) => reportOf(entry, site, names)),
    limits: lost > 0 ? [{ name: 'report.servers', cap: CAPS.servers, lost }] : [],
  };
}

function reportOf(entry: ServerEntry, site: Site, names: Names): ServerReport {
  const addresses = capped(
    [entry.address, ...entry.otherAddresses].filter((one) => one !== -1),
    CAPS.places,
  );
  const segments = capped(entry.segments, CAPS.places);
  const promised = [...entry.promises.map(promiseText), ...entry.facts.map(factsText)];
  return {
    kind: KIND[entry.role],
    id: entry.duid === '' ? addressText(entry.address) : entry.duid,
    addresses: addresses.kept.map(addressText),
    macs: entry.mac < 0 ? [] : [macText(entry.mac)],
    segments: segments.kept.map((id) => names.segment(id)),
    authorised: standingOf(entry, site),
    sight: entry.seen ? 'seen' : 'named',
    promised: promised.slice(0, CAPS.promises),
    messages: [...entry.counts.values()].reduce((sum, n) => sum + n, 0),
    first: momentOf(entry.first, names),
    last: momentOf(entry.last, names),
    omitted: entry.lost + addresses.lost + segments.lost + Math.max(0, promised.length - CAPS.promises),
  };
}

function standingOf(entry: ServerEntry, site: Site): Standing {
  const { address, mac, duid } = entry;
  switch (entry.role) {
    case 'dhcp4':
      return site.dhcp4Server({ address, mac });
    case 'proxydhcp':
      return site.proxyDhcp({ address, mac });
    case 'dhcp6':
      return site.dhcp6Server({ duid, address, mac });
    case 'tftp':
      return site.tftpServer(address);
    case 'router':
      return site.router({ address, mac });
  }
}

/** What was there, by the names that RFC 2132 gives. */
export function promiseText(promise: Promise4): Promised {
  const out: Promised = {};
  const address = (name: string, value: number): void => {
    if (value > 0) out[name] = ipv4Text(value);
  };
  const list = (name: string, values: readonly number[]): void => {
    if (values.length > 0) out[name] = values.map(ipv4Text);
  };
  const text = (name: string, value: string): void => {
    if (value !== '') out[name] = value;
  };
  address('subnetMask', promise.mask);
  list('routers', promise.routers);
  list('domainNameServers', promise.dns);
  list('ntpServers', promise.ntp);
  text('classlessRoutes', promise.routes);
  text('proxyAutoConfig', promise.proxyAutoConfig);
  text('domainName', promise.domain);
  text('domainSearch', promise.domainSearch);
  address('nextServer', promise.nextServer);
  text('serverName', promise.serverName);
  text('bootFile', promise.bootFile);
  list('tftpServers', promise.tftpServers);
  text('vendorClass', promise.vendorClass);
  list('pxeBootServers', promise.pxeBootServers);
  text('configFile', promise.configFile);
  text('pathPrefix', promise.pathPrefix);
  if (promise.ipv6Only >= 0) out['ipv6OnlyPreferred'] = promise.ipv6Only;
  return out;
}

function factsText(facts: ServerFacts): Promised {
  const out: Promised = {};
  for (const [name, value] of Object.entries(facts)) out[name] = typeof value === 'object' ? [...value] : value;
  return out;
}
