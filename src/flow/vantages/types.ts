import type { Cover } from '../../capture/covers.ts';
import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

/** One sight of a message: what a device on the way may have changed. Numbers as in `Dhcp4Message`, -1 where absent. */
export interface Passage {
  capture: number;
  sight: Sight;
  segment: number;
  /** Microseconds by this capture's own clock. */
  time: number;
  ethSrc: number;
  ethDst: number;
  ipSrc: Address;
  ipDst: Address;
  ttl: number;
  /** DHCPv4 only. */
  giaddr: number;
  /** Of DHCPv6 the relays around the message. */
  hops: number;
  /** Option 82 raw hex; '' absent. */
  relayAgent: string;
}

/** Where a message was to be seen and was not. */
export interface Missing {
  capture: number;
  /** When it would have passed, by that capture's clock (microseconds). */
  from: number;
  to: number;
  /** `measured`: the clocks were compared by shared messages; `assumed`: nothing is shared, both are taken to be right. */
  clock: 'measured' | 'assumed';
  /** Why the recorder may have lost it rather than the network; '' no such sign. */
  mayBeCaptureLoss: string;
  /**
   * `ordered`: this point is known to lie beyond (on the way from the sender); `unordered`: it may lie on a branch;
   * `silent`: it saw nothing at all.
   */
  way: 'ordered' | 'unordered' | 'silent';
  /** Messages of the same Ethernet source that did reach this point: ARP, and all else but DHCP. */
  arpPassed: number;
  ipPassed: number;
}

/** One message as all vantages saw it, recognised by its content. */
export interface JoinedMessage {
  protocol: string;
  /** As `DISCOVER`; by the protocol's own names. */
  kind: string;
  /** DHCPv4, DHCPv6: a server's. */
  reply: boolean;
  /** Of DHCPv4; -1 else, or where absent. */
  chaddr: number;
  xid: number;
  ciaddr: number;
  yiaddr: number;
  requested: number;
  serverId: number;
  /** The B flag. */
  broadcast: boolean;
  /** Of ARP; undefined else. */
  arp: { operation: number; senderMac: number; senderIp: number; targetMac: number; targetIp: number } | undefined;
  /** Time at the first capture that saw it, on the common clock (microseconds). */
  time: number;
  /** In order of time, one for each capture and form (two relays make two forms). */
  passages: readonly Passage[];
  missing: readonly Missing[];
}

/** All messages of one client under one transaction id, over all vantages, in order of time. */
export interface JoinedExchange {
  chaddr: number;
  xid: number;
  messages: readonly JoinedMessage[];
}

/**
 * Clock of `b` minus clock of `a`: what is added to a time at `a` to have it at `b`. A message that goes from a to b can
 * only come later there, so each gives one bound; both bounds are known only where messages of both directions are
 * shared. Microseconds; undefined where open.
 */
export interface ClockOffset {
  low: number | undefined;
  high: number | undefined;
  /** Middle, or the known bound; 0 when nothing is shared. */
  best: number;
  /** `unordered`: shared messages reach both points from a third, so that none comes first by nature. */
  basis: 'both-directions' | 'one-direction' | 'unordered' | 'none';
  /** Microseconds per second (ppm) that b runs fast, as an interval; undefined where the span does not allow it. */
  drift: { low: number; high: number } | undefined;
  /** False: no steady offset and no steady drift explains the shared messages; a clock was set meanwhile. */
  steady: boolean;
}

/** Two vantages and what they share. `a` < `b`. */
export interface VantagePair {
  a: number;
  b: number;
  offset: ClockOffset;
  /** Messages seen at both: DHCP requests, DHCP replies, all others. */
  requests: number;
  replies: number;
  others: number;
  /** Which of the two lies nearer to the clients; -1 unknown. */
  nearer: number;
  /** One message at least was seen at both with one Ethernet source: no router or relay between. */
  sameLink: boolean;
  /** One DHCP message at least was seen at both with another giaddr, or in fewer relays' envelopes: a relay between. */
  relay: boolean;
}

/** A vantage as the join knows it. */
export interface JoinedVantage {
  capture: number;
  name: string;
  cover: Cover;
  /** Records seen, of any protocol. */
  records: number;
}

export type VantageEvent =
  | { type: 'vantage-pair'; pair: VantagePair; time: number }
  | {
      /** Every exchange of DHCPv4 that at least one vantage saw. */
      type: 'vantage-exchange';
      exchange: JoinedExchange;
      time: number;
    }
  | {
      /** A message that was seen at one vantage at least and missing at one at least; `exchange` for DHCPv4. */
      type: 'vantage-lost';
      message: JoinedMessage;
      exchange: JoinedExchange | undefined;
      /** Where it was seen last on its way. */
      last: Passage;
      time: number;
    };
