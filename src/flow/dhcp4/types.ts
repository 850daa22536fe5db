import type { Sight } from '../sight.ts';

/** RFC 2132 9.6 names; BOOTREQUEST and BOOTREPLY are messages without option 53 (RFC 951). */
export type Dhcp4Kind =
  | 'DISCOVER'
  | 'OFFER'
  | 'REQUEST'
  | 'DECLINE'
  | 'ACK'
  | 'NAK'
  | 'RELEASE'
  | 'INFORM'
  | 'FORCERENEW'
  | 'LEASEQUERY'
  | 'LEASEUNASSIGNED'
  | 'LEASEUNKNOWN'
  | 'LEASEACTIVE'
  | 'BULKLEASEQUERY'
  | 'LEASEQUERYDONE'
  | 'ACTIVELEASEQUERY'
  | 'LEASEQUERYSTATUS'
  | 'TLS'
  | 'BOOTREQUEST'
  | 'BOOTREPLY'
  | 'unknown';

/**
 * What a server promises, without what is the client's own (address, lease time). Interned: two equal promises are the
 * same object, so that they are compared with ===. Addresses are unsigned 32-bit numbers, -1 where absent; text is ''
 * where absent; `hex` is lower-case hex of the raw value. What is longer than any real value is its beginning and
 * `~<length>~<checksum>`: it still compares. Lists hold the first 64 addresses.
 */
export interface Promise4 {
  mask: number;
  /** As sent; compare as sets. */
  routers: readonly number[];
  dns: readonly number[];
  ntp: readonly number[];
  /** 121, else 249: raw hex. */
  routes: string;
  /** 252. */
  proxyAutoConfig: string;
  domain: string;
  domainSearch: string;
  /** siaddr, -1 where 0. */
  nextServer: number;
  /** sname or option 66. */
  serverName: string;
  /** file or option 67. */
  bootFile: string;
  /** 150. */
  tftpServers: readonly number[];
  /** 60 as answered (`PXEClient`, `HTTPClient`). */
  vendorClass: string;
  /** 43: raw hex. */
  vendorOptions: string;
  /** 43 sub-option 8: boot servers' addresses. */
  pxeBootServers: readonly number[];
  /** 209, 210. */
  configFile: string;
  pathPrefix: string;
  /** IPv6-only preferred (108): seconds, -1 absent. */
  ipv6Only: number;
}

/** What a client says of itself that a server may rightly answer differently to: 60, 77, 93. */
export interface ClientClass4 {
  vendorClass: string;
  /** 77, as text where clean, else hex. */
  userClass: string;
  /** 93. */
  architectures: readonly number[];
  /** Vendor class begins with `PXEClient` or `HTTPClient`, or 93 or 97 is there. */
  pxe: boolean;
  /** Equal for two requests that must get the same boot answer. */
  key: string;
}

/** Facts of one DHCPv4 message: numbers and short strings only. */
export interface Dhcp4Message {
  kind: Dhcp4Kind;
  sight: Sight;
  /** Microseconds since 1970 UTC. */
  time: number;
  segment: number;
  /**
   * Link (`judgement.md`): `g<giaddr>` or the link-selection address where a relay and a server speak, else
   * `s<segment>`; also `s<segment>` where a relay hands a reply to its client (giaddr stays set, RFC 1542 4.1.2, port
   * 68), and on port 4011, where firmware puts its own address into giaddr.
   */
  link: string;
  /**
   * Identity: option 61 in hex where present and meaningful, else `<htype>:<chaddr hex>`. Of a reply: its exchange's
   * (servers need not echo option 61, RFC 6842).
   */
  client: string;
  /** chaddr as a 48-bit number when htype is 1 and hlen 6; else -1. */
  chaddr: number;
  htype: number;
  xid: number;
  hops: number;
  secs: number;
  /** The B flag: answers are broadcast. */
  broadcast: boolean;
  ethSrc: number;
  ethDst: number;
  ipSrc: number;
  ipDst: number;
  srcPort: number;
  dstPort: number;
  ttl: number;
  /** Unsigned 32-bit numbers, 0 as on the wire. */
  ciaddr: number;
  yiaddr: number;
  siaddr: number;
  giaddr: number;
  /** Option 50, 54; -1 absent. */
  requested: number;
  serverId: number;
  /** Sent by a server (by its kind). */
  reply: boolean;
  /**
   * Of a reply, the server's address: option 54, else the IP source; the IP source also where 54 repeats the relay's
   * override (RFC 5107). -1 for requests, without IP, and where the options were cut before a 54 was met.
   */
  server: number;
  /**
   * Of a reply that the server itself put on this segment (giaddr 0; not a unicast renewal's answer, which a router may
   * have carried; a rebinding's is): the L2 source. -1 else: then no L2 source speaks for the server.
   */
  serverMac: number;
  /** Option 51 in seconds; -1 absent. */
  leaseTime: number;
  /** Option 82 raw hex; '' absent. Several are joined (RFC 3396). */
  relayAgent: string;
  /** How many times option 82 stands in the message. */
  relayAgentCount: number;
  /** Option 82 sub-option 5 or 118; -1. */
  linkSelection: number;
  /** Option 82 sub-option 11 (RFC 5107); -1. */
  serverIdOverride: number;
  /** Option 80. */
  rapidCommit: boolean;
  /** Option 56, clean text or ''. */
  text: string;
  /** Of a request; a reply carries its exchange's. */
  clientClass: ClientClass4;
  /** Of OFFER, ACK and BOOTREPLY; undefined else. */
  promise: Promise4 | undefined;
  /** MAAS's own probe (option 61 = 00 `MAAS-`). */
  maasProbe: boolean;
  /** Port 4011, a REQUEST for a PXE boot item (43 sub-option 71) or, in an OFFER/ACK, yiaddr 0 with `PXEClient`/`HTTPClient` in 60: ProxyDHCP (PXE 2.1, 2.2). */
  proxy: boolean;
  /** False when the options were cut or broken before their end: an absent one may have stood in what is lost. */
  whole: boolean;
  /** The same message was seen just before on another segment of this link (a chain of relays): not a repetition. */
  copy: boolean;
  /** Faults of the sender's making (what the capture cut off is none): how many, and the first as `path: code`. */
  faults: number;
  firstFault: string;
  /** What keeping it costs, as a multiple of an ordinary message: 1 mostly, more for unusual long values. */
  weight: number;
}

