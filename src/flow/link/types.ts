import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

/** A station as its frames on one segment show it. A live object. */
export interface Station {
  mac: number;
  first: Sight;
  last: Sight;
  /** Microseconds. */
  firstTime: number;
  lastTime: number;
}

/** A station that asks for an IPv4 address by DISCOVER, itself (giaddr 0). A live object. */
export interface Asker extends Station {
  /** `first` and `last` are DISCOVERs. */
  discovers: number;
  /** Of the first 16. */
  times: readonly number[];
  /** OFFER, ACK or NAK to it on this segment. */
  answers: number;
  firstAnswer: Sight | undefined;
  /** Of the first answer, 0 none. */
  answeredTime: number;
}

/**
 * One segment as a link: who asks for an address on it, whose frames reach it, who speaks the link's own protocols. A
 * live object. An access port has few stations; where there are more, it is a mirror of many ports and `crowded`.
 */
export interface LinkSegment {
  segment: number;
  capture: number;
  askers: readonly Asker[];
  /** Sources of frames that switches forward (ARP, ND, DHCP, ICMP), the askers among them. */
  stations: readonly Station[];
  /** Sources of link-local frames: 802.1X, spanning tree, LACP, LLDP, CDP. */
  ports: readonly Station[];
  crowded: boolean;
  firstTime: number;
}

/** The side that asks for a login (IEEE 802.1X). Live. */
export interface Authenticator extends Station {
  requests: number;
  /** Requests since the last response that anybody gave, and the first of them. */
  unanswered: number;
  firstUnanswered: Sight;
  firstUnansweredTime: number;
  lastUnanswered: Sight;
  lastUnansweredTime: number;
  /** Whom it asks: a MAC, or -1 the PAE group. */
  to: number;
  successes: number;
  failures: number;
}

/** The side that logs in. Live. */
export interface Supplicant extends Station {
  starts: number;
  firstStart: Sight | undefined;
  lastStart: Sight | undefined;
  firstStartTime: number;
  lastStartTime: number;
  responses: number;
  lastResponse: Sight | undefined;
  /** EAP method (IANA) of the last request to it beyond identity; -1 none. */
  method: number;
  /** It refused the offered method (Nak) last. */
  nak: boolean;
  /** The last outcome, and how often each. */
  outcome: '' | 'accepted' | 'rejected';
  outcomeSight: Sight | undefined;
  outcomeTime: number;
  accepted: number;
  rejected: number;
  /** It logged off after its last response. */
  loggedOff: boolean;
}

/** A bridge's port as its BPDUs show it. Live. */
export interface BridgePort extends Station {
  /** Bridge address and port identifier as sent. */
  bridge: number;
  portId: number;
  /** 0 STP, 2 RSTP, 3 MSTP. */
  version: number;
  /** VLAN of a per-VLAN tree, -1. */
  vlan: number;
  bpdus: number;
  /** Seconds. */
  helloTime: number;
  forwardDelay: number;
  /** What the port last said of itself; '' where the version does not say. */
  state: '' | 'discarding' | 'learning' | 'forwarding';
  role: string;
  /** BPDUs that said that the port does not forward; the first and the last of them. */
  blockedBpdus: number;
  firstBlocked: Sight | undefined;
  lastBlocked: Sight | undefined;
  firstBlockedTime: number;
  lastBlockedTime: number;
  /** The first that said that it forwards, after it had not. */
  forwarding: Sight | undefined;
  forwardingTime: number;
  /** DISCOVERs while the last BPDU said that the port does not forward. */
  discoversBlocked: number;
  firstDiscoverBlocked: Sight | undefined;
  /** The topology change flag went on. */
  topologyChange: Sight | undefined;
  topologyChangeTime: number;
}

/** One end of an aggregation as its LACPDUs show it. Live. */
export interface LacpSpeaker extends Station {
  system: number;
  key: number;
  port: number;
  /** Bits of IEEE 802.1AX 6.4.2.3, the last. */
  state: number;
  /** The partner as it believes it: system 0 never heard. */
  partnerSystem: number;
  partnerKey: number;
  pdus: number;
  /** It was in sync, collecting and distributing, at any time. */
  carried: boolean;
  /** Since when it does not, microseconds; 0 it does. */
  stalledSince: number;
  stalled: Sight | undefined;
}

/** A station that sends protected frames. Live. */
export interface MacsecSender extends Station {
  frames: number;
  encrypted: boolean;
}

