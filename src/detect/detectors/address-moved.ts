import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector } from '../detector.ts';

/** A silence (microseconds) after which the former holder would have spoken: ARP entries age within a minute. */
const LONG_SILENCE_US = 60e6;

export const addressMoved: Detector = {
  id: 'address-moved',
  title: 'An address moved to another MAC address',
  severity: 'info',
  about:
    'One station held an address, another took it over, and the first has been silent since. Failover, a replaced network card or a migrated machine look like this. It is told so that it can be checked against what was planned.',
  fires: ['B announces an address of A to all, or uses it for half a minute, and A is silent from then on'],
  quiet: [
    'A goes on: arp-conflict, arp-spoof or nd-spoof',
    'a DHCP server gave the address to B after the last word of A: an ordinary new lease',
    'answers alone (ARP flux, balance-alb)',
  ],
  needs: ['mac', 'ipv4', 'ipv6', 'time'],
  references: ['RFC 5227 3', 'RFC 4861 7.2.6'],
  remedy: {
    runbook: '',
    steps: ['Check that a failover, a migration or a replacement was planned or logged at that time.'],
    verify: ['The new MAC address belongs to the machine that should have the address.'],
  },
  start({ site }) {
    return {
      on: {
        'address-moved'({ segment, address, from, to, by, kind, silence, leased, redundancy, time }, emit) {
          if (leased) return;
          const text = addressText(address);
          const virtual = redundancy !== '' || site.virtualAddress(address);
          emit({
            subject: { address: text },
            confidence: confidence(
              silence >= LONG_SILENCE_US ? 'likely' : 'possible',
              [
                kind === 'announcement' ? 'the new station announced it to all' : 'the new station uses it as its own',
                `the former one has been silent for ${Math.round(silence / 1e6)} s`,
                ...(redundancy === '' ? [] : [`${redundancy} hellos name the address`]),
              ],
              virtual ? [] : ['the log of a failover or migration at that time'],
            ),
            message: `${text} moved from ${macText(from.mac)} to ${macText(to.mac)}.`,
            segment,
            time,
            evidence: [
              { kind: 'frame', sight: from.last, note: `last word of ${macText(from.mac)}` },
              { kind: 'frame', sight: by, note: `${macText(to.mac)} takes ${text} over` },
            ],
            causes: virtual
              ? ['failover of a virtual address']
              : ['failover of a virtual address or bond', 'a migrated or replaced machine', 'a reused fixed address'],
          });
        },
      },
    };
  },
};
