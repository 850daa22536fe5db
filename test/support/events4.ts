import type { Detector } from '../../src/detect/detector.ts';
import { CoverageNotes, type CoverageNote } from '../../src/detect/coverage.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import { siteOf, UNDECLARED } from '../../src/detect/profile/site.ts';
import type { Site } from '../../src/detect/site.ts';
import type { FlowEvent } from '../../src/flow/events.ts';
import type { Dhcp4Message, Promise4 } from '../../src/flow/dhcp4/types.ts';
import type { Transfer } from '../../src/flow/transfers/types.ts';
import {
  CLIENT_MAC,
  NO_PROMISE,
  PEER,
  PEER_MAC,
  PXE,
  RACK,
  RACK_MAC,
  RACK_PROMISE,
  ROGUE,
  ROGUE_MAC,
  Scene,
  secondsAt,
} from '../flow/dhcp4/scene.ts';

export { CLIENT_MAC, NO_PROMISE, PEER, PEER_MAC, PXE, RACK, RACK_MAC, RACK_PROMISE, ROGUE, ROGUE_MAC, secondsAt };

export type Fields = Partial<Dhcp4Message>;

/** 10.0.0.100: what servers give when nothing else is said. */
export const ADDRESS = 0x0a000064;
export const MINUTE = 60;

/** What the rogue promises: itself as router, resolver and boot server. */
export const ROGUE_PROMISE: Promise4 = {
  ...NO_PROMISE,
  mask: 0xffffff00,
  routers: [ROGUE],
  dns: [ROGUE],
  nextServer: ROGUE,
  bootFile: 'evil.efi',
};

/** The rack's twin in an HA pair: only what names the answering server differs. */
export const PEER_PROMISE: Promise4 = { ...RACK_PROMISE, dns: [PEER, RACK], ntp: [PEER], nextServer: PEER };

/** Replies by the rogue and by the peer; the rack's are the default. */
export const ROGUE_SAYS: Fields = {
  serverId: ROGUE,
  server: ROGUE,
  ipSrc: ROGUE,
  ethSrc: ROGUE_MAC,
  serverMac: ROGUE_MAC,
  yiaddr: 0x0a0000c8,
  promise: ROGUE_PROMISE,
};
export const PEER_SAYS: Fields = {
  serverId: PEER,
  server: PEER,
  ipSrc: PEER,
  ethSrc: PEER_MAC,
  serverMac: PEER_MAC,
  yiaddr: 0x0a000065,
  promise: PEER_PROMISE,
};

/** A reply without an address and promise: what a NAK is. */
export function nak(by: Fields): Fields {
  return { ...by, yiaddr: 0, promise: undefined, leaseTime: -1 };
}

/** The nth client: its MAC and its xid. */
export function client(n: number, more: Fields = {}): Fields {
  return { chaddr: CLIENT_MAC + n, client: `1:${(CLIENT_MAC + n).toString(16)}`, xid: 0x2000 + n, ...more };
}

export function pxeClient(n: number, more: Fields = {}): Fields {
  return client(n, { clientClass: PXE, ...more });
}

export const PROFILE: Profile = {
  schema: 'rackwitness.profile/1',
  dhcp: {
    servers: [
      { name: 'rack', addresses: ['10.0.0.1'], macs: ['52:54:00:00:00:01'], roles: ['dhcp', 'proxydhcp'] },
      { name: 'peer', addresses: ['10.0.0.2'], macs: ['52:54:00:00:00:02'], roles: ['dhcp'] },
    ],
    haGroups: [{ name: 'racks', members: ['rack', 'peer'] }],
  },
};

/** The rack and its peer are the site's servers. */
export const DECLARED: Site = siteOf(PROFILE);
/** Only the rack's address is said, by `--authorized-server`. */
export const BY_FLAG: Site = siteOf(undefined, ['10.0.0.1']);

/** A scene in which other flows speak as well. */
export class Trial extends Scene {
  /** DISCOVER, OFFER, REQUEST, ACK within a second; the fields of the client and of the server's replies. */
  dora(at: number, who: Fields = {}, by: Fields = {}): void {
    this.send('DISCOVER', at, who);
    this.send('OFFER', at + 0.1, { ...who, ...by });
    this.send('REQUEST', at + 0.2, { ...who, serverId: by.serverId ?? RACK, requested: by.yiaddr ?? ADDRESS });
    this.send('ACK', at + 0.3, { ...who, ...by });
  }

  /** A client asks for a file; `file` as it stands on the wire. */
  fetch(at: number, fields: Partial<Transfer> & { client: number; server: number; file: string }): void {
    const time = secondsAt(at);
    const sight = { capture: 0, file: 0, frame: 1000 + this.events.length, sec: Math.floor(time / 1e6), nsec: 0 };
    const transfer: Transfer = {
      id: this.events.length,
      protocol: 'tftp',
      segment: 0,
      clientMac: -1,
      clientPort: 2000,
      serverMac: -1,
      host: '',
      write: false,
      request: sight,
      requestCount: 1,
      blockSize: -1,
      tsize: -1,
      windowSize: -1,
      sources: [],
      lastBlock: 0,
      dataFrames: 0,
      duplicates: 0,
      bytes: 0,
      errorCode: -1,
      errorText: '',
      errorSight: undefined,
      icmp: -1,
      icmpSight: undefined,
      firstTime: time,
      lastTime: time,
      lastSight: sight,
      couldSeeReplies: true,
      ...fields,
    };
    this.events.push({ type: 'transfer-request', transfer, time });
  }

  /** A station uses an address as its own (ARP). */
  uses(at: number, address: number, mac: number): void {
    const time = secondsAt(at);
    const sight = { capture: 0, file: 0, frame: 3000 + this.events.length, sec: Math.floor(time / 1e6), nsec: 0 };
    const claimant = { mac, first: sight, last: sight, firstTime: time, lastTime: time };
    this.events.push({
      type: 'address-claimed',
      segment: 0,
      address,
      claimant,
      kind: 'origin',
      to: -1,
      more: 1,
      redundancy: '',
      time,
    } as FlowEvent);
  }
}

export interface Judged {
  findings: FindingState[];
  coverage: CoverageNote[];
}

/** Plays a scene, ends the capture at `until` seconds, and gives what one detector says of it. */
export function judge(
  detector: Detector,
  play: (trial: Trial) => void,
  { site = UNDECLARED, until = 300 }: { site?: Site; until?: number } = {},
): Judged {
  const trial = new Trial();
  play(trial);
  trial.end(until);
  const coverage = new CoverageNotes();
  const bench = new DetectorBench([detector], { site, coverage });
  for (const event of trial.events) bench.on(event);
  bench.end();
  return { findings: bench.findings(), coverage: coverage.list() };
}

/** The one finding; fails the test when there is none or more. */
export function only({ findings }: Judged): FindingState {
  const [one] = findings;
  if (one === undefined || findings.length !== 1) {
    throw new Error(`${findings.length} findings: ${findings.map((f) => f.last.message).join(' | ')}`);
  }
  return one;
}

/** All evidence that the report would show, as text. */
export function evidenceOf(finding: FindingState): string[] {
  return [...finding.firstEvidence, ...finding.lastEvidence].map((note) =>
    note.kind === 'absence' ? `absent: ${note.expected}` : note.note,
  );
}
