import { latin1, type Cursor } from '../../cursor.ts';
import type { Span } from '../../fault.ts';

/** A MACsec Key Agreement PDU (IEEE 802.1X-2020 11.11): who holds a key on this link, and whom it has heard. */
export interface MkaPdu {
  version: number;
  keyServerPriority: number;
  /** The sender takes itself for the key server. */
  keyServer: boolean;
  macsecDesired: boolean;
  /** 0 none, 1 integrity, 2 also confidentiality, 3 also with an offset. */
  macsecCapability: number;
  /** Secure channel identifier: its system as a 48-bit number, its port. */
  sciSystem: number;
  sciPort: number;
  /** Member identifier of the sender: 12 bytes as characters, one a byte (`latin1`). */
  memberIdentifier: string;
  messageNumber: number;
  /** Connectivity association key name: which key the sender holds. */
  ckn: Span;
  /** Peers that have proved that they hold the same key, by member identifier. */
  livePeers: readonly string[];
  /** Peers that were heard, and have not proved it. */
  potentialPeers: readonly string[];
  /** A key is handed out, or in use. */
  distributedSak: boolean;
  sakInUse: boolean;
  icv: Span;
}

type Body = MkaPdu & { livePeers: string[]; potentialPeers: string[] };

const SETS = new Map([
  [1, 'Live Peer List'],
  [2, 'Potential Peer List'],
  [3, 'MACsec SAK Use'],
  [4, 'Distributed SAK'],
  [5, 'Distributed CAK'],
  [6, 'Key Management Domain'],
  [7, 'Announcement'],
  [8, 'Extended Packet Numbering'],
  [255, 'Integrity Check Value Indicator'],
]);
const LIVE = 1;
const POTENTIAL = 2;
const SAK_USE = 3;
const DISTRIBUTED_SAK = 4;
const ICV_INDICATOR = 255;
/** The integrity check value of the algorithm that everybody uses (AES-CMAC-128). */
const ICV = 16;
/** What the basic parameter set holds before the key's name. */
const BASIC = 28;
/** Each takes 4 bytes at least, and a frame holds no more of them. */
const MAX_SETS = 512;
/** Of one list: a group of this many stations on one link does not exist. */
const MAX_PEERS = 64;

/**
 * Reads an MKPDU; undefined when its basic parameter set is not whole.
 *
 * @param length of the PDU as the EAPOL header says: its integrity check value stands at its end, captured or not
 */
export function readMka(c: Cursor, length: number): MkaPdu | undefined {
  const end = c.at + length;
  if (!c.need(4 + BASIC, 'mka')) return undefined;
  const bodyLength = (c.peekAt(2) & 15) * 256 + c.peekAt(3);
  const whole = 4 + bodyLength <= c.left;
  if (!c.enter(4 + padded(bodyLength), 'mka', -1, 'parameterSetBodyLength')) return undefined;
  const pdu = readBasic(c, bodyLength, whole);
  c.leave();
  if (pdu === undefined) return undefined;
  let icv = ICV;
  for (let index = 0; c.at < end && c.left > 0; index += 1) {
    if (index >= MAX_SETS) {
      c.fault('excess', 'parameterSets', index + 1, MAX_SETS);
      break;
    }
    const setLength = c.left < 4 ? -1 : (c.peekAt(2) & 15) * 256 + c.peekAt(3);
    // The indicator counts the value, which stands behind it to the end.
    if (c.peek() === ICV_INDICATOR && c.at + 4 + setLength === end) {
      icv = setLength;
      readSet(c, index, 0, pdu);
      break;
    }
    if (c.at + icv >= end || !c.need(4, `parameterSets[${index}]`)) break;
    readSet(c, index, setLength, pdu);
  }
  if (c.left > 0 && c.at + icv <= end) pdu.icv = c.span(icv, 'icv');
  return pdu;
}

/** Parameter sets are padded to a whole number of 4 bytes (11.11). */
function padded(length: number): number {
  return (length + 3) & ~3;
}

function readBasic(c: Cursor, bodyLength: number, whole: boolean): Body | undefined {
  const version = c.u8('versionIdentifier');
  const keyServerPriority = c.u8('keyServerPriority');
  // key server 1, MACsec desired 1, capability 2, length 12
  const word = c.flags16('flagsAndLength');
  c.means(
    `${word & 0x8000 ? 'key server, ' : ''}${word & 0x4000 ? 'MACsec desired, ' : ''}capability ${(word >> 12) & 3}, length ${word & 0xfff}`,
  );
  if (bodyLength < BASIC) {
    c.fault('length', 'flagsAndLength', BASIC, bodyLength, c.at - 2);
    return undefined;
  }
  const sciSystem = c.mac('sci.systemIdentifier');
  const sciPort = c.u16('sci.portIdentifier');
  const pdu: Body = {
    version,
    keyServerPriority,
    keyServer: (word & 0x8000) !== 0,
    macsecDesired: (word & 0x4000) !== 0,
    macsecCapability: (word >> 12) & 3,
    sciSystem,
    sciPort,
    memberIdentifier: member(c, 'actorMemberIdentifier'),
    messageNumber: c.u32('actorMessageNumber'),
    ckn: { at: 0, length: 0 },
    livePeers: [],
    potentialPeers: [],
    distributedSak: false,
    sakInUse: false,
    icv: { at: 0, length: 0 },
  };
  c.flags32('algorithmAgility');
  const { at } = c;
  // Half a name is another name.
  if (whole) pdu.ckn = c.span(bodyLength - BASIC, 'cakName');
  else pdu.ckn = { at, length: 0 };
  if (c.left > 0 && c.tracing) c.rest(whole ? 'padding' : 'data');
  return pdu;
}

function readSet(c: Cursor, index: number, bodyLength: number, pdu: Body): void {
  const whole = 4 + bodyLength <= c.left;
  if (!c.enter(4 + padded(bodyLength), 'parameterSets', index, 'parameterSetBodyLength')) return;
  const type = c.u8('type');
  c.means(SETS.get(type) ?? 'unknown');
  c.flags8('flags');
  c.flags16('flagsAndLength');
  if (whole) {
    if (type === LIVE) readPeers(c, pdu.livePeers, bodyLength);
    else if (type === POTENTIAL) readPeers(c, pdu.potentialPeers, bodyLength);
    else if (type === SAK_USE) pdu.sakInUse ||= bodyLength > 0;
    // A body of length 0 says that nobody shall use MACsec (11.11.3).
    else if (type === DISTRIBUTED_SAK) pdu.distributedSak ||= bodyLength > 0;
  }
  if (c.left > 0) c.rest('data');
  c.leave();
}

/** Member identifier and message number of each, 16 bytes. */
function readPeers(c: Cursor, list: string[], bodyLength: number): void {
  for (let index = 0; 16 * (index + 1) <= bodyLength && c.left >= 16; index += 1) {
    const peer = member(c, `peers[${index}].memberIdentifier`);
    c.u32(`peers[${index}].messageNumber`);
    if (list.length < MAX_PEERS) list.push(peer);
  }
}

function member(c: Cursor, name: string): string {
  const { at, length } = c.span(12, name);
  return latin1(c.bytes, at, at + length);
}
