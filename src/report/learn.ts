import { PROFILE_SCHEMA, type DeclaredServer, type Profile } from '../detect/profile/profile.ts';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import type { Analysis, ServerReport, Value } from './analysis.ts';
import { byCodeUnit } from './findings.ts';
import { atLeast } from './verdict.ts';

/** Findings that say that somebody here is not to be trusted, or that it cannot be told who is. */
const DOUBTS = /^(dhcp|dhcpv6|tftp|arp|nd|ra|address)-/;

/**
 * A profile of all that a capture's servers are and promise. It is only as honest as the capture: marked unreviewed,
 * and refused while servers conflict or anything else of weight was found, because an attacker would be learnt too.
 *
 * @returns the profile, and each thing that it would trust as a line
 * @throws Problem `refused`
 */
export function learnProfile(analysis: Analysis, name: string): { profile: Profile; trusts: string[] } {
  const doubts = analysis.findings.filter(({ id, severity }) => DOUBTS.test(id) && atLeast(severity, 'medium'));
  if (doubts.length > 0) {
    throw new Problem('refused', [
      'profile learn: refused, because this capture shows what a profile must not trust:',
      ...doubts.slice(0, 20).map(({ id, message }) => `  ${id}: ${safeText(message)}`),
      'settle these, or write the profile by hand (docs/profile.md)',
    ]);
  }
  const seen = analysis.servers.filter(({ sight }) => sight === 'seen');
  const dhcp = seen.filter(({ kind }) => kind !== 'tftp' && kind !== 'router');
  if (seen.length === 0) {
    throw new Problem(
      'usage',
      'profile learn: no DHCP or TFTP server and no IPv6 router speaks in this capture: give one of a whole boot, made at the client or the rack',
    );
  }
  const trusts: string[] = [];
  // No list at all where none spoke: an empty one would say that every DHCP server is a rogue.
  const servers = mergedServers(dhcp, trusts);
  const routers = seen.filter(({ kind }) => kind === 'router');
  const tftp = unique(seen.filter(({ kind }) => kind === 'tftp').flatMap(({ addresses }) => addresses));
  const gateways = promisedList(dhcp, 'routers');
  const resolvers = promisedList(dhcp, 'domainNameServers');
  const files = promisedList(dhcp, 'bootFile');
  for (const router of routers) trusts.push(`IPv6 router ${router.id} ${router.macs.join(' ')}`);
  for (const address of tftp) trusts.push(`TFTP server ${address}`);
  for (const address of gateways) trusts.push(`gateway ${address}, whatever its MAC`);
  for (const address of resolvers) trusts.push(`resolver ${address}`);
  for (const file of files) trusts.push(`boot file ${safeText(file)}, for every architecture`);
  const profile: Profile = {
    schema: PROFILE_SCHEMA,
    ...(name === '' ? {} : { name }),
    unreviewed: true,
    ...(servers.length > 0 ? { dhcp: { servers } } : {}),
    ...(gateways.length > 0 ? { gateways: gateways.map((address) => ({ address })) } : {}),
    ...(routers.length > 0 ? { routers: routers.map(({ id, macs }) => ({ address: id, macs })) } : {}),
    ...(tftp.length > 0 ? { tftp: { servers: tftp } } : {}),
    ...(files.length > 0 ? { boot: [{ files }] } : {}),
    ...(resolvers.length > 0 ? { resolvers } : {}),
  };
  return { profile, trusts };
}

const ROLE = { dhcpv4: 'dhcp', proxydhcp: 'proxydhcp', dhcpv6: 'dhcpv6' } as const;

/** One machine that serves in several roles is one server: joined by address or MAC. */
function mergedServers(reports: readonly ServerReport[], trusts: string[]): DeclaredServer[] {
  const servers: Required<DeclaredServer>[] = [];
  for (const report of reports) {
    if (!(report.kind in ROLE)) continue;
    const kind = report.kind as keyof typeof ROLE;
    const addresses = kind === 'dhcpv6' ? report.addresses : unique([report.id, ...report.addresses]);
    let server = servers.find(
      (one) =>
        one.addresses.some((address) => addresses.includes(address)) ||
        one.macs.some((mac) => report.macs.includes(mac)),
    );
    if (server === undefined) {
      server = { name: `server${servers.length + 1}`, addresses: [], macs: [], duids: [], roles: [] };
      servers.push(server);
    }
    server.addresses = unique([...server.addresses, ...addresses]);
    server.macs = unique([...server.macs, ...report.macs]);
    if (kind === 'dhcpv6') server.duids = unique([...server.duids, report.id]);
    if (!server.roles.includes(ROLE[kind])) server.roles.push(ROLE[kind]);
  }
  for (const { name, addresses, macs, roles } of servers) {
    trusts.push(`${name}: ${[...addresses, ...macs].join(' ')} as ${roles.join(', ')}`);
  }
  return servers;
}

function promisedList(servers: readonly ServerReport[], field: string): string[] {
  return unique(servers.flatMap(({ promised }) => promised.flatMap((one) => textsOf(one[field] ?? ''))));
}

function textsOf(value: Value): string[] {
  const list = typeof value === 'object' ? [...value] : [String(value)];
  return list.filter((text) => text !== '');
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)].sort(byCodeUnit);
}
