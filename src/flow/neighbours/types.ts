import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

/**
 * How an address was claimed, for ARP and ND alike:
 * - `announcement`: said to all without being asked (ARP with equal sender and target address; an unsolicited NA with
 *   the override flag to a multicast address)
 * - `origin`: used as one's own source in a message to all (broadcast ARP request; NS, RS, RA)
 * - `unicast-origin`: the same to one station (unicast ARP request, unicast NS)
 * - `answer`: the answer to a question that this vantage saw, or may have missed
 * - `unsolicited`: an answer that nobody asked for
 * - `weak`: an NA without the override flag (proxies, anycast, optimistic nodes, RFC 9131): shows life, overrides nobody
 */
export type ClaimKind = 'announcement' | 'origin' | 'unicast-origin' | 'answer' | 'unsolicited' | 'weak';

/** A station that claims an address, and all that is remembered of how. A live object: its counts go on. */
export interface Claimant {
  mac: number;
  first: Sight;
  last: Sight;
  /** Microseconds. */
  firstTime: number;
  lastTime: number;
  claims: number;
  announcements: number;
  /** Uses as one's own source, said to all: a station that lives with this address. */
  origins: number;
  unicastOrigins: number;
  answers: number;
  unsolicited: number;
  weak: number;
  /** A DHCPv4 server acknowledged this address to this MAC last: time of the ACK, 0 not seen. */
  leasedTime: number;
}

/**
 * Two stations of one segment that claim one address at the same time. `holder` is the one that the evidence makes the
 * owner (`ownerBy`), else the one seen first.
 */
export interface AddressContest {
  segment: number;
  address: Address;
  holder: Claimant;
  rival: Claimant;
  /**
   * What makes `holder` the owner: its lease; the rival's conduct (it answers unasked, or claims the addresses of several
   * stations); that it alone uses the address as its source; that the address is made from its MAC; or only that it
   * came first.
   */
  ownerBy: 'lease' | 'conduct' | 'use' | 'eui-64' | 'first';
  /** How often one spoke as before after the other had spoken, without announcing anew: it never gave the address up. */
  returns: number;
  /** How often one announced the address again within 10 s after the other had spoken. */
  announcedReturns: number;
  /** How often both answered one question. */
  bothAnswered: number;
  /** Claims of a station that had used the address before a DHCP server gave it to the holder, and still does. */
  squats: number;
  /** Both live with the address: each announced it or used it as its own source, to all. */
  bothUse: boolean;
  /** Claims of the rival that nobody asked for, made to one station or all while the holder was there. */
  lies: number;
  firstLie: Sight | undefined;
  /** The station that was told so last, -1 all. */
  lieTo: number;
  /** Such claims since the holder last spoke to all. */
  liesSinceHolder: number;
  /** The holder spoke after the rival's first claim, or both answered one question. */
  holderAlive: boolean;
  /** Another address that the rival uses and the holder does not, so that it is another machine. -1 none known. */
  rivalOwn: Address;
  /** Another station whose address the rival claims too, and which shares none with the holder. -1 none known. */
  rivalOther: number;
  /**
   * VRRP, HSRP or GLBP, when its hellos on this segment name the address and both stations belong to the group: they
   * send its hellos or have its virtual MAC. '' otherwise.
   */
  redundancy: string;
  /** All contradictions of this pair so far. */
  total: number;
  /** Who contradicts the other now; -1 in the last word on a pair. */
  by: number;
  /** The other's last message before, and the one that contradicts it. */
  before: Sight;
  now: Sight;
}

/** A router as its advertisements show it: what must be equal for two routers to be peers. Interned: compare with ===. */
export interface RouterContent {
  /** As `2001:db8::/64`, sorted; with `L` and `A` as they are set: `2001:db8::/64 LA`. */
  prefixes: readonly string[];
  /** -1 when not said. */
  mtu: number;
  managed: boolean;
  otherConfig: boolean;
  preference: 'high' | 'medium' | 'low';
  /** Resolvers and search list as said, sorted. */
  rdnss: readonly string[];
  routes: readonly string[];
}

/** One station that advertises itself as router. A live object. */
export interface Router {
  segment: number;
  /** Link-local source (16 characters). */
  address: string;
  /** Ethernet source. */
  mac: number;
  /** Source link-layer option, -1. */
  linkLayer: number;
  first: Sight;
  last: Sight;
  lastTime: number;
  /** The latest content with a lifetime. */
  content: RouterContent | undefined;
  /** Router lifetime in seconds, the latest. */
  lifetime: number;
  advertisements: number;
  /** Advertisements with lifetime 0, and the first of them. */
  goodbyes: number;
  firstGoodbye: Sight | undefined;
  /** First advertisement with a lifetime. */
  firstAlive: Sight | undefined;
  redundancy: string;
}

export type NeighbourEvent =
  | {
      /** A station claims an address: at its 1st, 2nd, 4th, 8th … claim, and at the end if more came since. */
      type: 'address-claimed';
      segment: number;
      address: Address;
      claimant: Claimant;
      /** Of the latest claim. */
      kind: ClaimKind;
      /** Whom it was said to: a MAC, or -1 for all. */
      to: number;
      /** Claims since the last such event of this claimant, this one among them. */
      more: number;
      redundancy: string;
      time: number;
    }
  | {
      /** Two stations contradict each other: each time for the first 16, then at powers of two, and once more at the end. */
      type: 'address-contested';
      contest: AddressContest;
      /** The capture has ended: the last word on this pair. */
      final: boolean;
      time: number;
    }
  | {
      /** B took over from A by announcing or using the address to all, and A has been silent since. */
      type: 'address-moved';
      segment: number;
      address: Address;
      from: Claimant;
      to: Claimant;
      /** B's first message of this tenure. */
      by: Sight;
      kind: ClaimKind;
      /** How long A has been silent, microseconds. */
      silence: number;
      /** A DHCP server acknowledged the address to B after A's last message. */
      leased: boolean;
      redundancy: string;
      time: number;
    }
  | {
      /** Somebody else answered a duplicate address detection, or probed for the same address at the same time. */
      type: 'dad-refused';
      segment: number;
      target: string;
      /** The station that wanted the address. */
      prober: number;
      probe: Sight;
      /** `advertisement`: an NA for the target; `probe`: another station's DAD NS with another nonce. */
      by: 'advertisement' | 'probe';
      refuser: number;
      refusal: Sight;
      override: boolean;
      /** The refuser was seen using the target before it was probed. */
      inUse: boolean;
      /** Targets that this station refused on this segment and was never seen using, this one among them. */
      refusedTargets: number;
      time: number;
    }
  | {
      /** Every Router Advertisement that a host would believe. */
      type: 'router-advertised';
      router: Router;
      sight: Sight;
      /** The first, or one that says something else than those before. */
      changed: boolean;
      /** The advertisement had lifetime 0. */
      goodbye: boolean;
      time: number;
    }
  | {
      type: 'redirected';
      segment: number;
      /** Source address and MAC of the Redirect. */
      router: string;
      mac: number;
      /** The station that was told. */
      to: Address;
      target: string;
      destination: string;
      /** The MAC known for that router on this segment, -1 unknown. */
      knownMac: number;
      sight: Sight;
      time: number;
    };
