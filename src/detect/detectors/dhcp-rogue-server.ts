import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import { groupAddress } from '../../flow/visibility.ts';
import type { Dhcp4Message, Exchange4, Promise4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import type { Charge } from '../dhcp4/charges.ts';
import { culpritKey, Culprits } from '../dhcp4/culprits.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { rogueRemedy } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import {
  clientKey,
  clientText,
  discoverNote,
  frame,
  promiseText,
  replyNote,
  requestNote,
  story,
} from '../dhcp4/words.ts';

interface Facts {
  server: Server4;
  mac: number;
  charge: Charge | undefined;
  clients: Distinct;
  leased: Distinct;
  namedBy: Distinct;
  offers: number;
  acks: number;
  naks: number;
  others: number;
  probes: number;
  withoutId: number;
  /** How a client named it, of the first who did. */
  named: string;
  promise: Promise4 | undefined;
}

export const dhcpRogueServer: Detector = {
  id: 'dhcp-rogue-server',
  title: 'Rogue DHCP server',
  severity: 'high',
  about:
    'A machine answers DHCP that must not. Whoever takes its lease may get a wrong router, resolver or boot file, so that its traffic and its boot are in foreign hands. Find its switch port and shut it.',
  fires: [
    "a reply (OFFER, ACK, NAK, BOOTREPLY, FORCERENEW) by a server that neither the profile nor --authorized-server lists; without option 54 its IP source counts; a reply to MAAS's own probe as well",
    'the address of an authorised server, but another MAC address than the profile gives it',
    'a client names an unauthorised server (option 54 of REQUEST, DECLINE, RELEASE; destination of a unicast renewal), also when no frame of that server is seen',
    'one server identifier from two MAC addresses, interleaved or in answer to one request: the impostor where the evidence tells, else one of the two',
    'an ACK or NAK on the link to a SELECTING REQUEST by a server that this REQUEST does not name',
  ],
  quiet: [
    'without profile or --authorized-server: a second server as such (dhcp-servers-conflict, dhcp-multiple-servers)',
    'ProxyDHCP (dhcp-rogue-proxydhcp)',
    'a NAK "wrong server-ID" (dnsmasq with dhcp-authoritative), or to a REQUEST for an address of another network (ISC dhcpd, authoritative): it may be the honest server that refuses what a rogue leased (dhcp-nak-by-other-server)',
    'renewal, REBINDING or INIT-REBOOT answered by another server of the site',
    'a relay that puts itself into option 54 (RFC 5107), a declared virtual address, a handover of a virtual address',
    'an identifier that may have stood in what the capture cut off',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['RFC 2131 4.3.2', 'RFC 2132 9.7', 'RFC 5107'],
  remedy: rogueRemedy(-1),
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site } = context;
  const room = roomOf(context);
  const culprits = new Culprits('dhcp-rogue-server.servers');
  const cases = new Cases<Facts>('dhcp-rogue-server', newFacts, tell);

  const open = (m: Dhcp4Message, seen: Server4, charge: Charge | undefined): Case<Facts> => {
    const shared = charge?.kind === 'one-of-two' ? charge.macs : undefined;
    const server = shared === undefined ? culprits.resolve(seen) : seen;
    const key = shared === undefined ? culpritKey(server) : `${m.link}/${server.address}/shared`;
    const one = cases.open(
      key,
      () =>
        shared === undefined
          ? serverSubject(server)
          : { ...serverSubject(server), macs: [...shared].sort((a, b) => a - b).map(macText) },
      m.segment,
    );
    one.facts.server = server;
    one.facts.mac = shared === undefined ? culprits.macOf(server) : -1;
    return one;
  };

  const replied = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    if (m.proxy) return;
    const charge = room.charges.charge(m, exchange);
    if (charge === undefined) return;
    const one = open(m, charge.server, charge);
    const { facts } = one;
    facts.charge ??= charge;
    count(facts, m);
    cases.note(one, m.time, () => evidenceOf(m, exchange), emit);
  };

  const spoke = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    const address = namedServer(m);
    if (address <= 0) return;
    if (site.dhcp4Server({ address, mac: -1 }) !== 'unauthorised') return;
    // A relay that proxies, and a ProxyDHCP server that was asked, are judged elsewhere.
    if (site.relay(address) === 'authorised' || exchange?.phase === 'proxy') return;
    const one = open(m, { address, mac: -1 }, undefined);
    const { facts } = one;
    facts.namedBy.add(clientKey(m));
    if (facts.named === '') facts.named = wayOfNaming(m);
    cases.note(one, m.time, () => [namingNote(m, address)], emit);
  };

  /** The first exchange is shown whole: what the others offered, whom the client chose, what came of it. */
  const complete = (exchange: Exchange4): void => {
    for (const reply of [exchange.offers[0], exchange.offers[1], exchange.acks[0], exchange.naks[0]]) {
      if (reply === undefined || reply.proxy) continue;
      const server = culprits.resolve({ address: reply.server, mac: reply.serverMac });
      const one = cases.get(culpritKey(server));
      if (one !== undefined && one.facts.clients.size <= 1) cases.add(one, () => story(exchange));
    }
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (m.copy) return;
        if (m.reply) replied(m, exchange, emit);
        else if (site.declared) spoke(m, exchange, emit);
      },
      'dhcp4-exchange': ({ exchange }) => {
        if (cases.size > 0) complete(exchange);
      },
    },
    messages: site.declared ? {} : { kinds: REPLIES },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...culprits.limits(), ...room.limits()],
  };
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    mac: -1,
    charge: undefined,
    clients: new Distinct('dhcp-rogue-server.clients'),
    leased: new Distinct('dhcp-rogue-server.leased'),
    namedBy: new Distinct('dhcp-rogue-server.named'),
    offers: 0,
    acks: 0,
    naks: 0,
    others: 0,
    probes: 0,
    withoutId: 0,
    named: '',
    promise: undefined,
  };
}

