import type { AddressContest } from '../../flow/neighbours/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import {
  claimantsText,
  contestEvidence,
  Counted,
  Crowds,
  livesTwice,
  machineReasons,
  ownerReason,
  poisons,
} from '../neighbours/contest.ts';

/** Findings whose count is remembered. */
const FINDINGS = 4_096;

export const arpConflict: Detector = {
  id: 'arp-conflict',
  title: 'Two machines use one IPv4 address',
  severity: 'medium',
  about:
    'Two stations of one segment hold the same IPv4 address at the same time. What is sent to it reaches the one or the other by chance: boots stall, sessions break. One of the two must get another address.',
  fires: [
    'both use or announce the address as their own to all, and one goes on after the other as if nothing had happened (A, B, A within a minute)',
    'both announce it against each other, twice or more within 10 s each',
    'a station used the address before a DHCP server gave it to another, and still does after that one began',
    'a station answers for addresses of several others that answer for themselves (proxy ARP over live owners)',
  ],
  quiet: [
    'a handover or a failback: the other is silent, or announces anew (keepalived, active-backup bond, VM migration)',
    'answers alone: ARP flux and balance-alb look the same; `two-answers` in coverage',
    'VRRP, HSRP and GLBP members by their own hellos; addresses that the profile calls virtual',
    'an address that a DHCP server gave to the new station after the last word of the old one',
    'what arp-spoof already names',
  ],
  needs: ['mac', 'ipv4', 'time'],
  references: ['RFC 5227 2.4'],
  remedy: {
    runbook: '',
    steps: [
      'Find both machines by their MAC addresses (MAC address table, inventory).',
      'Take the address from the one that has no lease or no right to it; exclude fixed addresses from the DHCP pool.',
    ],
    verify: ['An ARP request for the address (arping) draws answers from one MAC address only.'],
  },
  start,
};

function start({ site, coverage }: DetectorContext): DetectorRun {
  const counted = new Counted('arp-conflict.findings', FINDINGS);
  const crowds = new Crowds('arp-conflict.crowds');

  const contested = (c: AddressContest, final: boolean, time: number, emit: EmitFinding): void => {
    if (c.redundancy !== '' || site.virtualAddress(c.address)) return;
    const standings = [c.holder, c.rival].map((one) => site.gateway(c.address, one.mac));
    if (standings.includes('unauthorised') || standings.every((one) => one === 'authorised') || poisons(c)) return;
    const address = addressText(c.address);
    const macs = claimantsText(c);
    if (!livesTwice(c)) {
      if (final && c.bothAnswered > 0) {
        coverage.add({
          id: 'two-answers',
          capture: c.now.capture,
          segment: c.segment,
          message: `${macs.join(' and ')} both answer for ${address}: two machines with one address, or one machine with two interfaces on this segment (ARP flux). A request from either with this address would decide.`,
          undecided: ['arp-conflict'],
        });
      }
      return;
    }
    const rival = macText(c.rival.mac);
    const owner = ownerReason(c);
    const named = c.squats > 0 || c.ownerBy === 'lease' || c.rivalOther >= 0;
    emit({
      subject: { address, macs: crowds.name(c.segment, address, macs) },
      confidence: confidence(
        'likely',
        [
          ...(c.squats > 0
            ? [`${rival} used ${address} before it was leased to ${macText(c.holder.mac)}, and still does`]
            : []),
          ...(c.returns > 0 ? ['one went on after the other without announcing anything'] : []),
          ...(c.announcedReturns > 1 ? ['they announce the address against each other'] : []),
          ...(c.bothAnswered > 0 ? ['both answered one question'] : []),
          ...(owner === '' ? [] : [owner]),
          ...machineReasons(c),
        ],
        ['the MAC address table of the switch: two ports, or one'],
      ),
      message: named
        ? `${rival} uses ${address}, which belongs to ${macText(c.holder.mac)}.`
        : `${macs.join(' and ')} both use ${address}.`,
      segment: c.segment,
      time,
      evidence: contestEvidence(c),
      count: counted.more(`${c.segment}/${address}/${macs.join()}`, c.total),
      causes: [
        'a fixed address inside the DHCP pool',
        'two DHCP servers with overlapping pools',
        'a cloned machine or image',
        'proxy ARP switched on by mistake',
      ],
    });
  };

  return {
    on: {
      'address-contested': ({ contest, final, time }, emit) => {
        if (typeof contest.address === 'number') contested(contest, final, time, emit);
      },
    },
    limits: () => [...counted.limits(), ...crowds.limits()],
  };
}
