import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { macText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { Subject } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { named, serverOf, serverSubject, serverText } from '../dhcp4/servers.ts';
import { clientText, frame } from '../dhcp4/words.ts';

interface Facts {
  who: string;
  reply: boolean;
  kinds: Distinct;
  broken: boolean;
  messages: number;
}

export const dhcpMalformed: Detector = {
  id: 'dhcp-malformed',
  title: 'Malformed DHCP message',
  severity: 'low',
  about:
    'A DHCP message breaks the rules of its own format, or a server leaves out what it must say. Most often it is old firmware or a home-made server; a message that is broken on purpose aims at the parser of whoever reads it.',
  fires: [
    "a length, value or option that cannot be right, by the sender's making (low; info for a client)",
    'an OFFER or ACK without server identifier (54) or lease time (51), a NAK without 54, an OFFER without address: RFC 2131 table 3',
  ],
  quiet: [
    'what the capture cut off (snap length)',
    'Rapid Commit, the ACK to INFORM (yiaddr 0, no 51), BOOTP (no 53), LEASEQUERY, InfiniBand (RFC 4390)',
    'ProxyDHCP and port 4011: no 51, no address, often no 54',
  ],
  needs: ['options', 'mac'],
  references: ['RFC 2131 4.3.1 table 3', 'RFC 2132', 'RFC 3396'],
  remedy: {
    runbook: '',
    steps: [
      '`rackwitness explain <file> <frame>` shows the message field by field with the fault.',
      'Identify the sender by its MAC address; update its firmware or server, or take it off if nobody knows it.',
    ],
    verify: ["The sender's next message has no fault."],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-malformed', newFacts, tell);

  const wrong = (m: Dhcp4Message, what: string, broken: boolean, emit: EmitFinding): void => {
    const server = m.reply ? serverOf(m) : undefined;
    const known = server !== undefined && named(server) ? server : undefined;
    const key = `${m.segment}/${known === undefined ? `m${m.ethSrc}` : `${known.address}/${known.mac}`}`;
    const one = cases.open(key, () => subjectOf(m), m.segment);
    const { facts } = one;
    facts.who = known === undefined ? macText(m.ethSrc) || clientText(m) : serverText(known);
    facts.reply = m.reply;
    facts.broken ||= broken;
    facts.messages += 1;
    facts.kinds.add(what);
    cases.note(one, m.time, () => [frame(m, `${m.kind}: ${what}`)], emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m }, emit) => {
        if (m.copy) return;
        if (m.faults > 0) wrong(m, safeText(m.firstFault), true, emit);
        else if (m.reply && m.whole && !m.proxy) {
          const what = violation(m);
          if (what !== '') wrong(m, what, false, emit);
        }
      },
      'dhcp4-cut': (event, emit) => {
        if (event.byCapture) return;
        const who = macText(event.ethSrc) || 'an unknown sender';
        const one = cases.open(`${event.segment}/m${event.ethSrc}`, () => ({ mac: who }), event.segment);
        const what = safeText(event.fault);
        one.facts.who = who;
        one.facts.broken = true;
        one.facts.messages += 1;
        one.facts.kinds.add(what);
        cases.note(
          one,
          event.time,
          () => [{ kind: 'frame', sight: event.sight, note: `message too short: ${what}` }],
          emit,
        );
      },
    },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

/** What RFC 2131 table 3 says that a server MUST send and this one did not; '' when nothing. */
function violation(m: Dhcp4Message): string {
  if (m.kind === 'NAK') return m.serverId < 0 ? 'no server identifier (54)' : '';
  if (m.kind !== 'OFFER' && m.kind !== 'ACK') return '';
  if (m.serverId < 0) return 'no server identifier (54)';
  // An ACK without address answers INFORM, whether or not the question was seen.
  if (m.yiaddr === 0) return m.kind === 'OFFER' ? 'an OFFER without address' : '';
  return m.leaseTime < 0 ? 'no lease time (51)' : '';
}

function subjectOf(m: Dhcp4Message): Subject {
  if (m.reply) {
    const server = serverOf(m);
    if (named(server)) return serverSubject(server);
  }
  return m.ethSrc >= 0 ? { mac: macText(m.ethSrc) } : { client: clientText(m) };
}

function newFacts(): Facts {
  return { who: '', reply: false, kinds: new Distinct('dhcp-malformed.kinds', 16), broken: false, messages: 0 };
}

function tell({ facts }: Case<Facts>): Telling {
  const kinds = facts.kinds.first(3).join('; ');
  return {
    severity: facts.reply ? 'low' : 'info',
    confidence: confidence('certain', [
      facts.broken ? "the message's own length and value fields contradict the format" : 'RFC 2131 table 3 demands it',
    ]),
    message: `${facts.who} sends malformed DHCP messages (${facts.messages}): ${kinds}.`,
  };
}
