import { REQUESTS } from '../../flow/dhcp4/kinds.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { placeOf } from '../../flow/vantages/places.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientKey, frame } from '../dhcp4/words.ts';
import { answered82, inVain, otherForm } from '../relay/exchanges82.ts';
import { option82Text } from '../relay/option82.ts';
import { RELAY_CONFIG } from '../relay/remedies.ts';

/** Segments whose stations are watched. */
const SEGMENTS = 4096;

interface Facts {
  clients: Distinct;
  text: string;
  vain: boolean;
  named: boolean;
}

export const option82LeakedToClient: Detector = {
  id: 'option82-leaked-to-client',
  title: 'Option 82 reaches a client',
  severity: 'low',
  about:
    'The client asked without Option 82 and was answered with it: the relay or switch that put it in did not take it out again, as RFC 3046 demands. It tells every host where the switch is and how its ports are named, and some clients do not take the reply.',
  fires: [
    "at a vantage named as the client's, or at a port where one station alone asks: the request carries no Option 82 and no relay address, the reply to it does",
    'medium where the client goes on asking',
  ],
  quiet: [
    'an uplink or trunk, where requests carry it as well',
    'a mirror that shows both sides of the switch',
    'a port where several stations ask: it is no access port',
    'ProxyDHCP and INFORM',
  ],
  needs: ['mac', 'xid', 'options', 'circuit-id'],
  references: ['RFC 3046 2.1'],
  proof: "The lab's inserting switch is a script between two interfaces; server and client are real.",
  remedy: {
    runbook: '',
    steps: [
      'Let the device that inserts Option 82 take it out of replies: a snooping switch must see them on their way back, so both ways must pass the same switch.',
      RELAY_CONFIG,
      'A server that answers directly on the segment of the client answers what another path inserted: check for a second path around the relay.',
    ],
    verify: ["A capture at the client's port: no reply carries Option 82."],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('option82-leaked-to-client', newFacts, tell);
  /** The one station that asks on a segment; -2 when there are several. */
  const stations = new BoundedMap<number, number>('option82-leaked-to-client.segments', SEGMENTS);
  const waiting: Exchange4[] = [];

  const judge = (exchange: Exchange4, emit: EmitFinding): void => {
    for (const { reply, requests } of answered82(exchange)) {
      const [request] = requests;
      if (reply.relayAgent === '' || reply.dstPort !== 68 || request === undefined) continue;
      if (requests.some((one) => one.relayAgent !== '' || one.giaddr !== 0)) continue;
      if (otherForm(exchange, reply, ({ relayAgent }) => relayAgent === '')) continue;
      const named = placeOf(context.vantages?.[reply.sight.capture] ?? '') === 'client';
      if (!named && stations.get(reply.segment) !== request.ethSrc) continue;
      const one = cases.open(`${reply.segment}`, () => ({ segment: reply.segment }), reply.segment);
      const { facts } = one;
      facts.named ||= named;
      facts.clients.add(clientKey(reply));
      if (facts.text === '') facts.text = option82Text(reply.relayAgent);
      facts.vain ||= inVain(exchange);
      cases.note(
        one,
        reply.time,
        () => [
          frame(request, `${request.kind} without Option 82`),
          frame(reply, `${reply.kind} to the client with Option 82: ${option82Text(reply.relayAgent)}`),
        ],
        emit,
      );
    }
  };

  return {
    on: {
      'dhcp4-message': ({ message: m }) => {
        if (m.reply || m.ethSrc < 0) return;
        const known = stations.get(m.segment);
        if (known === undefined) stations.set(m.segment, m.chaddr === m.ethSrc ? m.ethSrc : -2);
        else if (known !== m.ethSrc) stations.set(m.segment, -2);
      },
      'dhcp4-exchange': ({ exchange }) => {
        const leaked = (m: Dhcp4Message): boolean => m.relayAgent !== '' && m.dstPort === 68;
        const leaks = exchange.offers.some(leaked) || exchange.acks.some(leaked);
        // Whether it is an access port is known at the end.
        if (leaks && waiting.length < SEGMENTS) waiting.push(exchange);
      },
    },
    messages: { kinds: REQUESTS },
    end: (emit) => {
      for (const exchange of waiting) judge(exchange, emit);
      cases.end(emit);
    },
    limits: () => [...cases.limits(), ...[stations.limit() ?? []].flat()],
  };
}

function newFacts(): Facts {
  return { clients: new Distinct('option82-leaked-to-client.clients'), text: '', vain: false, named: false };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const reasons = ['the request passed here without Option 82, the reply to it carries one'];
  reasons.push(facts.named ? "the vantage is named as the client's" : 'one station alone asks here: an access port');
  return {
    severity: facts.vain ? 'medium' : 'low',
    confidence: confidence(facts.named ? 'certain' : 'likely', reasons),
    message: `${facts.clients.text('client')} (${facts.clients.list(3)}) got ${count} repl${count === 1 ? 'y' : 'ies'} with Option 82 in ${count === 1 ? 'it' : 'them'} (${facts.text}): whoever put it into the request did not take it out.${facts.vain ? ' The client goes on asking.' : ''}`,
    causes: [
      'the switch or relay that inserts Option 82 does not strip it from replies',
      'the reply comes back on another way than the request went, past the device that inserted it',
    ],
  };
}