/** A station that agrees on keys. Live. */
export interface MkaParticipant extends Station {
  /** Name of its key, lower hex. */
  ckn: string;
  /** Member identifier, lower hex; it changes when the station starts anew. */
  member: string;
  pdus: number;
  keyServer: boolean;
  /** Peers in its last PDU that proved the key, and that did not. */
  live: number;
  potential: number;
  everLive: boolean;
  sakInUse: boolean;
}

/** What a neighbour says of the port that it speaks from. Live. */
export interface Advertiser extends Station {
  by: 'LLDP' | 'CDP';
  /** Chassis or device, and port, as text that is safe to show. */
  device: string;
  port: string;
  /** Port VLAN (LLDP) or native VLAN (CDP); -1 not said, 0 none. */
  vlan: number;
  /** Largest frame (LLDP) or MTU (CDP), -1. */
  size: number;
}

/** What a router said of a path (RFC 1191, RFC 8201). Live. */
export interface TooBig {
  segment: number;
  router: Address;
  src: Address;
  dst: Address;
  mtu: number;
  /** Largest packet that was refused. */
  length: number;
  count: number;
  /** Refused again as large, a second or more after the sender was told. */
  ignored: number;
  first: Sight;
  last: Sight;
  firstTime: number;
  lastTime: number;
}

/** A question for a link-layer address that nobody answered. Live. */
export interface OpenQuestion {
  segment: number;
  asker: number;
  /** -1: an ARP probe. */
  askerIp: Address;
  target: Address;
  requests: number;
  first: Sight;
  last: Sight;
  firstTime: number;
  lastTime: number;
}

/** A host that goes on soliciting although a router advertised itself to all. Live. */
export interface Soliciting {
  segment: number;
  mac: number;
  solicitations: number;
  /** Solicitations after an advertisement that should have ended them (RFC 4861 6.3.7). */
  repeated: number;
  first: Sight;
  last: Sight;
  lastTime: number;
  advertisement: Sight | undefined;
  router: number;
}

export type LinkEvent =
  | {
      type: 'eap-outcome';
      link: LinkSegment;
      supplicant: Supplicant;
      authenticator: number;
      outcome: 'accepted' | 'rejected';
      time: number;
    }
  | {
      /** At the capture's end, for each segment with 802.1X. */
      type: 'eap-port';
      link: LinkSegment;
      authenticators: readonly Authenticator[];
      supplicants: readonly Supplicant[];
      time: number;
    }
  | { type: 'spanning-tree-port'; link: LinkSegment; port: BridgePort; time: number }
  | { type: 'lacp-link'; link: LinkSegment; speakers: readonly LacpSpeaker[]; time: number }
  | {
      type: 'macsec-link';
      link: LinkSegment;
      senders: readonly MacsecSender[];
      participants: readonly MkaParticipant[];
      time: number;
    }
  | { type: 'link-advertised'; link: LinkSegment; advertisers: readonly Advertiser[]; time: number }
  | { type: 'packet-too-big'; path: TooBig; time: number }
  | {
      /** A host gave up waiting for the rest of a fragmented packet (ICMP 11/1, ICMPv6 3/1). */
      type: 'reassembly-timeout';
      segment: number;
      /** Who waited, and for whose packet. */
      host: Address;
      sender: Address;
      sight: Sight;
      time: number;
    }
  | {
      /** At the capture's end: asked and not answered. */
      type: 'address-unanswered';
      question: OpenQuestion;
      /** Unicast to the asker was seen on this segment. */
      couldSeeReplies: boolean;
      time: number;
    }
  | { type: 'router-solicited'; host: Soliciting; time: number }
  | {
      /** One station announces addresses without pause. */
      type: 'announcement-storm';
      segment: number;
      mac: number;
      /** Seconds on end, announcements in them, distinct addresses (up to 16). */
      seconds: number;
      announcements: number;
      addresses: number;
      first: Sight;
      last: Sight;
      time: number;
    }
  | {
      /** So many new source addresses, each of another vendor, that they are made up. */
      type: 'station-flood';
      segment: number;
      stations: number;
      /** Microseconds. */
      span: number;
      first: Sight;
      last: Sight;
      time: number;
    }
  | {
      /** A neighbour discovery message in fragments or behind extension headers (RFC 7113, RFC 6980). */
      type: 'nd-concealed';
      segment: number;
      /** ICMPv6 type. */
      message: number;
      mac: number;
      source: Address;
      by: 'fragments' | 'extension header';
      sight: Sight;
      time: number;
    }
  | {
      /** The answer to a DHCP message came on another VLAN than the question, and neither on the other's. */
      type: 'vlan-crossed';
      capture: number;
      segment: number;
      mac: number;
      requestVlan: number;
      replyVlan: number;
      /** Of the server. */
      server: number;
      request: Sight;
      reply: Sight;
      time: number;
    };
