import type { Asker, BridgePort, LinkSegment, Station } from '../../flow/link/types.ts';
import type { Sight } from '../../flow/sight.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { discovers, lineNotes, portText, seconds } from '../link/words.ts';

/** How far the first frame that comes through may stand off the moment at which the port opens by its timers (microseconds). */
const EARLY_US = 3e6;
const LATE_US = 12e6;
/** The flag of a topology change goes on when the port opens. */
const CHANGE_US = 6e6;

export const stpPortDelay: Detector = {
  id: 'stp-port-delay',
  title: 'Spanning tree kept the port shut while the machine asked for an address',
  severity: 'medium',
  about:
    'The port came up and spent its first half minute listening and learning. DISCOVERs that the machine sent meanwhile were dropped; firmware that gives up sooner does not boot. The port leads to a machine and needs no such care: make it an edge port.',
  fires: [
    'RSTP or MSTP: BPDUs of the port say discarding or learning while DISCOVERs go out that nobody answers',
    'STP: nothing that others sent comes through for two forward delays from the first BPDU on, DISCOVERs of that time go unanswered, and afterwards they are answered',
    'high: the machine was not answered at all while the port said that it does not forward',
  ],
  quiet: [
    'an edge port: frames of others come through at once',
    'the DISCOVERs are answered within seconds',
    'the capture ends before the port would have opened: a coverage entry',
  ],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1D-2004 17.20', 'IEEE 802.1D-1998 8.4', 'RFC 2131 4.1'],
  proof: 'In the lab spanning tree is real: the Linux bridge (STP) and Open vSwitch (RSTP).',
  remedy: {
    runbook: '',
    steps: [
      'Make the port an edge port. Cisco: `spanning-tree portfast` (trunks: `spanning-tree portfast trunk`); Juniper: `set protocols rstp interface <port> edge`; AOS-CX: `spanning-tree port-type admin-edge`; Linux: `ip link set <bridge> type bridge forward_delay 0`, or `stp_state 0` where no loop can be.',
      'Keep BPDU guard on with it: an edge port that hears a BPDU is no edge.',
    ],
    verify: ['After link-up the first DISCOVER is answered within the ping check of the server (1 to 3 s).'],
  },
  start,
};

function start({ coverage, switchText }: DetectorContext): DetectorRun {
  const told = (port: BridgePort, asker: Asker, link: LinkSegment, v: Verdict, time: number): void => {
    v.emit({
      subject: { client: macText(asker.mac), bridge: macText(port.bridge) },
      severity: v.severity,
      confidence: confidence(
        v.level,
        v.reasons,
        v.level === 'certain' ? [] : ["the switch's log of the port: its states and times"],
      ),
      message: `The port of ${macText(asker.mac)}${portText(switchText, asker.mac)} did not forward for ${seconds(v.until - port.firstTime)} after spanning tree spoke first (bridge ${macText(port.bridge)}, port ${port.portId & 0xfff}): ${discovers(v.lost)} lost.`,
      segment: link.segment,
      time: asker.firstTime,
      evidence: [
        {
          kind: 'frame',
          sight: v.from,
          note:
            port.version >= 2
              ? `the port is ${port.firstBlocked === undefined ? 'shut' : 'discarding or learning'}`
              : 'the first BPDU of the port',
        },
        { kind: 'frame', sight: asker.first, note: `DISCOVER by ${macText(asker.mac)}` },
        ...v.evidence,
        ...lineNotes(switchText, { mac: asker.mac, kinds: ['stp'] }),
        ...(asker.firstAnswer === undefined
          ? [
              {
                kind: 'absence' as const,
                capture: link.capture,
                from: asker.firstTime,
                to: time,
                expected: `an OFFER to ${macText(asker.mac)}`,
              },
            ]
          : [{ kind: 'frame' as const, sight: asker.firstAnswer, note: 'the first answer' }]),
      ],
      causes: ['the port is no edge port (portfast)', 'the link went down when the firmware reset the card'],
    });
  };
  return {
    on: {
      'spanning-tree-port'({ link, port, time }, emit) {
        if (link.crowded || link.askers.length === 0) return;
        for (const asker of link.askers) {
          const verdict = port.version >= 2 ? spoken(port, asker, emit, time) : silent(port, asker, link, emit);
          if (verdict === undefined) continue;
          if (verdict === 'early') {
            coverage.add({
              id: 'capture-ends-early',
              capture: link.capture,
              segment: link.segment,
              message: 'the capture ends before a spanning tree port that has just come up would forward',
              undecided: ['stp-port-delay'],
            });
          } else told(port, asker, link, verdict, time);
        }
      },
    },
  };
}