/** RFC 2131 4.3.2 and 4.4: what the client is doing. */
export type Phase4 =
  | 'selecting'
  | 'init-reboot'
  | 'renewing'
  | 'rebinding'
  | 'inform'
  | 'bootp'
  | 'proxy'
  | 'release'
  | 'leasequery'
  | 'unknown';

/**
 * One transaction: link + client + xid + phase. It keeps ALL offers: who offered what, when, which won, what the client
 * did next. Lists are capped; what was left out is counted.
 *
 * A client that repeats its DISCOVER with another xid, same class, before any REQUEST stays in one exchange: replies
 * answer the same DISCOVER only where their `xid` is equal. One message seen on several segments of one link (a chain of
 * relays) is listed once. An answer on another segment than its question (a capture on all ports of a bridge) is among
 * the rest, with its own segment and link. `compare.ts` has `answers(exchange)`: every promise made to the client's first question.
 */
export interface Exchange4 {
  /** Number in order of opening, from 1. */
  id: number;
  link: string;
  segment: number;
  client: string;
  chaddr: number;
  /** The first one. */
  xid: number;
  /** All of them, the last 8. */
  xids: readonly number[];
  phase: Phase4;
  /** No request was seen before the first reply (one direction only, another port's view). */
  openedByReply: boolean;
  clientClass: ClientClass4;
  maasProbe: boolean;
  broadcast: boolean;
  giaddr: number;
  /** First and last message (microseconds). */
  firstTime: number;
  lastTime: number;
  /** First 8. */
  discovers: Dhcp4Message[];
  discoverCount: number;
  /** Time of the last DISCOVER / REQUEST (microseconds), 0 none. */
  lastDiscover: number;
  lastRequest: number;
  /** Every OFFER, first 16; ProxyDHCP offers among them (`message.proxy`). */
  offers: Dhcp4Message[];
  offerCount: number;
  /** REQUEST; also INFORM, BOOTREQUEST and LEASEQUERY in their phases. First 8. */
  requests: Dhcp4Message[];
  requestCount: number;
  /** Option 54 of the (last) SELECTING REQUEST: who the client chose; -1. */
  chosen: number;
  /** First 4 of each. ACKs of ProxyDHCP among them (`message.proxy`); BOOTREPLY and LEASE… in their phases. */
  acks: Dhcp4Message[];
  ackCount: number;
  naks: Dhcp4Message[];
  nakCount: number;
  /** The last ACK or BOOTREPLY that gave an address (yiaddr not 0, no ProxyDHCP). */
  lease: Dhcp4Message | undefined;
  decline: Dhcp4Message | undefined;
  release: Dhcp4Message | undefined;
  /** Messages beyond the caps above. */
  lost: number;
  /**
   * This vantage could have seen the answer. Once the client chose an offer: whether that offer was seen. Before: the B flag, or a unicast frame to the station that asked (this client's
   * MAC; the L2 source of a relayed request) was seen on this segment at any time up to now, or this capture was made on
   * that station or is declared to see all (judgement.md: absence needs sight). Looked up when read.
   */
  readonly couldSeeReplies: boolean;
}

/**
 * Why an exchange is over.
 * - `complete`: answered by ACK or NAK, and quiet since; or nothing more is expected (RELEASE)
 * - `superseded`: the client began anew before an answer
 * - `idle`: nothing for longer than any retransmission waits
 * - `forgotten`: the cap of open exchanges was reached
 * - `capture-end`: still open when the capture ended. Undecided, unless `time` is past what the detector waits for
 */
export type Exchange4End = 'complete' | 'superseded' | 'idle' | 'forgotten' | 'capture-end';

export type Dhcp4Event =
  | {
      /** A message whose fixed part was cut: nothing of it is known but where it came from. */
      type: 'dhcp4-cut';
      sight: Sight;
      segment: number;
      ethSrc: number;
      /** As `path: code`. */
      fault: string;
      /** The snap length or the file's end cut it, not its sender. */
      byCapture: boolean;
      time: number;
    }
  | {
      /** Each message, after its exchange took it up. */
      type: 'dhcp4-message';
      message: Dhcp4Message;
      /** undefined: FORCERENEW, an unknown type, a DECLINE whose ACK is not (or no longer) known. */
      exchange: Exchange4 | undefined;
      time: number;
    }
  | {
      type: 'dhcp4-exchange';
      exchange: Exchange4;
      end: Exchange4End;
      /** When it was closed: capture time in microseconds (the last frame's at the capture's end). */
      time: number;
    };
