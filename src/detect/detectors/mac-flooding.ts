import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { seconds } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';
import { refusedFloods } from '../switch/floods.ts';
import { withSpoken } from '../switch/spoken.ts';

/** Lines that stand beside a flood. */
const LINES = 4;

export const macFlooding: Detector = {
  id: 'mac-flooding',
  title: 'Made-up source addresses flood a segment',
  severity: 'high',
  about:
    'A thousand stations that nobody saw before appear within seconds, each of a vendor of its own: somebody makes them up to fill the MAC address tables of the switches, which then send everything to all ports.',
  fires: [
    'a thousand new source MAC addresses or more within ten seconds on one segment, nine in ten with a vendor prefix of their own',
    'port security refused 16 MAC addresses or more on one port, three in four with a vendor prefix of their own',
  ],
  quiet: [
    'a rack that powers on, containers, guests: few prefixes',
    'DHCP messages in many names (dhcp-starvation)',
    'floods of frames that are not read here (TCP of made-up stations): the switch must say it',
  ],
  needs: ['mac', 'vendor', 'time'],
  references: ['IEEE 802.1Q 8.7'],
  proof:
    "In the lab a script sends ARP of thirteen hundred made-up stations; the limit of the port is a set of nftables. A MAC address table that overflows is not shown: that of a Linux bridge has no limit here. The switch's lines are of the forms that docs/switch-text.md proves.",
  remedy: {
    runbook: '',
    steps: [
      'Find the port behind which these addresses were learned (MAC address table: the port with thousands), and shut it.',
      'Limit the addresses of access ports. Cisco: `switchport port-security maximum 8`, `switchport port-security violation restrict`.',
    ],
    verify: ['The number of addresses in the MAC address table is that of the machines.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  return withSpoken(packets(context), refusedFloods(context.switchText));
}

function packets({ switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'station-flood'({ segment, stations, span, first, last, time }, emit) {
        const lines = switchText.empty
          ? []
          : switchText.linesFor({ kinds: ['port-security'], time, slack: 60e6 }).slice(0, LINES);
        const ports = [...new Set(lines.map(({ port }) => port).filter((port) => port !== ''))];
        emit({
          subject: { segment, ...(ports.length === 1 ? { port: ports[0] ?? '' } : {}) },
          confidence: confidence(
            lines.length > 0 ? 'certain' : 'likely',
            [
              `${stations} new source addresses within ${seconds(span)}, nearly each with a vendor prefix of its own`,
              ...(lines.length > 0 ? [`the switch counts too many addresses on ${ports.join(', ')}`] : []),
            ],
            lines.length > 0 ? [] : ['the MAC address table of the switch: behind which port they are'],
          ),
          message: `${stations} stations with made-up MAC addresses appear within ${seconds(span)}${ports.length === 1 ? `, behind port ${ports[0]}` : ''}.`,
          segment,
          time,
          evidence: [
            { kind: 'frame', sight: first, note: 'the first of them' },
            { kind: 'frame', sight: last, note: `number ${stations}` },
            ...lines.map((one) => lineNote(one, switchText)),
          ],
        });
      },
    },
  };
}
