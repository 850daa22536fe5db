import type { Exchange4 } from '../../flow/dhcp4/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { named, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, frame } from '../dhcp4/words.ts';
import { answered82, inVain } from '../relay/exchanges82.ts';
import { isWhole82, option82Text } from '../relay/option82.ts';
import { RELAY_CONFIG } from '../relay/remedies.ts';

interface Facts {
  server: Server4;
  clients: Distinct;
  asked: string;
  answered: string;
  vain: boolean;
}

export const option82ChangedInReply: Detector = {
  id: 'option82-changed-in-reply',
  title: 'The server changes Option 82',
  severity: 'medium',
  about:
    'The reply carries another Option 82 than the request. A relay that reads it to find the port of its client sends the reply to the wrong port or drops it.',
  fires: ['OFFER or ACK carries Option 82, and no request of the exchange carried the same bytes'],
  quiet: [
    'an equal echo, and none at all (option82-not-echoed)',
    'two relays or circuits whose requests are both seen',
    'a request whose Option 82 was cut by the capture, or that carries several (option82-duplicated)',
  ],
  needs: ['ipv4', 'mac', 'xid', 'options', 'circuit-id'],
  references: ['RFC 3046 2.2'],
  proof:
    'In the lab relay, server and client are real; what changes the option is a script between two interfaces, because no packaged server does it.',
  remedy: {
    runbook: '',
    steps: [
      "Compare the server's configuration: nothing may set option 82 (`agent.*`) in replies.",
      'Look for a second relay or switch between that adds or rewrites it.',
      RELAY_CONFIG,
    ],
    verify: ['A new boot: Option 82 of OFFER and DISCOVER are equal byte for byte.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('option82-changed-in-reply', newFacts, tell);

  const closed = (exchange: Exchange4, emit: EmitFinding): void => {
    for (const { reply, requests } of answered82(exchange)) {
      const [request] = requests;
      if (reply.relayAgent === '' || request === undefined) continue;
      if (
        requests.some(({ relayAgent, relayAgentCount }) => relayAgent === '' || relayAgentCount > 1) ||
        !isWhole82(reply.relayAgent)
      )
        continue;
      const all = [...exchange.discovers, ...exchange.requests];
      if (all.some(({ relayAgent }) => relayAgent === reply.relayAgent || !isWhole82(relayAgent))) continue;
      const server = serverOf(reply);
      if (!named(server)) continue;
      const one = cases.open(`${exchange.link}/${server.address}`, () => serverSubject(server), reply.segment);
      const { facts } = one;
      facts.server = server;
      facts.clients.add(clientKey(reply));
      if (facts.asked === '') facts.asked = option82Text(request.relayAgent);
      if (facts.answered === '') facts.answered = option82Text(reply.relayAgent);
      facts.vain ||= inVain(exchange);
      cases.note(
        one,
        reply.time,
        () => [
          frame(request, `${request.kind} with Option 82: ${option82Text(request.relayAgent)}`),
          frame(reply, `${reply.kind} with Option 82: ${option82Text(reply.relayAgent)}`),
        ],
        emit,
      );
    }
  };

  return {
    on: { 'dhcp4-exchange': ({ exchange }, emit) => closed(exchange, emit) },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    clients: new Distinct('option82-changed-in-reply.clients'),
    asked: '',
    answered: '',
    vain: false,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const vain = facts.vain ? ' The clients go on asking.' : '';
  return {
    confidence: confidence('certain', ['request and reply of one transaction on one segment carry different bytes']),
    message: `${serverText(facts.server)} answers ${facts.clients.text('client')} with another Option 82 than was asked with: ${facts.asked} became ${facts.answered}.${vain}`,
    causes: [
      'the server writes an Option 82 of its own instead of echoing it',
      'a device between the server and here rewrites it in the replies alone',
    ],
  };
}
