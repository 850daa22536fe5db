import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import { Cases, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientKey, clientText, frame } from '../dhcp4/words.ts';
import type { DetectorRun, EmitFinding } from '../detector.ts';
import type { Subject } from '../finding.ts';

interface Facts {
  first: Dhcp4Message | undefined;
  clients: Distinct;
  /** Exchanges that came to nothing, and to an answer. */
  vain: number;
  answered: number;
}

/** What a detector of a wrong Option 82 says of one message. */
export interface Faulty82 {
  id: string;
  /** What is wrong with it, in words; '' when nothing is. */
  wrong(m: Dhcp4Message): string;
  message(what: string, who: string, clients: string): string;
  reason: string;
  causes: readonly string[];
}

/** Finds messages whose Option 82 is wrong in itself; medium where their clients get no answer. */
export function startFaulty82(words: Faulty82): DetectorRun {
  const cases = new Cases<Facts>(
    words.id,
    () => ({ first: undefined, clients: new Distinct(`${words.id}.clients`), vain: 0, answered: 0 }),
    ({ facts }): Telling => {
      const { first, clients, vain, answered } = facts;
      const what = first === undefined ? '' : words.wrong(first);
      const unanswered = vain > 0 && answered === 0;
      return {
        severity: unanswered ? 'medium' : 'low',
        confidence: confidence('certain', [words.reason]),
        message: `${words.message(what, first === undefined ? '' : whoText(first), `${clients.text('client')} (${clients.list(3)})`)}${unanswered ? ' They get no answer.' : ''}`,
        causes: [...words.causes],
      };
    },
  );
  const key = (m: Dhcp4Message): string => `${m.segment}/${m.giaddr}/${m.reply ? m.server : ''}`;
  const message = (m: Dhcp4Message, emit: EmitFinding): void => {
    if (m.relayAgentCount === 0 || m.copy) return;
    const wrong = words.wrong(m);
    if (wrong === '') return;
    const one = cases.open(key(m), () => subjectOf(m), m.segment);
    one.facts.first ??= m;
    one.facts.clients.add(clientKey(m));
    cases.note(one, m.time, () => [frame(m, `${m.kind} ${m.reply ? 'to' : 'of'} ${clientText(m)}: ${wrong}`)], emit);
  };
  const closed = ({ discovers, requests, offerCount, ackCount, couldSeeReplies, discoverCount }: Exchange4): void => {
    // Before there is a case there is nothing to count.
    if (cases.size === 0) return;
    const asked = [...discovers, ...requests].find((m) => m.relayAgentCount > 0 && words.wrong(m) !== '');
    const one = asked === undefined ? undefined : cases.get(key(asked));
    if (one === undefined) return;
    if (offerCount + ackCount > 0) one.facts.answered += 1;
    else if (couldSeeReplies && discoverCount > 1) one.facts.vain += 1;
    one.stale = true;
  };
  return {
    on: {
      'dhcp4-message': ({ message: m }, emit) => message(m, emit),
      'dhcp4-exchange': ({ exchange }) => closed(exchange),
    },
    messages: { relayed: true },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function whoText(m: Dhcp4Message): string {
  if (m.reply) return m.server > 0 ? `the server ${ipv4Text(m.server)}` : 'a server';
  if (m.giaddr !== 0) return `the relay ${ipv4Text(m.giaddr)}`;
  return m.ethSrc >= 0 && m.ethSrc !== m.chaddr ? macText(m.ethSrc) : 'a switch below';
}

function subjectOf(m: Dhcp4Message): Subject {
  if (m.reply && m.server > 0) return { server: ipv4Text(m.server) };
  return m.giaddr === 0 ? { segment: m.segment } : { relay: ipv4Text(m.giaddr) };
}
