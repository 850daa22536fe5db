import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

/** RFC 8415 7.3 names; `other` is any other message type. */
export type Dhcp6Kind =
  | 'SOLICIT'
  | 'ADVERTISE'
  | 'REQUEST'
  | 'CONFIRM'
  | 'RENEW'
  | 'REBIND'
  | 'REPLY'
  | 'RELEASE'
  | 'DECLINE'
  | 'RECONFIGURE'
  | 'INFORMATION-REQUEST'
  | 'other';

/** What a server promises, without the client's own address. Interned: two equal promises are one object, compared with ===. */
export interface Promise6 {
  /** Addresses as 16 characters, one a byte, sorted. */
  dns: readonly string[];
  /** Encoded names as hex, sorted. */
  domains: readonly string[];
  /** Option 59, clean text, or hex. */
  bootFileUrl: string;
  /** Option 60. */
  bootParameters: readonly string[];
  /** Upper 64 bits (8 characters, one a byte) of the leased addresses, sorted. */
  networks: readonly string[];
  /** Delegated prefixes. */
  prefixes: readonly string[];
}

/** Facts of one DHCPv6 message, relay headers taken off: numbers and short strings only. */
export interface Dhcp6Message {
  kind: Dhcp6Kind;
  messageType: number;
  sight: Sight;
  /** Microseconds since 1970 UTC. */
  time: number;
  segment: number;
  /** `r<link-address>` of the innermost relay that gives one, else `s<segment>`. */
  link: string;
  relayed: boolean;
  /** Client DUID in hex, '' absent. */
  client: string;
  /** The client's MAC: the Ethernet source or destination when not relayed, option 79 else; -1 unknown. */
  clientMac: number;
  /** The relay agent's MAC on this segment when the message is relayed; -1. */
  relayMac: number;
  /** 24 bits; -1 in a relay message without one inside. */
  xid: number;
  /** Server DUID in hex, '' absent. */
  server: string;
  /** The MAC that the server's DUID was made from (DUID-LLT, DUID-LL), -1. It says nothing of who sent this. */
  serverDuidMac: number;
  ethSrc: number;
  ethDst: number;
  ipSrc: Address;
  ipDst: Address;
  preference: number;
  /** Option 8 in hundredths of a second; -1 absent. */
  elapsed: number;
  rapidCommit: boolean;
  /** Option 61. */
  architectures: readonly number[];
  /** Asks for boot options (59 in the option request) or says an architecture. */
  boot: boolean;
  /** Status code: the message's own, else the first IA's that is not Success; -1 none. */
  status: number;
  /** Addresses given or asked for (16 characters), first 8. */
  addresses: readonly string[];
  promise: Promise6 | undefined;
  /** Faults of the decoder. */
  faults: number;
}

/** One exchange: link + client DUID + transaction id. A live object. */
export interface Exchange6 {
  id: number;
  link: string;
  segment: number;
  capture: number;
  client: string;
  clientMac: number;
  relayMac: number;
  xid: number;
  /** The request that opened it. */
  kind: Dhcp6Kind;
  boot: boolean;
  firstTime: number;
  lastTime: number;
  /** Requests, first 8. */
  requests: Dhcp6Message[];
  requestCount: number;
  /** Time of the last request. */
  lastRequest: number;
  /** The server that the request names, '' none. */
  chosen: string;
  /** First 16. */
  advertises: Dhcp6Message[];
  advertiseCount: number;
  /** First 8. */
  replies: Dhcp6Message[];
  replyCount: number;
  /** Messages beyond the caps above. */
  lost: number;
  /** This vantage could have seen the answer: unicast to the client (or to its relay) was seen on this segment. */
  couldSeeReplies: boolean;
}

export type Exchange6End = 'answered' | 'superseded' | 'idle' | 'forgotten' | 'capture-end';

export type Dhcp6Event =
  | { type: 'dhcp6-message'; message: Dhcp6Message; exchange: Exchange6 | undefined; time: number }
  | { type: 'dhcp6-exchange'; exchange: Exchange6; end: Exchange6End; time: number };
