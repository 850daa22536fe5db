import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { guardCases, ipLosses } from '../relay/guarded.ts';
import { lossesOf, lossHandlers } from '../relay/losses.ts';
import { ContradictedLeases } from '../switch/bindings.ts';
import { SEE_BINDINGS, TWO_POINTS } from '../relay/remedies.ts';

export const sourceGuardDrop: Detector = {
  id: 'source-guard-drop',
  title: 'A switch drops all IP traffic of a machine that has its lease',
  severity: 'high',
  about:
    'The machine got its address in order, and then nothing of its IP traffic leaves the switch. IP source guard drops every packet whose source has no binding, without a line in the log for each: the binding was not made, or is of another address or port.',
  fires: [
    'three IP packets or more of a machine after its ACK are seen at one vantage and missing at the next, none of its IP traffic passes, and its DHCP or ARP does',
    "the switch's own binding or drop line for this machine: certain",
    "with one vantage: the switch's table binds the machine to another address than its lease, and its reads after the ACK got no answer (likely)",
  ],
  quiet: [
    'a machine some of whose IP traffic passes: single losses',
    'a machine with no lease in these captures (dhcp-snooping-binding-stale)',
    'ARP that vanishes (ARP inspection)',
    'traffic to places that the other vantage does not see',
    'a row of the table that binds the machine to its lease',
  ],
  needs: ['ipv4', 'mac', 'time'],
  references: ['Cisco: IP source guard, show ip verify source', 'RFC 7513 (SAVI for DHCP)'],
  proof:
    "The lab's guarding switch is a script between two interfaces that drops by the same rule; no switch of a vendor took part. Its table is of the form that docs/switch-text.md proves, with the scenario's own addresses.",
  remedy: {
    runbook: '',
    steps: [
      SEE_BINDINGS,
      'Cisco: `show ip verify source interface <port>`; where it says `deny-all` though the machine has a lease, snooping did not see the ACK: trust the port towards the server on every switch on the way.',
      'Until then take the guard off the provisioning ports (Cisco `no ip verify source`), or bind by hand: `ip source binding <mac> vlan <vlan> <address> interface <port>`.',
    ],
    verify: [TWO_POINTS],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const losses = lossesOf(context);
  const guard = ipLosses(context);
  const cases = guardCases('source-guard-drop', losses, {
    severity: 'high',
    lines: ['source-guard-drop', 'binding'],
    why: 'it has its lease, and a guard between drops what it sends',
    causes: [
      'IP source guard without a binding for this machine: snooping did not see its ACK (trust, VLAN, table full), or the binding is of another port',
      'a port or VLAN ACL that lets DHCP pass and nothing else (802.1X in a restricted VLAN)',
    ],
  });
  const contradicted = new ContradictedLeases('source-guard-drop', context.switchText);
  return {
    on: {
      ...lossHandlers(losses),
      'dhcp4-message': ({ message }) => {
        guard.lease(message);
        contradicted.lease(message);
      },
      'transfer-end': ({ transfer, end }) => contradicted.transfer(transfer, end),
    },
    messages: { kinds: ['ACK'] },
    end: (emit: EmitFinding) => {
      const groups = guard.groups().filter(({ lease }) => lease !== undefined);
      for (const group of groups) cases.tell(group, emit);
      cases.end(emit);
      if (groups.length === 0) contradicted.end(emit);
    },
    limits: () => [...cases.limits(), ...guard.limits(), ...contradicted.limits()],
  };
}
