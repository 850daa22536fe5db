import type { Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { named, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, frame } from '../dhcp4/words.ts';
import { answered82, inVain, otherForm } from '../relay/exchanges82.ts';
import { option82Text } from '../relay/option82.ts';
import { RELAY_CONFIG } from '../relay/remedies.ts';

interface Facts {
  server: Server4;
  relay: number;
  clients: Distinct;
  text: string;
  vain: boolean;
}

export const option82NotEchoed: Detector = {
  id: 'option82-not-echoed',
  title: 'The server does not echo Option 82',
  severity: 'medium',
  about:
    'A relay or switch put Option 82 into the request, and the server answered without it. The relay may need it to find the port that asked: some drop such a reply, others flood it, others do not mind.',
  fires: [
    'the OFFER or ACK on the segment where the request came by with Option 82 carries none, seen on the way from the server to the relay or switch that put it in',
    'medium where the client goes on asking, low where it gets its lease all the same',
  ],
  quiet: [
    'a reply that the relay hands to its client: there the option must be gone',
    'the side of the client, where the request carries none',
    'a mirror that shows both sides of the switch',
    'ProxyDHCP, INFORM, LEASEQUERY, unicast renewals, and replies that the capture cut',
  ],
  needs: ['ipv4', 'mac', 'xid', 'options', 'circuit-id'],
  references: ['RFC 3046 2.2'],
  proof:
    'In the lab relays, servers and clients are real (ISC dhcrelay and dhcpd). The server that does not echo is busybox udhcpd.',
  remedy: {
    runbook: '',
    steps: [
      'Use a server that echoes it: ISC dhcpd (which MAAS runs), Kea and dnsmasq do; busybox udhcpd does not. An appliance or a script that answers here is the thing to replace.',
      RELAY_CONFIG,
      'If the server cannot: let the relay forward replies without it (dhcrelay without -D), or do not insert it (Cisco `no ip dhcp relay information option`).',
    ],
    verify: ['A new boot: the OFFER to the relay carries Option 82 byte for byte.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('option82-not-echoed', newFacts, tell);

  const closed = (exchange: Exchange4, emit: EmitFinding): void => {
    for (const { reply, requests } of answered82(exchange)) {
      if (reply.relayAgent !== '' || requests.some(({ relayAgent }) => relayAgent === '')) continue;
      const [request] = requests;
      if (request === undefined || request.ciaddr !== 0) continue;
      // On the server's side: to the relay itself, or by the server's own hand.
      const toRelay = reply.giaddr !== 0 && reply.giaddr === request.giaddr && reply.dstPort !== 68;
      const direct = reply.giaddr === 0 && request.giaddr === 0 && reply.serverMac >= 0;
      if (!toRelay && !direct) continue;
      const server = serverOf(reply);
      if (!named(server) || otherForm(exchange, reply, ({ relayAgent }) => relayAgent !== '')) continue;
      const one = cases.open(
        `${exchange.link}/${server.address}/${server.mac}`,
        () => subjectOf(server, reply.giaddr),
        reply.segment,
      );
      const { facts } = one;
      facts.server = server;
      facts.relay = reply.giaddr;
      facts.clients.add(clientKey(reply));
      if (facts.text === '') facts.text = option82Text(request.relayAgent);
      facts.vain ||= inVain(exchange);
      cases.note(
        one,
        reply.time,
        () => [
          frame(request, `${request.kind} with Option 82: ${option82Text(request.relayAgent)}`),
          frame(reply, `${reply.kind} of ${serverText(server)} without Option 82`),
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

function subjectOf(server: Server4, relay: number): ReturnType<typeof serverSubject> {
  return relay === 0
    ? serverSubject(server)
    : { ...serverSubject({ address: server.address, mac: -1 }), relay: ipv4Text(relay) };
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    relay: 0,
    clients: new Distinct('option82-not-echoed.clients'),
    text: '',
    vain: false,
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const to = facts.relay === 0 ? 'the switch that inserted it' : `the relay ${ipv4Text(facts.relay)}`;
  const vain = facts.vain
    ? ' The clients go on asking: the replies may be dropped for that.'
    : ' The clients got their answer all the same.';
  return {
    severity: facts.vain ? 'medium' : 'low',
    confidence: confidence('certain', [
      'request and reply of one transaction on one segment: with Option 82, and without',
    ]),
    message: `${serverText(facts.server)} answers ${facts.clients.text('client')} without the Option 82 (${facts.text}) that ${to} put into the request, in ${count} repl${count === 1 ? 'y' : 'ies'}.${vain}`,
    causes: [
      'the server does not know Option 82 (busybox udhcpd, many appliances and scripts)',
      'the reply had no room for it (RFC 3046 2.2 lets it be left out then)',
      'something between the server and here took it out',
    ],
  };
}
