import { macText } from '../../wire/values.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { kindsText, portText, startDrops, type DropWords } from '../relay/drops.ts';
import { guardCases, ipLosses } from '../relay/guarded.ts';
import { SEE_BINDINGS, TWO_POINTS } from '../relay/remedies.ts';
import { lossesOf } from '../relay/losses.ts';
import { spokenConfidence, spokenDrops, type SpokenDropWords } from '../switch/drops.ts';
import { withSpoken } from '../switch/spoken.ts';
import { lineSentence } from '../switch/words.ts';

const CAUSES: readonly string[] = [
  'the binding is of another port: the machine was moved, or one machine shows its address at two ports (a bond, a bridge)',
  'the switch lost its bindings (restart without a database) while leases went on',
];

const WORDS: DropWords = {
  id: 'dhcp-snooping-binding-stale',
  severity: 'medium',
  kinds: ['binding'],
  lines: ['snooping-drop', 'snooping-binding'],
  atLeast: 1,
  station: ({ message }) => message.chaddr,
  subject: ({ message }) => ({ client: macText(message.chaddr) }),
  signature: ({ message }) =>
    `${message.kind} is what snooping checks against its binding: of another port, it is dropped`,
  message: ({ kinds, clients, last, missing, lines }, losses) =>
    `${kindsText(kinds)} messages of ${clients.list(3)} pass ${losses.name(last?.capture ?? -1)} and never arrive at ${losses.missingAt(missing)}${portText(lines)}: the switch's binding of this machine is not what its port says.`,
  causes: () => [...CAUSES],
  wouldDecide: () => ["the switch's binding table for this MAC address"],
};

export const dhcpSnoopingBindingStale: Detector = {
  id: 'dhcp-snooping-binding-stale',
  title: "A switch's binding of a machine is out of date",
  severity: 'medium',
  about:
    'DHCP snooping keeps a table of which machine has which address at which port. When the table is lost or the machine moved, the switch drops its RELEASE and DECLINE, and the guards that rest on the table drop its traffic, until a new lease is made.',
  fires: [
    'a RELEASE or DECLINE is seen at one vantage and missing at the next, both captures running',
    "with one vantage: the switch's log says that it dropped a RELEASE or DECLINE against its binding while the capture ran",
    'IP traffic of a machine that got no lease in these captures is missing at the next vantage, none of it passes, and its ARP or DHCP does',
  ],
  quiet: [
    'a RELEASE that is sent while the capture ends',
    'a machine whose lease was made while the captures ran (source-guard-drop)',
    'a machine some of whose IP traffic passes',
  ],
  needs: ['ipv4', 'mac', 'time'],
  references: ['Cisco: DHCP snooping, FAKE_INTERFACE; ip dhcp snooping database'],
  proof:
    "The lab's guarding switch is a script between two interfaces that drops by the same rule; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times. The binding table itself is not played: the script drops RELEASE and DECLINE.",
  remedy: {
    runbook: '',
    steps: [
      SEE_BINDINGS,
      'Clear the stale row (Cisco `clear ip dhcp snooping binding <address>`), and let the machine ask anew: link down and up, or a reboot.',
      'Keep the table over restarts of the switch: Cisco `ip dhcp snooping database flash:…`; Juniper `dhcp-snooping-file`; ArubaOS-Switch `dhcp-snooping database file`.',
    ],
    verify: [TWO_POINTS],
  },
  start,
};

/** RELEASE and DECLINE that contradict a binding, by the switch's own word. */
function spoken({ switchText }: DetectorContext): SpokenDropWords {
  return {
    id: 'dhcp-snooping-binding-stale',
    ofServer: false,
    takes: ({ kind, reason, message, ip }) =>
      kind === 'snooping-drop' &&
      typeof ip === 'number' &&
      (reason === 'other-port' || reason === 'no-binding' || message === 'RELEASE' || message === 'DECLINE'),
    subject: ({ mac }) => (mac > 0 ? { client: macText(mac) } : {}),
    judge(drop) {
      const [line] = drop.lines;
      const who = drop.stations.size === 0 ? 'a client' : drop.stations.list(3);
      return {
        severity: 'medium',
        // What a client that lets go of its address asked before, and got, is no part of it.
        confidence: spokenConfidence('certain', { ...drop, asking: [] }),
        message: `${drop.where} drops what ${who} sends to let go of its address: the switch's binding of this machine is not what its port says.`,
        causes: [lineSentence(line, switchText), ...CAUSES],
      };
    },
    remedy: () => dhcpSnoopingBindingStale.remedy,
  };
}

function start(context: DetectorContext): DetectorRun {
  return withSpoken(packets(context), spokenDrops(context, spoken(context)));
}

function packets(context: DetectorContext): DetectorRun {
  const run = startDrops(context, WORDS);
  const losses = lossesOf(context);
  const guard = ipLosses(context);
  const cases = guardCases('dhcp-snooping-binding-stale', losses, {
    severity: 'medium',
    lines: ['source-guard-drop'],
    why: 'none of these captures shows its lease being made, so that the switch may have no binding of it',
    causes: [
      'the switch has no binding of this machine (restarted without its database, or the lease is older than snooping), and IP source guard drops what has none',
      'the machine uses an address that was set by hand',
      'another filter between the two points',
    ],
  });
  return {
    on: { ...run.on, 'dhcp4-message': (event) => guard.lease(event.message) },
    messages: { kinds: ['ACK'] },
    end: (emit: EmitFinding) => {
      run.end?.(emit);
      for (const group of guard.groups()) if (group.lease === undefined) cases.tell(group, emit);
      cases.end(emit);
    },
    limits: () => [...(run.limits?.() ?? []), ...cases.limits(), ...guard.limits()],
  };
}
