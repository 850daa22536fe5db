import type { Address } from '../../wire/envelope.ts';
import { Problem } from '../../problem.ts';
import { parseAddress, parseMac, safeText } from '../../wire/values.ts';
import type { SeenServer, Site, Standing } from '../site.ts';
import type { Profile, ServerRole } from './profile.ts';

/** A declared server with its values as state keeps them. */
interface Known {
  addresses: ReadonlySet<Address>;
  macs: ReadonlySet<number>;
  duids: ReadonlySet<string>;
  roles: readonly ServerRole[] | undefined;
}

/** Leading bits of the MACs that first-hop redundancy protocols use (RFC 9568 7.3; HSRP, HSRPv2, GLBP by Cisco). */
const REDUNDANCY_PREFIXES: readonly { prefix: number; bits: number }[] = [
  { prefix: 0x00005e0001, bits: 40 },
  { prefix: 0x00005e0002, bits: 40 },
  { prefix: 0x00000c07ac, bits: 40 },
  { prefix: 0x00000c9ff, bits: 36 },
  { prefix: 0x000573a00, bits: 36 },
  { prefix: 0x0007b400, bits: 32 },
];

/**
 * The site as declared by a profile, by `--authorized-server`, by both, or by nobody.
 *
 * @param authorized `IP`, `MAC` or `IP=MAC`, one a time
 * @throws Problem when one of `authorized` is neither
 */
export function siteOf(profile: Profile | undefined, authorized: readonly string[] = []): Site {
  const extra = authorizedServers(authorized);
  const listed = profile?.dhcp?.servers;
  const servers: Known[] | undefined =
    listed === undefined && extra.length === 0
      ? undefined
      : [
          ...(listed ?? []).map((server) => ({
            addresses: addressSet(server.addresses),
            macs: macSet(server.macs),
            duids: new Set((server.duids ?? []).map(plainHex)),
            roles: server.roles,
          })),
          ...extra,
        ];
  const groups = haGroups(profile, servers ?? []);
  const owners = declaredOwners(profile, servers ?? [], groups);
  const relays = profile?.relays;
  const carriers = new Set(
    [...(relays ?? []), ...(profile?.gateways ?? []), ...(profile?.routers ?? [])].flatMap((one) =>
      (one.macs ?? []).map(parseMac),
    ),
  );
  const insertion = new Map<Address, boolean>();
  for (const relay of relays ?? []) {
    for (const text of relay.addresses) {
      if (relay.insertsOption82 !== undefined) insertion.set(parseAddress(text), relay.insertsOption82);
    }
  }
  const relayAddresses = addressSet((relays ?? []).flatMap((relay) => relay.addresses));
  const virtuals = new Set<Address>([
    ...groups.flatMap((group) => [...group.virtuals]),
    ...addressSet((profile?.gateways ?? []).filter((one) => one.virtual === true).map((one) => one.address)),
  ]);
  const tftpRoles = (servers ?? []).filter((server) => server.roles?.includes('tftp') === true);
  const tftp =
    profile?.tftp === undefined && tftpRoles.length === 0
      ? undefined
      : new Set([...addressSet(profile?.tftp?.servers), ...tftpRoles.flatMap((server) => [...server.addresses])]);

  /** A gateway or relay that carries a server's packet across is not its source: then the MAC says nothing. */
  const onLink = ({ address, mac }: SeenServer): SeenServer => ({
    address,
    mac: carriers.has(mac) ? -1 : mac,
  });

  return {
    declared: profile !== undefined || authorized.length > 0,
    dhcp4Server: (seen) => standing(servers, groups, 'dhcp', onLink(seen)),
    proxyDhcp: (seen) => standing(servers, groups, 'proxydhcp', onLink(seen)),
    dhcp6Server: ({ duid, address, mac }) => standing6(servers, duid, onLink({ address, mac })),
    tftpServer: (address) => listedIn(tftp, address),
    router: (seen) => routerStanding(profile?.routers, seen),
    gateway: (address, mac) => {
      const owner = owners.get(address);
      if (owner === undefined || owner.macs.size === 0) return 'unknown';
      const may = owner.macs.has(mac) || (owner.virtual && isRedundancyMac(mac));
      return may ? 'authorised' : 'unauthorised';
    },
    relay: (address) => listedIn(relays === undefined ? undefined : relayAddresses, address),
    relayInsertsOption82: (address) => insertion.get(address),
    samePeers: (a, b) =>
      a !== -1 &&
      b !== -1 &&
      [...groups.map((group) => group.addresses), ...(servers ?? []).map((s) => s.addresses)].some(
        (addresses) => addresses.has(a) && addresses.has(b),
      ),
    virtualAddress: (address) => virtuals.has(address),
    bootFile: (architecture, file) => bootStanding(profile?.boot, architecture, file),
  };
}

