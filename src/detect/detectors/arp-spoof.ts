import type { AddressContest } from '../../flow/neighbours/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { contestEvidence, Counted, Crowds, LIES, machineReasons, ownerReason, poisons } from '../neighbours/contest.ts';

/** Findings whose count is remembered. */
const FINDINGS = 4_096;

export const arpSpoof: Detector = {
  id: 'arp-spoof',
  title: 'ARP spoofing',
  severity: 'high',
  about:
    "A machine tells others by ARP that another's address is at its own MAC address. Their traffic to that address, boot files and credentials among it, passes through its hands. Find its switch port and shut it.",
  fires: [
    "a MAC address that the profile does not list for a gateway's or server's address claims that address",
    'three unasked claims or more, to one station or to all, of an address that a live owner holds, by a machine that does not live with it and is another one: it uses another address, or contradicts a third station too',
    'more than eight unasked claims to others since the owner was last heard by all',
  ],
  quiet: [
    'a handover: the former owner is silent (address-moved)',
    'bonding in balance-alb (a member tells its clients unasked after each broadcast of the bond) and active-backup',
    'ARP flux and proxy ARP: answers to questions only',
    'VRRP, HSRP and GLBP members and their virtual MAC addresses, by their own hellos that name the address',
    'an address that a DHCP server has just given to the claimant',
    'one MAC address behind several Ethernet sources: EVPN suppression, NLB, anycast gateways',
  ],
  needs: ['mac', 'ipv4', 'time'],
  references: ['RFC 826', 'RFC 5227 2.4'],
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of the attacking MAC address (MAC address table of the segment) and shut it.',
      'Flush the neighbour tables of the victims (ip neigh flush dev IFACE) and reinstall what booted meanwhile.',
      'Turn on dynamic ARP inspection on the access ports of this segment.',
    ],
    verify: ['A new capture shows the address at its owner alone for several minutes.'],
  },
  start,
};

function start({ site, coverage }: DetectorContext): DetectorRun {
  const counted = new Counted('arp-spoof.findings', FINDINGS);
  const crowds = new Crowds('arp-spoof.crowds');

  const contested = (c: AddressContest, final: boolean, time: number, emit: EmitFinding): void => {
    const standing = site.gateway(c.address, c.rival.mac);
    if (standing === 'authorised' || (standing === 'unknown' && site.virtualAddress(c.address))) return;
    const declared = standing === 'unauthorised';
    if (!declared && !poisons(c)) {
      if (final && c.lies >= LIES && c.redundancy === '' && c.rival.leasedTime === 0) {
        coverage.add({
          id: 'unasked-answers',
          capture: c.now.capture,
          segment: c.segment,
          message: `${macText(c.rival.mac)} claims ${addressText(c.address)} beside ${macText(c.holder.mac)} without being asked; whether it is another machine or a second interface of the same is not seen here.`,
          undecided: ['arp-spoof'],
        });
      }
      return;
    }
    const address = addressText(c.address);
    const attacker = macText(c.rival.mac);
    const victim = c.lieTo >= 0 ? macText(c.lieTo) : 'all stations';
    const owner = ownerReason(c);
    const key = `${c.segment}/${address}/${attacker}`;
    emit({
      subject: { address, attacker: crowds.name(c.segment, address, attacker) },
      confidence: confidence(
        declared ? 'certain' : 'likely',
        [
          declared
            ? `the profile gives ${address} to other MAC addresses`
            : `${c.lies} unasked claims while ${macText(c.holder.mac)} holds the address`,
          ...(owner === '' ? [] : [owner]),
          ...machineReasons(c),
        ],
        declared ? [] : [`a profile that says which MAC address ${address} has`],
      ),
      message: `${attacker} tells ${victim} that ${address} is its own, while ${macText(c.holder.mac)} has it.`,
      segment: c.segment,
      time,
      evidence: contestEvidence(c),
      // Where a profile speaks, its claims are counted one by one below.
      count: declared ? 0 : counted.more(key, c.lies > 0 ? c.lies : c.total),
    });
  };

  return {
    on: {
      'address-claimed': ({ segment, address, claimant, to, more, time }, emit) => {
        if (typeof address !== 'number' || site.gateway(address, claimant.mac) !== 'unauthorised') return;
        const text = addressText(address);
        const attacker = macText(claimant.mac);
        emit({
          subject: { address: text, attacker: crowds.name(segment, text, attacker) },
          confidence: confidence('certain', [`the profile gives ${text} to other MAC addresses`]),
          message: `${attacker} claims ${text}, which the profile gives to another MAC address${to < 0 ? '' : `; it told ${macText(to)} so`}.`,
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
        if (typeof contest.address === 'number') contested(contest, final, time, emit);
      },
    },
    limits: () => [...counted.limits(), ...crowds.limits()],
  };
}
