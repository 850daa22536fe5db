import type { CaptureInterface } from '../../src/capture/types.ts';
import { PICK } from '../../src/capture/sieve.ts';
import { CoverageNotes, type CoverageNote } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import type { LimitReached } from '../../src/flow/bounded.ts';
import type { FlowEvent, FlowEventType, EventOf } from '../../src/flow/events.ts';
import { FLOWS } from '../../src/flow/registry.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { buildDhcp4 } from './dhcp4.ts';
import * as p from './packets.ts';

const ALL_NODES = 'ff02::1';
const SERVERS = 'ff02::1:2';
/** The interface of a scene whose frames are cooked. */
export const COOKED = 3;
const START = 1_700_000_000;

/** What came of a scene. */
export interface Outcome {
  findings: FindingState[];
  ids: string[];
  coverage: CoverageNote[];
  limits: LimitReached[];
  events: FlowEvent[];
  of<T extends FlowEventType>(type: T): EventOf<T>[];
}

export interface Prefix {
  prefix: string;
  length?: number;
}

export interface RaFields {
  lifetime?: number;
  prefixes?: readonly string[];
  mtu?: number;
  managed?: boolean;
  other?: boolean;
  preference?: 'high' | 'medium' | 'low';
  rdnss?: string;
  /** false leaves the source link-layer option out. */
  linkLayer?: boolean;
  hopLimit?: number;
}

/** One capture of one segment, frame by frame; `at` sets the clock in seconds since its beginning. */
export class Scene {
  private readonly frames: { time: number; bytes: Uint8Array; iface: number }[] = [];
  private now = 0;
  private iface = 0;

  at(seconds: number): this {
    this.now = seconds;
    return this;
  }

  /** A later moment. */
  after(seconds: number): this {
    this.now += seconds;
    return this;
  }

  /** On which interface of the capture, so on which segment. */
  on(iface: number): this {
    this.iface = iface;
    return this;
  }

  frame(bytes: Uint8Array): this {
    this.frames.push({ time: this.now, bytes, iface: this.iface });
    // No two frames at one moment, and further apart than copies of one frame are.
    this.now += 0.003;
    return this;
  }

  /** `mac` at `ip` asks for `target`, by broadcast unless `to` says otherwise. */
  asks(mac: string, ip: string, target: string, to?: string): this {
    return this.frame(
      p.arpFrame({
        operation: 1,
        senderMac: mac,
        senderIp: ip,
        targetIp: target,
        ...(to === undefined ? {} : { ethDst: to }),
      }),
    );
  }

  /** `mac` says to `to` that it has `ip`. */
  replies(mac: string, ip: string, to: string, toIp = '0.0.0.0'): this {
    return this.frame(
      p.arpFrame({ operation: 2, senderMac: mac, senderIp: ip, targetMac: to, targetIp: toIp, ethDst: to }),
    );
  }

  announces(mac: string, ip: string, operation: 1 | 2 = 1): this {
    return this.frame(p.arpFrame({ operation, senderMac: mac, senderIp: ip, targetIp: ip }));
  }

  probes(mac: string, target: string): this {
    return this.frame(p.arpFrame({ operation: 1, senderMac: mac, senderIp: '0.0.0.0', targetIp: target }));
  }

  /** A question and its answers. */
  asked(asker: string, askerIp: string, ip: string, ...answerers: string[]): this {
    this.asks(asker, askerIp, ip);
    for (const mac of answerers) this.replies(mac, ip, asker, askerIp);
    return this;
  }

  /** A neighbour discovery message; `body` begins after the checksum. */
  nd(type: number, src: string, dst: string, mac: string, dstMac: string, body: Uint8Array, hopLimit = 255): this {
    return this.frame(p.icmp6Frame({ srcMac: mac, dstMac, src, dst, type, hopLimit }, body));
  }

  /** Duplicate address detection. */
  dad(mac: string, target: string, nonce?: string): this {
    const option = nonce === undefined ? new Uint8Array(0) : p.ndOption(14, p.hex(nonce));
    return this.nd(
      135,
      '::',
      solicitedNode(target),
      mac,
      '33:33:ff:00:00:01',
      p.concat(p.u32(0), p.ip6(target), option),
    );
  }

  /** `mac` at `ip` asks for `target`, by multicast unless `to` says otherwise. */
  solicits(mac: string, ip: string, target: string, to?: { ip: string; mac: string }): this {
    const body = p.concat(p.u32(0), p.ip6(target), p.ndOption(1, p.mac(mac)));
    return this.nd(135, ip, to?.ip ?? solicitedNode(target), mac, to?.mac ?? '33:33:ff:00:00:01', body);
  }

