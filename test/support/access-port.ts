import { DETECTORS } from '../../src/detect/registry.ts';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { FlowEvent } from '../../src/flow/events.ts';
import type { SwitchLine, SwitchText } from '../../src/flow/switch/types.ts';
import type { JoinedMessage, Missing, Passage } from '../../src/flow/vantages/types.ts';
import { NO_SWITCH_TEXT } from '../../src/flow/switch/empty.ts';
import { buildDhcp4, type Option4 } from './dhcp4.ts';
import {
  bpduFrame,
  cdpFrame,
  eapolFrame,
  eapolPacket,
  eapPacket,
  lacpFrame,
  lldpFrame,
  macsecFrame,
  mkpdu,
} from './link.ts';
import type { BpduFields, LacpEnd, MkaFields } from './link.ts';
import * as p from './packets.ts';
import { Scene, type Outcome } from './scene.ts';

/** The judges of the link, and of what goes unanswered on it: what one says, the others must not contradict. */
const IDS = new Set([
  'arp-gratuitous-storm',
  'arp-inspection-drop',
  'arp-probe-dropped',
  'arp-unanswered',
  'dot1x-blocks-boot',
  'dot1x-no-authenticator',
  'dot1x-rejected',
  'gateway-impersonated',
  'lacp-suspended',
  'mac-flooding',
  'mac-moved',
  'macsec-without-key',
  'mka-mismatch',
  'mtu-mismatch',
  'nd-inspection-drop',
  'nd-redirect-spoof',
  'port-security-violation',
  'ra-conflict',
  'ra-guard-drop',
  'ra-guard-evasion',
  'stp-port-delay',
  'vlan-mismatch',
]);
export const LINK_DETECTORS: readonly Detector[] = DETECTORS.filter(({ id }) => IDS.has(id));

export const CLIENT = '52:54:00:bb:00:01';
export const SWITCH = '02:16:3e:00:00:5b';
export const RACK = '02:16:3e:00:00:01';
export const STRANGER = '52:54:00:bb:00:99';
export const CLIENT_IP = '198.51.100.100';
export const RACK_IP = '198.51.100.2';
export const GATEWAY_IP = '198.51.100.1';

const IDENTITY = 1;

/** What is seen at the port of one machine. Frames may be told in any order: they are played in that of time. */
export class AccessPort extends Scene {
  private xid = 0x1000;
  private clock = 0;
  private place = 0;
  private readonly queue: { time: number; bytes: Uint8Array; iface: number }[] = [];

  override at(seconds: number): this {
    this.clock = seconds;
    return this;
  }

  override after(seconds: number): this {
    this.clock += seconds;
    return this;
  }

  override on(iface: number): this {
    this.place = iface;
    return this;
  }

  override frame(bytes: Uint8Array): this {
    this.queue.push({ time: this.clock, bytes, iface: this.place });
    this.clock += 0.003;
    return this;
  }

  discover(mac = CLIENT, vlans: readonly number[] = [], xid?: number): this {
    this.xid += 1;
    const payload = buildDhcp4({ chaddr: mac, xid: xid ?? this.xid, options: [[53, [1]]] });
    return this.frame(
      p.udp4Frame(
        { srcMac: mac, dstMac: p.BROADCAST, src: '0.0.0.0', dst: '255.255.255.255', sport: 68, dport: 67, vlans },
        payload,
      ),
    );
  }

  /** DISCOVERs as firmware spaces them: 0, 4, 12, 28 s from now. */
  boots(mac = CLIENT, from = 0, tries = 4): this {
    for (let i = 0; i < tries; i += 1) this.at(from + 4 * (2 ** i - 1)).discover(mac);
    return this;
  }

  /** An OFFER (2) or ACK (5). */
  replies4(
    type: number,
    mac = CLIENT,
    more: { options?: readonly Option4[]; vlans?: readonly number[]; xid?: number; ip?: string } = {},
  ): this {
    const payload = buildDhcp4({
      op: 2,
      chaddr: mac,
      xid: more.xid ?? this.xid,
      yiaddr: more.ip ?? CLIENT_IP,
      options: [[53, [type]], [54, [...p.ip4(RACK_IP)]], [51, [0, 0, 2, 88]], ...(more.options ?? [])],
    });
    return this.frame(
      p.udp4Frame(
        {
          srcMac: RACK,
          dstMac: mac,
          src: RACK_IP,
          dst: more.ip ?? CLIENT_IP,
          sport: 67,
          dport: 68,
          vlans: more.vlans ?? [],
        },
        payload,
      ),
    );
  }

  /** A lease whose router is the gateway. */
  leased(mac = CLIENT, ip = CLIENT_IP, router = GATEWAY_IP): this {
    this.discover(mac);
    return this.replies4(2, mac, { ip }).replies4(5, mac, { ip, options: [[3, [...p.ip4(router)]]] });
  }

  identityRequest(identifier: number, to?: string, src = SWITCH): this {
    return this.frame(eapolFrame(src, eapolPacket(0, eapPacket(1, identifier, IDENTITY)), to));
  }

  eapRequest(identifier: number, method: number, src = SWITCH): this {
    return this.frame(eapolFrame(src, eapolPacket(0, eapPacket(1, identifier, method, new Uint8Array(4)))));
  }

  eapResponse(identifier: number, method = IDENTITY, mac = CLIENT): this {
    return this.frame(eapolFrame(mac, eapolPacket(0, eapPacket(2, identifier, method, p.utf8('node')))));
  }

  eapEnds(success: boolean, identifier: number, src = SWITCH): this {
    return this.frame(eapolFrame(src, eapolPacket(0, eapPacket(success ? 3 : 4, identifier))));
  }

