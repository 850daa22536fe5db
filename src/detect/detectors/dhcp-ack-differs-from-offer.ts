import { compareAnswers, type NetworkField } from '../../flow/dhcp4/compare.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { roomOf } from '../dhcp4/room.ts';
import { named, sameServer, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, replyNote, requestNote } from '../dhcp4/words.ts';

interface Facts {
  server: Server4;
  clients: Distinct;
  what: string[];
  address: boolean;
}

export const dhcpAckDiffersFromOffer: Detector = {
  id: 'dhcp-ack-differs-from-offer',
  title: 'ACK differs from the OFFER',
  severity: 'medium',
  about:
    'A server acknowledged something else than it had offered: another address, router, resolver or boot file. A server that was reconfigured between the two does that once; one that does it often is broken, or somebody answers in its name.',
  fires: [
    'the ACK to a SELECTING REQUEST gives another address than the OFFER of the same server that the client took',
    'it changes mask, routers, DNS, 121/249, 252, domain, boot file or next-server that the OFFER named',
  ],
  quiet: [
    'an option that only one of the two carries: clients ask for more in the REQUEST than in the DISCOVER',
    'lease time, NTP, and the order of lists',
    'a REQUEST of another vendor or user class than the DISCOVER',
    'ProxyDHCP, INFORM, renewals, and another transaction',
    'a server that the site does not authorise (dhcp-rogue-server), two machines under one identifier (dhcp-server-id-spoofed)',
  ],
  needs: ['ipv4', 'mac', 'xid', 'options', 'filename'],
  references: ['RFC 2131 3.1 step 4, 4.3.1 table 3'],
  remedy: {
    runbook: '',
    steps: [
      "Compare the server's configuration with both answers; in MAAS look for a change of the subnet or an IP range at that time (`journalctl -u snap.maas.pebble -t dhcpd`, or maas-dhcpd).",
      "If nothing changed there, find out who sent the ACK: its MAC address in the frame against the server's.",
    ],
    verify: ['A new boot: OFFER and ACK agree.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { standings } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-ack-differs-from-offer', newFacts, tell);

  const acknowledged = (ack: Dhcp4Message, exchange: Exchange4, emit: EmitFinding): void => {
    const [first] = exchange.offers;
    // One server, and the very same words: nearly always.
    if (exchange.offers.length === 1 && first?.promise === ack.promise && first?.yiaddr === ack.yiaddr) return;
    const server = serverOf(ack);
    if (!named(server)) return;
    const request = exchange.requests.findLast((one) => one.xid === ack.xid);
    const offer = exchange.offers.findLast(
      (one) => !one.proxy && one.xid === ack.xid && one.time <= ack.time && sameServer(serverOf(one), server),
    );
    if (offer?.promise === undefined || ack.promise === undefined) return;
    const what = changed(offer, ack, exchange, request);
    if (what.length === 0 || standings.of(ack, server) === 'unauthorised') return;
    const one = cases.open(`${ack.link}/${server.address}/${server.mac}`, () => serverSubject(server), ack.segment);
    const { facts } = one;
    facts.server = server;
    facts.clients.add(clientKey(ack));
    if (facts.what.length === 0) facts.what = what;
    facts.address ||= offer.yiaddr !== ack.yiaddr;
    cases.note(
      one,
      ack.time,
      () => [replyNote(offer), ...(request === undefined ? [] : [requestNote(request)]), replyNote(ack)],
      emit,
    );
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (m.kind !== 'ACK' || m.copy || m.proxy || m.yiaddr === 0 || exchange?.phase !== 'selecting') return;
        acknowledged(m, exchange, emit);
      },
    },
    messages: { kinds: ['ACK'] },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

/** What the ACK changed of what the OFFER said, in words. */
function changed(
  offer: Dhcp4Message,
  ack: Dhcp4Message,
  exchange: Exchange4,
  request: Dhcp4Message | undefined,
): string[] {
  const list: string[] = [];
  // RFC 2131 4.3.1: the address is the one that the client asked for, and it asked for what was offered.
  if (offer.yiaddr !== ack.yiaddr && (request === undefined || request.requested !== ack.yiaddr)) {
    list.push(`address ${ipv4Text(offer.yiaddr)} became ${ipv4Text(ack.yiaddr)}`);
  }
  if (offer.promise === ack.promise || offer.promise === undefined || ack.promise === undefined) return list;
  const { network, oneSided, naming } = compareAnswers(offer, ack);
  const sameClass =
    request === undefined || exchange.discovers.every((one) => one.clientClass.key === request.clientClass.key);
  for (const field of network) {
    if (oneSided.includes(field) || (field === 'bootFile' && !sameClass)) continue;
    list.push(`${NAMES[field]} changed`);
  }
  const moved = naming.includes('nextServer') && offer.promise.nextServer > 0 && ack.promise.nextServer > 0;
  if (moved && sameClass) {
    list.push(`next-server ${ipv4Text(offer.promise.nextServer)} became ${ipv4Text(ack.promise.nextServer)}`);
  }
  return list;
}

const NAMES: Record<NetworkField, string> = {
  mask: 'subnet mask',
  routers: 'router',
  dns: 'DNS',
  routes: 'classless routes',
  proxyAutoConfig: 'proxy configuration',
  domain: 'domain',
  domainSearch: 'search list',
  bootFile: 'boot file',
};

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    clients: new Distinct('dhcp-ack-differs-from-offer.clients'),
    what: [],
    address: false,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  return {
    confidence: confidence(
      'certain',
      ['OFFER and ACK belong to one transaction and carry one server identifier'],
      ["a profile with the server's MAC address: whether somebody answers in its name"],
    ),
    message: `${serverText(facts.server)} acknowledged something else than it had offered to ${facts.clients.text('client')}: ${facts.what.join('; ')}.`,
  };
}
