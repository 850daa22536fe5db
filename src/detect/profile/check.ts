import { parseAddress, parseMac } from '../../wire/values.ts';
import type { Profile } from './profile.ts';

/** One thing wrong in a profile: where, as the path of keys and indexes, and what. */
export interface ProfileProblem {
  path: readonly (string | number)[];
  message: string;
}

/** `$.dhcp.servers[0].macs[1]`; a key that is no plain name is quoted. */
export function jsonPath(path: readonly (string | number)[]): string {
  let text = '$';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** What a schema cannot say: that addresses are addresses, and that names lead somewhere. All problems, in order. */
export function semanticProblems(profile: Profile): ProfileProblem[] {
  const found: ProfileProblem[] = [];
  const addresses = (list: readonly string[] | undefined, ...path: (string | number)[]): void => {
    for (const [i, text] of (list ?? []).entries()) {
      if (parseAddress(text) === -1) {
        found.push({ path: [...path, i], message: `${quoted(text)} is not an IP address` });
      }
    }
  };
  const macs = (list: readonly string[] | undefined, ...path: (string | number)[]): void => {
    for (const [i, text] of (list ?? []).entries()) {
      if (parseMac(text) < 0) {
        found.push({ path: [...path, i], message: `${quoted(text)} is not a MAC address` });
      }
    }
  };

  const servers = profile.dhcp?.servers ?? [];
  const names = new Set<string>();
  for (const [i, server] of servers.entries()) {
    const at = ['dhcp', 'servers', i] as const;
    addresses(server.addresses, ...at, 'addresses');
    macs(server.macs, ...at, 'macs');
    const says = [server.addresses, server.macs, server.duids].some((list) => list?.length);
    if (!says) found.push({ path: at, message: 'names no address, MAC or DUID: nothing would match' });
    if (server.name === undefined) continue;
    if (names.has(server.name)) {
      found.push({
        path: [...at, 'name'],
        message: `another server is named ${quoted(server.name)}`,
      });
    }
    names.add(server.name);
  }
  for (const [i, group] of (profile.dhcp?.haGroups ?? []).entries()) {
    const at = ['dhcp', 'haGroups', i] as const;
    for (const [j, member] of group.members.entries()) {
      if (!names.has(member)) {
        found.push({ path: [...at, 'members', j], message: `no server is named ${quoted(member)}` });
      }
    }
    addresses(group.virtualAddresses, ...at, 'virtualAddresses');
  }
  for (const [i, relay] of (profile.relays ?? []).entries()) {
    addresses(relay.addresses, 'relays', i, 'addresses');
    macs(relay.macs, 'relays', i, 'macs');
  }
  for (const section of ['gateways', 'routers'] as const) {
    for (const [i, one] of (profile[section] ?? []).entries()) {
      if (parseAddress(one.address) === -1) {
        const message = `${quoted(one.address)} is not an IP address`;
        found.push({ path: [section, i, 'address'], message });
      }
      macs(one.macs, section, i, 'macs');
    }
  }
  addresses(profile.tftp?.servers, 'tftp', 'servers');
  addresses(profile.resolvers, 'resolvers');
  return found;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
