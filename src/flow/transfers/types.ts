import type { Address } from '../../wire/envelope.ts';
import type { Sight } from '../sight.ts';

/** A source that answered a request: normally exactly one. */
export interface TransferSource {
  ip: Address;
  /** 48-bit number, or -1. */
  mac: number;
  port: number;
  /** Its first answer. */
  sight: Sight;
  /** What that answer was: DATA, OACK, ERROR; for HTTP the status code. */
  kind: string;
}

/**
 * - `complete`: the last block was acknowledged, or the last block was seen
 * - `refused`: the server answered with an error
 * - `aborted`: the client ended it (a tsize probe that got its answer; OVMF's first read)
 * - `stalled`: it began, and stopped before its last block though this capture goes on
 * - `unanswered`: nothing came back though this capture goes on
 * - `open`: the capture ends while it may still be going on
 */
export type TransferEnd = 'complete' | 'refused' | 'aborted' | 'stalled' | 'unanswered' | 'open';

/** One read (or write) of a file: by TFTP followed to its fresh ports; by HTTP as far as the request and the status tell. */
export interface Transfer {
  /** Number in order of opening, from 1. */
  id: number;
  protocol: 'tftp' | 'http';
  segment: number;
  client: Address;
  clientMac: number;
  clientPort: number;
  /** Whom the client asked. */
  server: Address;
  serverMac: number;
  /** As on the wire (untrusted); for HTTP the request target. */
  file: string;
  /** HTTP Host header, else ''. */
  host: string;
  /** WRQ, PUT, POST. */
  write: boolean;
  /** First RRQ, WRQ or GET, and how many were sent for it (retransmissions). */
  request: Sight;
  requestCount: number;
  /** Options as requested and as acknowledged (RFC 2347), -1 where absent: 2348, 2349 (of HTTP: Content-Length), 7440. */
  blockSize: number;
  tsize: number;
  windowSize: number;
  /** Who answered: first 4 distinct sources. */
  sources: TransferSource[];
  /** Highest block number seen (unwrapped), DATA frames, those seen before, payload bytes of new ones. */
  lastBlock: number;
  dataFrames: number;
  duplicates: number;
  bytes: number;
  /** TFTP error code of an ERROR, HTTP status of an answer; -1 none. */
  errorCode: number;
  /** Untrusted. */
  errorText: string;
  errorSight: Sight | undefined;
  /** ICMP error that quoted this transfer: type * 256 + code, -1 none. */
  icmp: number;
  icmpSight: Sight | undefined;
  firstTime: number;
  lastTime: number;
  lastSight: Sight;
  /** Something that the server sent was seen, or could have been: unicast to this client passes here. */
  couldSeeReplies: boolean;
}

export type TransferEvent =
  | { type: 'transfer-request'; transfer: Transfer; time: number }
  /** The first answer, and the first from each further source. */
  | { type: 'transfer-answer'; transfer: Transfer; source: TransferSource; time: number }
  | { type: 'transfer-end'; transfer: Transfer; end: TransferEnd; time: number };
