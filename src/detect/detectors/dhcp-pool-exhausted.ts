import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { roomOf } from '../dhcp4/room.ts';
import { emptyPool, poolEvidence, serversText } from '../dhcp4/silence.ts';
import { linkSubject, linkText } from '../dhcp4/words.ts';

interface Facts {
  where: string;
  servers: string;
  clients: Distinct;
  level: 'likely' | 'possible';
  said: boolean;
}

export const dhcpPoolExhausted: Detector = {
  id: 'dhcp-pool-exhausted',
  title: 'DHCP pool exhausted',
  severity: 'high',
  about:
    'The server gave addresses to some clients and then to no new one, though it is asked. Its dynamic range is too small for what boots here, or something ate it (dhcp-starvation). New machines cannot be enlisted or deployed.',
  fires: [
    'clients ask again and get no OFFER for five seconds or more (ten after a single DISCOVER) on a link whose server gave addresses to others before, to nobody since, and is alive (it answers renewals)',
    'the same and the server says so (option 56: "no leases left")',
    'possible, medium: the same, but the server is not heard of any more',
  ],
  quiet: [
    'a server that gives addresses to others meanwhile: it does not serve this client (dhcp-no-offer)',
    'a link on which no server ever spoke (dhcp-no-offer)',
    'a client that is answered later, or had its lease before',
    'no sight of the answers: a coverage entry',
  ],
  needs: ['mac', 'ipv4', 'xid', 'time'],
  references: ['RFC 2131 4.3.1'],
  remedy: {
    runbook: '',
    steps: [
      'On the rack look for "no free leases": `journalctl -u snap.maas.pebble -t dhcpd`, or `journalctl -u maas-dhcpd`.',
      'In MAAS enlarge the dynamic range (Subnets, the subnet, "Reserve dynamic range"); `maas $PROFILE ipranges create type=dynamic start_ip=… end_ip=… subnet=…`.',
      'Count the leases against the machines; many leases of unknown MAC addresses are starvation: rate-limit on access ports (`ip dhcp snooping limit rate`, `switchport port-security maximum`).',
    ],
    verify: ['A new client gets an OFFER.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { silence } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-pool-exhausted', newFacts, tell);

  const end = (emit: EmitFinding): void => {
    for (const one of silence.unanswered()) {
      const link = silence.servers(one);
      const level = emptyPool(one, link);
      if (level === undefined || link === undefined) continue;
      const file = cases.open(`${one.capture}/${one.link}`, () => linkSubject(one.link, one.segment), one.segment);
      const { facts } = file;
      facts.where = linkText(one.link);
      facts.servers = serversText(link);
      const { given, after } = poolEvidence(link);
      facts.clients.add(one.client);
      if (level === 'likely') facts.level = 'likely';
      facts.said ||= link.nothingLeft !== undefined;
      cases.note(
        file,
        one.lastTime,
        () => [
          ...given,
          ...one.evidence,
          ...after,
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
  return { where: '', servers: '', clients: new Distinct('dhcp-pool-exhausted.told'), level: 'possible', said: false };
}

function tell({ facts }: Case<Facts>): Telling {
  const reasons = ['the server gave addresses before, and none since these clients ask'];
  if (facts.said) reasons.push('the server says that it has none left');
  else if (facts.level === 'likely') reasons.push('the server is alive: it still answers others');
  return {
    severity: facts.level === 'likely' ? 'high' : 'medium',
    confidence: confidence(facts.level, reasons, [
      'the server\'s log ("no free leases") or its lease table',
      ...(facts.level === 'likely' ? [] : ['whether the server still runs: nothing was heard of it since']),
    ]),
    message: `${facts.servers || 'The DHCP server'} on ${facts.where} gave addresses and then none to ${facts.clients.text('new client')} (${facts.clients.list(3)}): its pool seems to be empty.`,
    causes: [
      'the dynamic range is smaller than the number of machines, or leases are long',
      'starvation: somebody takes address after address (see dhcp-starvation)',
      'declined addresses are held back (see dhcp-decline-conflict)',
    ],
  };
}
