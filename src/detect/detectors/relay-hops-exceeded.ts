import { REQUESTS } from '../../flow/dhcp4/kinds.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';

import { clientText, frame, linkSubject } from '../dhcp4/words.ts';
import { kindsText, startDrops, type DropWords } from '../relay/drops.ts';
import { RELAY_CONFIG, TWO_POINTS } from '../relay/remedies.ts';

/** RFC 1542 4.1.1: a request with more hops than this MUST be discarded by every relay. */
const MOST_HOPS = 16;
/** Transactions watched for a loop of relays. */
const WATCHED = 4096;
/** One message with so many different hops on one segment goes round. */
const ROUNDS = 3;

const WORDS: DropWords = {
  id: 'relay-hops-exceeded',
  severity: 'high',
  kinds: ['hops'],
  lines: [],
  atLeast: 1,
  station: () => -1,
  subject: ({ last }) => ({ hops: last.hops, segment: last.segment }),
  signature: ({ last }) =>
    `its hops field says ${last.hops}: relays drop from ${last.hops >= MOST_HOPS ? 'there' : 'four'} on (RFC 1542 4.1.1; dhcrelay from ten)`,
  message: ({ clients, kinds, last, missing }, losses) =>
    `${kindsText(kinds)} messages of ${clients.text('client')} (${clients.list(3)}) with ${last?.hops ?? 0} hops pass ${losses.name(last?.capture ?? -1)} and never arrive at ${losses.missingAt(missing)}: a relay on the way drops what has come through too many relays.`,
  causes: () => [
    'a chain of relays longer than the limit of one of them (Cisco 4 by RFC 1542, ISC dhcrelay 10)',
    'relays that send to each other in a ring',
  ],
  wouldDecide: () => ["the relay's counters, and its hop limit"],
};

interface Watch {
  hops: Set<number>;
  first: Dhcp4Message;
  told: boolean;
}

export const relayHopsExceeded: Detector = {
  id: 'relay-hops-exceeded',
  title: 'Requests that came through too many relays',
  severity: 'high',
  about:
    'Each relay counts one up in the hops field and drops a request whose count passes its limit, so that requests do not go round for ever. A long chain of relays, or a ring of them, cuts clients off without a word.',
  fires: [
    'a request with four hops or more is seen at one vantage and missing at the next, both captures running',
    'a request with more than 16 hops, which every relay must discard',
    'one message on one segment with three different counts of hops: it goes round',
  ],
  quiet: [
    'hops that grow by one on the far side of a relay',
    'a request with many hops that is answered',
    'the hops of replies, which mean nothing',
  ],
  needs: ['mac', 'xid', 'options'],
  references: ['RFC 1542 4.1.1', 'RFC 2131 2'],
  proof:
    'In the lab the relay that drops is real (ISC dhcrelay); the long chain before it is a script that writes the hops field.',
  remedy: {
    runbook: '',
    steps: [
      'Draw the way of the request: each relay on it writes its giaddr only if there is none, and counts hops. Take out relays that relay to relays.',
      RELAY_CONFIG,
      'If the chain is meant to be: raise the limit (ISC dhcrelay `-c <count>`).',
    ],
    verify: [TWO_POINTS],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const run = startDrops(context, WORDS);
  const watches = new BoundedMap<string, Watch>('relay-hops-exceeded.watched', WATCHED);

  const message = (m: Dhcp4Message, emit: EmitFinding): void => {
    if (m.reply || m.hops === 0) return;
    if (m.hops > MOST_HOPS) {
      emit({
        subject: { hops: m.hops, ...linkSubject(m.link, m.segment) },
        severity: 'medium',
        confidence: confidence('certain', ['RFC 1542 4.1.1: every relay must discard it']),
        message: `A ${m.kind} of ${clientText(m)} has ${m.hops} hops: every relay on its way must discard it.`,
        segment: m.segment,
        time: m.time,
        evidence: [frame(m, `${m.kind} with ${m.hops} hops`)],
      });
    }
    const key = `${m.segment}/${m.chaddr}/${m.xid}/${m.secs}/${m.kind}`;
    const watch = watches.get(key);
    if (watch === undefined) {
      watches.set(key, { hops: new Set([m.hops]), first: m, told: false });
      return;
    }
    watch.hops.add(m.hops);
    if (watch.hops.size < ROUNDS || watch.told) return;
    watch.told = true;
    emit({
      subject: { loop: m.kind, segment: m.segment },
      severity: 'high',
      confidence: confidence(
        'likely',
        [`one message with ${[...watch.hops].sort((a, b) => a - b).join(', ')} hops on one segment`],
        ["the relays' configuration: which of them sends to which"],
      ),
      message: `One ${m.kind} of ${clientText(m)} passes here again and again with growing hops: relays send it round.`,
      segment: m.segment,
      time: m.time,
      evidence: [
        frame(watch.first, `${m.kind} with ${watch.first.hops} hops`),
        frame(m, `the same ${m.kind} with ${m.hops} hops`),
      ],
    });
  };

  return {
    ...run,
    on: { ...run.on, 'dhcp4-message': ({ message: m }, emit) => message(m, emit) },
    messages: { kinds: REQUESTS, relayed: true },
    limits: () => [...(run.limits?.() ?? []), ...[watches.limit() ?? []].flat()],
  };
}
