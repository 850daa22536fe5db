import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { roomOf } from '../dhcp4/room.ts';
import { rivals } from '../dhcp4/rivals.ts';
import { pairSubject, serverOf, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, discoverNote, replyNote } from '../dhcp4/words.ts';

interface Facts {
  servers: readonly [Server4, Server4] | undefined;
  clients: Distinct;
  differs: readonly string[];
  authorised: boolean;
}

export const dhcpMultipleServers: Detector = {
  id: 'dhcp-multiple-servers',
  title: 'Two DHCP servers that agree',
  severity: 'low',
  about:
    'Two DHCP servers answer the same DISCOVER with the same network; they differ only in what names the answering server. That is what an HA pair looks like (MAAS gives each rack its own next-server, boot URL and NTP), and what a careful impostor would copy.',
  fires: [
    'two servers answer the same DISCOVER and differ only in 54, siaddr, the host in 66, 67 or a URL, the order of DNS or NTP, or in another free address of the subnet',
  ],
  quiet: [
    'the profile declares them one HA group',
    'different networks or boot files (dhcp-servers-conflict)',
    'a server that the site does not authorise (dhcp-rogue-server)',
    'one machine with two identifiers, ProxyDHCP beside DHCP',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time', 'options'],
  references: ['RFC 2131 3.1', 'draft-ietf-dhc-failover'],
  remedy: {
    runbook: '',
    steps: [
      'If the two are meant as a pair, declare them one HA group in the profile.',
      'If not: find the second by its MAC address on the switches (`show mac address-table address <mac>`), and compare what it serves (size and hash of the boot file).',
    ],
    verify: ['rackwitness analyze --profile <profile>: the pair is no longer reported, a third server would be.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site } = context;
  const { standings } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-multiple-servers', newFacts, tell);

  const offered = (m: Dhcp4Message, exchange: Exchange4, emit: EmitFinding): void => {
    for (const rival of rivals(m, exchange)) {
      if (rival.difference.network.length > 0 || rival.otherSubnet) continue;
      const server = serverOf(m);
      if (server.mac >= 0 && server.mac === rival.server.mac) continue;
      if (site.samePeers(server.address, rival.server.address)) continue;
      const both = [standings.of(m, server), standings.of(rival.reply, rival.server)];
      if (both.includes('unauthorised')) continue;
      const [low, high] = server.address < rival.server.address ? [server, rival.server] : [rival.server, server];
      const one = cases.open(
        `${m.segment}/${m.link}/${low.address}/${high.address}`,
        () => pairSubject(low, high),
        m.segment,
      );
      const { facts } = one;
      if (facts.servers === undefined) {
        facts.servers = [rival.server, server];
        facts.differs = [...rival.difference.naming, ...rival.difference.order, ...rival.difference.other];
        facts.authorised = both.every((standing) => standing === 'authorised');
      }
      facts.clients.add(clientKey(m));
      const [discover] = exchange.discovers;
      cases.note(
        one,
        m.time,
        () => [...(discover === undefined ? [] : [discoverNote(discover)]), replyNote(rival.reply), replyNote(m)],
        emit,
      );
    }
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (exchange === undefined || !m.reply || m.copy || exchange.offers.length + exchange.acks.length < 2) return;
        offered(m, exchange, emit);
      },
    },
    messages: { kinds: REPLIES },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function newFacts(): Facts {
  return { servers: undefined, clients: new Distinct('dhcp-multiple-servers.clients'), differs: [], authorised: false };
}

function tell({ facts }: Case<Facts>): Telling {
  const [first, second] = facts.servers ?? [];
  if (first === undefined || second === undefined) throw new TypeError('a pair without its two servers');
  const differs = facts.differs.length === 0 ? 'in nothing' : `only in ${facts.differs.join(', ')}`;
  const reasons = ['same mask, routers, DNS, domain and boot file from both'];
  if (facts.authorised) reasons.push('both are authorised, though not declared as one HA group');
  return {
    confidence: confidence('likely', reasons, [
      'a profile that declares them an HA group, or lists only one of them',
      'ISC failover between the two on TCP 647 or 847',
      'size or hash of the boot file that each of them serves',
    ]),
    message: `${serverText(first)} and ${serverText(second)} both answer the same DISCOVER (${facts.clients.text('client')}) and differ ${differs}: it looks like an HA pair.`,
  };
}
