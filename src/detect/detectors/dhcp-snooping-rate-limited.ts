import { macText } from '../../wire/values.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { lineNote, lineRemedy, placeOf, placeText } from '../switch/words.ts';

const MAX_PORTS = 4096;
/** Stations whose messages are counted. */
const MAX_STATIONS = 8192;
const MAX_EVIDENCE = 8;
/** Rows of tables that name stations of one port. */
const MAX_NAMED = 32;

interface Port {
  subject: { switch: string; port: string };
  where: string;
  line: SwitchLine;
  shut: boolean;
  /** Most messages that a line speaks of; 1 where none does. */
  rate: number;
  count: number;
  time: number;
  evidence: EvidenceNote[];
}

export const dhcpSnoopingRateLimited: Detector = {
  id: 'dhcp-snooping-rate-limited',
  title: 'A switch port passed its limit of DHCP messages',
  severity: 'medium',
  about:
    'DHCP snooping counts the DHCP messages of a port. Beyond the limit the switch drops them or shuts the port down; a rack controller on such a port loses every client behind it at once. Many machines that boot together, a loop, or an attack by many requests reach the limit.',
  fires: ['a line of a switch says that a port passed its DHCP limit, or was shut down for it'],
  quiet: ['ports shut down for other reasons', 'ARP limits (arp-inspection-drop)'],
  needs: ['mac', 'time'],
  references: ['Cisco IOS security configuration guide: DHCP snooping, rate limit', 'docs/switch-text.md'],
  remedy: {
    runbook: 'RB-2',
    steps: [
      'Do not limit ports of rack controllers, relays and uplinks: they carry the messages of all machines.',
      'A port that was shut down stays so until somebody takes it back: `shutdown`, `no shutdown`, or `errdisable recovery cause dhcp-rate-limit`.',
    ],
    verify: ["`show ip dhcp snooping`: the rack's port is trusted and unlimited.", "tcpdump 'port 67 or port 68' during a boot attempt: offers arrive."],
  },
  start({ switchText }) {
    const ports = new BoundedMap<string, Port>('dhcp-snooping-rate-limited.ports', MAX_PORTS);
    const messages = new BoundedMap<number, { count: number; first: EvidenceNote }>(
      'dhcp-snooping-rate-limited.stations',
      MAX_STATIONS,
    );
    const end = (emit: EmitFinding): void => {
      for (const port of ports.values()) {
        const rows = switchText.linesFor({ port: port.subject.port, kinds: ['mac-entry', 'binding'] }).slice(0, MAX_NAMED);
        const same = rows.filter(({ device }) => device === '' || port.line.device === '' || device === port.line.device);
        const busy = same
          .map(({ mac }) => ({ mac, seen: messages.peek(mac) }))
          .filter(({ seen }) => seen !== undefined)
          .sort((a, b) => (b.seen?.count ?? 0) - (a.seen?.count ?? 0) || a.mac - b.mac);
        tell(port, busy, switchText.trustOf(port.subject.port, port.line.device), lineRemedy(port.line, switchText), emit);
      }
    };
    return {
      on: {
        'switch-line'({ line }) {
          const shut = line.kind === 'err-disable' && line.reason === 'dhcp-rate';
          if (!shut && line.kind !== 'snooping-rate-limit') return;
          const place = placeOf(line, switchText);
          const key = `${place.device} ${place.port}`;
          let port = ports.get(key);
          if (port === undefined) {
            port = {
              subject: { switch: place.device, port: place.port },
              where: placeText(place),
              line,
              shut: false,
              rate: 1,
              count: 0,
              time: line.time?.from ?? 0,
              evidence: [],
            };
            ports.set(key, port);
          }
          port.shut ||= shut;
          port.count += 1;
          port.rate = Math.max(port.rate, shut ? 1 : line.count);
          if (port.evidence.length < MAX_EVIDENCE) port.evidence.push(lineNote(line, switchText));
        },
        'dhcp4-message'({ message }) {
          if (switchText.empty || message.ethSrc <= 0) return;
          const known = messages.get(message.ethSrc);
          if (known !== undefined) known.count += 1;
          else {
            const note = `first DHCP message of ${macText(message.ethSrc)}, which is on that port`;
            messages.set(message.ethSrc, { count: 1, first: { kind: 'frame', sight: message.sight, note } });
          }
        },
      },
      end,
      limits: () => [ports.limit() ?? [], messages.limit() ?? []].flat(),
    };
  },
};

function tell(
  port: Port,
  busy: readonly { mac: number; seen: { count: number; first: EvidenceNote } | undefined }[],
  trust: 'trusted' | 'untrusted' | undefined,
  steps: readonly string[],
  emit: EmitFinding,
): void {
  const [most] = busy;
  const who = most?.seen === undefined ? '' : `; ${macText(most.mac)} on it sent ${most.seen.count} DHCP messages`;
  const many = port.rate > 1 ? ` (${port.rate} messages)` : '';
  const { remedy } = dhcpSnoopingRateLimited;
  emit({
    subject: port.subject,
    severity: port.shut ? 'high' : 'medium',
    confidence: confidence(
      'certain',
      [
        'the switch says so itself',
        ...(port.shut ? ['it shut the port down'] : []),
        ...(trust === undefined ? [] : [`the switch lists the port as ${trust}`]),
      ],
      busy.length > 0 ? [] : ['the MAC address table of the switch: which machines are on the port'],
    ),
    message: `${port.where} passed its limit of DHCP messages${many}${port.shut ? ' and was shut down' : ''}${who}.`,
    segment: -1,
    time: port.time,
    count: port.count,
    evidence: [...port.evidence.slice(0, MAX_EVIDENCE - 2), ...busy.slice(0, 2).flatMap(({ seen }) => seen?.first ?? [])],
    causes: [
      'many machines boot at once behind one port (a relay, a hypervisor, a rack controller)',
      'a machine that boots again and again',
      'an attack that asks for all addresses (dhcp-starvation)',
    ],
    remedy: { ...remedy, steps: [...steps, ...remedy.steps] },
  });
}
