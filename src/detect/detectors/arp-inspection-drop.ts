import type { SwitchLine } from '../../flow/switch/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { answersOf } from '../link/answers.ts';
import { Vanished } from '../link/vanished.ts';
import { Said } from '../link/said.ts';
import { lineNotes, portText, seconds, timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** As for arp-unanswered. */
const TRIED_US = 1.5e6;
const ANSWER_US = 1e6;
/** Messages that were lost between two points: one or two may be chance. */
const LOST = 3;
export const arpInspectionDrop: Detector = {
  id: 'arp-inspection-drop',
  title: 'ARP of a station is dropped on its way',
  severity: 'medium',
  about:
    'Dynamic ARP inspection lets through only what its table of leases knows. A machine with a fixed address, or one whose lease the switch never saw, sends ARP that ends at the first switch: it has an address and reaches nobody.',
  fires: [
    "certain: the switch's log says that it dropped ARP of this station",
    'likely: with captures at two points, three ARP messages or more of one station leave the one and never reach the other, while other frames pass between the two',
    'possible: from one point, a station asks three times or more for an address that is alive on the same segment, and gets no answer that would be seen here',
  ],
  quiet: [
    'the address is not heard on the segment (arp-unanswered)',
    'only probes are lost (arp-probe-dropped)',
    'losses that the recorder may have made itself',
  ],
  needs: ['mac', 'ipv4', 'time'],
  references: ['RFC 826', 'Cisco IOS Security Configuration Guide: Dynamic ARP Inspection'],
  proof:
    "In the lab a filter rule in a Linux bridge drops what a guard would; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: '',
    steps: [
      'Look at the switch. Cisco: `show ip arp inspection statistics`, `show ip dhcp snooping binding`; Juniper: `show dhcp-security arp inspection statistics`.',
      'A machine with a fixed address needs an entry. Cisco: `ip source binding <mac> vlan <vlan> <ip> interface <port>`, or an ARP access list (`ip arp inspection filter`).',
      'Trust the uplink and the ports of racks and routers: `ip arp inspection trust`.',
    ],
    verify: ['The drop counters stand still, and the ARP request is answered.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { switchText, vantages } = context;
  const answers = answersOf(context);
  const losses = new Vanished('arp-inspection-drop.stations', vantages);

  const said = new Said('arp-inspection-drop.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const who = line.mac < 0 ? 'a station' : macText(line.mac);
    const address = typeof line.ip === 'number' && line.ip > 0 ? ` (${ipv4Text(line.ip)})` : '';
    emit({
      subject: { station: line.mac < 0 ? `port ${line.port}` : who },
      severity: 'high',
      confidence: confidence('certain', [
        'the switch says so',
        ...(line.reason === 'no-binding' ? ['no binding permits this ARP'] : []),
      ]),
      message: `The switch dropped ARP of ${who}${address}${line.port === '' ? '' : ` on port ${line.port}`}${line.vlan < 0 ? '' : `, VLAN ${line.vlan}`}.`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'dhcp4-message': ({ message }) => answers.message(message),
      'address-claimed': ({ segment, address, claimant }) => answers.claimed(segment, address, claimant),
      'switch-line'({ line }) {
        if (line.kind !== 'dai-drop' || line.ip === 0) return;
        said.add(line);
      },
      'vantage-lost'({ message, last }) {
        if (message.arp !== undefined && message.arp.senderIp > 0) losses.add(message.arp.senderMac, message, last);
      },
      'address-unanswered'({ question: q, couldSeeReplies, time }, emit) {
        if (typeof q.target !== 'number' || typeof q.askerIp !== 'number' || q.askerIp <= 0 || !couldSeeReplies) return;
        if (q.lastTime - q.firstTime < TRIED_US || time - q.lastTime < ANSWER_US) return;
        const holder = answers.holder(q.segment, q.target);
        // Alive while it was asked, and before the last question: it would have answered that one.
        if (holder === undefined || holder.mac === q.asker) return;
        if (holder.lastTime < q.firstTime || holder.firstTime > q.lastTime) return;
        const [mac, target] = [macText(q.asker), ipv4Text(q.target)];
        const leased = answers.told(q.asker)?.address === q.askerIp;
        emit({
          subject: { station: mac },
          confidence: confidence(
            'possible',
            [
              `${q.requests} ARP requests over ${seconds(q.lastTime - q.firstTime)} without an answer`,
              `${target} is alive: ${macText(holder.mac)} spoke for it meanwhile`,
              ...(leased ? [] : [`no lease of ${ipv4Text(q.askerIp)} is seen: a switch may know none either`]),
            ],
            [`a capture at ${target}: whether the requests arrive`, "the switch's ARP inspection counters and log"],
          ),
          message: `${mac} (${ipv4Text(q.askerIp)})${portText(switchText, q.asker)} asks ${q.requests} times for ${target}, which is alive, and gets no answer: its ARP may be dropped on the way.`,
          segment: q.segment,
          time: q.firstTime,
          evidence: [
            { kind: 'frame', sight: q.first, note: `who has ${target}?` },
            { kind: 'frame', sight: q.last, note: `the last of ${q.requests}` },
            { kind: 'frame', sight: holder.last, note: `${macText(holder.mac)} at ${target}` },
            {
              kind: 'absence',
              capture: q.first.capture,
              from: q.firstTime,
              to: time,
              expected: `an ARP reply of ${target}`,
            },
            ...lineNotes(switchText, { mac: q.asker, kinds: ['dai-drop', 'dai-rate-limit'] }),
          ],
          causes: [
            'ARP inspection knows no binding for this station',
            `${target} filters ARP or does not answer this station`,
            'the answer is lost on the way back',
          ],
        });
      },
    },
    messages: { kinds: ['ACK'] },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
      for (const one of losses.values()) {
        if (one.count < LOST) continue;
        const mac = macText(one.mac);
        const [from, to] = [losses.name(one.from), losses.name(one.to)];
        const address = one.message.arp?.senderIp ?? -1;
        const lines = lineNotes(switchText, { mac: one.mac, kinds: ['dai-drop', 'dai-rate-limit'] });
        const [first] = one.sights;
        // Inspection drops all of a station's ARP, and lets the rest of the network be.
        const sure = one.alive && one.arpPassed === 0;
        emit({
          subject: { station: mac },
          severity: sure || lines.length > 0 ? 'high' : 'medium',
          confidence: confidence(
            lines.length > 0 ? 'certain' : sure ? 'likely' : 'possible',
            [
              `${one.count} ARP messages of ${mac} were seen at ${from} and never at ${to}`,
              ...(one.ipPassed > 0 ? [`${one.ipPassed} other frames of it did come through`] : []),
              ...(one.alive ? ['frames of others were seen there'] : [`nothing at all was seen at ${to}`]),
              ...(one.arpPassed > 0 ? [`${one.arpPassed} of its ARP messages did come through`] : []),
              ...(one.measured ? ['the clocks of the two were compared'] : []),
            ],
            lines.length > 0 ? [] : ["the switch's ARP inspection counters and log"],
          ),
          message: `ARP of ${mac}${address > 0 ? ` (${ipv4Text(address)})` : ''} leaves ${from} and does not reach ${to}: a switch between drops it.`,
          segment: first?.segment ?? -1,
          time: first?.time ?? 0,
          evidence: [...losses.evidence(one, `ARP of ${mac}`), ...lines],
          count: one.count,
          causes: ['ARP inspection knows no binding for this station', 'a filter for ARP on the way'],
        });
      }
    },
    limits: () => [...said.limits(), ...answers.limits(), ...losses.limits()],
  };
}
