import { deriveKey } from '../key.ts';
import { Permuter } from './permuter.ts';

const LOW = 16777216;
/** First byte of every pseudonym: locally administered, not a group. */
export const MAC_SPACE = 0x06;
/** As `MAC_SPACE`, with the group bit. */
const GROUP_SPACE = 0x07;

export const BROADCAST_MAC = 281474976710655;
/** OUIs that software gives itself and that identify nobody: KVM and QEMU, Docker. */
const VIRTUAL_VENDORS: ReadonlySet<number> = new Set([0x525400, 0x024200]);

/**
 * True for addresses that a protocol defines and that no machine owns: the same at every site, and what detectors
 * recognise protocols by. 33:33:ff is not among them: its last three bytes are those of a machine's address.
 */
export function isProtocolMac(address: number): boolean {
  if (address === 0 || address === BROADCAST_MAC) return true;
  const oui = Math.floor(address / LOW);
  const low = address % LOW;
  switch (oui) {
    case 0x01005e: // IPv4 multicast (RFC 1112 6.4), and what RFC 7042 2.1 reserves beside it
    case 0x0180c2: // IEEE 802.1 and 802.3 protocols
    case 0x011b19: // PTP (IEEE 1588 annex F)
    case 0x01000c: // Cisco: CDP, VTP, PVST, UDLD, PAgP
    case 0x09002b: // DEC, and IS-IS (RFC 1195)
    case 0xcf0000: // Ethernet configuration test
      return true;
    case 0x00005e: // VRRP (RFC 9568 7.3), CARP: 00-01 and 00-02, and a group
      return low < 0x000300;
    case 0x00000c: // HSRP version 1 (RFC 2281) and version 2
      return (low & 0xffff00) === 0x07ac00 || (low & 0xfff000) === 0x9ff000;
    case 0x0007b4: // GLBP
      return (low & 0xff0000) === 0;
    default:
      // IPv6 multicast (RFC 2464 7), solicited-node groups aside.
      return oui >= 0x333300 && oui <= 0x3333fe;
  }
}

/** True where the last three bytes are those of a solicited-node group (RFC 4291 2.7.1). */
export function isSolicitedMac(address: number): boolean {
  return Math.floor(address / LOW) === 0x3333ff;
}

/** Keyed pseudonyms of 48-bit addresses. */
export class MacPseudonyms {
  private readonly low: Permuter;
  private readonly middle: Permuter;
  private readonly fixedLow: ReadonlySet<number>;
  private readonly lowKept: boolean;

  /**
   * @param fixedLow last three bytes that stay, because an address that is kept ends in them
   * @param lowKept all last three bytes stay: MAC or IPv6 addresses are kept whole, and their groups must follow
   */
  constructor(tierKey: Uint8Array, fixedLow: ReadonlySet<number> = new Set(), lowKept = false) {
    this.low = new Permuter(deriveKey(tierKey, 'low24'));
    this.middle = new Permuter(deriveKey(tierKey, 'mac-middle'));
    this.fixedLow = fixedLow;
    this.lowKept = lowKept;
  }

  /** The last 24 bits: of a MAC address, of an IPv6 interface id and of the groups made of either. */
  low24(value: number): number {
    if (this.lowKept || this.fixedLow.has(value)) return value;
    let at = this.low.permute(value, LOW);
    // Around the cycle: it comes back to `value`, which is not fixed, at the latest.
    while (this.fixedLow.has(at)) at = this.low.permute(at, LOW);
    return at;
  }

  /** @param turn another choice of the middle bytes, where two addresses would have met */
  pseudonym(address: number, turn = 0): number {
    const group = Math.floor(address / 1099511627776) & 1;
    const space = group === 1 ? GROUP_SPACE : MAC_SPACE;
    const middle = this.middle.mix(address, turn) >>> 16;
    return space * 1099511627776 + middle * LOW + this.low24(address % LOW);
  }

  /** The vendor's three bytes stay. Those of a locally administered address are nobody's: they are random, and go. */
  keepVendor(address: number, turn = 0): number {
    const oui = Math.floor(address / LOW);
    const local = ((oui >>> 16) & 2) !== 0 && !VIRTUAL_VENDORS.has(oui);
    return local ? this.pseudonym(address, turn) : oui * LOW + this.low24(address % LOW);
  }

  /** `33:33:ff` and the last three bytes of the addresses that the group stands for. */
  solicited(address: number): number {
    return 0x3333ff * LOW + this.low24(address % LOW);
  }
}
