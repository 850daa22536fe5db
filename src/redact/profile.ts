import type { DeclaredServer, Profile } from '../detect/profile/profile.ts';
import { ipv4Text, ipv6Text, macText, parseAddress, parseIpv4, parseIpv6, parseMac } from '../wire/values.ts';
import type { Identities } from './identities.ts';
import type { Kind } from './kinds.ts';

/** Bytes of a DUID's type and, after it, of its hardware type or enterprise number (RFC 8415 11). */
const DUID_TYPE = 2;
/** 2000-01-01: where the time of a DUID-LLT begins (RFC 8415 11.2). */
const EPOCH_2000 = 946_684_800;

/**
 * A site profile as the redacted captures need it: what it declares is mapped as the same values are in frames. What the
 * policy drops is left out of its list; a list that loses all it held stays, empty.
 */
export function mapProfile(profile: Profile, identities: Identities): Profile {
  const mapped: Profile = { ...profile };
  const each = (list: readonly string[], map: (text: string) => string | undefined): string[] =>
    list.flatMap((text) => map(text) ?? []);
  const address = (text: string): string | undefined => mapAddress(text, identities);
  const mac = (text: string): string | undefined => {
    const value = identities.mac(parseMac(text));
    return value === undefined ? undefined : macText(value);
  };
  const named = (kind: Kind, text: string | undefined): { name?: string } => {
    const name = text === undefined ? undefined : identities.text(kind, text);
    return name === undefined ? {} : { name };
  };
  if (profile.name !== undefined) {
    delete mapped.name;
    Object.assign(mapped, named('domain', profile.name));
  }
  if (profile.dhcp !== undefined) {
    mapped.dhcp = {};
    if (profile.dhcp.servers !== undefined) {
      mapped.dhcp.servers = profile.dhcp.servers.map(({ name, addresses, macs, duids, ...rest }): DeclaredServer => ({
        ...rest,
        ...named('hostname', name),
        ...(addresses === undefined ? {} : { addresses: each(addresses, address) }),
        ...(macs === undefined ? {} : { macs: each(macs, mac) }),
        ...(duids === undefined ? {} : { duids: each(duids, (text) => mapDuid(text, identities)) }),
      }));
    }
    if (profile.dhcp.haGroups !== undefined) {
      mapped.dhcp.haGroups = profile.dhcp.haGroups.map(({ name, members, virtualAddresses, ...rest }) => ({
        ...rest,
        ...named('hostname', name),
        members: each(members, (text) => identities.text('hostname', text)),
        ...(virtualAddresses === undefined ? {} : { virtualAddresses: each(virtualAddresses, address) }),
      }));
    }
  }
  if (profile.relays !== undefined) {
    mapped.relays = profile.relays.map(({ name, addresses, macs, ...rest }) => ({
      ...rest,
      ...named('hostname', name),
      addresses: each(addresses, address),
      ...(macs === undefined ? {} : { macs: each(macs, mac) }),
    }));
  }
  if (profile.gateways !== undefined) {
    mapped.gateways = profile.gateways.flatMap(({ address: own, macs, ...rest }) => {
      const at = address(own);
      return at === undefined
        ? []
        : [{ ...rest, address: at, ...(macs === undefined ? {} : { macs: each(macs, mac) }) }];
    });
  }
  if (profile.routers !== undefined) {
    mapped.routers = profile.routers.flatMap(({ address: own, macs, prefixes, ...rest }) => {
      const at = address(own);
      if (at === undefined) return [];
      return [
        {
          ...rest,
          address: at,
          ...(macs === undefined ? {} : { macs: each(macs, mac) }),
          ...(prefixes === undefined ? {} : { prefixes: each(prefixes, (text) => mapPrefix(text, identities)) }),
        },
      ];
    });
  }
  if (profile.tftp !== undefined) mapped.tftp = { servers: each(profile.tftp.servers, address) };
  if (profile.boot !== undefined) {
    mapped.boot = profile.boot.map(({ files, ...rest }) => ({
      ...rest,
      files: each(files, (text) => identities.text('filename', text)),
    }));
  }
  if (profile.resolvers !== undefined) mapped.resolvers = each(profile.resolvers, address);
  if (profile.proxies !== undefined) mapped.proxies = each(profile.proxies, (text) => identities.text('url', text));
  if (profile.issuers !== undefined) mapped.issuers = each(profile.issuers, (text) => identities.text('text', text));
  // What a vantage calls a VLAN is a name of the site's own; the numbers stay, as they do in frames.
  delete mapped.vlans;
  if (profile.vlans !== undefined) {
    mapped.vlans = Object.fromEntries(
      Object.entries(profile.vlans).map(([vantage, numbers]) => [
        vantage,
        Object.fromEntries(Object.entries(numbers).filter(([name]) => /^\d+$/.test(name))),
      ]),
    );
  }
  return mapped;
}

