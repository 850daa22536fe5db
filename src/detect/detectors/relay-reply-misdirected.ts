import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { named, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, clientText, frame } from '../dhcp4/words.ts';
import { hasSubOption82 } from '../relay/option82.ts';
import { TWO_POINTS } from '../relay/remedies.ts';

/** Relayed requests whose answers are awaited. */
const REQUESTS = 8192;
/** RFC 8357: the relay takes replies on another port. */
const SOURCE_PORT = 19;

interface Watch {
  request: Dhcp4Message;
  /** Replies that did not go to the relay. */
  wrong: Dhcp4Message[];
  /** The server did send to the relay as well. */
  right: boolean;
}

interface Facts {
  server: Server4;
  relay: number;
  to: string;
  clients: Distinct;
  toSource: boolean;
}

export const relayReplyMisdirected: Detector = {
  id: 'relay-reply-misdirected',
  title: 'A server does not answer to the relay',
  severity: 'high',
  about:
    'A relayed request asks for its answer at the relay address, port 67. This server sends it elsewhere: by broadcast on its own segment, straight to the client, or to the port of clients. The relay never gets it, and neither does the client.',
  fires: [
    'on the segment where the relayed request was seen, the reply that carries its relay address goes to another address than that, or to port 68',
    'low where it goes to the address that the relay sent from: that mostly works',
  ],
  quiet: [
    'what a relay hands to its client, which keeps the relay address',
    'a segment that shows the right reply as well (both sides of a relay)',
    'a relay on another port (82.19, RFC 8357)',
    'answers to INFORM and renewals, which go to the client by right',
    'ProxyDHCP and port 4011',
  ],
  needs: ['ipv4', 'mac', 'xid'],
  references: ['RFC 2131 4.1', 'RFC 8357'],
  proof:
    'In the lab relay and client are real; the server is a script, because no packaged server broadcasts to relayed clients.',
  remedy: {
    runbook: '',
    steps: [
      'Replace the server, or the script or appliance that answers: ISC dhcpd, Kea and dnsmasq send to the relay.',
      'If it is a rogue on the segment of the server: find its port and shut it down.',
    ],
    verify: [TWO_POINTS],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const watches = new BoundedMap<string, Watch>('relay-reply-misdirected.requests', REQUESTS);
  const cases = new Cases<Facts>(
    'relay-reply-misdirected',
    () => ({
      server: { address: -1, mac: -1 },
      relay: 0,
      to: '',
      clients: new Distinct('relay-reply-misdirected.clients'),
      toSource: true,
    }),
    tell,
  );

  const message = (m: Dhcp4Message): void => {
    if (m.giaddr === 0 || m.ciaddr !== 0 || m.proxy || m.srcPort === 4011 || m.dstPort === 4011) return;
    const key = `${m.segment}/${m.chaddr}/${m.xid}/${m.giaddr}`;
    if (!m.reply) {
      if (m.dstPort === 67 && !watches.has(key)) watches.set(key, { request: m, wrong: [], right: false });
      return;
    }
    const watch = watches.get(key);
    if (watch === undefined || (m.kind !== 'OFFER' && m.kind !== 'ACK' && m.kind !== 'NAK')) return;
    const otherPort = m.dstPort !== 67 && !hasSubOption82(m.relayAgent, SOURCE_PORT);
    if (m.ipDst === m.giaddr && !otherPort) watch.right = true;
    // The relay's own hand-over comes from the relay.
    else if (m.ethSrc !== watch.request.ethSrc && watch.wrong.length < 4) watch.wrong.push(m);
  };

  const end = (emit: EmitFinding): void => {
    for (const { request, wrong, right } of watches.values()) {
      if (right) continue;
      for (const reply of wrong) {
        const server: Server4 = { address: reply.server, mac: reply.ethSrc };
        if (!named(server)) continue;
        const one = cases.open(
          `${server.address}/${reply.giaddr}`,
          () => ({ server: ipv4Text(server.address), relay: ipv4Text(reply.giaddr) }),
          reply.segment,
        );
        one.facts.server = server;
        one.facts.relay = reply.giaddr;
        one.facts.to = `${ipv4Text(reply.ipDst)} port ${reply.dstPort}`;
        one.facts.clients.add(clientKey(reply));
        one.facts.toSource &&= reply.ipDst === request.ipSrc && reply.dstPort === 67;
        cases.note(
          one,
          reply.time,
          () => [
            frame(request, `${request.kind} of ${clientText(request)} through the relay ${ipv4Text(request.giaddr)}`),
            frame(reply, `${reply.kind} to ${ipv4Text(reply.ipDst)} port ${reply.dstPort}`),
          ],
          emit,
        );
      }
    }
    cases.end(emit);
  };

  return {
    on: { 'dhcp4-message': ({ message: m }) => message(m) },
    messages: { relayed: true },
    end,
    limits: () => [...cases.limits(), ...[watches.limit() ?? []].flat()],
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const { server, relay, to, clients, toSource } = facts;
  return {
    severity: toSource ? 'low' : 'high',
    confidence: confidence('certain', [
      'the relayed request and the reply to it passed here, and none went to the relay address',
    ]),
    message: `${serverText(server)} sends ${count} repl${count === 1 ? 'y' : 'ies'} to ${clients.text('client')} (${clients.list(3)}) behind the relay ${ipv4Text(relay)} to ${to} instead of ${ipv4Text(relay)} port 67.`,
    causes: [
      'the server does not know relays: a script, an appliance, or a ProxyDHCP that was made for one segment',
      "a rogue answers what it hears on the server's segment",
    ],
  };
}
