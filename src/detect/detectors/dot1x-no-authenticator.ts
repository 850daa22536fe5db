import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { discovers, portText, waiting, waitingEvidence } from '../link/words.ts';

/** One start may be lost; a supplicant sends three (IEEE 802.1X-2020 8.4, maxStart). */
const STARTS = 2;
/** An answer comes within this (microseconds). */
const ANSWER_US = 3e6;

export const dot1xNoAuthenticator: Detector = {
  id: 'dot1x-no-authenticator',
  title: 'A machine wants to log in by 802.1X and nobody answers',
  severity: 'low',
  about:
    'The supplicant of the machine calls for an authenticator and hears none. On a port without 802.1X that is harmless, and costs the time until it gives up. Where the port should ask for a login, 802.1X is off there, or a device between drops its frames.',
  fires: [
    'two EAPOL starts or more of one station without any EAP frame from the other side, where that side is seen',
    'medium: its DISCOVERs go unanswered too',
  ],
  quiet: ['an authenticator was heard', 'frames of the switch do not reach this vantage: a coverage entry'],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1X-2020 8.4'],
  proof: 'In the lab the supplicant is real (wpa_supplicant), on a port without 802.1X.',
  remedy: {
    runbook: '',
    steps: [
      'See whether the port is meant to ask for a login. Cisco: `show dot1x interface <port>`.',
      'If it is not, switch the supplicant off for this interface: it delays the boot.',
      'If it is: a bridge or telephone between that does not pass 01:80:c2:00:00:03 on keeps the two apart (Linux: `group_fwd_mask`).',
    ],
    verify: ['A capture at the machine shows an EAP request after its start, or no start at all.'],
  },
  start,
};

function start({ coverage, switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'eap-port'({ link, authenticators, supplicants, time }, emit) {
        if (authenticators.length > 0) return;
        for (const one of supplicants) {
          const { firstStart, lastStart } = one;
          if (one.starts < STARTS || firstStart === undefined || lastStart === undefined) continue;
          if (time - one.lastStartTime < ANSWER_US) continue;
          const mac = macText(one.mac);
          const otherSide = link.ports.some((port) => port.mac !== one.mac);
          const through = link.stations.some((station) => station.mac !== one.mac);
          if (!otherSide && !through) {
            coverage.add({
              id: 'one-direction',
              capture: link.capture,
              segment: link.segment,
              message:
                'a machine calls for an 802.1X authenticator, and nothing from the other side of its port is seen here',
              undecided: ['dot1x-no-authenticator'],
            });
            continue;
          }
          const [shut] = waiting(link, time).filter((asker) => asker.mac === one.mac);
          emit({
            subject: { client: mac },
            severity: shut === undefined ? 'low' : 'medium',
            confidence: confidence(
              otherSide ? 'likely' : 'possible',
              [
                `${one.starts} EAPOL starts without an EAP frame in return`,
                otherSide ? 'other frames of the port itself are seen here' : 'frames of other stations are seen here',
                ...(shut === undefined ? [] : [`${discovers(shut.discovers)} without an answer`]),
              ],
              ['whether the port is configured for 802.1X'],
            ),
            message: `${mac}${portText(switchText, one.mac)} calls for an 802.1X authenticator ${one.starts} times and nobody answers.`,
            segment: link.segment,
            time: one.firstStartTime,
            evidence: [
              { kind: 'frame', sight: firstStart, note: `EAPOL start by ${mac}` },
              { kind: 'frame', sight: lastStart, note: `the last of ${one.starts}` },
              {
                kind: 'absence',
                capture: link.capture,
                from: one.firstStartTime,
                to: time,
                expected: `an EAP request to ${mac}`,
              },
              ...(shut === undefined ? [] : waitingEvidence(shut, link, time)),
            ],
            causes: ['802.1X is off at the port', 'a bridge between drops EAPOL'],
          });
        }
      },
    },
  };
}
