import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import type { Clash } from '../dhcp4/identities.ts';
import { rogueRemedy } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { clientKey, discoverNote, promiseText, replyNote } from '../dhcp4/words.ts';

interface Facts {
  clash: Clash | undefined;
  identifier: number;
  /** By the profile's MAC alone, when the owner itself is not seen. */
  impostor: number;
  clients: Distinct;
  /** What each speaker promised first. */
  promises: Map<number, string>;
}

/** Speakers of whom the promise is kept: as many as are watched. */
const SPEAKERS = 4;

export const dhcpServerIdSpoofed: Detector = {
  id: 'dhcp-server-id-spoofed',
  title: 'DHCP server identifier used by another machine',
  severity: 'high',
  about:
    "Two machines answer DHCP under one server identifier. A check of addresses alone, as MAAS's probe makes, takes the impostor for the real server; clients that choose the real one may get the other's lease.",
  fires: [
    'two MAC addresses on one segment answer one and the same request under one server identifier (giaddr 0)',
    'one identifier from A, then B, then A again, within the time that a client waits for its next try',
    'the profile gives the server another MAC address than the one that speaks as it on the link',
  ],
  quiet: [
    "giaddr not 0: the L2 source is the relay's; answers to renewals, which a router may have carried",
    'an overridden identifier (RFC 5107), a declared relay or virtual address, the MAC addresses of VRRP, HSRP, GLBP',
    'a handover: A falls silent when B begins, and a virtual address that fails back later',
    'one MAC address that speaks under another identifier on each VLAN',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['RFC 2131 4.1', 'RFC 2132 9.7', 'RFC 5107', 'RFC 9568 7.3'],
  remedy: rogueRemedy(-1),
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site } = context;
  const { charges } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-server-id-spoofed', newFacts, tell);

  const on = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    const clash = charges.clash(m, exchange);
    const charge = charges.charge(m, exchange);
    const { serverId, serverMac } = m;
    // Convicted by its MAC alone: the profile gives the server that it names another.
    const stolen =
      clash === undefined && charge?.kind === 'impostor' && site.declared && serverId > 0 && serverMac >= 0;
    if (clash === undefined && !stolen) return;
    const one = cases.open(`${m.segment}/${serverId}`, () => ({ server: ipv4Text(serverId) }), m.segment);
    const { facts } = one;
    facts.identifier = serverId;
    facts.clash = clash ?? facts.clash;
    if (stolen) facts.impostor = serverMac;
    facts.clients.add(clientKey(m));
    keepPromise(facts, m);
    for (const other of others(m, exchange)) keepPromise(facts, other);
    cases.note(one, m.time, () => evidenceOf(m, exchange, clash), emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message, exchange }, emit) => {
        if (message.reply && !message.copy) on(message, exchange, emit);
      },
    },
    messages: { kinds: REPLIES },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function evidenceOf(m: Dhcp4Message, exchange: Exchange4 | undefined, clash: Clash | undefined): EvidenceNote[] {
  const [discover] = exchange?.discovers ?? [];
  return [
    ...(discover === undefined ? [] : [discoverNote(discover)]),
    ...others(m, exchange).map(replyNote),
    replyNote(m),
    ...(clash?.speakers ?? []).map(({ first, mac }): EvidenceNote => ({
      kind: 'frame',
      sight: first,
      note: `${macText(mac)} first answers as ${ipv4Text(m.serverId)}`,
    })),
  ];
}

/** Replies of this exchange under the same identifier from another source. */
function others(m: Dhcp4Message, exchange: Exchange4 | undefined): Dhcp4Message[] {
  if (exchange === undefined) return [];
  const list = m.kind === 'OFFER' ? exchange.offers : [...exchange.acks, ...exchange.naks];
  return list.filter((one) => one.serverId === m.serverId && one.serverMac >= 0 && one.serverMac !== m.serverMac);
}

function keepPromise(facts: Facts, m: Dhcp4Message): void {
  if (facts.promises.size >= SPEAKERS || facts.promises.has(m.serverMac)) return;
  const text = promiseText(m.promise);
  if (text !== '') facts.promises.set(m.serverMac, text);
}

function newFacts(): Facts {
  return {
    clash: undefined,
    identifier: -1,
    impostor: -1,
    clients: new Distinct('dhcp-server-id-spoofed.clients'),
    promises: new Map(),
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const { clash } = facts;
  const identifier = ipv4Text(facts.identifier);
  const impostor = facts.impostor >= 0 ? facts.impostor : (clash?.impostor ?? -1);
  const promises = [...facts.promises].map(([mac, text]) => `${macText(mac)} promises ${text}`).join('; ');
  const differ = new Set(facts.promises.values()).size > 1 ? ` ${promises}.` : '';
  const remedy = rogueRemedy(impostor);
  if (clash === undefined) {
    return {
      confidence: confidence('certain', [
        `the profile gives ${identifier} another MAC address than ${macText(impostor)}`,
      ]),
      message: `${macText(impostor)} answers DHCP as ${identifier}, but the profile gives that server another MAC address (${facts.clients.text('client')}).${differ}`,
      remedy,
    };
  }
  const macs = clash.speakers.map((one) => macText(one.mac)).join(' and ');
  const reasons = [
    clash.sameRequest
      ? 'both answered one and the same request; no handover does that'
      : `the word went to and fro between them ${clash.turns} times; the first did not fall silent`,
  ];
  if (facts.impostor >= 0)
    reasons.push(`the profile gives ${identifier} another MAC address than ${macText(impostor)}`);
  else if (clash.impostor >= 0) reasons.push(`${macText(impostor)} is the impostor: ${clash.why}`);
  if (differ !== '') reasons.push('they promise different things');
  return {
    confidence: confidence(
      clash.sameRequest ? 'certain' : 'likely',
      reasons,
      impostor >= 0
        ? []
        : [
            `which MAC address ${identifier} has: the profile, the ARP cache of the router, or the address itself (\`ip link\` on the rack)`,
          ],
    ),
    message:
      impostor >= 0
        ? `${macText(impostor)} answers DHCP under the identifier of another server: ${macs} both speak as ${identifier} to ${facts.clients.text('client')}.${differ}`
        : `${macs} both answer DHCP as ${identifier} to ${facts.clients.text('client')}; one of them is an impostor.${differ}`,
    remedy,
  };
}
