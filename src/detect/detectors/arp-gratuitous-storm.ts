import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { lineNotes, portText } from '../link/words.ts';

/** Cisco's default for an untrusted port: more ARP messages a second shut it (ip arp inspection limit). */
const INSPECTION_LIMIT = 15;

export const arpGratuitousStorm: Detector = {
  id: 'arp-gratuitous-storm',
  title: 'A station announces addresses by ARP without pause',
  severity: 'medium',
  about:
    'One machine sends announcement after announcement to all. Every station must look at each; a switch that inspects ARP shuts the port at fifteen a second, and with it whatever else is behind it. A loop, a broken failover or an attack looks like this.',
  fires: ['three announcements or more in every second, for fifteen seconds on end, by one MAC address'],
  quiet: [
    'the bursts of a failover, a boot or a migration, and their repetition after some seconds',
    'periodic announcements (VRRP refresh, once a minute)',
    'ARP requests and replies that announce nothing',
  ],
  needs: ['mac', 'ipv4', 'time'],
  references: ['RFC 5227 2.3', 'RFC 5944 4.6'],
  proof: 'In the lab the sender is a script.',
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of this MAC address, and what runs there (keepalived with a refresh that is too short, a bond that flaps, a script).',
      'If the same frames come back from several ports, look for a loop.',
      'Raise the rate limit of ARP inspection only for the port of a known router.',
    ],
    verify: ['A new capture shows a handful of announcements a minute at most.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'announcement-storm'({ segment, mac, seconds, announcements, addresses, first, last, time }, emit) {
        const who = macText(mac);
        const rate = announcements / Math.max(1, seconds);
        emit({
          subject: { station: who },
          confidence: confidence('certain', [
            `${announcements} announcements in ${seconds} seconds on end`,
            addresses > 15
              ? 'for sixteen addresses and more'
              : `for ${addresses} address${addresses === 1 ? '' : 'es'}`,
            ...(rate > INSPECTION_LIMIT
              ? ['more than fifteen a second: ARP inspection shuts the port by default']
              : []),
          ]),
          message: `${who}${portText(switchText, mac)} announces ${addresses === 1 ? 'an address' : `${addresses > 15 ? 'many' : addresses} addresses`} by ARP ${Math.round(rate)} times a second for ${seconds} s.`,
          segment,
          time,
          evidence: [
            { kind: 'frame', sight: first, note: `announcement by ${who}` },
            { kind: 'frame', sight: last, note: 'and still' },
            ...lineNotes(switchText, { mac, kinds: ['dai-rate-limit', 'err-disable'] }),
          ],
          causes: [
            'a failover that flaps',
            'a loop',
            'a program that announces in a loop',
            'an attack on the tables of the segment',
          ],
        });
      },
    },
  };
}