/** Nobody has declared anything: every answer is `unknown`. */
export const UNDECLARED: Site = siteOf(undefined);

/** IPv4 and IPv6 as state keeps them, MAC as a number. */
function authorizedServers(texts: readonly string[]): Known[] {
  const wrong: string[] = [];
  const known = texts.map((text): Known => {
    const [left = '', right, ...more] = text.split('=');
    const address = parseAddress(left);
    const alone = right === undefined ? parseMac(left) : -1;
    const mac = right === undefined ? alone : parseMac(right);
    const good = more.length === 0 && (right === undefined ? address !== -1 || mac >= 0 : address !== -1 && mac >= 0);
    if (!good) {
      wrong.push(`--authorized-server ${safeText(text)}: neither an IP address, a MAC address nor IP=MAC`);
    }
    return {
      addresses: new Set(address === -1 ? [] : [address]),
      macs: new Set(mac < 0 ? [] : [mac]),
      duids: new Set(),
      roles: undefined,
    };
  });
  if (wrong.length > 0) throw new Problem('usage', wrong);
  return known;
}

function standing(
  servers: readonly Known[] | undefined,
  groups: readonly Group[],
  role: ServerRole,
  seen: SeenServer,
): Standing {
  if (servers === undefined) return 'unknown';
  let open = false;
  for (const server of servers) {
    if (server.roles !== undefined && !server.roles.includes(role)) continue;
    if (seen.address === -1) {
      // A switch names a server by its MAC address alone.
      if (seen.mac >= 0 && server.macs.has(seen.mac)) return 'authorised';
      if (server.macs.size === 0) open = true;
    } else if (server.addresses.has(seen.address)) {
      if (seen.mac < 0 || server.macs.size === 0 || server.macs.has(seen.mac)) return 'authorised';
    } else if (server.addresses.size === 0 && server.macs.size > 0) {
      if (server.macs.has(seen.mac)) return 'authorised';
      // Known by its MAC alone, which a relayed message does not show.
      if (seen.mac < 0) open = true;
    }
  }
  for (const group of groups) {
    if (!group.virtuals.has(seen.address)) continue;
    if (seen.mac < 0 || group.macs.size === 0 || group.macs.has(seen.mac)) return 'authorised';
    if (isRedundancyMac(seen.mac)) return 'authorised';
  }
  return open ? 'unknown' : 'unauthorised';
}

/** DHCPv6 goes by the DUID. A profile that names only IPv4 servers says nothing of it, but for MACs that it knows. */
function standing6(servers: readonly Known[] | undefined, duid: string, seen: SeenServer): Standing {
  if (servers === undefined) return 'unknown';
  const speaks = servers.some(
    (server) =>
      server.duids.size > 0 ||
      server.roles?.includes('dhcpv6') === true ||
      [...server.addresses].some((address) => typeof address === 'string'),
  );
  for (const server of servers) {
    if (server.roles !== undefined && !server.roles.includes('dhcpv6')) {
      if (server.duids.size === 0 || server.roles.length === 0) continue;
    }
    const rightMac = seen.mac < 0 || server.macs.size === 0 || server.macs.has(seen.mac);
    if (server.duids.size > 0) {
      if (server.duids.has(plainHex(duid)) && rightMac) return 'authorised';
    } else if (server.addresses.has(seen.address)) {
      if (rightMac) return 'authorised';
    } else if (seen.mac >= 0 && server.macs.has(seen.mac)) {
      return 'authorised';
    }
  }
  return speaks ? 'unauthorised' : 'unknown';
}

