import type { Detector, DetectorContext } from '../detector.ts';
import { portText, startDrops, type DropWords } from '../relay/drops.ts';
import { SEE_SNOOPING, TWO_POINTS } from '../relay/remedies.ts';
import { rateLimits } from '../switch/rates.ts';
import { withSpoken } from '../switch/spoken.ts';

const WORDS: DropWords = {
  id: 'dhcp-snooping-rate-limited',
  severity: 'high',
  kinds: ['burst'],
  lines: ['snooping-rate-limit', 'err-disable'],
  atLeast: 3,
  station: ({ last }) => last.ethSrc,
  // What counts messages names no station.
  says: ({ kind, reason }) => kind === 'snooping-rate-limit' || reason === 'dhcp-rate',
  subject: ({ last }) => ({ segment: last.segment }),
  signature: () => 'ten requests or more came within a second, the first of them passed, and then none did',
  message: ({ clients, last, missing, lines }, losses) =>
    `After a burst of DHCP requests at ${losses.name(last?.capture ?? -1)} the rest never arrives at ${losses.missingAt(missing)}: ${clients.text('client')} (${clients.list(3)}) lost theirs${portText(lines)}. That is what a DHCP rate limit does that shuts its port down.`,
  causes: () => [
    "the port's DHCP rate limit is below what so many machines ask when they power on together, and the switch shuts it down (err-disable)",
    'a rate limiter for broadcasts (storm control) on the way',
  ],
  wouldDecide: () => ['the state of the port: `show interfaces status err-disabled`'],
};

export const dhcpSnoopingRateLimited: Detector = {
  id: 'dhcp-snooping-rate-limited',
  title: 'A DHCP rate limit cuts clients off',
  severity: 'high',
  about:
    'Many machines behind one port ask at once, the switch counts more DHCP messages than it allows there and drops the rest, or shuts the port down. A rack row that is powered on together does that to a limit that was made for desks.',
  fires: [
    'ten requests or more of one vantage within a second, the first three at least seen at the next vantage, and three or more after them lost',
    'a line of a switch says that a port passed its DHCP limit, or was shut down for it',
    'all requests after such a burst, when none of them passes any more: the port is shut',
  ],
  quiet: [
    'fewer requests at a time: what is lost then is dhcp-snooping-dropped-client',
    'a burst of which later messages pass: single losses',
    'a vantage whose recorder dropped frames: possible only',
  ],
  needs: ['mac', 'xid', 'time'],
  references: ['Cisco: ip dhcp snooping limit rate, errdisable recovery cause dhcp-rate-limit'],
  proof:
    "The lab's guarding switch is a script between two interfaces that drops by the same rule; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: '',
    steps: [
      SEE_SNOOPING,
      'See whether the port is down: Cisco `show interfaces status err-disabled`; bring it back with `shutdown`, `no shutdown`.',
      'Raise the limit on ports that lead to many machines, or take it off uplinks: Cisco `ip dhcp snooping limit rate 100` or `no ip dhcp snooping limit rate`; `errdisable recovery cause dhcp-rate-limit` brings ports back by themselves.',
      'Power machines on in groups: in MAAS commission or deploy a few at a time.',
    ],
    verify: [TWO_POINTS],
  },
  start: (context: DetectorContext) =>
    withSpoken(startDrops(context, WORDS), rateLimits(context.switchText, dhcpSnoopingRateLimited.remedy)),
};
