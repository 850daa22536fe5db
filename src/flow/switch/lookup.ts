import type { SwitchLine, SwitchLineKind } from '../../switch/line.ts';
import type { Address } from '../../wire/envelope.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { FlowEvent } from '../events.ts';
import { timeOf, type Sight } from '../sight.ts';
import { portKey } from './ports.ts';
import type { SwitchPort, SwitchQuery, SwitchText } from './types.ts';
import { ZoneVotes } from './zone.ts';

/** Lines given for one question. */
const MAX_LINES = 256;
/** Switches stamp whole seconds, and later than the frame. */
const SLACK_US = 2e6;
/** A port that was shut down some minutes before still explains what a capture does not show. */
const AROUND_US = 600e6;
/** Stations whose frames are remembered for lines that name them, and frames of each: the first and the last. */
const MAX_STATIONS = 8192;
const FIRST_FRAMES = 24;
const LAST_FRAMES = 24;
/** Frames given for one line. */
const MAX_FRAMES = 8;

/** Lines about messages that were sent, as opposed to tables and states. */
const ABOUT_MESSAGES: ReadonlySet<SwitchLineKind> = new Set<SwitchLineKind>([
  'snooping-drop',
  'snooping-untrusted-server',
  'dai-drop',
  'source-guard-drop',
  'ra-guard-drop',
  'nd-drop',
]);

interface Seen {
  sight: Sight;
  /** DHCP message, or '' for ARP. */
  message: string;
}

interface Frames {
  first: Seen[];
  last: Seen[];
}

/** The lookup that detectors ask. Its tables are as long as the texts, whose records are capped. */
export class SwitchLookup implements SwitchText {
  readonly empty: boolean;
  private readonly byMac = new Map<number, SwitchLine[]>();
  private readonly byIp = new Map<Address, SwitchLine[]>();
  private readonly byPort = new Map<string, SwitchLine[]>();
  private readonly byKind = new Map<SwitchLineKind, SwitchLine[]>();
  private readonly sorted = new Map<string, readonly SwitchLine[]>();
  /** Stations learned on a port, by device and port. */
  private readonly stations = new Map<string, Set<number>>();
  private readonly zones = new Map<number, ZoneVotes>();
  private readonly covers: { from: number; to: number }[] = [];
  private readonly frames = new BoundedMap<number, Frames>('switch.frames', MAX_STATIONS);

  constructor(lines: readonly SwitchLine[]) {
    this.empty = lines.length === 0;
    for (const line of lines) {
      for (const mac of new Set([line.mac, line.chaddr, line.targetMac])) if (mac > 0) put(this.byMac, mac, line);
      for (const ip of new Set([line.ip, line.targetIp])) if (ip !== -1 && ip !== 0) put(this.byIp, ip, line);
      for (const port of new Set([portKey(line.port), portKey(line.otherPort)])) {
        if (port !== '') put(this.byPort, port, line);
      }
      put(this.byKind, line.kind, line);
      if (line.kind === 'mac-entry') {
        const key = placeKey(line);
        const set = this.stations.get(key) ?? new Set();
        set.add(line.mac);
        this.stations.set(key, set);
      }
      if (line.time?.local !== undefined) {
        const zone = this.zones.get(line.log) ?? new ZoneVotes();
        zone.add(line);
        this.zones.set(line.log, zone);
      }
    }
  }

  linesFor(query: SwitchQuery): readonly SwitchLine[] {
    const { mac, ip, port, kinds } = query;
    const lists: (readonly SwitchLine[])[] = [];
    if (mac !== undefined) lists.push(this.byMac.get(mac) ?? []);
    if (ip !== undefined) lists.push(this.byIp.get(ip) ?? []);
    if (port !== undefined) lists.push(this.byPort.get(portKey(port)) ?? []);
    if (lists.length === 0 && kinds !== undefined) lists.push(this.ofKinds(kinds));
    const shortest = lists.reduce<readonly SwitchLine[] | undefined>(
      (best, list) => (best === undefined || list.length < best.length ? list : best),
      undefined,
    );
    const found: SwitchLine[] = [];
    for (const line of shortest ?? []) {
      if (found.length >= MAX_LINES) break;
      if (agrees(line, query)) found.push(line);
    }
    return found;
  }

  bindingFor(who: { mac: number } | { ip: Address }, vlan?: number): SwitchLine | undefined {
    const list = 'mac' in who ? this.byMac.get(who.mac) : this.byIp.get(who.ip);
    return list?.findLast((line) => line.kind === 'binding' && sameVlan(line, vlan));
  }

  portOf(mac: number, vlan?: number): SwitchPort | undefined {
    let best: { line: SwitchLine; rank: number } | undefined;
    for (const line of this.byMac.get(mac) ?? []) {
      const rank = this.rankOf(line, mac);
      if (line.port === '' || rank === undefined || !sameVlan(line, vlan)) continue;
      // The later word of the same weight counts: a station may have moved.
      if (best === undefined || rank <= best.rank) best = { line, rank };
    }
    if (best === undefined) return undefined;
    const { line } = best;
    return { device: line.device, port: line.port, vlan: line.vlan, line };
  }