function routerStanding(routers: Profile['routers'], seen: SeenServer): Standing {
  if (routers === undefined) return 'unknown';
  const right = routers.some((router) => {
    if (parseAddress(router.address) !== seen.address) return false;
    const macs = macSet(router.macs);
    return seen.mac < 0 || macs.size === 0 || macs.has(seen.mac);
  });
  return right ? 'authorised' : 'unauthorised';
}

function bootStanding(rules: Profile['boot'], architecture: number, file: string): Standing {
  const about = (rules ?? []).filter(
    (rule) => rule.architectures === undefined || rule.architectures.includes(architecture),
  );
  if (about.length === 0) return 'unknown';
  const path = pathOf(file);
  const base = path.slice(path.lastIndexOf('/') + 1);
  const right = about.some((rule) =>
    rule.files.some((listed) => {
      const wanted = pathOf(listed);
      return listed.includes('/') ? wanted === path : wanted === base;
    }),
  );
  return right ? 'authorised' : 'unauthorised';
}

/** A boot file as firmware asks for it: without scheme, host, query and leading slash, with one kind of slash. */
function pathOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/, '');
  return path.replace(/[?#].*$/, '').replace(/^\/+/, '');
}

interface Group {
  /** Of all members, and the virtual ones. */
  addresses: ReadonlySet<Address>;
  virtuals: ReadonlySet<Address>;
  macs: ReadonlySet<number>;
}

function haGroups(profile: Profile | undefined, servers: readonly Known[]): Group[] {
  const byName = new Map<string, Known>();
  for (const [i, server] of (profile?.dhcp?.servers ?? []).entries()) {
    const known = servers[i];
    if (server.name !== undefined && known !== undefined) byName.set(server.name, known);
  }
  return (profile?.dhcp?.haGroups ?? []).map((group) => {
    const members = group.members.flatMap((name) => byName.get(name) ?? []);
    const virtuals = addressSet(group.virtualAddresses);
    return {
      addresses: new Set([...members.flatMap((member) => [...member.addresses]), ...virtuals]),
      virtuals,
      macs: new Set(members.flatMap((member) => [...member.macs])),
    };
  });
}

interface Owner {
  macs: Set<number>;
  virtual: boolean;
}

/** Which MACs may answer for an address: gateways and routers, and servers, whose addresses are declared as well. */
function declaredOwners(
  profile: Profile | undefined,
  servers: readonly Known[],
  groups: readonly Group[],
): Map<Address, Owner> {
  const owners = new Map<Address, Owner>();
  const add = (address: Address, macs: Iterable<number>, virtual: boolean): void => {
    const owner = owners.get(address) ?? { macs: new Set<number>(), virtual: false };
    for (const mac of macs) owner.macs.add(mac);
    owner.virtual ||= virtual;
    owners.set(address, owner);
  };
  for (const gateway of profile?.gateways ?? []) {
    add(parseAddress(gateway.address), macSet(gateway.macs), gateway.virtual === true);
  }
  for (const router of profile?.routers ?? []) {
    add(parseAddress(router.address), macSet(router.macs), false);
  }
  for (const server of servers) {
    for (const address of server.addresses) add(address, server.macs, false);
  }
  for (const group of groups) {
    for (const address of group.virtuals) add(address, group.macs, true);
  }
  return owners;
}

function isRedundancyMac(mac: number): boolean {
  return mac >= 0 && REDUNDANCY_PREFIXES.some(({ prefix, bits }) => Math.floor(mac / 2 ** (48 - bits)) === prefix);
}

function listedIn(set: ReadonlySet<Address> | undefined, address: Address): Standing {
  if (set === undefined) return 'unknown';
  return set.has(address) ? 'authorised' : 'unauthorised';
}

function addressSet(texts: readonly string[] | undefined): Set<Address> {
  return new Set((texts ?? []).map(parseAddress));
}

function macSet(texts: readonly string[] | undefined): Set<number> {
  return new Set((texts ?? []).map(parseMac));
}

function plainHex(text: string): string {
  return text.replace(/[:-]/g, '').toLowerCase();
}
