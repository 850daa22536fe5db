import { parseIpv6 } from '../../wire/values.ts';
import { eui64Mac } from '../facts.ts';
import { deriveKey } from '../key.ts';
import { Anchors } from './anchors.ts';
import { Permuter } from './permuter.ts';
import { CryptoPan, IpcryptPfx } from './prefix-bits.ts';
import { PrefixMap, type Block } from './prefix-map.ts';

/** The upper 64 bits of what an IPv6 address is before it is anybody's (RFC 4291 2.4, RFC 6890 and its registry). */
const BLOCKS: readonly Block[] = [
  block('::', 0, 'flat'), // unassigned: what no other holds
  block('::', 64, 'kept'), // unspecified, loopback, and IPv4 addresses in IPv6
  block('64:ff9b::', 64, 'kept'), // IPv4 translated (RFC 6052)
  block('64:ff9b:1::', 48, 'flat'), // the same with a local prefix (RFC 8215)
  block('100::', 64, 'kept'), // discard only (RFC 6666)
  block('2000::', 3, 'flat'), // global unicast
  block('2001::', 32, 'kept'), // Teredo (RFC 4380): the IPv4 addresses inside map
  block('2001:db8::', 32, 'flat'), // documentation (RFC 3849)
  block('2002::', 16, 'kept'), // 6to4 (RFC 3056): as Teredo
  block('3fff::', 20, 'flat'), // documentation (RFC 9637)
  block('fc00::', 8, 'prefixes'), // unique local (RFC 4193), L bit clear
  block('fd00::', 8, 'prefixes'), // unique local
  block('fe80::', 10, 'prefixes'), // link-local (RFC 4291 2.5.6)
  block('fe80::', 64, 'kept'), // of which only this is used
  block('fec0::', 10, 'prefixes'), // site-local (RFC 3879)
  block('ff00::', 8, 'kept'), // multicast
];

const LOW24 = 1n << 24n;
const HIGH40 = 2 ** 40;
const UPPER = 1n << 64n;

export interface Ipv6Options {
  /** [16 characters, prefix length] */
  known: readonly (readonly [string, number])[];
  kept: readonly (readonly [string, number])[];
  bitwise: boolean;
  prefixCipher: 'ipcrypt-pfx' | 'crypto-pan';
  /** Of MAC addresses inside EUI-64 interface ids. */
  mac(address: number): number;
  low24(value: number): number;
  ipv4(address: number): number;
}

/** Keyed pseudonyms of IPv6 addresses: the upper 64 bits as networks, the interface id by its form. */
export class Ipv6Pseudonyms {
  private readonly o: Ipv6Options;
  private readonly map: PrefixMap;
  private readonly permuter: Permuter;
  /** Networks, by their upper 64 bits, and addresses and networks of which these are only a part. */
  private readonly keptNetworks: Anchors;
  private readonly keptAddresses: Anchors;

  constructor(tierKey: Uint8Array, options: Ipv6Options) {
    this.o = options;
    const bits =
      options.prefixCipher === 'crypto-pan'
        ? new CryptoPan(deriveKey(tierKey, 'crypto-pan'))
        : new IpcryptPfx(deriveKey(tierKey, 'ipcrypt-pfx'));
    const upper = ([address, length]: readonly [string, number]): [bigint, number] => [
      value6(address) >> 64n,
      Math.min(length, 64),
    ];
    this.map = new PrefixMap({
      width: 64,
      blocks: BLOCKS,
      known: options.known.map(upper),
      kept: options.kept.map(upper),
      permuter: new Permuter(deriveKey(tierKey, 'ipv6-prefix')),
      mask: (address) => {
        const words = Uint32Array.of(Number(address >> 32n), Number(address & 0xffffffffn), 0, 0);
        const mask = bits.mask6(words, 64);
        return (BigInt(mask[0] ?? 0) << 32n) | BigInt(mask[1] ?? 0);
      },
      bitwise: options.bitwise,
      coarse: 0,
    });
    this.permuter = new Permuter(deriveKey(tierKey, 'ipv6-interface'));
    this.keptNetworks = new Anchors(64, options.kept.filter(([, length]) => length <= 64).map(upper));
    const long = options.kept.filter(([, length]) => length > 64);
    this.keptAddresses = new Anchors(
      128,
      long.map(([address, length]) => [value6(address), length]),
    );
  }

  /** True for what protocols define: unspecified, loopback, multicast groups that hold no machine's bits. */
  isProtocol(address: string): boolean {
    const value = value6(address);
    if (address.charCodeAt(0) === 0xff) return !isSolicited(value) && embeddedLength(value) === 0;
    return value < 2n;
  }

  /** @param address 16 characters */
  pseudonym(address: string): string {
    return text6(this.value(value6(address)));
  }

  network(address: string, length: number): string {
    if (length >= 128) return this.pseudonym(address);
    const value = value6(address);
    if (address.charCodeAt(0) === 0xff || length <= 0) return text6(masked(value, length));
    if (length <= 64) return text6(this.map.network(value >> 64n, length) << 64n);
    // Hosts of a longer prefix are permuted in two parts: what can be told of it is where the first one ends.
    const mapped = this.value(masked(value, length));
    if (holdsIpv4(value)) return text6(masked(mapped, length));
    return text6(length >= 104 ? masked(mapped, 104) : masked(mapped, 64));
  }

