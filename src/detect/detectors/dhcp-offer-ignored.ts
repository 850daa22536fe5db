import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';
import { serverOf, serverText } from '../dhcp4/servers.ts';
import { clientHere, clientKey, discoverNote, replyNote } from '../dhcp4/words.ts';

/** Clients that left offers alone, waiting to be seen requesting after all. */
const CLIENTS = 4096;
/** A client may take an offer this late (microseconds); RFC 2131 4.4.1 lets it collect offers for a while. */
const CHOOSING = 5e6;
/** PXE 2.1, 2.2.3: without a PXE reply firmware asks again after 4 and 8 s before it takes a plain offer. */
const PXE_TRIES = 4;
/** Two tries further apart than this belong to different boots (microseconds): the longest wait is 64 s. */
const SAME_TRY = 130e6;

interface Ignored {
  client: number | string;
  segment: number;
  link: string;
  discovers: number;
  /** DISCOVERs that were answered, by exchange. */
  answered: number;
  lastOffer: number;
  until: number;
  pxe: boolean;
  pxeReply: boolean;
  proxy: boolean;
  servers: string[];
  lastTime: number;
  evidence: EvidenceNote[];
}

interface Facts {
  servers: readonly string[];
  clients: Distinct;
  discovers: number;
  pxe: boolean;
  pxeReply: boolean;
  proxy: boolean;
}

export const dhcpOfferIgnored: Detector = {
  id: 'dhcp-offer-ignored',
  title: 'Client asks again instead of taking an offer',
  severity: 'medium',
  about:
    'Servers offer an address, but the client requests none of them and asks again. Either the offers do not reach it (they are seen here, but something between here and the client drops them), or its firmware finds nothing in them that it can use.',
  fires: [
    "no OFFER of a client's exchange is requested over two DISCOVERs or more, each of them answered or the first answered long before the second",
    'a PXE client that got a PXE reply too (an OFFER of an address and one of a ProxyDHCP server) and still takes neither',
  ],
  quiet: [
    'an offer that lost: the client requested another one',
    "MAAS's own probe and other probes: one DISCOVER, no REQUEST",
    'IPv6-only preferred (108): the client rightly lets the offer go (RFC 8925)',
    'firmware that waits for a PXE reply: it asks again at 4 and 8 s before it takes a plain offer',
    'an OFFER that comes only after the second DISCOVER was on its way (ping check)',
    'a capture that ends while the client may still choose',
  ],
  needs: ['mac', 'ipv4', 'xid', 'time', 'vendor-class'],
  references: ['RFC 2131 3.1, 4.4.1', 'RFC 8925', 'PXE 2.1 section 2.2.3'],
  remedy: {
    runbook: 'RB-2',
    steps: [
      "Capture at the client's own port: does the OFFER arrive there? If not, a switch drops it: mark the rack's port as trusted (`ip dhcp snooping trust`), look at `show ip dhcp snooping statistics`.",
      'If it arrives: compare it with what the firmware needs. PXE firmware wants vendor class `PXEClient` in the answer, HTTP boot `HTTPClient`; some firmware cannot choose between a DHCP and a ProxyDHCP offer.',
      "In MAAS check the VLAN's MTU and that the answer is not larger than the client's maximum message size (57).",
    ],
    verify: [WATCH_STEP, 'The client sends a REQUEST.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-offer-ignored', newFacts, tell);
  const waiting = new BoundedMap<number | string, Ignored>('dhcp-offer-ignored.clients', CLIENTS);

  const closed = (exchange: Exchange4, time: number): void => {
    if (exchange.phase !== 'selecting' || exchange.maasProbe || exchange.openedByReply) return;
    const [discover] = exchange.discovers;
    const [offer] = exchange.offers;
    if (discover === undefined) return;
    if (exchange.requestCount > 0 || exchange.ackCount > 0 || exchange.decline !== undefined) {
      if (waiting.size > 0) waiting.delete(clientHere(discover));
      return;
    }
    const key = clientHere(discover);
    if (offer === undefined || exchange.offers.some((one) => (one.promise?.ipv6Only ?? -1) >= 0)) return;
    if (exchange.offers.every((one) => one.proxy)) return;
    const known = waiting.get(key);
    const fresh = known === undefined || exchange.firstTime - known.lastTime > SAME_TRY;
    const one: Ignored = fresh ? newIgnored(exchange, discover) : known;
    one.discovers += exchange.discoverCount;
    one.answered += answeredDiscovers(exchange);
    one.lastOffer = exchange.offers.at(-1)?.time ?? 0;
    one.until = time;
    one.lastTime = exchange.lastTime;
    one.pxeReply ||= exchange.offers.some(isPxeReply);
    one.proxy ||= exchange.offers.some((reply) => reply.proxy);
    for (const reply of exchange.offers) {
      const server = serverText(serverOf(reply));
      if (!reply.proxy && one.servers.length < 4 && !one.servers.includes(server)) one.servers.push(server);
    }
    if (one.evidence.length < 8) {
      one.evidence.push(
        ...exchange.discovers.slice(0, 3).map(discoverNote),
        ...exchange.offers.slice(0, 3).map(replyNote),
      );
    }
    waiting.set(key, one);
  };

  const end = (emit: EmitFinding): void => {
    for (const one of waiting.values()) {
      if (!isIgnored(one)) continue;
      const servers = [...one.servers].sort();
      const file = cases.open(`${one.link}/${servers.join()}`, () => ({ servers }), one.segment);
      const { facts } = file;
      facts.servers = servers;
      facts.clients.add(one.client);
      facts.discovers += one.discovers;
      facts.pxe ||= one.pxe;
      facts.pxeReply ||= one.pxeReply;
      facts.proxy ||= one.proxy;
      cases.note(file, one.lastTime, () => one.evidence, emit);
    }
    cases.end(emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m }) => {
        // It took an offer after all, or has an address.
        if (m.kind === 'REQUEST' && waiting.size > 0 && !m.copy) waiting.delete(clientHere(m));
      },
      'dhcp4-exchange': ({ exchange, time }) => closed(exchange, time),
    },
    messages: { kinds: ['REQUEST'] },
    end,
    limits: () => [...cases.limits(), ...[waiting.limit() ?? []].flat()],
  };
}

