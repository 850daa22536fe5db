/**
 * An address as state keeps it: IPv4 an unsigned 32-bit number; IPv6 16 characters, one a byte (`latin1`);
 * -1 none. Map keys, compared with ===; `values.ts` prints them.
 */
export type Address = number | string;

/**
 * Where a record came from: the frame's place and the headers around it. One object, filled anew for each frame: a
 * stage that wants to remember something copies the numbers (`sightOf` for evidence).
 */
export interface Envelope {
  /** Index of the capture (vantage). */
  capture: number;
  /** Number of the frame within its file as tshark counts, from 1. */
  frame: number;
  /** Index of the file within the capture (rotated sets), from 0. */
  file: number;
  /** Seconds since 1970 UTC. */
  sec: number;
  /** Nanoseconds. */
  nsec: number;
  /** Microseconds since 1970 UTC as a double (exact to 1 us): for comparing and subtracting. */
  time: number;
  /** Segment: capture + interface + encapsulation path, interned; `Segments.name(id)` prints it. */
  segment: number;
  /** The bytes that offsets and spans refer to: the capture's buffer, or a reassembled datagram. */
  bytes: Uint8Array;
  /** Where the frame (or the reassembled datagram) begins in `bytes`. */
  start: number;
  /** Where what was captured of it ends in `bytes`. */
  end: number;
  /** Ethernet addresses of the innermost Ethernet header as 48-bit numbers; -1 where the link has none (raw IP, SLL destination). */
  ethSrc: number;
  ethDst: number;
  /** EtherType of the innermost header, or -1. */
  etherType: number;
  /** SLL packet type (0 to us, 1 broadcast, 2 multicast, 3 others, 4 outgoing), else -1. */
  direction: number;
  /** Innermost VLAN id with VLAN 0 as untagged: 0. */
  vlan: number;
  /** 0, 4 or 6. */
  ipVersion: number;
  ipSrc: Address;
  ipDst: Address;
  /** TTL or hop limit; -1 without IP. */
  ttl: number;
  /** IPv4 identification; -1 for IPv6. */
  ipId: number;
  /** IP protocol number after extension headers; -1 without IP. */
  ipProtocol: number;
  /** UDP/TCP ports; -1 without. */
  srcPort: number;
  dstPort: number;
  /** TCP flags byte; -1 without. */
  tcpFlags: number;
  /** TCP sequence number; -1 without. */
  tcpSeq: number;
  /** Transport payload, what was captured of it. */
  payload: number;
  payloadEnd: number;
  /** Its length by the length fields, which a snap length does not change. */
  payloadLength: number;
  /** An IPv6 extension header (other than a fragment header of a whole datagram) stood before the payload. */
  extensionHeaders: boolean;
  /** The datagram came in fragments and was put together here. */
  reassembled: boolean;
  /** Outer IP addresses of the tunnels around (VXLAN, GRE …), outermost first; empty mostly. */
  tunnels: number;
}