function mapAddress(text: string, identities: Identities): string | undefined {
  const address = parseAddress(text);
  if (typeof address === 'string') {
    const mapped = identities.ipv6(address);
    return mapped === undefined ? undefined : ipv6Text(mapped);
  }
  const mapped = address < 0 ? undefined : identities.ipv4(address);
  return mapped === undefined ? undefined : ipv4Text(mapped);
}

/** `2001:db8::/64`, and an address without a length. */
function mapPrefix(text: string, identities: Identities): string | undefined {
  const [network = '', bits] = text.split('/');
  if (bits === undefined) return mapAddress(text, identities);
  const length = Number(bits);
  const six = parseIpv6(network);
  if (six !== '') {
    const mapped = identities.network6(six, length);
    return mapped === undefined ? undefined : `${ipv6Text(mapped)}/${length}`;
  }
  const four = parseIpv4(network);
  const mapped = four < 0 ? undefined : identities.network4(four, length);
  return mapped === undefined ? undefined : `${ipv4Text(mapped)}/${length}`;
}

/** As the fields of a DUID map in a frame: a link-layer address as one, a UUID as one, the time as one (RFC 8415 11). */
function mapDuid(text: string, identities: Identities): string | undefined {
  const bytes = Buffer.from(text.replaceAll(/[:-]/g, ''), 'hex');
  const type = bytes.length < DUID_TYPE ? 0 : bytes.readUInt16BE(0);
  const parts: (Uint8Array | undefined)[] = [];
  if (type === 1 && bytes.length === 14) {
    const time = identities.time(bytes.readUInt32BE(4) + EPOCH_2000);
    const moved = Buffer.alloc(4);
    if (time !== undefined) moved.writeUInt32BE((time - EPOCH_2000) >>> 0);
    parts.push(bytes.subarray(0, 4), moved, macBytes(bytes.subarray(8), identities));
  } else if (type === 3 && bytes.length === 10) {
    parts.push(bytes.subarray(0, 4), macBytes(bytes.subarray(4), identities));
  } else if (type === 4 && bytes.length === 18) {
    parts.push(bytes.subarray(0, 2), identities.bytes('uuid', bytes.subarray(2)));
  } else if (type === 2 && bytes.length > 6) {
    parts.push(bytes.subarray(0, 6), identities.bytes('serial', bytes.subarray(6)));
  } else {
    parts.push(identities.bytes('serial', bytes));
  }
  const whole = parts.filter((part) => part !== undefined);
  return whole.length === parts.length ? Buffer.concat(whole).toString('hex') : undefined;
}

function macBytes(bytes: Buffer, identities: Identities): Uint8Array | undefined {
  const mapped = identities.mac(bytes.readUIntBE(0, 6));
  if (mapped === undefined) return undefined;
  const written = Buffer.alloc(6);
  written.writeUIntBE(mapped, 0, 6);
  return written;
}
