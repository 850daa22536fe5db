import type { Address } from '../wire/envelope.ts';
import { BoundedMap, type LimitReached } from './bounded.ts';
import type { Dhcp4Message, Exchange4, Promise4 } from './dhcp4/types.ts';
import type { FlowEvent } from './events.ts';
import type { Sight } from './sight.ts';

export type ServerRole = 'dhcp4' | 'proxydhcp' | 'dhcp6' | 'tftp' | 'router';

/** What a source of another family promised, in its own field names, ready to be shown: addresses as text. */
export type ServerFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * One server: role + link + identifier (option 54 or DUID, else the IP source) + L2 source where it spoke on the link
 * itself.
 */
export interface ServerEntry {
  role: ServerRole;
  link: string;
  /** Option 54, else the IP source. */
  address: Address;
  /** DHCPv6: DUID in hex; '' else. */
  duid: string;
  /** -1 behind a relay, and where it is only named. */
  mac: number;
  /** IP sources that it was seen to use besides `address`, first 8. */
  otherAddresses: Address[];
  /** First 16. */
  segments: number[];
  /** False: clients named it (option 54, or a unicast renewal's destination), and nothing of it was seen. */
  seen: boolean;
  /** Distinct promises of DHCPv4 in order of first sight, first 8. */
  promises: Promise4[];
  /** Distinct facts of other families, first 8. */
  facts: ServerFacts[];
  /** Messages by kind (`OFFER`, `ACK`, `RA` …); of a named one, the client's messages that name it. */
  counts: Map<string, number>;
  first: Sight;
  last: Sight;
  /** Promises, facts, segments and addresses beyond the caps. */
  lost: number;
}

/** What the flows of other families say of a source. */
export interface ServerSighting {
  role: ServerRole;
  link: string;
  segment: number;
  address: Address;
  duid: string;
  /** L2 source when it spoke on the link itself, else -1. */
  mac: number;
  kind: string;
  sight: Sight;
  facts?: ServerFacts;
}

/** Sources kept: a site with more servers than this per capture is an attack that forges them. */
const SERVERS = 1024;
/** Servers that are only named; clients can name anything. */
const NAMED = 1024;
const PROMISES = 8;
const SEGMENTS = 16;
const ADDRESSES = 8;

const BROADCAST = 0xffffffff;
const MULTICAST = 0xe0000000;

/** Keeps `servers[]` of the report: every DHCP, ProxyDHCP, TFTP and RA source. */
export class Servers {
  private readonly known = new BoundedMap<string, ServerEntry>('servers', SERVERS);
  private readonly named = new BoundedMap<string, ServerEntry>('servers-named', NAMED);
  /** The last of each: most messages come from the server that the one before came from. */
  private lastSeen: ServerEntry | undefined;
  private lastNamed: ServerEntry | undefined;

  on(event: FlowEvent): void {
    if (event.type !== 'dhcp4-message') return;
    const { message, exchange } = event;
    if (message.reply) this.reply(message, exchange);
    else this.request(message);
  }

  /** A source of another family was seen. */
  see(sighting: ServerSighting): void {
    const { role, link, address, duid, mac, segment, sight, kind, facts } = sighting;
    const entry = this.entry(role, link, address, duid, mac, sight);
    note(entry, segment, sight, kind);
    if (facts === undefined) return;
    const key = factsKey(facts);
    if (!entry.facts.some((one) => factsKey(one) === key)) keep(entry, entry.facts, facts, PROMISES);
  }

  /**
   * In order of first sight. A named server that was also seen (on any link) is not listed as named; what may have come
   * through a router (no L2 source) belongs to the one server that spoke with that identifier on the link itself.
   */
  list(): ServerEntry[] {
    const seen = this.joined();
    const addresses = new Set<Address>();
    for (const entry of seen) {
      addresses.add(entry.address);
      for (const address of entry.otherAddresses) addresses.add(address);
    }
    for (const entry of this.named.values()) if (!addresses.has(entry.address)) seen.push(entry);
    return seen.sort(inOrder);
  }

  limits(): LimitReached[] {
    return [this.known, this.named].flatMap((table) => table.limit() ?? []);
  }

  private joined(): ServerEntry[] {
    const direct = new Map<string, ServerEntry | undefined>();
    for (const entry of this.known.values()) {
      const key = identifierOf(entry);
      if (entry.mac >= 0) direct.set(key, direct.has(key) ? undefined : { ...entry, counts: new Map(entry.counts) });
    }
    const list: ServerEntry[] = [];
    for (const entry of this.known.values()) {
      const owner = direct.get(identifierOf(entry));
      if (entry.mac >= 0) list.push(owner ?? entry);
      else if (owner === undefined) list.push(entry);
      else join(owner, entry);
    }
    return list;
  }