function count(facts: Facts, m: Dhcp4Message): void {
  if (m.maasProbe) facts.probes += 1;
  else facts.clients.add(clientKey(m));
  if (m.kind === 'OFFER') facts.offers += 1;
  else if (m.kind === 'ACK') facts.acks += 1;
  else if (m.kind === 'NAK') facts.naks += 1;
  else facts.others += 1;
  if ((m.kind === 'ACK' || m.kind === 'BOOTREPLY') && m.yiaddr !== 0) facts.leased.add(clientKey(m));
  if (m.serverId < 0 && m.whole && m.kind !== 'BOOTREPLY') facts.withoutId += 1;
  facts.promise = m.promise ?? facts.promise;
}

function evidenceOf(m: Dhcp4Message, exchange: Exchange4 | undefined): EvidenceNote[] {
  const [discover] = exchange?.discovers ?? [];
  const asked = m.kind === 'OFFER' ? undefined : exchange?.requests.at(-1);
  return [
    ...(discover === undefined ? [] : [discoverNote(discover)]),
    ...(asked === undefined ? [] : [requestNote(asked)]),
    replyNote(m),
  ];
}

function namingNote(m: Dhcp4Message, address: number): EvidenceNote {
  return m.kind === 'REQUEST' ? requestNote(m) : frame(m, `${m.kind} by ${clientText(m)} names ${ipv4Text(address)}`);
}

/** The server that a client's message names: option 54, or the destination of a unicast renewal (RFC 2131 4.3.2). */
function namedServer(m: Dhcp4Message): number {
  if (m.proxy || m.dstPort === 4011) return -1;
  if (m.kind !== 'REQUEST' && m.kind !== 'DECLINE' && m.kind !== 'RELEASE') return -1;
  if (m.serverId > 0) return m.serverId;
  const renewal = m.kind === 'REQUEST' && m.ciaddr !== 0 && m.giaddr === 0;
  if (!renewal || m.ipDst === 0xffffffff || groupAddress(Math.max(0, m.ethDst))) return -1;
  return m.ipDst;
}

function wayOfNaming(m: Dhcp4Message): string {
  if (m.kind !== 'REQUEST') return `a ${m.kind} names it`;
  return m.serverId > 0 ? 'a REQUEST chooses it' : 'a renewal is sent to it';
}

function tell({ facts }: Case<Facts>): Telling {
  const { charge, mac } = facts;
  const server = { address: facts.server.address, mac };
  const remedy = rogueRemedy(mac);
  if (charge === undefined) {
    return {
      confidence: confidence(
        'likely',
        [`${facts.named}; it is not among the authorised servers`],
        ["a capture at the client's port or on a mirror of it, where the server's own frames are seen"],
      ),
      message: `${serverText(server)} is not an authorised DHCP server, yet ${facts.namedBy.text('client')} took it for one (${facts.named}); none of its own frames is seen here.`,
      remedy,
    };
  }
  const wouldDecide = charge.kind === 'not-authorised' || charge.kind === 'impostor' ? [] : PROFILE;
  const reasons = [charge.reason];
  if (facts.probes > 0) reasons.push("it answered MAAS's own probe");
  if (facts.withoutId > 0) reasons.push('it leaves out the server identifier (option 54), which RFC 2131 demands');
  const { promise } = facts;
  if (promise !== undefined && server.address > 0 && promise.routers.includes(server.address)) {
    reasons.push('it names itself as router');
  }
  return {
    confidence: confidence(charge.level, reasons, wouldDecide),
    message: `${accusation(charge, server)}: ${deeds(facts)}${promised(facts)}`,
    remedy,
  };
}

const PROFILE = ["a profile, or --authorized-server, that says which servers are the site's"];

function accusation(charge: Charge, server: Server4): string {
  const who = serverText(server);
  switch (charge.kind) {
    case 'not-authorised':
      return `${who} is a rogue DHCP server, not among the authorised ones`;
    case 'impostor':
      return `${who} is a rogue DHCP server that speaks in another's name`;
    case 'one-of-two':
      return `One of two machines is a rogue DHCP server, because ${charge.reason}`;
    default:
      return `${who} is a rogue DHCP server, because ${charge.reason}`;
  }
}

function deeds(facts: Facts): string {
  const parts = [
    ...(facts.offers > 0 ? [`${facts.offers} OFFER${facts.offers === 1 ? '' : 's'}`] : []),
    ...(facts.acks > 0 ? [`${facts.acks} ACK${facts.acks === 1 ? '' : 's'}`] : []),
    ...(facts.naks > 0 ? [`${facts.naks} NAK${facts.naks === 1 ? '' : 's'}`] : []),
    ...(facts.others > 0 ? [`${facts.others} other repl${facts.others === 1 ? 'y' : 'ies'}`] : []),
  ];
  const whom =
    facts.clients.size > 0
      ? `${facts.clients.text('client')}${facts.probes > 0 ? " and MAAS's own probe" : ''}`
      : "MAAS's own probe";
  const took = facts.leased.size > 0 ? `; ${facts.leased.text('client')} took a lease` : '';
  return `${parts.join(', ')} to ${whom}${took}`;
}

function promised(facts: Facts): string {
  // Of two who share an identifier, dhcp-server-id-spoofed tells who promised what.
  const text = facts.charge?.kind === 'one-of-two' ? '' : promiseText(facts.promise);
  return text === '' ? '.' : `. It promised ${text}.`;
}