  /** A Neighbor Advertisement: to all unless `to` says otherwise; flags as letters of R, S, O. */
  advertises(
    mac: string,
    target: string,
    flags: string,
    to?: { ip: string; mac: string },
    ethSrc = mac,
    dst = ALL_NODES,
  ): this {
    const bits = (flags.includes('R') ? 0x80 : 0) | (flags.includes('S') ? 0x40 : 0) | (flags.includes('O') ? 0x20 : 0);
    const body = p.concat([bits, 0, 0, 0], p.ip6(target), p.ndOption(2, p.mac(mac)));
    return this.nd(136, target, to?.ip ?? dst, ethSrc, to?.mac ?? '33:33:00:00:00:01', body);
  }

  routes(mac: string, ip: string, fields: RaFields = {}): this {
    const {
      lifetime = 1800,
      prefixes = [],
      mtu,
      managed,
      other,
      preference = 'medium',
      rdnss,
      linkLayer = true,
    } = fields;
    const flags =
      (managed === true ? 0x80 : 0) |
      (other === true ? 0x40 : 0) |
      ({ high: 0x08, medium: 0, low: 0x18 } as const)[preference];
    const body = p.concat(
      [64, flags],
      p.u16(lifetime),
      p.u32(0),
      p.u32(0),
      linkLayer ? p.ndOption(1, p.mac(mac)) : [],
      ...prefixes.map((prefix) =>
        p.ndOption(3, p.concat([64, 0xc0], p.u32(86_400), p.u32(14_400), p.u32(0), p.ip6(prefix))),
      ),
      mtu === undefined ? [] : p.ndOption(5, p.concat(p.u16(0), p.u32(mtu))),
      rdnss === undefined ? [] : p.ndOption(25, p.concat(p.u16(0), p.u32(600), p.ip6(rdnss))),
    );
    return this.nd(134, ip, ALL_NODES, mac, '33:33:00:00:00:01', body, fields.hopLimit);
  }

  redirects(mac: string, router: string, to: { ip: string; mac: string }, target: string, destination: string): this {
    return this.nd(137, router, to.ip, mac, to.mac, p.concat(p.u32(0), p.ip6(target), p.ip6(destination)));
  }

  /** A DHCPv4 ACK that gives `ip` to `mac`. */
  acks(mac: string, ip: string, ciaddr = '0.0.0.0', server = '198.51.100.2'): this {
    const payload = buildDhcp4({
      op: 2,
      chaddr: mac,
      yiaddr: ip,
      ciaddr,
      options: [
        [53, [5]],
        [54, [...p.ip4(server)]],
      ],
    });
    return this.frame(
      p.udp4Frame({ srcMac: '02:16:3e:00:00:01', dstMac: mac, src: server, dst: ip, sport: 67, dport: 68 }, payload),
    );
  }

  /** VRRP version 2 as keepalived sends it. */
  vrrp(mac: string, src: string, group: number, address: string): this {
    const payload = p.concat([0x21, group, 100, 1, 0, 1], p.u16(0), p.ip4(address), new Uint8Array(8));
    return this.ip4Multicast(mac, src, '224.0.0.18', 112, payload);
  }

  /** VRRP version 3 over IPv6. */
  vrrp6(mac: string, src: string, group: number, address: string): this {
    const payload = p.concat([0x31, group, 100, 1], p.u16(100), p.u16(0), p.ip6(address));
    const packet = p.ipv6({ src, dst: 'ff02::12', proto: 112, hopLimit: 255 }, payload);
    return this.frame(p.eth({ src: mac, dst: '33:33:00:00:00:12', type: p.ETHER_IPV6 }, packet));
  }

  glbp(mac: string, src: string, address: string, virtualMac: string): this {
    const hello = p.concat(
      [1, 28, 0, 32, 0, 120, 0, 0],
      p.u32(3000),
      p.u32(10_000),
      p.u16(600),
      p.u16(14_400),
      p.u16(0),
      [1, 4],
      p.ip4(address),
    );
    const forwarder = p.concat([2, 20, 1, 32, 0, 167, 100], new Uint8Array(7), p.mac(virtualMac));
    const payload = p.concat([1, 0], p.u16(10), p.u16(0), p.mac(mac), hello, forwarder);
    return this.frame(
      p.udp4Frame(
        { srcMac: mac, dstMac: '01:00:5e:00:00:66', src, dst: '224.0.0.102', sport: 3222, dport: 3222 },
        payload,
      ),
    );
  }

