import type { Cover } from '../../src/capture/covers.ts';
import { PICK } from '../../src/capture/sieve.ts';
import type { CaptureInterface } from '../../src/capture/types.ts';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import type { FlowEvent } from '../../src/flow/events.ts';
import { FLOWS } from '../../src/flow/registry.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { VantageJoin } from '../../src/flow/vantages/join.ts';
import type { VantageEvent, VantagePair } from '../../src/flow/vantages/types.ts';
import { buildDhcp4, type Message4, type Option4 } from './dhcp4.ts';
import * as p from './packets.ts';

/** Seconds since 1970 at which a scene begins. */
export const START = 1_700_000_000;
export const CLIENT = '52:54:00:bb:00:01';
export const RACK = '02:16:3e:00:00:01';
export const RELAY_DOWN = '02:00:5e:00:01:01';
export const RELAY_UP = '02:00:5e:00:01:02';
const ALL = 'ff:ff:ff:ff:ff:ff';

/** What one DHCP message looks like at one point. */
export interface At extends Message4 {
  mac?: string;
  /** Ethernet source and destination, IP addresses and ports, where they are not the plain ones. */
  from?: string;
  to?: string;
  src?: string;
  dst?: string;
  sport?: number;
  dport?: number;
  ttl?: number;
  /** Option 53 and, of replies, 54. */
  type?: number;
  server?: string;
  more?: readonly Option4[];
}

export interface Seen {
  events: FlowEvent[];
  lost: Extract<VantageEvent, { type: 'vantage-lost' }>[];
  pairs: VantagePair[];
  join: VantageJoin;
  findings: FindingState[];
  ids: string[];
}

/** Frames of one incident at several points, each with its own clock. */
export class Points {
  private readonly names: readonly string[];
  private readonly frames: { time: number; bytes: Uint8Array }[][];
  private readonly skews: ((seconds: number) => number)[];
  private readonly covers: Partial<Cover>[];

  constructor(...names: string[]) {
    this.names = names;
    this.frames = names.map(() => []);
    this.skews = names.map(() => (seconds) => seconds);
    this.covers = names.map(() => ({}));
  }

  /** The clock of a point: what it shows at a true time. */
  clock(name: string, shows: (seconds: number) => number): this {
    this.skews[this.index(name)] = shows;
    return this;
  }

  /** What is said of a capture. */
  cover(name: string, cover: Partial<Cover> & { seconds?: readonly [number, number] }): this {
    const { seconds, ...rest } = cover;
    const span =
      seconds === undefined
        ? {}
        : { from: (START + seconds[0]) * 1e6, to: (START + seconds[1]) * 1e6, said: 'manifest' as const };
    this.covers[this.index(name)] = { ...span, ...rest };
    return this;
  }

  frame(name: string, at: number, bytes: Uint8Array): this {
    const index = this.index(name);
    this.frames[index]?.push({ time: this.skews[index]?.(at) ?? at, bytes });
    return this;
  }

  /** The same DHCP message at points that it passes, `journey` seconds apart. */
  dhcp(at: number, way: readonly (readonly [name: string, more?: At])[], fields: At, journey = 0.0001): this {
    way.forEach(([name, more], i) => this.frame(name, at + i * journey, dhcpFrame({ ...fields, ...more })));
    return this;
  }

  arp(at: number, names: readonly string[], mac: string, ip: string, target: string): this {
    names.forEach((name, i) =>
      this.frame(name, at + i * 0.0001, p.arpFrame({ operation: 1, senderMac: mac, senderIp: ip, targetIp: target })),
    );
    return this;
  }

  /** A TFTP request, each with its own IP identification. */
  rrq(at: number, names: readonly string[], mac: string, ip: string, id: number): this {
    const payload = p.concat(p.u16(1), Buffer.from('boot\0octet\0', 'latin1'));
    names.forEach((name, i) =>
      this.frame(
        name,
        at + i * 0.0001,
        p.udp4Frame({ srcMac: mac, dstMac: RACK, src: ip, dst: '198.51.100.2', sport: 2000, dport: 69, id }, payload),
      ),
    );
    return this;
  }

