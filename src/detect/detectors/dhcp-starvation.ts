import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote, Subject } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientText, discoverNote, frame } from '../dhcp4/words.ts';

/** Sources and minutes watched at once: a flood that changes its source shows in the segment's own window. */
const WINDOWS = 512;
/** Clients are counted by minute of the capture. */
const WINDOW = 60e6;
/** Hardware addresses that one L2 source invents within a minute. A bridge or a host with a few guests stays below. */
const ONE_SOURCE = 16;
/** The same where each has its own source: a rack row has fewer machines that fail to boot in one minute. */
const SPRAY = 64;
/** Share that may complete, of all. */
const COMPLETING = 0.2;
/** Share of distinct vendor prefixes (OUI) above which addresses were made up: machines of a rack share a few. */
const PREFIXES = 0.8;
/** Above all 48-bit addresses. */
const DECLINED = 0x1000000000000;
/** Addresses that one source declines within a minute. */
const DECLINES = 8;

/** One L2 source (or one whole segment) in one minute. */
interface Window {
  segment: number;
  /** The L2 source; -1 for the whole segment. */
  source: number;
  minute: number;
  clients: Distinct;
  prefixes: Distinct;
  completed: number;
  first: Dhcp4Message[];
  told: boolean;
}

interface Facts {
  kind: 'source' | 'spray' | 'declines';
  mac: number;
  clients: Distinct;
  completed: number;
}

export const dhcpStarvation: Detector = {
  id: 'dhcp-starvation',
  title: 'DHCP starvation',
  severity: 'high',
  about:
    "Somebody asks for address after address under invented hardware addresses, so that the server's pool runs empty and real machines get nothing, or a rogue server's answer. Shut the port that it comes from.",
  fires: [
    'one L2 source sends DISCOVERs for 16 hardware addresses or more that are not its own within a minute (giaddr 0), and at most a fifth completes',
    '64 clients or more within a minute, nearly each with a vendor prefix of its own, and at most a fifth completes',
    'one L2 source declines eight addresses or more within a minute',
  ],
  quiet: [
    "a relay's MAC: giaddr is not 0",
    'a rack that powers on: few vendor prefixes, and the machines complete, or no server answers any of them',
    'a hypervisor or bridge whose guests complete',
    'one client that asks again and again',
  ],
  needs: ['mac', 'time', 'xid'],
  references: ['RFC 2131 7', 'RFC 7819 4.1'],
  remedy: {
    runbook: '',
    steps: [
      'Find the port: `show mac address-table address <mac>` (Cisco), `show ethernet-switching table | match <mac>` (Juniper), `show mac-address <mac>` (ArubaOS-Switch); with changing addresses the port with the most of them: `show mac address-table count`, `show port-security`.',
      'Shut it, then limit all access ports: Cisco `switchport port-security maximum 2`, `ip dhcp snooping limit rate 15`, `ip dhcp snooping verify mac-address`; Juniper `set vlans <vlan> forwarding-options dhcp-security`, `interface-mac-limit`; ArubaOS-Switch `port-security <port> address-limit`, `dhcp-snooping verify mac`.',
      'On the rack drop the leases of the invented clients (stop dhcpd, edit `dhcpd.leases`), or wait: MAAS leases last 10 minutes.',
    ],
    verify: ['The rate of new hardware addresses falls back to that of real machines; a new client gets an OFFER.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const windows = new BoundedMap<string, Window>('dhcp-starvation.windows', WINDOWS);
  const cases = new Cases<Facts>('dhcp-starvation', newFacts, tell);

  /** Exchanges of one minute mostly close together. */
  let last: Window | undefined;

  const windowOf = (segment: number, source: number, time: number): Window => {
    const minute = Math.floor(time / WINDOW);
    if (last?.segment === segment && last.source === source && last.minute === minute) return last;
    const key = `${segment}/${source}/${minute}`;
    last = windows.get(key);
    if (last !== undefined) return last;
    last = {
      segment,
      source,
      minute,
      clients: new Distinct('dhcp-starvation.clients', 256),
      prefixes: new Distinct('dhcp-starvation.prefixes', 256),
      completed: 0,
      first: [],
      told: false,
    };
    windows.set(key, last);
    return last;
  };

  const closed = (exchange: Exchange4, emit: EmitFinding): void => {
    const [discover] = exchange.discovers;
    if (discover === undefined || exchange.giaddr !== 0 || discover.giaddr !== 0 || exchange.maasProbe) return;
    const { ethSrc, chaddr, segment } = discover;
    if (chaddr < 0 || ethSrc < 0) return;
    const own = ethSrc === chaddr;
    const source = own ? -1 : ethSrc;
    const window = windowOf(segment, source, discover.time);
    if (!window.clients.add(chaddr)) return;
    window.prefixes.add(Math.floor(chaddr / 0x1000000));
    const completed = exchange.acks.some((ack) => !ack.proxy);
    if (completed) window.completed += 1;
    if (window.first.length < 6) window.first.push(discover);
    if (!starving(window, own)) return;
    const one = cases.open(`${segment}/${source}`, () => (own ? { segment } : { mac: macText(ethSrc) }), segment);
    one.facts.kind = own ? 'spray' : 'source';
    one.facts.mac = own ? -1 : ethSrc;
    let times = 1;
    if (!window.told) {
      times = window.clients.size;
      for (const client of window.clients.values()) one.facts.clients.add(client);
      one.facts.completed += window.completed;
      window.told = true;
    } else {
      one.facts.clients.add(chaddr);
      if (completed) one.facts.completed += 1;
    }
    cases.note(one, discover.time, () => [...window.first, discover].map(discoverNote), emit, false, times);
  };

  const declined = (m: Dhcp4Message, emit: EmitFinding): void => {
    if (m.giaddr !== 0 || m.ethSrc < 0 || m.requested <= 0) return;
    // Declined addresses are counted apart from clients: under a source that no frame can have.
    const window = windowOf(m.segment, m.ethSrc + DECLINED, m.time);
    if (!window.clients.add(ipv4Text(m.requested))) return;
    if (window.first.length < 6) window.first.push(m);
    if (window.clients.size < DECLINES) return;
    const subject: Subject = { mac: macText(m.ethSrc), by: 'DECLINE' };
    const one = cases.open(`${m.segment}/declines/${m.ethSrc}`, () => subject, m.segment);
    one.facts.kind = 'declines';
    one.facts.mac = m.ethSrc;
    for (const address of window.clients.values()) one.facts.clients.add(address);
    cases.note(one, m.time, () => [...window.first, m].map(declineNote), emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message }, emit) => {
        if (message.kind === 'DECLINE' && !message.copy) declined(message, emit);
      },
      'dhcp4-exchange': ({ exchange }, emit) => closed(exchange, emit),
    },
    messages: { kinds: ['DECLINE'] },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...[windows.limit() ?? []].flat()],
  };
}

