import type { AddressContest, Claimant } from '../../flow/neighbours/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import {
  anotherMachine,
  claimantsText,
  contestEvidence,
  Counted,
  Crowds,
  machineReasons,
  ownerReason,
} from '../neighbours/contest.ts';

/** Findings whose count is remembered. */
const FINDINGS = 4_096;

export const ndSpoof: Detector = {
  id: 'nd-spoof',
  title: 'Neighbor Discovery spoofing',
  severity: 'high',
  about:
    "A machine tells others by Neighbor Advertisements that another's IPv6 address is at its own MAC address, and makes them forget the right one (override flag). Traffic to that address passes through its hands. Find its switch port and shut it.",
  fires: [
    "an advertisement with the override flag for a gateway's address by a MAC address that the profile does not list",
    'advertisements with the override flag for an address whose owner is alive: it speaks again afterwards as before, or both answer one question',
  ],
  quiet: [
    'advertisements without the override flag: proxies, anycast, optimistic nodes, RFC 9131 announcements to the routers',
    'VRRPv3 and HSRP version 2 members and their virtual MAC addresses, by their own hellos; declared virtual addresses',
    'a handover: the former owner is silent, or announces anew when it comes back (address-moved)',
    'messages that every receiver discards (hop limit below 255, bad options)',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4861 7.2.5', 'RFC 3756 4.1.1'],
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of the attacking MAC address and shut it.',
      'Flush the neighbour tables of the victims (ip -6 neigh flush dev IFACE).',
      'Turn on ND inspection or IPv6 snooping on the access ports of this segment.',
    ],
    verify: ['A new capture shows the address at its owner alone for several minutes.'],
  },
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  const counted = new Counted('nd-spoof.findings', FINDINGS);
  const crowds = new Crowds('nd-spoof.crowds');

  const contested = (c: AddressContest, final: boolean, time: number, emit: EmitFinding): void => {
    const standing = site.gateway(c.address, c.rival.mac);
    // Declared ones are told claim by claim below.
    if (standing !== 'unknown' || site.gateway(c.address, c.holder.mac) === 'unauthorised') return;
    if (c.redundancy !== '' || site.virtualAddress(c.address)) return;
    if (overriding(c.rival) === 0 || !c.holderAlive || !contradicts(c)) return;
    const address = addressText(c.address);
    const owner = ownerReason(c);
    // Who the owner is may still come out.
    if (owner === '' && !final) return;
    const [attacker, holder] = [macText(c.rival.mac), macText(c.holder.mac)];
    const macs = claimantsText(c);
    const bothUse = c.holder.origins > 0 && c.rival.origins > 0;
    const undecided = owner === '' || bothUse;
    emit({
      subject:
        owner === ''
          ? { address, macs: crowds.name(c.segment, address, macs) }
          : { address, attacker: crowds.name(c.segment, address, attacker) },
      severity: undecided ? 'medium' : 'high',
      confidence: confidence(
        undecided ? 'possible' : 'likely',
        [
          ...(owner === '' ? [] : [owner]),
          ...(c.returns > 0 ? [`${holder} goes on as before`] : []),
          ...(c.bothAnswered > 0 ? ['both answered one question'] : []),
          ...machineReasons(c),
          ...(bothUse ? ['both use the address as their source: it may be a duplicate'] : []),
        ],
        [`a profile that says which MAC address ${address} has`, 'the MAC address table of the switch'],
      ),
      message:
        owner === ''
          ? `${macs.join(' and ')} both claim ${address} and override each other.`
          : `${attacker} claims ${address} with the override flag, while ${holder} has it and is alive.`,
      segment: c.segment,
      time,
      evidence: contestEvidence(c),
      count: counted.more(`${c.segment}/${address}/${macs.join()}`, c.total),
      causes: undecided ? ['an address that is used twice, with duplicate address detection off'] : [],
    });
  };

  return {
    on: {
      'address-claimed': ({ segment, address, claimant, more, time }, emit) => {
        if (typeof address !== 'string' || overriding(claimant) === 0) return;
        if (site.gateway(address, claimant.mac) !== 'unauthorised') return;
        const text = addressText(address);
        const attacker = macText(claimant.mac);
        emit({
          subject: { address: text, attacker: crowds.name(segment, text, attacker) },
          confidence: confidence('certain', [`the profile gives ${text} to other MAC addresses`]),
          message: `${attacker} claims ${text} with the override flag; the profile gives it to another MAC address.`,
          segment,
          time,
          evidence: [
            { kind: 'frame', sight: claimant.first, note: `${attacker} claims ${text}` },
            { kind: 'frame', sight: claimant.last, note: 'and again' },
          ],
          count: more,
        });
      },
      'address-contested': ({ contest, final, time }, emit) => {
        if (typeof contest.address === 'string') contested(contest, final, time, emit);
      },
    },
    limits: () => [...counted.limits(), ...crowds.limits()],
  };
}

/** Advertisements with the override flag: whatever is no `origin` and not `weak`. */
function overriding(one: Claimant): number {
  return one.announcements + one.answers + one.unsolicited;
}

function contradicts(c: AddressContest): boolean {
  return c.returns > 0 || c.bothAnswered > 0 || c.announcedReturns > 1 || (c.lies > 2 && anotherMachine(c));
}
