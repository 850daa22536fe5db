import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { SNOOPING_STEP, WATCH_STEP } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { emptyPool, serversText } from '../dhcp4/silence.ts';
import { linkSubject, linkText } from '../dhcp4/words.ts';

interface Facts {
  where: string;
  relayed: boolean;
  clients: Distinct;
  discovers: number;
  longest: number;
  once: boolean;
  proxy: boolean;
  /** Servers of this link that answered others, '' when none ever spoke. */
  servers: string;
  servedSince: boolean;
}

export const dhcpNoOffer: Detector = {
  id: 'dhcp-no-offer',
  title: 'No DHCP server answers',
  severity: 'high',
  about:
    'A client asks for an address and no server offers one, although this vantage would have seen the offer. The server is down or does not serve this network, or a switch or relay drops the question or the answer.',
  fires: [
    'DISCOVERs of a client without OFFER for five seconds or more (ten after a single one), where the OFFER would have been seen: broadcast flag, relayed, or unicast to this client seen on this segment',
    'only a ProxyDHCP server answers: there is nobody to give an address',
  ],
  quiet: [
    "a third port's view, where unicast to the client never passes: a coverage entry",
    "a capture that ends before the client's second try: a coverage entry",
    'a client that is answered later, or is seen with a lease (REQUEST)',
    "Rapid Commit, INFORM, BOOTP, LEASEQUERY; MAAS's own probe",
    'an empty pool of a server that is alive (dhcp-pool-exhausted)',
    'an exchange seen on both sides of a relay',
  ],
  needs: ['mac', 'xid', 'time'],
  references: ['RFC 2131 3.1, 4.1'],
  remedy: {
    runbook: 'RB-2',
    steps: [
      'See that the rack\'s DHCP server runs and serves this VLAN: `systemctl status maas-dhcpd` or `snap services maas`; in MAAS, Subnets, the VLAN, "Provide DHCP".',
      'See whether the switch drops it. Cisco: `show ip dhcp snooping`, `show ip dhcp snooping statistics`, `show logging | include DHCP_SNOOPING`; Juniper: `show dhcp-security statistics`; ArubaOS-Switch: `show dhcp-snooping stats`; AOS-CX: `show dhcpv4-snooping statistics`.',
      SNOOPING_STEP,
      "If the server stands behind a relay: the relay's helper address, and that the answer finds its way back to giaddr.",
      'If only the first seconds after link-up fail: spanning tree holds the port; set it to edge (`spanning-tree portfast`).',
    ],
    verify: [
      "tcpdump -nn -e -vv -i <rack-if> 'port 67 or port 68' during a boot attempt: DISCOVER arrives and OFFER leaves.",
      WATCH_STEP,
    ],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { silence } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-no-offer', newFacts, tell);

  const end = (emit: EmitFinding): void => {
    for (const one of silence.unanswered()) {
      const link = silence.servers(one);
      if (emptyPool(one, link) === 'likely') continue;
      const file = cases.open(`${one.capture}/${one.link}`, () => linkSubject(one.link, one.segment), one.segment);
      const { facts } = file;
      facts.where = linkText(one.link);
      facts.relayed ||= one.link.startsWith('g');
      facts.clients.add(one.client);
      facts.discovers += one.discovers;
      facts.longest = Math.max(facts.longest, one.until - one.firstTime);
      facts.once &&= one.discovers < 2;
      facts.proxy ||= one.proxy;
      if (link !== undefined) {
        facts.servers = serversText(link);
        facts.servedSince ||= link.lastTime > one.firstTime;
      }
      cases.note(
        file,
        one.lastTime,
        () => [
          ...one.evidence,
          {
            kind: 'absence',
            capture: one.capture,
            from: one.firstTime,
            to: one.until,
            expected: `an OFFER to ${one.name}`,
          },
        ],
        emit,
      );
    }
    cases.end(emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message }) => {
        if (!message.copy) silence.message(message);
      },
      'dhcp4-exchange': ({ exchange, time }) => silence.closed(exchange, time),
    },
    messages: { kinds: [...REPLIES, 'REQUEST'] },
    end,
    limits: () => cases.limits(),
  };
}

function newFacts(): Facts {
  return {
    where: '',
    relayed: false,
    clients: new Distinct('dhcp-no-offer.told'),
    discovers: 0,
    longest: 0,
    once: true,
    proxy: false,
    servers: '',
    servedSince: false,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const seconds = Math.round(facts.longest / 1e6);
  const reasons = [`no OFFER for up to ${seconds} s, and this vantage would have seen it`];
  if (facts.servers === '') reasons.push('no server spoke on this link in the whole capture');
  if (facts.servedSince) reasons.push(`${facts.servers} answered other clients meanwhile`);
  const causes = facts.servedSince
    ? [
        'the server does not serve these clients: unknown hosts denied, another VLAN or class, a static entry elsewhere',
        'a switch drops what belongs to their ports (DHCP snooping, port security)',
      ]
    : [
        'the DHCP server is down, or not enabled for this VLAN',
        'DHCP snooping without a trusted port towards the server drops DISCOVER or OFFER',
        facts.relayed
          ? "the server has no subnet for this relay's giaddr, or no route back to it"
          : "the client's port is in another VLAN, or no relay forwards from it",
        ...(facts.servers === ''
          ? []
          : ['the pool is empty (see dhcp-pool-exhausted), or the server stopped meanwhile']),
      ];
  const proxy = facts.proxy ? ' Only a ProxyDHCP server answered, which gives no address.' : '';
  const since = facts.servedSince ? `, while ${facts.servers} answered others` : '';
  return {
    confidence: confidence(facts.once ? 'possible' : 'likely', reasons, [
      'a capture at the server at the same time: whether the DISCOVER arrives and the OFFER leaves',
      "the switches' DHCP snooping counters and log",
    ]),
    message: `No DHCP server offered an address to ${facts.clients.text('client')} on ${facts.where} (${facts.clients.list(3)}; ${facts.discovers} DISCOVER${facts.discovers === 1 ? '' : 's'})${since}.${proxy}`,
    causes,
  };
}