  trustOf(port: string, device?: string): 'trusted' | 'untrusted' | undefined {
    let trust: 'trusted' | 'untrusted' | undefined;
    for (const line of this.byPort.get(portKey(port)) ?? []) {
      if (device !== undefined && device !== '' && line.device !== '' && line.device !== device) continue;
      if (line.kind === 'setting' && (line.reason === 'trusted' || line.reason === 'untrusted')) trust = line.reason;
      if (line.reason === 'untrusted-port' && line.source === 'log') trust = 'untrusted';
    }
    return trust;
  }

  during({ time }: SwitchLine): boolean {
    if (time === undefined || this.covers.length === 0) return true;
    return this.covers.some(({ from, to }) => time.to >= from - AROUND_US && time.from <= to + AROUND_US);
  }

  /** A capture ran from and to these times (microseconds). */
  covered(from: number, to: number): void {
    this.covers.push({ from, to });
  }

  framesFor(line: SwitchLine): readonly Sight[] {
    const known = this.frames.peek(line.mac);
    if (known === undefined || !ABOUT_MESSAGES.has(line.kind)) return [];
    return [...known.first, ...known.last]
      .filter(({ sight, message }) => {
        const asked = line.kind === 'dai-drop' ? '' : line.message;
        if (asked !== '' ? message !== asked : line.kind === 'dai-drop' && message !== '') return false;
        return inTime(line, timeOf(sight), SLACK_US);
      })
      .map(({ sight }) => sight)
      .slice(0, MAX_FRAMES);
  }

  /** Frames that lines may speak of: to be told of every event before the detectors are. */
  on(event: FlowEvent): void {
    if (this.empty) return;
    if (event.type === 'dhcp4-message') {
      const { message } = event;
      for (const zone of this.zonesOf(message.ethSrc, message.reply ? message.ipSrc : -1)) {
        if (zone.line.message === '' || zone.line.message === message.kind) zone.votes.vote(zone.line, message.time);
      }
      this.see(message.ethSrc, { sight: message.sight, message: message.kind });
    } else if (event.type === 'address-claimed') {
      this.see(event.claimant.mac, { sight: event.claimant.last, message: '' });
    }
  }

  limits(): LimitReached[] {
    const limit = this.frames.limit();
    return limit === undefined ? [] : [limit];
  }

  /** In the order of the texts; detectors ask for the same kinds again and again. */
  private ofKinds(kinds: readonly SwitchLineKind[]): readonly SwitchLine[] {
    const key = kinds.join(' ');
    let all = this.sorted.get(key);
    if (all === undefined) {
      all = kinds.flatMap((kind) => this.byKind.get(kind) ?? []).sort((a, b) => a.log - b.log || a.line - b.line);
      this.sorted.set(key, all);
    }
    return all;
  }

  private see(mac: number, seen: Seen): void {
    if (!this.byMac.has(mac)) return;
    let known = this.frames.get(mac);
    if (known === undefined) {
      known = { first: [], last: [] };
      this.frames.set(mac, known);
    }
    if (known.first.length < FIRST_FRAMES) {
      known.first.push(seen);
      return;
    }
    known.last.push(seen);
    if (known.last.length > LAST_FRAMES) known.last.shift();
  }

  /** Lines about messages of this station that still lack a zone. */
  private zonesOf(mac: number, ip: Address): { line: SwitchLine; votes: ZoneVotes }[] {
    if (this.zones.size === 0) return [];
    const lines = [...(this.byMac.get(mac) ?? []), ...(ip === -1 ? [] : (this.byIp.get(ip) ?? []))];
    return lines.slice(0, MAX_LINES).flatMap((line) => {
      const votes = this.zones.get(line.log);
      const about = ABOUT_MESSAGES.has(line.kind) && line.kind !== 'dai-drop' && line.time?.local !== undefined;
      return about && votes !== undefined ? [{ line, votes }] : [];
    });
  }

  /** Smaller is better; undefined: the line does not say where this station is. */
  private rankOf(line: SwitchLine, mac: number): number | undefined {
    if (line.mac !== mac) return undefined;
    if (line.kind === 'mac-entry') return this.stations.get(placeKey(line))?.size ?? 1;
    if (line.kind === 'binding') return 1e6;
    if (line.kind === 'mac-move' || line.kind === 'link') return undefined;
    return 2e6;
  }
}

function put<K>(map: Map<K, SwitchLine[]>, key: K, line: SwitchLine): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [line]);
  else list.push(line);
}

function placeKey(line: SwitchLine): string {
  return `${line.device} ${portKey(line.port)}`;
}

function agrees(line: SwitchLine, { mac, ip, vlan, port, time, slack, kinds }: SwitchQuery): boolean {
  if (kinds !== undefined && !kinds.includes(line.kind)) return false;
  if (mac !== undefined && line.mac !== mac && line.chaddr !== mac && line.targetMac !== mac) return false;
  if (ip !== undefined && line.ip !== ip && line.targetIp !== ip) return false;
  if (port !== undefined && ![line.port, line.otherPort].some((one) => portKey(one) === portKey(port))) return false;
  if (!sameVlan(line, vlan)) return false;
  return time === undefined || inTime(line, time, slack ?? SLACK_US);
}

/** What names no VLAN agrees with all. */
function sameVlan(line: SwitchLine, vlan: number | undefined): boolean {
  return vlan === undefined || vlan <= 0 || line.vlan <= 0 || line.vlan === vlan;
}

function inTime({ time }: SwitchLine, at: number, slack: number): boolean {
  return time === undefined || (at >= time.from - slack && at <= time.to + slack);
}
