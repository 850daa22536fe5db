import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector } from '../detector.ts';
import { DENIED } from '../neighbours/dad.ts';

export const ndDadConflict: Detector = {
  id: 'nd-dad-conflict',
  title: 'Duplicate IPv6 address',
  severity: 'medium',
  about:
    'A station checked whether an IPv6 address is free, and another said no. The first must not use it; when it was its link-local address, IPv6 stays off on that interface and a boot over IPv6 fails.',
  fires: [
    'a Neighbor Advertisement for the probed address by another station, within 3 s of the probe',
    'a probe for the same address by another station with another nonce, or without one',
  ],
  quiet: [
    "the prober's own repetition, and its own advertisement afterwards",
    'the same nonce: a loop or a copy (RFC 7527)',
    'an optimistic node that uses its address meanwhile (RFC 4429): same MAC address',
    'an advertisement that the prober cannot hear: sent to another station',
    'one station that refuses three addresses or more: nd-dad-denial',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4862 5.4', 'RFC 7527', 'RFC 4429'],
  remedy: {
    runbook: '',
    steps: [
      'Find both machines by their MAC addresses; clones of one image often share a fixed address or an interface identifier.',
      'Give one of them another address.',
    ],
    verify: ['The machine that was refused configures the address (ip -6 addr: no dadfailed).'],
  },
  start() {
    return {
      on: {
        'dad-refused'(event, emit) {
          const { segment, target, prober, probe, by, refuser, refusal, inUse, refusedTargets, time } = event;
          if (by === 'advertisement' && !inUse && refusedTargets >= DENIED) return;
          const address = addressText(target);
          const [who, whom] = [macText(refuser), macText(prober)];
          emit({
            subject: { address },
            confidence: confidence(
              by === 'advertisement' && inUse ? 'certain' : 'likely',
              by === 'probe'
                ? [`${who} and ${whom} probed for ${address} at the same time, each with a message of its own`]
                : [`${who} answered the probe of ${whom}`, ...(inUse ? [`${who} had used ${address} before`] : [])],
              by === 'advertisement' && !inUse ? [`whether ${who} uses ${address}: a capture of its traffic`] : [],
            ),
            message:
              by === 'probe'
                ? `${who} and ${whom} both want ${address}.`
                : `${whom} wanted ${address}, and ${who} said that it has it.`,
            segment,
            time,
            evidence:
              by === 'probe'
                ? [
                    { kind: 'frame', sight: refusal, note: `${who} probes for ${address}` },
                    { kind: 'frame', sight: probe, note: `${whom} probes for it too` },
                  ]
                : [
                    { kind: 'frame', sight: probe, note: `${whom} probes for ${address}` },
                    { kind: 'frame', sight: refusal, note: `${who} says that it has it` },
                  ],
            causes: [
              'a fixed address that is used twice',
              'a cloned machine',
              'somebody who denies addresses to others',
            ],
          });
        },
      },
    };
  },
};