function declineNote(m: Dhcp4Message): EvidenceNote {
  return frame(m, `DECLINE of ${ipv4Text(m.requested)} by ${clientText(m)}`);
}

function starving(window: Window, own: boolean): boolean {
  const clients = window.clients.size;
  if (clients < (own ? SPRAY : ONE_SOURCE) || window.completed > COMPLETING * clients) return false;
  return !own || window.prefixes.size >= PREFIXES * clients;
}

function newFacts(): Facts {
  return { kind: 'source', mac: -1, clients: new Distinct('dhcp-starvation.told'), completed: 0 };
}

function tell({ facts }: Case<Facts>): Telling {
  if (facts.kind === 'declines') {
    return {
      confidence: confidence(
        'likely',
        ['one station declines address after address; a real conflict concerns one'],
        ['ARP: whether anybody holds these addresses'],
      ),
      message: `${macText(facts.mac)} declines address after address (${facts.clients.text('address', 'addresses')} within a minute), which takes them out of the server's pool.`,
    };
  }
  const done = facts.completed === 0 ? 'none of them took a lease' : `${facts.completed} of them took a lease`;
  if (facts.kind === 'source') {
    return {
      confidence: confidence(
        facts.clients.size >= 4 * ONE_SOURCE ? 'certain' : 'likely',
        [
          `one Ethernet source asks for ${facts.clients.text('hardware address', 'hardware addresses')} that are not its own`,
          done,
        ],
        facts.clients.size >= 4 * ONE_SOURCE ? [] : ["the switch's MAC address table: what stands behind this source"],
      ),
      message: `${macText(facts.mac)} asks for addresses in the name of ${facts.clients.text('client')} (chaddr differs from its own MAC, giaddr 0); ${done}.`,
    };
  }
  return {
    confidence: confidence(
      'likely',
      ['nearly every client has a vendor prefix of its own; machines of one site share a few', done],
      ["the switch's MAC address table: whether they all stand behind one port"],
    ),
    message: `${facts.clients.text('client')} with made-up hardware addresses ask for addresses within minutes; ${done}.`,
  };
}
