import { BoundedMap } from '../../flow/bounded.ts';
import type { Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { serverOf, serverText } from '../dhcp4/servers.ts';
import { discoverNote, replyNote } from '../dhcp4/words.ts';
import { kindsText, startDrops, type DropFacts, type DropWords } from '../relay/drops.ts';
import type { Losses } from '../relay/losses.ts';
import { RELAY_CONFIG, TWO_POINTS } from '../relay/remedies.ts';

/** Relays told of at a single vantage. */
const RELAYS = 256;

const WORDS: DropWords = {
  id: 'relay-one-way',
  severity: 'high',
  kinds: ['relayed-reply'],
  lines: [],
  atLeast: 1,
  // What was never sent to the relay is not the relay's doing (relay-reply-misdirected).
  takes: ({ exchange, last }) =>
    last.ipDst === last.giaddr ||
    !(exchange?.messages ?? []).some(
      ({ reply, passages }) => !reply && passages.some((p) => p.capture === last.capture && p.giaddr !== 0),
    ),
  station: () => -1,
  subject: ({ last }) => ({ relay: ipv4Text(last.giaddr) }),
  signature: ({ exchange, last }) => {
    const asked = (exchange?.messages ?? []).some(
      ({ reply, passages }) => !reply && passages.some(({ giaddr, relayAgent }) => giaddr !== 0 && relayAgent !== ''),
    );
    return asked && last.relayAgent === '' ? 'the relay asked with option 82 and the reply lacks it' : '';
  },
  message: ({ clients, kinds, last, missing }, losses) =>
    `${kindsText(kinds)} messages to the relay ${ipv4Text(last?.giaddr ?? -1)} pass ${losses.name(last?.capture ?? -1)} and never arrive at ${losses.missingAt(missing)}: requests of ${clients.text('client')} (${clients.list(3)}) are forwarded, replies are not.`,
  causes,
  wouldDecide: () => ["a capture at the relay's server side: whether the reply reaches the relay at all"],
};

export const relayOneWay: Detector = {
  id: 'relay-one-way',
  title: 'A relay forwards requests and no replies',
  severity: 'high',
  about:
    "Requests reach the server through a relay, and the server's answers do not reach the client: the server has no route back to the relay's address, a filter drops UDP to port 67 on the way, or the relay refuses the reply.",
  fires: [
    'a reply to a relayed request is seen at one vantage and missing at one nearer to the client that saw the request, both captures running',
    'with one vantage at the server side: OFFERs to a relay for two DISCOVERs or more of a client that goes on asking (a hypothesis, `possible`)',
  ],
  quiet: [
    'a client that takes the OFFER, or another one',
    'relays that answer each other: two of them on one segment',
    'no relay between (dhcp-snooping-dropped-reply)',
    'a reply that was never sent (dhcp-no-offer), or not to the relay (relay-reply-misdirected)',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['RFC 2131 4.1', 'RFC 1542 4.1.2', 'RFC 3046 2.1'],
  proof: 'In the lab relays, servers and clients are real (ISC dhcrelay and dhcpd).',
  remedy: {
    runbook: '',
    steps: [
      "From the server, see that the relay's address answers: `ip route get <giaddr>`, `ping <giaddr>`; add the route on the rack or its gateway.",
      'See that no filter on the way drops UDP 67 to 67: `nft list ruleset`, ACLs of the routers between.',
      RELAY_CONFIG,
      'If the relay insists on option 82 in replies (dhcrelay -D) and the server does not echo it (option82-not-echoed): change one of the two.',
    ],
    verify: [TWO_POINTS],
  },
  start,
};

interface Hypothesis {
  first: Exchange4;
  exchanges: number;
  offers: number;
}

function start(context: DetectorContext): DetectorRun {
  const run = startDrops(context, WORDS);
  const single = (context.vantages?.length ?? 1) < 2;
  const guesses = new BoundedMap<string, Hypothesis>('relay-one-way.relays', RELAYS);

  const closed = (exchange: Exchange4): void => {
    const { offers, discoverCount, offerCount } = exchange;
    if (exchange.phase !== 'selecting' || exchange.maasProbe || !exchange.link.startsWith('g')) return;
    if (exchange.requestCount + exchange.ackCount + exchange.nakCount > 0 || discoverCount < 2 || offerCount < 2)
      return;
    const [offer] = offers;
    if (offer === undefined || exchange.lastDiscover <= offer.time || offers.some(({ proxy }) => proxy)) return;
    if (offers.some(({ promise }) => (promise?.ipv6Only ?? -1) >= 0)) return;
    const key = `${exchange.segment}/${exchange.giaddr}`;
    const known = guesses.get(key);
    if (known === undefined) guesses.set(key, { first: exchange, exchanges: 1, offers: offerCount });
    else {
      known.exchanges += 1;
      known.offers += offerCount;
    }
  };

  const guess = (emit: EmitFinding): void => {
    for (const { first, exchanges, offers } of guesses.values()) {
      const [offer] = first.offers;
      if (offer === undefined) continue;
      emit({
        subject: { relay: ipv4Text(first.giaddr) },
        severity: 'medium',
        confidence: confidence(
          'possible',
          [`${offers} OFFERs were sent to the relay, the client asked again after them and sent no REQUEST`],
          ["a capture at the client's side of the relay: whether the OFFER arrives there", "the relay's counters"],
        ),
        message: `${serverText(serverOf(offer))} answers the relay ${ipv4Text(first.giaddr)}, but its clients go on asking (${offers} OFFERs, no REQUEST): the replies may not reach the relay, or not go through it.`,
        segment: first.segment,
        time: first.lastTime,
        evidence: [...first.discovers.slice(0, 2).map(discoverNote), ...first.offers.slice(0, 2).map(replyNote)],
        count: exchanges,
        causes: [
          "the server has no route back to the relay's address, or a filter drops the replies",
          'the relay refuses them: it misses option 82, or does not know the reply as its own',
          'the OFFER arrives and the client does not want it (dhcp-offer-ignored)',
        ],
      });
    }
  };

  return {
    on: {
      ...run.on,
      ...(single ? { 'dhcp4-exchange': ({ exchange }: { exchange: Exchange4 }) => closed(exchange) } : {}),
    },
    end: (emit) => {
      run.end?.(emit);
      guess(emit);
    },
    limits: () => [...(run.limits?.() ?? []), ...[guesses.limit() ?? []].flat()],
  };
}

function causes({ first, last, missing }: DropFacts, losses: Losses): string[] {
  const requests = (first?.exchange?.messages ?? []).filter(({ reply }) => !reply).flatMap(({ passages }) => passages);
  const at = (capture: number): readonly { giaddr: number; relayAgent: string }[] =>
    requests.filter((one) => one.capture === capture);
  const beforeRelay = missing.some(({ capture }) => at(capture).some(({ giaddr }) => giaddr !== 0));
  const stripped =
    last?.relayAgent === '' && requests.some(({ giaddr, relayAgent }) => giaddr !== 0 && relayAgent !== '');
  const list: string[] = [];
  if (beforeRelay) {
    list.push(
      `the server or a router has no route to ${ipv4Text(last?.giaddr ?? -1)}: the reply never reaches the relay`,
    );
    list.push('a filter between server and relay drops UDP from and to port 67');
    return list;
  }
  if (stripped) list.push('the relay refuses replies without option 82 (dhcrelay -D), and the server does not echo it');
  list.push(
    `the relay does not forward the reply to ${losses.missingAt(missing)}: it does not know it as its own, or its client side is wrong`,
    "DHCP snooping on the switch between relay and client does not trust the relay's port",
  );
  return list;
}
