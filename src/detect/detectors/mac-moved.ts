import { REQUESTS } from '../../flow/dhcp4/kinds.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Said } from '../link/said.ts';
import { timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** Clients behind relays whose port is remembered. */
const CLIENTS = 32_768;
/** One that comes back so soon (microseconds) was not carried from rack to rack. */
const BACK_US = 60e6;
/** Sub-options of option 82 that name the port (RFC 3046 2.0): circuit and remote. */
const CIRCUIT = 1;
const REMOTE = 2;

interface Place {
  port: string;
  last: Dhcp4Message;
  /** Where it was before, until when. */
  before: string;
  left: Dhcp4Message | undefined;
  moves: number;
  returns: number;
}

export const macMoved: Detector = {
  id: 'mac-moved',
  title: 'One MAC address shows up at several switch ports',
  severity: 'medium',
  about:
    'The switch learns one address now here and now there. A cable that was moved does that once; two machines with one address, a loop, or somebody who borrows an address do it again and again, and frames to it go astray.',
  fires: [
    "the switch's log says that an address moves between two ports",
    'low: relays name another port (option 82, circuit and remote id) for one client, and the first one again within a minute',
    'info: they name another port once',
  ],
  quiet: [
    'the same message by two relays (each names its own port), and other links',
    'one MAC address on several VLANs (a router), at two interfaces of one capture (a bridge, a bond)',
  ],
  needs: ['mac', 'circuit-id', 'time'],
  references: ['RFC 3046 2.0', 'IEEE 802.1Q 8.7'],
  proof:
    'In the lab two machines share one MAC address behind two access switches, which are scripts that insert Option 82; the core is a real bridge. The line of the switch is of the forms that docs/switch-text.md proves. Moves behind relays are proved with hand-built frames.',
  remedy: {
    runbook: '',
    steps: [
      'Look at both ports: `show mac address-table address <mac>` several times in a row.',
      'Two machines with one address: give one of them its own (cloned guests, a spoofed address). The same machine behind two ports without an aggregation: bond them, or take one out.',
    ],
    verify: ['The switch keeps the address at one port.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  const places = new BoundedMap<string, Place>('mac-moved.clients', CLIENTS);

  const told = (place: Place, m: Dhcp4Message, emit: EmitFinding): void => {
    const mac = macText(m.chaddr);
    const again = place.returns > 0;
    emit({
      subject: { station: mac },
      severity: again ? 'low' : 'info',
      confidence: confidence(
        again ? 'possible' : 'likely',
        [
          `the relay named one port (${place.before}) and then another (${place.port})`,
          ...(again ? [`and back, ${place.returns} time${place.returns === 1 ? '' : 's'} within a minute`] : []),
        ],
        again ? ['whether the machine is connected to two switches that share one relay address'] : [],
      ),
      message: again
        ? `${mac} asks now behind one port and now behind another.`
        : `${mac} asks behind another port than before.`,
      segment: m.segment,
      time: m.time,
      evidence: [
        ...(place.left === undefined
          ? []
          : [{ kind: 'frame' as const, sight: place.left.sight, note: `behind ${place.before}` }]),
        { kind: 'frame', sight: m.sight, note: `behind ${place.port}` },
      ],
      causes: again
        ? ['two machines with one MAC address', 'a loop', 'a machine at two switches without an aggregation']
        : ['the cable was moved'],
    });
  };

  const said = new Said('mac-moved.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const mac = macText(line.mac);
    emit({
      subject: { station: mac },
      severity: 'medium',
      confidence: confidence('certain', ['the switch says so']),
      message: `The switch${line.device === '' ? '' : ` ${line.device}`} sees ${mac} move${line.otherPort === '' ? '' : ` from ${line.otherPort}`}${line.port === '' ? '' : ` to ${line.port}`}.`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
      causes: [
        'two machines with one MAC address',
        'a loop',
        'a machine at two ports without an aggregation',
        'a guest that migrated',
      ],
    });
  };

  return {
    on: {
      'switch-line'({ line }) {
        if (line.kind !== 'mac-move' || line.mac < 0) return;
        said.add(line);
      },
      'dhcp4-message'({ message: m }, emit) {
        if (m.reply || m.copy || m.relayAgent === '' || m.chaddr < 0) return;
        const port = portOf(m.relayAgent);
        if (port === '') return;
        const key = `${m.sight.capture}/${m.link}/${m.chaddr}`;
        const place = places.get(key);
        if (place === undefined) {
          places.set(key, { port, last: m, before: '', left: undefined, moves: 0, returns: 0 });
          return;
        }
        if (place.port !== port && !sameMessage(place.last, m)) {
          const back = place.before === port && m.time - (place.left?.time ?? 0) <= BACK_US;
          place.before = place.port;
          place.left = place.last;
          place.port = port;
          place.moves += 1;
          if (back) place.returns += 1;
          told(place, m, emit);
        }
        if (place.port === port) place.last = m;
      },
    },
    messages: { kinds: REQUESTS, relayed: true },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
    },
    limits: () => [...said.limits(), ...[places.limit()].filter((limit) => limit !== undefined)],
  };
}

/** Two relays that forward one message name a port each. */
function sameMessage(a: Dhcp4Message, b: Dhcp4Message): boolean {
  return a.xid === b.xid && a.kind === b.kind && a.secs === b.secs && b.time - a.time < 1e6;
}

/** Circuit and remote identifier in hexadecimal, as `circuit 0004 remote 0006`; '' when neither is there. */
function portOf(relayAgent: string): string {
  const parts: string[] = [];
  // Each turn steps over two bytes at least.
  for (let at = 0; at + 4 <= relayAgent.length;) {
    const code = Number.parseInt(relayAgent.slice(at, at + 2), 16);
    const length = Number.parseInt(relayAgent.slice(at + 2, at + 4), 16);
    if (!Number.isInteger(code) || !Number.isInteger(length)) break;
    const value = relayAgent.slice(at + 4, at + 4 + 2 * length);
    if (code === CIRCUIT) parts.push(`circuit ${value}`);
    else if (code === REMOTE) parts.push(`remote ${value}`);
    at += 4 + 2 * length;
  }
  return parts.join(' ');
}