function isIgnored(one: Ignored): boolean {
  // Whoever asks a third time had two offers and the time to take them; after the second the capture must go on.
  if (one.answered < 2 || (one.answered < 3 && one.until - one.lastOffer < CHOOSING)) return false;
  return !one.pxe || one.pxeReply || one.discovers >= PXE_TRIES;
}

/**
 * DISCOVERs of the exchange after which an OFFER came, and the last one if the client asked again though it had an offer
 * for a second: it had the time to take it.
 */
function answeredDiscovers(exchange: Exchange4): number {
  const [first] = exchange.offers;
  if (first === undefined) return 0;
  let answered = 0;
  exchange.discovers.forEach((discover, i) => {
    const next = exchange.discovers[i + 1]?.time ?? Infinity;
    const replied = exchange.offers.some((offer) => !offer.proxy && offer.time >= discover.time && offer.time < next);
    if (replied || discover.time - first.time > 1e6) answered += 1;
  });
  return answered;
}

function isPxeReply(offer: Dhcp4Message): boolean {
  const vendorClass = offer.promise?.vendorClass ?? '';
  return vendorClass.startsWith('PXEClient') || vendorClass.startsWith('HTTPClient');
}

function newIgnored(exchange: Exchange4, discover: Dhcp4Message): Ignored {
  return {
    client: clientKey(discover),
    segment: exchange.segment,
    link: exchange.link,
    discovers: 0,
    answered: 0,
    lastOffer: 0,
    until: 0,
    pxe: exchange.clientClass.pxe,
    pxeReply: false,
    proxy: false,
    servers: [],
    lastTime: 0,
    evidence: [],
  };
}

function newFacts(): Facts {
  return {
    servers: [],
    clients: new Distinct('dhcp-offer-ignored.told'),
    discovers: 0,
    pxe: false,
    pxeReply: false,
    proxy: false,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const causes = [
    "the OFFER is dropped between here and the client (DHCP snooping on the way, a unicast that the client's firmware cannot receive)",
  ];
  if (facts.pxe && !facts.pxeReply)
    causes.push('no answer carries the vendor class PXEClient or HTTPClient, and the firmware insists on it');
  if (facts.proxy) causes.push("the firmware cannot choose between the DHCP server's and the ProxyDHCP server's offer");
  causes.push("the client's ARP probe or its policy refuses what is offered");
  return {
    confidence: confidence(
      'likely',
      ['the client asks again though offers to it pass here, and never requests one'],
      ["a capture at the client's own port: whether the OFFER arrives"],
    ),
    message: `${facts.clients.text('client')} (${facts.clients.list(3)}) took no offer of ${facts.servers.join(' or ')} and asked again (${facts.discovers} DISCOVERs).`,
    causes,
  };
}
