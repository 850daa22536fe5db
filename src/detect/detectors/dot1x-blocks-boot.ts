import type { Asker, Authenticator, Supplicant } from '../../flow/link/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { discovers, lineNotes, portText, seconds, strangers, waitingEvidence } from '../link/words.ts';

/** Requests without an answer that show that nobody there speaks 802.1X. */
const REQUESTS = 2;
/** A DISCOVER shortly before the first request, or between two rounds of them (a minute), belongs to them (microseconds). */
const BEFORE_US = 5e6;
const AFTER_US = 65e6;
/** An answer that took so long came by the port's fallback (MAC authentication bypass, guest VLAN). */
const LATE_US = 10e6;
/** Frames of others that came shortly before the answer came through the same opening. */
const OPENED_US = 3e6;

export const dot1xBlocksBoot: Detector = {
  id: 'dot1x-blocks-boot',
  title: 'The switch port waits for an 802.1X login that firmware cannot give',
  severity: 'high',
  about:
    'The port asks for an identity and nobody answers, while the machine asks for an address: its firmware has no supplicant, so the port stays shut and nothing that it sends goes further. Exempt the provisioning ports, or let the switch fall back to the MAC address at once.',
  fires: [
    'two EAP requests or more that nobody answers, while a station of the same port sends DISCOVERs and gets no answer',
    'low: the answer came after ten seconds or more, by the fallback of the port',
  ],
  quiet: [
    'frames of other stations come through: the port forwards (MAC authentication bypass, guest VLAN, another port)',
    'the station logged in, or the requests go to another station',
    'a mirror of many ports: the requests may be of another one',
  ],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1X-2020 8.3', 'RFC 3748 4.1', 'RFC 2131 4.1'],
  proof:
    "In the lab hostapd and wpa_supplicant log in for real (EAP-MD5); a filter rule opens and shuts the port. The switch's lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses and times.",
  remedy: {
    runbook: '',
    steps: [
      'Take 802.1X off the ports of machines that boot from the network, or put those ports into a provisioning VLAN by MAC authentication bypass. Cisco: `mab`, `authentication order mab dot1x`, `authentication host-mode multi-auth`.',
      'If the fallback comes too late for the firmware, shorten it. Cisco: `dot1x timeout tx-period 3`, `dot1x max-reauth-req 1`.',
    ],
    verify: [
      'The switch shows the port as authorised when the machine powers on. Cisco: `show authentication sessions interface <port> details`.',
      'A capture at the port shows an OFFER within seconds of the first DISCOVER.',
    ],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'eap-port'({ link, authenticators, supplicants, time }, emit) {
        if (link.crowded) return;
        for (const one of authenticators) {
          if (one.unanswered < REQUESTS) continue;
          for (const asker of link.askers) {
            if (!concerns(one, asker, supplicants, time)) continue;
            const late = asker.answers > 0;
            // What came through once the port was open does not show that it was open before.
            const until = late ? asker.answeredTime - OPENED_US : time;
            if (strangers(link, one.firstUnansweredTime, [one.mac], until).length > 0) continue;
            const mac = macText(asker.mac);
            const lines = lineNotes(switchText, { mac: asker.mac, kinds: ['dot1x'] });
            emit({
              subject: { client: mac, authenticator: macText(one.mac) },
              severity: late ? 'low' : 'high',
              confidence: confidence(
                one.to === asker.mac || lines.length > 0 ? 'certain' : 'likely',
                [
                  `${one.unanswered} EAP requests to ${one.to < 0 ? 'whoever is at the port' : mac} without an answer`,
                  late
                    ? `the first answer to DHCP came after ${seconds(asker.answeredTime - asker.firstTime)}`
                    : `${discovers(asker.discovers)} without an answer meanwhile`,
                  'nothing that others sent came through the port',
                ],
                one.to === asker.mac ? [] : ["the switch's table of authentication sessions for this port"],
              ),
              message: `${macText(one.mac)} asks for an 802.1X identity and ${mac}${portText(switchText, asker.mac)} does not answer: it sent ${discovers(asker.discovers)} ${late ? `and waited ${seconds(asker.answeredTime - asker.firstTime)} for the first answer` : 'into a port that is shut'}.`,
              segment: link.segment,
              time: asker.firstTime,
              evidence: [
                { kind: 'frame', sight: one.firstUnanswered, note: `EAP request by ${macText(one.mac)}` },
                { kind: 'frame', sight: one.lastUnanswered, note: `the last of ${one.unanswered}: nobody answered` },
                ...(late && asker.firstAnswer !== undefined
                  ? [
                      { kind: 'frame' as const, sight: asker.first, note: `DISCOVER by ${mac}` },
                      { kind: 'frame' as const, sight: asker.firstAnswer, note: 'the first answer' },
                    ]
                  : waitingEvidence(asker, link, time)),
                ...lines,
              ],
              causes: ['the firmware has no supplicant', 'the installer starts before its supplicant'],
            });
          }
        }
      },
    },
  };
}

function concerns(one: Authenticator, asker: Asker, supplicants: readonly Supplicant[], until: number): boolean {
  if (asker.mac === one.mac || (one.to >= 0 && one.to !== asker.mac)) return false;
  if (supplicants.some(({ mac, outcome }) => mac === asker.mac && outcome === 'accepted')) return false;
  if (asker.lastTime < one.firstUnansweredTime - BEFORE_US || asker.firstTime > one.lastUnansweredTime + AFTER_US) {
    return false;
  }
  if (asker.answers > 0) return asker.answeredTime - asker.firstTime >= LATE_US;
  return asker.discovers > 1 ? until - asker.firstTime >= BEFORE_US : until - asker.firstTime >= LATE_US;
}