  eapolStart(mac = CLIENT): this {
    return this.frame(eapolFrame(mac, eapolPacket(1)));
  }

  eapolLogoff(mac = CLIENT): this {
    return this.frame(eapolFrame(mac, eapolPacket(2)));
  }

  bpdu(fields: BpduFields = {}, src = SWITCH): this {
    return this.frame(bpduFrame(src, fields));
  }

  lacp(actor: LacpEnd, partner?: LacpEnd, src = SWITCH): this {
    return this.frame(lacpFrame(src, actor, partner));
  }

  macsec(src: string, packetNumber: number): this {
    const data = new Uint8Array(60).fill(packetNumber & 255);
    return this.frame(macsecFrame(src, p.BROADCAST, { packetNumber, sci: { system: src, port: 1 } }, data));
  }

  mka(src: string, fields: MkaFields): this {
    return this.frame(eapolFrame(src, eapolPacket(5, mkpdu(fields), 3)));
  }

  lldp(src: string, fields: { port: string; vlan?: number }): this {
    return this.frame(lldpFrame(src, fields));
  }

  cdp(src: string, fields: { device: string; port: string; nativeVlan: number }): this {
    return this.frame(cdpFrame(src, fields));
  }

  /** An ordinary frame of somebody else, by broadcast. */
  passes(mac = STRANGER, ip = '198.51.100.99'): this {
    return this.asks(mac, ip, '198.51.100.98');
  }

  judged(profile?: Partial<Profile>): Outcome {
    const inTime = [...this.queue].sort((a, b) => a.time - b.time);
    for (const { time, bytes, iface } of inTime) this.play(time, bytes, iface);
    return this.run(LINK_DETECTORS, profile);
  }

  private play(time: number, bytes: Uint8Array, iface: number): void {
    super.on(iface);
    super.at(time);
    super.frame(bytes);
  }
}

// ---------------------------------------------------------------------------------------------- events of other flows

const NO_LINE: SwitchLine = {
  log: 0,
  line: 1,
  dialect: 'cisco-ios',
  vendor: 'Cisco IOS',
  source: 'log',
  device: 'sw1',
  kind: 'setting',
  reason: '',
  detail: '',
  mac: -1,
  chaddr: -1,
  ip: -1,
  targetMac: -1,
  targetIp: -1,
  message: '',
  vlan: -1,
  vlanName: '',
  port: 'Gi1/0/7',
  otherPort: '',
  count: 1,
  lease: -1,
  time: { from: 1_700_000_000e6, to: 1_700_000_001e6, sure: 'certain', reason: '' },
  text: '',
};

export function switchLine(fields: Partial<SwitchLine>): SwitchLine {
  return { ...NO_LINE, ...fields };
}

/** Switch text that has these lines and nothing else. */
export function switchTextOf(lines: readonly SwitchLine[], during = true): SwitchText {
  return {
    ...NO_SWITCH_TEXT,
    empty: lines.length === 0,
    during: () => during,
    linesFor: ({ kinds, mac }) =>
      lines.filter((one) => (kinds?.includes(one.kind) ?? true) && (mac === undefined || one.mac === mac)),
  };
}

export function passage(capture: number, time: number, more: Partial<Passage> = {}): Passage {
  return {
    capture,
    sight: { capture, file: 0, frame: Math.round(time) + 1, sec: Math.floor(time), nsec: 0 },
    segment: capture,
    time: time * 1e6,
    ethSrc: p.keyMac(CLIENT),
    ethDst: 0xffffffffffff,
    ipSrc: -1,
    ipDst: -1,
    ttl: -1,
    giaddr: 0,
    hops: 0,
    relayAgent: '',
    ...more,
  };
}

/** A message seen at capture 0 and missing at capture 1. */
export function lostMessage(
  protocol: string,
  kind: string,
  at: number,
  more: Partial<JoinedMessage> = {},
  missing: Partial<Missing> = {},
): FlowEvent {
  const last = passage(0, at);
  const message: JoinedMessage = {
    protocol,
    kind,
    reply: false,
    chaddr: -1,
    xid: -1,
    ciaddr: -1,
    yiaddr: -1,
    requested: -1,
    serverId: -1,
    broadcast: false,
    arp: undefined,
    time: at * 1e6,
    passages: [last],
    missing: [
      {
        capture: 1,
        from: at * 1e6,
        to: at * 1e6 + 1000,
        clock: 'measured',
        mayBeCaptureLoss: '',
        way: 'unordered',
        arpPassed: 0,
        ipPassed: 0,
        ...missing,
      },
    ],
    ...more,
  };
  return { type: 'vantage-lost', message, exchange: undefined, last, time: at * 1e6 };
}

/** What the detectors say of events alone. */
export function judgeEvents(
  events: readonly FlowEvent[],
  more: {
    profile?: Partial<Profile>;
    lines?: readonly SwitchLine[];
    /** False: the lines are of another day. */
    during?: boolean;
    vantages?: readonly string[];
  } = {},
): FindingState[] {
  const site = siteOf(more.profile === undefined ? undefined : { schema: 'rackwitness.profile/1', ...more.profile });
  const lines = more.lines ?? [];
  const bench = new DetectorBench(LINK_DETECTORS, {
    site,
    coverage: new CoverageNotes(),
    switchText: switchTextOf(lines, more.during),
    vantages: more.vantages ?? ['client', 'rack'],
  });
  for (const line of lines) bench.on({ type: 'switch-line', line, time: line.time?.from ?? 0 });
  for (const event of events) bench.on(event);
  bench.end();
  return bench.findings();
}
