import { BoundedMap } from '../../flow/bounded.ts';
import type { Asker } from '../../flow/link/types.ts';
import type { SwitchLine, SwitchText } from '../../flow/switch/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** Violations kept: a switch repeats one line for each frame. */
const VIOLATIONS = 512;
/** Frames of the station beside the line. */
const FRAMES = 2;
/** Stations without an answer that are remembered, to tell what the violation cost. */
const WAITING = 4_096;

/** Stations of one port that are told one by one; beyond it the port is told, with the first of them. */
const CROWD = 4;

interface Violation {
  lines: SwitchLine[];
  count: number;
  shut: boolean;
}

export const portSecurityViolation: Detector = {
  id: 'port-security-violation',
  title: 'A switch port refused the MAC address of a machine',
  severity: 'medium',
  about:
    'Port security counted one address too many, or one that belongs to another port, and dropped its frames or shut the port. During a boot one machine shows several addresses (BMC, firmware, bond, guests): a limit of one is too low for it.',
  fires: [
    "the switch's log says that a MAC address violates port security, or that it shut the port for that",
    'a port security table counts violations',
    'of more than four stations of one port one finding is made, with the first of them',
    'high: the switch shut the port, or the station asked for an address and was not answered',
  ],
  quiet: [
    'rows of a port security table without a violation',
    'packets alone: a drop by port security leaves no trace in them',
  ],
  needs: ['mac', 'time'],
  references: ['Cisco IOS Security Configuration Guide: Port Security'],
  proof:
    "In the lab the limit of the port is a set of nftables that takes no more addresses, and the machine's controller and firmware are real clients; the switch's lines and table are of the forms that docs/switch-text.md proves. The port that is shut (err-disable) is proved with lines alone.",
  remedy: {
    runbook: '',
    steps: [
      'Raise the number of addresses of the port above what one machine shows while it boots. Cisco: `switchport port-security maximum 8`.',
      'Clear what was learned, and take the port back into service. Cisco: `clear port-security sticky interface <port>`, `shutdown`, `no shutdown`.',
      "If the address is nobody's, find out who plugged it in.",
    ],
    verify: ['`show port-security interface <port>` counts no further violation while the machine boots.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  const violations = new BoundedMap<string, Violation>('port-security-violation.ports', VIOLATIONS);
  const unanswered = new BoundedMap<number, Asker>('port-security-violation.waiting', WAITING);
  return {
    on: {
      'switch-line'({ line }) {
        const shut = line.kind === 'err-disable' && line.reason === 'port-security';
        const row = line.kind === 'port-security-row' && line.reason === 'violation';
        if (line.kind !== 'port-security' && !shut && !row) return;
        const key = `${line.device}/${line.port}/${shut ? '' : line.mac}`;
        const known = violations.get(key);
        if (known === undefined) {
          violations.set(key, { lines: [line], count: line.count, shut });
          return;
        }
        known.count += line.count;
        if (known.lines.length < FRAMES) known.lines.push(line);
      },
      'dhcp4-exchange'({ exchange }) {
        const [discover] = exchange.discovers;
        if (discover === undefined || exchange.chaddr < 0) return;
        if (exchange.offerCount > 0 || exchange.ackCount > 0) {
          unanswered.delete(exchange.chaddr);
          return;
        }
        unanswered.set(exchange.chaddr, {
          mac: exchange.chaddr,
          first: discover.sight,
          last: discover.sight,
          firstTime: exchange.firstTime,
          lastTime: exchange.lastTime,
          discovers: exchange.discoverCount,
          times: [],
          answers: 0,
          firstAnswer: undefined,
          answeredTime: 0,
        });
      },
    },
    end(emit) {
      // A log runs for months: what was written while no capture ran explains none.
      const told = [...violations.values()].filter(({ lines }) => lines.some((one) => switchText.during(one)));
      const crowds = crowdsOf(told);
      for (const crowd of crowds) tellCrowd(crowd, switchText, emit);
      const crowded = new Set(crowds.flat());
      for (const violation of told) {
        const { lines, count, shut } = violation;
        const [line] = lines;
        if (line === undefined || crowded.has(violation)) continue;
        const silent = line.mac < 0 ? undefined : unanswered.peek(line.mac);
        const frames: EvidenceNote[] = lines
          .flatMap((one) => switchText.framesFor(one))
          .slice(0, FRAMES)
          .map((sight) => ({ kind: 'frame', sight, note: 'a frame of this station' }));
        const where = `port ${line.port === '' ? '(not named)' : line.port}${line.device === '' ? '' : ` of ${line.device}`}`;
        const who = line.mac < 0 ? 'a station' : macText(line.mac);
        emit({
          subject: { device: line.device, port: line.port, ...(line.mac < 0 ? {} : { station: who }) },
          severity: shut || silent !== undefined ? 'high' : 'medium',
          confidence: confidence('certain', [
            'the switch says so',
            ...(silent === undefined ? [] : [`its ${silent.discovers} DISCOVERs went unanswered`]),
            ...(frames.length > 0 ? ['frames of this station are seen at that time'] : []),
          ]),
          message: shut
            ? `The switch shut ${where} for a violation of port security.`
            : `${where.replace('port', 'Port')} refuses ${who}${reasonText(line)}.`,
          segment: -1,
          time: timeOfLine(line),
          evidence: [
            ...lines.map((one) => lineNote(one, switchText)),
            ...frames,
            ...(silent === undefined
              ? []
              : [{ kind: 'frame' as const, sight: silent.first, note: `DISCOVER by ${who}` }]),
          ],
          count,
        });
      }
    },
    limits: () => [violations.limit(), unanswered.limit()].filter((limit) => limit !== undefined),
  };
}

/** Violations by more stations of one port than a person reads one by one. */
function crowdsOf(violations: readonly Violation[]): Violation[][] {
  const ports = new Map<string, Violation[]>();
  for (const violation of violations) {
    const [line] = violation.lines;
    if (line === undefined || line.mac < 0 || violation.shut) continue;
    const key = `${line.device}/${line.port}`;
    const known = ports.get(key);
    if (known === undefined) ports.set(key, [violation]);
    else known.push(violation);
  }
  return [...ports.values()].filter(({ length }) => length > CROWD);
}

function tellCrowd(crowd: readonly Violation[], switchText: SwitchText, emit: EmitFinding): void {
  const lines = crowd.flatMap((one) => one.lines.slice(0, 1));
  const [line] = lines;
  if (line === undefined) return;
  const first = lines.slice(0, CROWD).map(({ mac }) => macText(mac));
  emit({
    subject: { device: line.device, port: line.port },
    severity: 'medium',
    confidence: confidence('certain', ['the switch says so', `it names ${crowd.length} addresses on this port`]),
    message: `Port ${line.port === '' ? '(not named)' : line.port}${line.device === '' ? '' : ` of ${line.device}`} refuses ${crowd.length} addresses (${first.join(', ')} …)${reasonText(line)}.`,
    segment: -1,
    time: timeOfLine(line),
    evidence: lines.slice(0, CROWD).map((one) => lineNote(one, switchText)),
    count: crowd.reduce((sum, { count }) => sum + count, 0),
    causes: ['a hypervisor, or another switch, behind the port', 'made-up addresses (see mac-flooding)'],
  });
}

function reasonText({ reason }: SwitchLine): string {
  if (reason === 'limit') return ': more addresses than the port may have';
  if (reason === 'other-port') return ': the address belongs to another port';
  return reason === 'address' ? ': the address is not allowed there' : '';
}