  /** A DHCPv6 message of a client on the link (to all servers) or of a server (to the client). */
  dhcp6(f: { mac: string; ip: string; to?: { ip: string; mac: string }; payload: Uint8Array }): this {
    const client = f.to === undefined;
    return this.frame(
      p.udp6Frame(
        {
          srcMac: f.mac,
          dstMac: f.to?.mac ?? '33:33:00:01:00:02',
          src: f.ip,
          dst: f.to?.ip ?? SERVERS,
          sport: client ? 546 : 547,
          dport: client ? 547 : 546,
        },
        f.payload,
      ),
    );
  }

  /** Between a relay agent and a server, both on port 547. */
  relayed6(f: { mac: string; ip: string; toMac: string; toIp: string; payload: Uint8Array }): this {
    return this.frame(
      p.udp6Frame({ srcMac: f.mac, dstMac: f.toMac, src: f.ip, dst: f.toIp, sport: 547, dport: 547 }, f.payload),
    );
  }

  /** The same scene until now, `times` over, each with its number. */
  repeat(times: number, each: (i: number) => void): this {
    for (let i = 0; i < times; i += 1) each(i);
    return this;
  }

  /**
   * Runs all flows and these detectors over the frames; the capture ends with its last frame.
   * @param watch told of each event when it happens: what events refer to goes on changing
   */
  run(detectors: readonly Detector[] = [], profile?: Partial<Profile>, watch?: (event: FlowEvent) => void): Outcome {
    const coverage = new CoverageNotes();
    const site = siteOf(profile === undefined ? undefined : { schema: 'rackwitness.profile/1', ...profile });
    const bench = new DetectorBench(detectors, { site, coverage });
    const events: FlowEvent[] = [];
    const sequence = new Sequence(FLOWS, (event) => {
      events.push(event);
      watch?.(event);
      bench.on(event);
    });
    sequence.beginFile({ capture: 0, file: 0, apart: false }, [0, 1, 2, 3].map(nanoseconds));
    this.frames.forEach(({ time, bytes, iface }, i) => {
      const picks = new Int32Array(PICK.size);
      picks[PICK.frame] = i + 1;
      picks[PICK.captured] = bytes.length;
      picks[PICK.length] = bytes.length;
      picks[PICK.iface] = iface;
      picks[PICK.high] = START + Math.floor(time);
      picks[PICK.low] = Math.round((time % 1) * 1e6) * 1000;
      sequence.take(bytes, { picks, count: 1 });
    });
    sequence.endCapture(0, sequence.lastTime);
    bench.end();
    const findings = bench.findings();
    return {
      findings,
      ids: [...new Set(findings.map((finding) => finding.detector.id))].sort(),
      coverage: coverage.list(),
      limits: [...sequence.limits(), ...bench.limits()],
      events,
      of: <T extends FlowEventType>(type: T) => events.filter((event): event is EventOf<T> => event.type === type),
    };
  }

  private ip4Multicast(mac: string, src: string, dst: string, proto: number, payload: Uint8Array): this {
    const packet = p.ipv4({ src, dst, proto, ttl: 255 }, payload);
    return this.frame(p.eth({ src: mac, dst: '01:00:5e:00:00:12', type: p.ETHER_IPV4 }, packet));
  }
}

/** A DHCPv6 option. */
export function option6(code: number, data: Uint8Array | readonly number[]): Uint8Array {
  return p.concat(p.u16(code), p.u16(data.length), data);
}

/** A DHCPv6 message (RFC 8415 8). */
export function message6(type: number, xid: number, ...options: Uint8Array[]): Uint8Array {
  return p.concat([type, (xid >>> 16) & 255, (xid >>> 8) & 255, xid & 255], ...options);
}

/** A relay agent's message (RFC 8415 9) around another. */
export function relay6(type: 12 | 13, link: string, peer: string, inner: Uint8Array): Uint8Array {
  return p.concat([type, 0], p.ip6(link), p.ip6(peer), option6(9, inner));
}

function solicitedNode(target: string): string {
  const bytes = p.ip6(target);
  const last = [...bytes.slice(13)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `ff02::1:ff${last.slice(0, 2)}:${last.slice(2)}`;
}

function nanoseconds(id: number): CaptureInterface {
  return {
    id,
    section: 0,
    sectionId: id,
    // The last interface is a cooked one (LINKTYPE_LINUX_SLL).
    linkType: id === COOKED ? 113 : 1,
    snapLength: 262_144,
    clock: { kind: 'split', base: 10, exponent: 9, offset: 0 },
    name: '',
    description: '',
    filter: '',
    os: '',
    received: -1,
    dropped: -1,
  };
}