  run(detectors: readonly Detector[] = [], profile?: Partial<Profile>): Seen {
    const site = siteOf(profile === undefined ? undefined : { schema: 'rackwitness.profile/1', ...profile });
    const bench = new DetectorBench(detectors, { site, coverage: new CoverageNotes(), vantages: this.names });
    const events: FlowEvent[] = [];
    const join = new VantageJoin(this.names);
    const tell = (event: FlowEvent): void => {
      events.push(event);
      bench.on(event);
    };
    const sequence = new Sequence([...FLOWS, ...join.flows()], tell);
    this.frames.forEach((frames, capture) => {
      sequence.beginFile({ capture, file: 0, apart: false }, [MICROSECONDS]);
      let end = 0;
      let begin = Infinity;
      [...frames]
        .sort((a, b) => a.time - b.time)
        .forEach(({ time, bytes }, i) => {
          const picks = new Int32Array(PICK.size);
          picks[PICK.frame] = i + 1;
          picks[PICK.captured] = bytes.length;
          picks[PICK.length] = bytes.length;
          picks[PICK.high] = START + Math.floor(time);
          picks[PICK.low] = Math.round((time - Math.floor(time)) * 1e6);
          sequence.take(bytes, { picks, count: 1 });
          begin = Math.min(begin, (START + time) * 1e6);
          end = Math.max(end, (START + time) * 1e6);
        });
      sequence.endCapture(capture, end);
      join.covered(capture, {
        from: end === 0 ? 0 : begin,
        to: end,
        said: end === 0 ? 'nobody' : 'frames',
        filter: '',
        interface: '',
        dropped: -1,
        frames: frames.length,
        ...this.covers[capture],
      });
    });
    join.finish(tell);
    bench.end();
    const findings = bench.findings();
    return {
      events,
      lost: events.filter((event) => event.type === 'vantage-lost'),
      pairs: join.pairs,
      join,
      findings,
      ids: findings.map(({ detector }) => detector.id),
    };
  }

  private index(name: string): number {
    const index = this.names.indexOf(name);
    if (index < 0) throw new Error(`no point is called ${name}`);
    return index;
  }
}

const MICROSECONDS: CaptureInterface = {
  id: 0,
  section: 0,
  sectionId: 0,
  linkType: 1,
  snapLength: 262_144,
  clock: { kind: 'split', base: 10, exponent: 6, offset: 0 },
  name: '',
  description: '',
  filter: '',
  os: '',
  received: -1,
  dropped: -1,
};

export function dhcpFrame(f: At): Uint8Array {
  const reply = (f.op ?? 1) === 2;
  const mac = f.mac ?? CLIENT;
  const options: Option4[] = [
    [53, [f.type ?? 1]],
    ...(reply || f.server !== undefined ? [[54, (f.server ?? '198.51.100.2').split('.').map(Number)] as Option4] : []),
    ...(f.more ?? []),
  ];
  return p.udp4Frame(
    {
      srcMac: f.from ?? (reply ? RACK : mac),
      dstMac: f.to ?? (reply && (f.flags ?? 0) === 0 ? mac : ALL),
      src: f.src ?? (reply ? '198.51.100.2' : '0.0.0.0'),
      dst: f.dst ?? (reply && (f.flags ?? 0) === 0 ? '198.51.100.100' : '255.255.255.255'),
      sport: f.sport ?? (reply ? 67 : 68),
      dport: f.dport ?? (reply ? 68 : 67),
      ttl: f.ttl ?? 64,
    },
    buildDhcp4({ ...f, chaddr: mac, options }),
  );
}

export const DISCOVER: At = { op: 1, type: 1, xid: 0x1001, flags: 0x8000 };
export const OFFER: At = { op: 2, type: 2, xid: 0x1001, flags: 0x8000, yiaddr: '198.51.100.100' };
export const REQUEST: At = { op: 1, type: 3, xid: 0x1001, flags: 0x8000, server: '198.51.100.2' };
export const ACK: At = { op: 2, type: 5, xid: 0x1001, flags: 0x8000, yiaddr: '198.51.100.100' };

/** What a relay makes of a request on its way up, and of the reply on its way up to it. */
export const RELAYED: At = {
  giaddr: '203.0.113.1',
  hops: 1,
  from: RELAY_UP,
  to: RACK,
  src: '198.51.100.1',
  dst: '198.51.100.2',
  sport: 67,
  dport: 67,
};
export const TO_RELAY: At = {
  giaddr: '203.0.113.1',
  from: RACK,
  to: RELAY_UP,
  dst: '203.0.113.1',
  sport: 67,
  dport: 67,
};
/** The reply as the relay hands it to the client. */
export const HANDED: At = { giaddr: '203.0.113.1', from: RELAY_DOWN, src: '203.0.113.1' };

/** A lease that passes all points in order; the first is the client's. */
export function lease(points: Points, at: number, names: readonly string[], more: At = {}): void {
  const up = names.map((name): readonly [string] => [name]);
  const down = [...up].reverse();
  points.dhcp(at, up, { ...DISCOVER, ...more });
  points.dhcp(at + 0.1, down, { ...OFFER, ...more });
  points.dhcp(at + 0.2, up, { ...REQUEST, ...more });
  points.dhcp(at + 0.3, down, { ...ACK, ...more });
}
