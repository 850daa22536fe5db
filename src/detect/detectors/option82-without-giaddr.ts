import { REQUESTS } from '../../flow/dhcp4/kinds.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { longEnough } from '../dhcp4/silence.ts';
import { clientKey, clientText, frame } from '../dhcp4/words.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { lineNote, lossesOf, lossEvidence, lossHandlers } from '../relay/losses.ts';
import { option82Text } from '../relay/option82.ts';
import { ALLOW_82, NO_INSERT, TWO_POINTS } from '../relay/remedies.ts';

interface Facts {
  clients: Distinct;
  text: string;
  unanswered: number;
  /** Requests that were seen here and never at the next vantage. */
  lost: number;
  where: string;
  lines: SwitchLine[];
}

export const option82WithoutGiaddr: Detector = {
  id: 'option82-without-giaddr',
  title: 'A switch inserts Option 82 without being a relay',
  severity: 'info',
  about:
    'Requests carry Option 82 and no relay address: a switch with DHCP snooping put it in. That is in order where everything above trusts it; a relay, server or second switch that does not drops such requests without a word (RFC 3046 2.1.1).',
  fires: [
    'a request with Option 82 and giaddr 0 (info)',
    'low and possible, where such requests stay unanswered and the answer would have been seen',
    'medium, where such a request is missing at the next vantage, or a switch says that it dropped it',
  ],
  quiet: ['requests with a relay address', 'replies', 'ProxyDHCP on port 4011'],
  needs: ['mac', 'options', 'circuit-id'],
  references: ['RFC 3046 2.1.1', 'Cisco: ip dhcp relay information trust-all'],
  proof:
    "The lab's inserting switch is a script between two interfaces; server and client are real. The switch's line is of the forms that docs/switch-text.md proves.",
  remedy: {
    runbook: 'RB-2',
    steps: [ALLOW_82, NO_INSERT],
    verify: [TWO_POINTS],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const losses = lossesOf(context);
  const cases = new Cases<Facts>('option82-without-giaddr', newFacts, tell);

  const message = (m: Dhcp4Message, emit: EmitFinding): void => {
    if (m.reply || m.giaddr !== 0 || m.relayAgentCount === 0 || m.dstPort !== 67) return;
    const one = cases.open(`${m.segment}`, () => ({ segment: m.segment }), m.segment);
    const { facts } = one;
    facts.clients.add(clientKey(m));
    if (facts.text === '') facts.text = option82Text(m.relayAgent);
    const lines = facts.lines.length < 4 ? losses.lines(m.chaddr, ['snooping-drop'], m.time) : [];
    facts.lines.push(...lines.filter(({ reason }) => reason === 'relay-information' || reason === '').slice(0, 4));
    cases.note(
      one,
      m.time,
      () => [
        frame(m, `${m.kind} of ${clientText(m)} with Option 82 (${option82Text(m.relayAgent)}) and no relay address`),
      ],
      emit,
    );
  };

  const closed = (exchange: Exchange4, time: number): void => {
    const [discover] = exchange.discovers;
    if (discover === undefined || discover.giaddr !== 0 || discover.relayAgentCount === 0) return;
    const { offerCount, ackCount, nakCount, requestCount, discoverCount } = exchange;
    if (offerCount + ackCount + nakCount + requestCount > 0 || !exchange.couldSeeReplies) return;
    if (!longEnough(discoverCount, exchange.firstTime, time)) return;
    const one = cases.get(`${exchange.segment}`);
    if (one === undefined) return;
    one.facts.unanswered += 1;
    one.stale = true;
  };

  const end = (emit: EmitFinding): void => {
    for (const loss of losses.dhcp) {
      const { last, message: m } = loss;
      if (m.reply || last.giaddr !== 0 || last.relayAgent === '') continue;
      const one = cases.get(`${last.segment}`);
      if (one === undefined) continue;
      one.facts.lost += 1;
      one.facts.where = losses.missingAt(m.missing);
      cases.add(one, () => [...lossEvidence(losses, loss).slice(1), ...one.facts.lines.slice(0, 1).map(lineNote)]);
      one.stale = true;
    }
    cases.end(emit);
  };

  const handlers = lossHandlers(losses);
  return {
    on: {
      ...handlers,
      'dhcp4-message': ({ message: m }, emit) => message(m, emit),
      'dhcp4-exchange': ({ exchange, time }) => closed(exchange, time),
    },
    messages: { kinds: REQUESTS, relayed: true },
    end,
    limits: () => cases.limits(),
  };
}

function newFacts(): Facts {
  return {
    clients: new Distinct('option82-without-giaddr.clients'),
    text: '',
    unanswered: 0,
    lost: 0,
    where: '',
    lines: [],
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const what = `${count} request${count === 1 ? '' : 's'} of ${facts.clients.text('client')} carr${count === 1 ? 'ies' : 'y'} Option 82 (${facts.text}) and no relay address`;
  const seen = 'Option 82 with giaddr 0: a switch inserted it';
  if (facts.lines.length > 0) {
    return {
      severity: 'medium',
      confidence: confidence('certain', [seen, 'a switch says in its own log that it dropped such a request']),
      message: `${what}, and a switch drops them for that.`,
      causes: CAUSES,
    };
  }
  if (facts.lost > 0) {
    return {
      severity: 'medium',
      confidence: confidence(
        'likely',
        [seen, `${facts.lost} of them were seen here and never at ${facts.where}, while both captures ran`],
        ['the log of the switch between the two points'],
      ),
      message: `${what}; ${facts.lost} of them never arrive at ${facts.where}: the next device does not trust such requests.`,
      causes: CAUSES,
    };
  }
  if (facts.unanswered > 0) {
    return {
      severity: 'low',
      confidence: confidence(
        'possible',
        [seen, `${facts.unanswered} of these clients got no answer`],
        ['a capture at the server at the same time: whether such requests arrive'],
      ),
      message: `${what}, and ${facts.unanswered} of the clients got no answer: what stands above may drop them for that.`,
      causes: [...CAUSES, 'the server is down, or does not serve this network (see dhcp-no-offer)'],
    };
  }
  return {
    severity: 'info',
    confidence: confidence('certain', [seen]),
    message: `${what}: a switch with DHCP snooping inserts it.`,
  };
}

const CAUSES = [
  'the next switch treats the port as untrusted and refuses Option 82 on it',
  'a relay or server above discards Option 82 without a relay address',
];