  private reply(m: Dhcp4Message, exchange: Exchange4 | undefined): void {
    if (m.server < 0) return;
    // An INFORM's answer has no address either (RFC 2131 4.3.5).
    const role = m.proxy && exchange?.phase !== 'inform' ? 'proxydhcp' : 'dhcp4';
    const last = this.lastSeen;
    const entry =
      last !== undefined &&
      last.address === m.server &&
      last.mac === m.serverMac &&
      last.link === m.link &&
      last.role === role
        ? last
        : this.entry(role, m.link, m.server, '', m.serverMac, m.sight);
    this.lastSeen = entry;
    note(entry, m.segment, m.sight, m.kind);
    if (m.serverMac >= 0 && m.ipSrc >= 0 && m.ipSrc !== entry.address) {
      if (!entry.otherAddresses.includes(m.ipSrc)) {
        keep(entry, entry.otherAddresses, m.ipSrc, ADDRESSES);
      }
    }
    const { promise } = m;
    if (promise !== undefined && !entry.promises.includes(promise)) {
      keep(entry, entry.promises, promise, PROMISES);
    }
  }

  private request(m: Dhcp4Message): void {
    const address = namedServer(m);
    if (address <= 0) return;
    let entry = this.lastNamed;
    if (entry === undefined || entry.address !== address || entry.link !== m.link) {
      const key = `${m.link}/${address}`;
      entry = this.named.get(key);
      if (entry === undefined) {
        entry = { ...fresh('dhcp4', m.link, address, '', -1, m.sight), seen: false };
        this.named.set(key, entry);
      }
    }
    this.lastNamed = entry;
    note(entry, m.segment, m.sight, m.kind);
  }

  private entry(
    role: ServerRole,
    link: string,
    address: Address,
    duid: string,
    mac: number,
    sight: Sight,
  ): ServerEntry {
    const key = `${role}/${link}/${duid === '' ? address : duid}/${mac}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const entry = fresh(role, link, address, duid, mac, sight);
    this.known.set(key, entry);
    return entry;
  }
}

/**
 * The server that a client's message names: option 54, or where a renewal goes (RFC 2131 4.3.2: unicast to the server
 * that gave the lease); -1 none.
 */
export function namedServer(m: Dhcp4Message): number {
  if (m.serverId >= 0) return m.serverId;
  const renewal = m.kind === 'REQUEST' && m.ciaddr !== 0 && m.giaddr === 0 && !m.proxy;
  return renewal && m.ipDst >= 0 && m.ipDst < MULTICAST && m.ipDst !== BROADCAST ? m.ipDst : -1;
}

function identifierOf({ role, link, address, duid }: ServerEntry): string {
  return `${role}/${link}/${duid === '' ? address : duid}`;
}

function join(into: ServerEntry, from: ServerEntry): void {
  if (before(from.first, into.first)) into.first = from.first;
  if (before(into.last, from.last)) into.last = from.last;
  for (const [kind, count] of from.counts) into.counts.set(kind, (into.counts.get(kind) ?? 0) + count);
  into.promises = union(into.promises, from.promises, PROMISES);
  into.facts = union(into.facts, from.facts, PROMISES);
  into.segments = union(into.segments, from.segments, SEGMENTS);
  into.otherAddresses = union(into.otherAddresses, from.otherAddresses, ADDRESSES);
  into.lost += from.lost;
}

function union<T>(a: readonly T[], b: readonly T[], cap: number): T[] {
  return [...new Set([...a, ...b])].slice(0, cap);
}

function before(a: Sight, b: Sight): boolean {
  return a.sec < b.sec || (a.sec === b.sec && (a.nsec < b.nsec || (a.nsec === b.nsec && a.frame < b.frame)));
}

function fresh(role: ServerRole, link: string, address: Address, duid: string, mac: number, sight: Sight): ServerEntry {
  return {
    role,
    link,
    address,
    duid,
    mac,
    otherAddresses: [],
    segments: [],
    seen: true,
    promises: [],
    facts: [],
    counts: new Map(),
    first: sight,
    last: sight,
    lost: 0,
  };
}

function note(entry: ServerEntry, segment: number, sight: Sight, kind: string): void {
  entry.last = sight;
  entry.counts.set(kind, (entry.counts.get(kind) ?? 0) + 1);
  if (!entry.segments.includes(segment)) keep(entry, entry.segments, segment, SEGMENTS);
}

function keep<T>(entry: ServerEntry, list: T[], value: T, cap: number): void {
  if (list.length < cap) list.push(value);
  else entry.lost += 1;
}

function factsKey(facts: ServerFacts): string {
  return JSON.stringify(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function inOrder(a: ServerEntry, b: ServerEntry): number {
  return (
    a.first.sec - b.first.sec ||
    a.first.nsec - b.first.nsec ||
    a.first.capture - b.first.capture ||
    a.first.file - b.first.file ||
    a.first.frame - b.first.frame ||
    (a.role < b.role ? -1 : a.role > b.role ? 1 : 0)
  );
}