interface Verdict {
  emit: Parameters<NonNullable<DetectorRun['end']>>[0];
  severity: 'high' | 'medium';
  level: 'certain' | 'likely' | 'possible';
  reasons: string[];
  lost: number;
  from: Sight;
  /** Until when the port was shut, as far as known (microseconds). */
  until: number;
  evidence: EvidenceNote[];
}

/** The port says itself that it does not forward. */
function spoken(port: BridgePort, asker: Asker, emit: Verdict['emit'], end: number): Verdict | undefined {
  const { firstBlocked, lastBlocked } = port;
  if (port.discoversBlocked === 0 || firstBlocked === undefined || lastBlocked === undefined) return undefined;
  const until = port.forwarding === undefined ? port.lastBlockedTime : port.forwardingTime;
  const lost = asker.times.filter((at) => at >= port.firstBlockedTime && at <= until).length;
  // A proposal that is agreed on takes no time: nothing was lost.
  const answeredBefore = asker.answers > 0 && asker.answeredTime <= until;
  if (lost === 0 || answeredBefore) return undefined;
  const never = asker.answers === 0;
  if (never && end - asker.firstTime < EARLY_US) return undefined;
  return {
    emit,
    severity: never ? 'high' : 'medium',
    level: 'certain',
    reasons: [
      `${port.blockedBpdus} BPDUs of the port say that it does not forward`,
      `${discovers(lost)} at that time${never ? ', and none was ever answered' : `, the first answer came ${seconds(asker.answeredTime - until)} after it opened`}`,
    ],
    lost,
    from: firstBlocked,
    until,
    evidence: [
      { kind: 'frame', sight: lastBlocked, note: 'the last BPDU that says so' },
      ...(port.forwarding === undefined
        ? []
        : [{ kind: 'frame' as const, sight: port.forwarding, note: 'the port forwards' }]),
    ],
  };
}

/** STP does not say the port's state: the silence of two forward delays does, when it ends as the timers say. */
function silent(
  port: BridgePort,
  asker: Asker,
  link: LinkSegment,
  emit: Verdict['emit'],
): Verdict | 'early' | undefined {
  const delay = 2e6 * port.forwardDelay;
  if (delay <= 0 || asker.firstTime < port.firstTime - LATE_US) return undefined;
  const through = firstThrough(link, port);
  if (through === undefined) {
    const asked =
      asker.answers === 0 && asker.firstTime < port.firstTime + delay && port.lastTime < port.firstTime + delay;
    return asked ? 'early' : undefined;
  }
  const opened = through.firstTime - port.firstTime;
  if (opened < delay - EARLY_US || opened > delay + LATE_US) return undefined;
  const lost = asker.times.filter((at) => at < through.firstTime - 1e6 && at >= port.firstTime - LATE_US).length;
  if (lost === 0 || asker.answers === 0) return undefined;
  const change =
    port.topologyChange !== undefined && Math.abs(port.topologyChangeTime - through.firstTime) <= CHANGE_US;
  return {
    emit,
    severity: 'medium',
    level: 'likely',
    reasons: [
      `nothing of others came through for ${seconds(opened)} from the first BPDU on; two forward delays are ${seconds(delay)}`,
      ...(change ? ['the topology change flag went on at that time: a port opened'] : []),
      `${discovers(lost)} before went unanswered, and those after were answered`,
    ],
    lost,
    from: port.first,
    until: through.firstTime,
    evidence: [
      { kind: 'frame', sight: through.first, note: `the first frame that came through, of ${macText(through.mac)}` },
      ...(change && port.topologyChange !== undefined
        ? [{ kind: 'frame' as const, sight: port.topologyChange, note: 'topology change' }]
        : []),
    ],
  };
}

/** The first station behind the port that was heard, if none had been before. */
function firstThrough({ stations, askers }: LinkSegment, port: BridgePort): Station | undefined {
  let first: Station | undefined;
  for (const one of stations) {
    if (one.mac === port.mac || one.mac === port.bridge || askers.some(({ mac }) => mac === one.mac)) continue;
    if (first === undefined || one.firstTime < first.firstTime) first = one;
  }
  return first;
}