  private value(value: bigint): bigint {
    if (value < 2n || this.keptAddresses.has(value)) return value;
    if (value >> 120n === 0xffn) return this.group(value);
    if (holdsIpv4(value)) return (value & ~0xffffffffn) | this.ipv4(value & 0xffffffffn);
    const upper = value >> 64n;
    if (upper >> 48n === 0x2002n) {
      const site = this.ipv4((upper >> 16n) & 0xffffffffn);
      return (((0x2002n << 48n) | (site << 16n) | (upper & 0xffffn)) << 64n) | this.interfaceId(value % UPPER);
    }
    if (upper >> 32n === 0x20010000n) return this.teredo(value);
    const network = this.map.map(upper) << 64n;
    if (this.keptNetworks.has(upper)) return value;
    let image = network | this.interfaceId(value % UPPER);
    // As with IPv4 roles: what a kept address displaced goes where that one would have gone.
    while (this.keptAddresses.has(image)) image = network | this.interfaceId(image % UPPER);
    return image;
  }

  /** Solicited-node groups (RFC 4291 2.7.1), node information groups (RFC 4620 5) and groups made of a prefix (RFC 3306). */
  private group(value: bigint): bigint {
    if (isSolicited(value)) return value - (value % LOW24) + BigInt(this.o.low24(Number(value % LOW24)));
    const length = embeddedLength(value);
    if (length === 0) return value;
    const prefix = this.map.network((value >> 32n) % UPPER, length);
    return (value & ~((UPPER - 1n) << 32n)) | (prefix << 32n);
  }

  /** Server, and the client's port and address with all bits flipped (RFC 4380 4). */
  private teredo(value: bigint): bigint {
    const server = this.ipv4((value >> 64n) & 0xffffffffn);
    const client = this.ipv4(~value & 0xffffffffn);
    return (0x20010000n << 96n) | (server << 64n) | (value & 0xffffffff00000000n) | (~client & 0xffffffffn);
  }

  private interfaceId(id: bigint): bigint {
    if (id === 0n) return id;
    const high = Number(id >> 24n);
    if (isEui64(high)) {
      const mac = this.o.mac(eui64Mac(text6(id)));
      const first = BigInt(Math.floor(mac / 16777216)) ^ 0x020000n;
      return (first << 40n) | 0xfffe000000n | BigInt(mac % 16777216);
    }
    if (isIsatap(high)) return ((id >> 32n) << 32n) | this.ipv4(id & 0xffffffffn);
    const image = this.opaqueId(id);
    // Zero is the network's own; what would become zero goes where zero would have gone.
    return image === 0n ? this.opaqueId(0n) : image;
  }

  private opaqueId(id: bigint): bigint {
    let high = Number(id >> 24n);
    // Around the cycle: it began with a value of neither form.
    do high = this.permuter.permute(high, HIGH40);
    while (isEui64(high) || isIsatap(high));
    return BigInt(high) * LOW24 + BigInt(this.o.low24(Number(id % LOW24)));
  }

  private ipv4(value: bigint): bigint {
    return BigInt(this.o.ipv4(Number(value)));
  }
}

/** @param high the upper 40 bits of an interface id: bytes 3 and 4 are ff fe (RFC 4291 appendix A) */
function isEui64(high: number): boolean {
  return high % 65536 === 0xfffe;
}

/** RFC 5214 6.1. */
function isIsatap(high: number): boolean {
  const first = Math.floor(high / 256);
  return first === 0x00005efe || first === 0x02005efe;
}

/** IPv4-compatible, -mapped (RFC 4291 2.5.5), -translatable (RFC 7915) and translated (RFC 6052 2.1). */
function holdsIpv4(value: bigint): boolean {
  const above = value >> 32n;
  return above === 0n || above === 0xffffn || above === 0xffff0000n || above === 0x64ff9b0000000000000000n;
}

function isSolicited(value: bigint): boolean {
  const above = value >> 24n;
  return above === 0xff0200000000000000000001ffn || above === 0xff0200000000000000000002ffn;
}

/** Length of the prefix inside a group address (RFC 3306 4, RFC 3956 3), or 0. */
function embeddedLength(value: bigint): number {
  if (value >> 120n !== 0xffn || (value >> 116n) % 4n !== 3n) return 0;
  const length = Number((value >> 96n) % 256n);
  return length <= 64 ? length : 0;
}

function masked(value: bigint, length: number): bigint {
  const shift = BigInt(128 - length);
  return (value >> shift) << shift;
}

export function value6(address: string): bigint {
  let hex = '0x';
  for (let i = 0; i < 16; i += 1) hex += address.charCodeAt(i).toString(16).padStart(2, '0');
  return BigInt(hex);
}

export function text6(value: bigint): string {
  return Buffer.from(value.toString(16).padStart(32, '0'), 'hex').toString('latin1');
}

function block(network: string, length: number, kind: Block['kind']): Block {
  return { network: value6(parseIpv6(network)) >> 64n, length, kind };
}
