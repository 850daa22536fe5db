import type { SwitchLine } from '../../flow/switch/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { answersOf } from '../link/answers.ts';
import { Vanished } from '../link/vanished.ts';
import { Said } from '../link/said.ts';
import { lineNotes, portText, seconds, timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** Three tries, a second apart (RFC 4861 10: MAX_MULTICAST_SOLICIT, RETRANS_TIMER). */
const TRIED_US = 1.5e6;
const ANSWER_US = 1e6;
const LOST = 3;
/** Solicitations and advertisements of neighbours. */
const KINDS: readonly string[] = ['NS', 'NA'];

export const ndInspectionDrop: Detector = {
  id: 'nd-inspection-drop',
  title: 'Neighbour discovery of a station is dropped on its way',
  severity: 'medium',
  about:
    'ND inspection (IPv6 snooping, SAVI) lets through only the addresses that it knows. A machine whose address it never learned solicits its router and gets no answer: it has an address and reaches nobody.',
  fires: [
    "certain: the switch's log says that it dropped neighbour discovery of this station",
    'likely: with captures at two points, three solicitations or advertisements or more of one station leave the one and never reach the other, while other frames pass between the two',
    'possible: from one point, a station solicits three times or more for an address that is alive on the same segment, and gets no answer that would be seen here',
  ],
  quiet: [
    'the target is not heard on the segment: nobody may be there',
    'duplicate address detection: no answer is the good answer',
    'losses that the recorder may have made itself',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4861 7.2', 'RFC 6620', 'RFC 7513'],
  proof:
    "In the lab a filter rule in a Linux bridge drops what a guard would; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: '',
    steps: [
      'Look at the switch. Cisco: `show ipv6 neighbors binding`, `show ipv6 snooping counters interface <port>`; Juniper: `show dhcp-security neighbor-discovery-inspection statistics`.',
      'Let the policy learn addresses by ND and by DHCPv6, or enter fixed ones by hand.',
    ],
    verify: ['The drop counters stand still, and the solicitation is answered.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { switchText, vantages } = context;
  const answers = answersOf(context);
  const losses = new Vanished('nd-inspection-drop.stations', vantages);
  const said = new Said('nd-inspection-drop.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const who = line.mac < 0 ? 'a station' : macText(line.mac);
    emit({
      subject: { station: line.mac < 0 ? `port ${line.port}` : who },
      severity: 'high',
      confidence: confidence('certain', ['the switch says so']),
      message: `The switch dropped neighbour discovery of ${who}${line.ip === -1 ? '' : ` (${addressText(line.ip)})`}${line.port === '' ? '' : ` on port ${line.port}`}.`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'address-claimed': ({ segment, address, claimant }) => answers.claimed(segment, address, claimant),
      'switch-line'({ line }) {
        if (line.kind !== 'nd-drop') return;
        said.add(line);
      },
      'vantage-lost'({ message, last }) {
        if (message.protocol === 'nd' && KINDS.includes(message.kind) && last.ethSrc >= 0)
          losses.add(last.ethSrc, message, last);
      },
      'address-unanswered'({ question: q, couldSeeReplies, time }, emit) {
        if (typeof q.target !== 'string' || !couldSeeReplies) return;
        if (q.lastTime - q.firstTime < TRIED_US || time - q.lastTime < ANSWER_US) return;
        const holder = answers.holder(q.segment, q.target);
        if (holder === undefined || holder.mac === q.asker) return;
        if (holder.lastTime < q.firstTime || holder.firstTime > q.lastTime) return;
        const [mac, target] = [macText(q.asker), addressText(q.target)];
        emit({
          subject: { station: mac },
          confidence: confidence(
            'possible',
            [
              `${q.requests} solicitations over ${seconds(q.lastTime - q.firstTime)} without an answer`,
              `${target} is alive: ${macText(holder.mac)} spoke for it meanwhile`,
            ],
            [`a capture at ${target}: whether the solicitations arrive`, "the switch's ND inspection counters and log"],
          ),
          message: `${mac} (${addressText(q.askerIp)})${portText(switchText, q.asker)} solicits ${target} ${q.requests} times, which is alive, and gets no answer: its neighbour discovery may be dropped on the way.`,
          segment: q.segment,
          time: q.firstTime,
          evidence: [
            { kind: 'frame', sight: q.first, note: `solicits ${target}` },
            { kind: 'frame', sight: q.last, note: `the last of ${q.requests}` },
            { kind: 'frame', sight: holder.last, note: `${macText(holder.mac)} at ${target}` },
            {
              kind: 'absence',
              capture: q.first.capture,
              from: q.firstTime,
              to: time,
              expected: `an advertisement of ${target}`,
            },
            ...lineNotes(switchText, { mac: q.asker, kinds: ['nd-drop'] }),
          ],
          causes: [
            'ND inspection does not know this station',
            `${target} does not answer this station`,
            'the answer is lost on the way back',
          ],
        });
      },
    },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
      for (const one of losses.values()) {
        if (one.count < LOST) continue;
        const mac = macText(one.mac);
        const [from, to] = [losses.name(one.from), losses.name(one.to)];
        const lines = lineNotes(switchText, { mac: one.mac, kinds: ['nd-drop'] });
        emit({
          subject: { station: mac },
          severity: 'high',
          confidence: confidence(
            lines.length > 0 ? 'certain' : one.alive ? 'likely' : 'possible',
            [
              `${one.count} ND messages of ${mac} were seen at ${from} and never at ${to}`,
              one.alive ? 'frames of others were seen there' : `nothing at all was seen at ${to}`,
            ],
            lines.length > 0
              ? []
              : ["the switch's ND inspection counters and log", 'whether multicast snooping withholds them'],
          ),
          message: `Neighbour discovery of ${mac} leaves ${from} and does not reach ${to}: a switch between drops it.`,
          segment: one.sights[0]?.segment ?? -1,
          time: one.sights[0]?.time ?? 0,
          evidence: [...losses.evidence(one, `neighbour discovery of ${mac}`), ...lines],
          count: one.count,
          causes: ['ND inspection does not know this station', 'multicast snooping without a querier'],
        });
      }
    },
    limits: () => [...said.limits(), ...losses.limits()],
  };
}
