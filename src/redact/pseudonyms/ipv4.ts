import { parseIpv4 } from '../../wire/values.ts';
import { deriveKey } from '../key.ts';
import { Permuter } from './permuter.ts';
import { CryptoPan, IpcryptPfx } from './prefix-bits.ts';
import { PrefixMap, type Block } from './prefix-map.ts';

/** What an IPv4 address is before it is anybody's (RFC 6890 and the registry that it began). */
const BLOCKS: readonly Block[] = [
  block('0.0.0.0', 0, 'flat'), // public unicast: what no other holds
  block('0.0.0.0', 8, 'prefixes'), // "this network" (RFC 791 3.2); 0.0.0.0 and wildcard masks stay
  block('10.0.0.0', 8, 'prefixes'), // RFC 1918
  block('100.64.0.0', 10, 'prefixes'), // shared address space (RFC 6598)
  block('127.0.0.0', 8, 'kept'), // loopback (RFC 1122 3.2.1.3)
  block('169.254.0.0', 16, 'flat'), // link-local (RFC 3927)
  block('172.16.0.0', 12, 'prefixes'), // RFC 1918
  block('192.0.0.0', 24, 'kept'), // IETF protocol assignments (RFC 6890 2.1)
  block('192.0.2.0', 24, 'flat'), // documentation (RFC 5737)
  block('192.88.99.0', 24, 'kept'), // 6to4 relay anycast (RFC 7526)
  block('192.168.0.0', 16, 'prefixes'), // RFC 1918
  block('198.18.0.0', 15, 'prefixes'), // benchmarking (RFC 2544)
  block('198.51.100.0', 24, 'flat'), // documentation (RFC 5737)
  block('203.0.113.0', 24, 'flat'), // documentation (RFC 5737)
  block('224.0.0.0', 4, 'kept'), // multicast (RFC 5771)
  block('240.0.0.0', 4, 'prefixes'), // reserved (RFC 1112 4); broadcast and masks stay
];

export interface AddressOptions {
  known: readonly (readonly [number, number])[];
  /** Networks and addresses (length 32) that stay as they are. */
  kept: readonly (readonly [number, number])[];
  bitwise: boolean;
  prefixCipher: 'ipcrypt-pfx' | 'crypto-pan';
}

/** Keyed pseudonyms of IPv4 addresses: one permutation, in which blocks, networks and their special addresses stay. */
export class Ipv4Pseudonyms {
  private readonly map: PrefixMap;
  /** First and last addresses of the case's networks, and what they become; and the way back. */
  private readonly roles = new Map<number, number>();
  private readonly rolesBack = new Map<number, number>();

  constructor(tierKey: Uint8Array, options: AddressOptions) {
    const bits =
      options.prefixCipher === 'crypto-pan'
        ? new CryptoPan(deriveKey(tierKey, 'crypto-pan'))
        : new IpcryptPfx(deriveKey(tierKey, 'ipcrypt-pfx'));
    this.map = new PrefixMap({
      width: 32,
      blocks: BLOCKS,
      known: options.known.map(([network, length]) => [BigInt(network), length]),
      kept: options.kept.map(([network, length]) => [BigInt(network), length]),
      permuter: new Permuter(deriveKey(tierKey, 'ipv4')),
      mask: (address) => BigInt(bits.mask4(Number(address))),
      bitwise: options.bitwise,
      // Public addresses begin with one of 216 octets that hold nothing special.
      coarse: 8,
    });
    this.addRoles(options.known);
  }

  /** True for what protocols define: unspecified, loopback, multicast, broadcast, masks. */
  isProtocol(address: number): boolean {
    return isMask4(address) || this.map.block(BigInt(address)).kind === 'kept';
  }

  pseudonym(address: number): number {
    if (isMask4(address)) return address;
    const role = this.roles.get(address);
    if (role !== undefined) return role;
    let image = this.base(address);
    // What a role's image displaced goes where that role would have gone. All steps differ, so that it ends.
    for (;;) {
      const displaced = isMask4(image) ? image : this.rolesBack.get(image);
      if (displaced === undefined) return image;
      image = this.base(displaced);
    }
  }

  /** Bits that the address shares with all of its block. */
  blockLength(address: number): number {
    return this.map.block(BigInt(address)).length;
  }

  network(address: number, length: number): number {
    if (length <= 0) return 0;
    if (length >= 32) return this.pseudonym(address);
    return Number(this.map.network(BigInt(address), length));
  }

  private base(address: number): number {
    return Number(this.map.map(BigInt(address)));
  }

  private addRoles(known: readonly (readonly [number, number])[]): void {
    // Outer networks first: where corners meet, they agree (see `PrefixMap`), and where they do not, the outer one counts.
    for (const [address, length] of [...known].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
      const block = this.map.block(BigInt(address));
      if (length > 30 || length <= block.length || block.kind === 'kept') continue;
      const hosts = 2 ** (32 - length);
      const network = Math.floor(address / hosts) * hosts;
      const image = this.network(network, length);
      this.addRole(network, image);
      this.addRole(network + hosts - 1, image + hosts - 1);
    }
  }

  private addRole(address: number, image: number): void {
    if (isMask4(address) || isMask4(image) || this.roles.has(address) || this.rolesBack.has(image)) return;
    this.roles.set(address, image);
    this.rolesBack.set(image, address);
  }
}

/**
 * True for values that are masks and no machine's address: contiguous netmasks from 240.0.0.0 on, the all-ones broadcast
 * address among them, and wildcard masks up to 0.255.255.255, the unspecified address among them.
 */
export function isMask4(address: number): boolean {
  if (address >= 0xf0000000) return isPower(4294967296 - address);
  return address < 16777216 && isPower(address + 1);
}

function isPower(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value;
}

function block(network: string, length: number, kind: Block['kind']): Block {
  return { network: BigInt(parseIpv4(network)), length, kind };
}
