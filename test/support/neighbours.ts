import { addressMoved } from '../../src/detect/detectors/address-moved.ts';
import { arpConflict } from '../../src/detect/detectors/arp-conflict.ts';
import { arpSpoof } from '../../src/detect/detectors/arp-spoof.ts';
import { dhcpv6NoReply } from '../../src/detect/detectors/dhcpv6-no-reply.ts';
import { dhcpv6RogueServer } from '../../src/detect/detectors/dhcpv6-rogue-server.ts';
import { ndDadConflict } from '../../src/detect/detectors/nd-dad-conflict.ts';
import { ndDadDenial } from '../../src/detect/detectors/nd-dad-denial.ts';
import { ndSpoof } from '../../src/detect/detectors/nd-spoof.ts';
import { raRogueRouter } from '../../src/detect/detectors/ra-rogue-router.ts';
import type { Detector } from '../../src/detect/detector.ts';

/** All that judge ARP, neighbour discovery and DHCPv6: what one says, the others must not contradict. */
export const NEIGHBOUR_DETECTORS: readonly Detector[] = [
  addressMoved,
  arpConflict,
  arpSpoof,
  dhcpv6NoReply,
  dhcpv6RogueServer,
  ndDadConflict,
  ndDadDenial,
  ndSpoof,
  raRogueRouter,
];

export interface Host {
  mac: string;
  ip: string;
  /** Link-local. */
  ip6: string;
}

/** The gateway, or whoever owns the address in question. */
export const OWNER: Host = { mac: '02:16:3e:00:00:01', ip: '198.51.100.1', ip6: 'fe80::1' };
export const VICTIM: Host = { mac: '52:54:00:bb:00:10', ip: '198.51.100.10', ip6: 'fe80::10' };
export const OTHER: Host = { mac: '52:54:00:bb:00:11', ip: '198.51.100.11', ip6: 'fe80::11' };
export const ATTACKER: Host = { mac: '02:16:3e:66:66:66', ip: '198.51.100.66', ip6: 'fe80::66' };
/** Another MAC address for the owner's address: a bond's second member, a standby router, a second interface. */
export const SECOND = '02:16:3e:00:00:02';
