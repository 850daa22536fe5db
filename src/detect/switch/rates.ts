import { macText } from '../../wire/values.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { EventOf } from '../../flow/events.ts';
import type { Sight } from '../../flow/sight.ts';
import type { SwitchText } from '../../flow/switch/types.ts';
import { confidence } from '../confidence.ts';
import type { EmitFinding } from '../detector.ts';
import type { Remedy } from '../finding.ts';
import { PortLines, type PortCase } from './port-lines.ts';
import type { Spoken } from './spoken.ts';
import { lineRemedy } from './words.ts';

/** Stations whose messages are counted. */
const MAX_STATIONS = 8192;
const LINES = 6;
const FRAMES = 2;
/** Rows of tables that name stations of one port. */
const MAX_ROWS = 32;

interface Station {
  mac: number;
  sent: number;
  first: Sight;
}

/** Ports that passed their limit of DHCP messages by the switch's own word; one vantage, or none, is enough for it. */
export function rateLimits(text: SwitchText, remedy: Remedy): Spoken {
  const ports = new PortLines('dhcp-snooping-rate-limited', text);
  const stations = new BoundedMap<number, Station>('dhcp-snooping-rate-limited.stations', MAX_STATIONS);
  return {
    line(line) {
      const shut = line.kind === 'err-disable' && line.reason === 'dhcp-rate';
      if (shut || line.kind === 'snooping-rate-limit') ports.add(line);
    },
    // Without a line there is nothing to count for.
    ...(text.empty
      ? {}
      : {
          message({ message }: EventOf<'dhcp4-message'>): void {
            if (message.ethSrc <= 0) return;
            const known = stations.get(message.ethSrc);
            if (known === undefined)
              stations.set(message.ethSrc, { mac: message.ethSrc, sent: 1, first: message.sight });
            else known.sent += 1;
          },
        }),
    end(emit) {
      for (const port of ports.during())
        tell(
          port,
          stationsOn(port, text, (mac) => stations.peek(mac)),
          text,
          remedy,
          emit,
        );
    },
    limits: () => [...ports.limits(), ...[stations.limit() ?? []].flat()],
  };
}

/** Stations that tables put on this port and that were seen with DHCP, the busiest first. */
function stationsOn(port: PortCase, text: SwitchText, seen: (mac: number) => Station | undefined): Station[] {
  const { port: name } = port.subject;
  if (name === '') return [];
  const device = port.lines[0]?.device ?? '';
  const rows = text
    .linesFor({ port: name, kinds: ['mac-entry', 'binding'] })
    .filter((row) => row.device === '' || device === '' || row.device === device)
    .slice(0, MAX_ROWS);
  return [...new Set(rows.map(({ mac }) => mac))]
    .flatMap((mac) => seen(mac) ?? [])
    .sort((a, b) => b.sent - a.sent || a.mac - b.mac);
}

function tell(port: PortCase, stations: readonly Station[], text: SwitchText, remedy: Remedy, emit: EmitFinding): void {
  const { lines, where } = port;
  const [line] = lines;
  if (line === undefined) return;
  const [most] = stations;
  const shut = lines.some(({ kind }) => kind === 'err-disable');
  const rate = Math.max(...lines.map(({ kind, count }) => (kind === 'err-disable' ? 1 : count)));
  const trust = text.trustOf(port.subject.port, line.device);
  const many = rate > 1 ? ` (${rate} messages)` : '';
  const who =
    most === undefined
      ? ''
      : `; ${macText(most.mac)} on it sent ${most.sent} DHCP message${most.sent === 1 ? '' : 's'}`;
  emit({
    subject: port.subject,
    severity: shut ? 'high' : 'medium',
    confidence: confidence(
      'certain',
      [
        'the switch says so itself',
        ...(shut ? ['it shut the port down'] : []),
        ...(trust === undefined ? [] : [`the switch lists the port as ${trust}`]),
      ],
      most === undefined ? ['the MAC address table of the switch: which machines are on the port'] : [],
    ),
    message: `${where} passed its limit of DHCP messages${many}${shut ? ' and was shut down' : ''}${who}.`,
    segment: -1,
    time: port.time,
    count: lines.length,
    evidence: [
      ...port.evidence(LINES),
      ...stations.slice(0, FRAMES).map(({ mac, first }) => ({
        kind: 'frame' as const,
        sight: first,
        note: `first DHCP message of ${macText(mac)}, which is on that port`,
      })),
    ],
    causes: [
      'many machines boot at once behind one port (a relay, a hypervisor, a rack controller)',
      'a machine that boots again and again',
      'an attack that asks for all addresses (dhcp-starvation)',
    ],
    remedy: { ...remedy, steps: [...lineRemedy(line, text), ...remedy.steps] },
  });
}
