/** Every scenario, in the order of `--list` and `--all`. */
import type { Scenario } from './scenario.ts';
import { ARP } from './scenarios/arp.ts';
import { DHCP_FAULTS } from './scenarios/dhcp-faults.ts';
import { DHCP_HEALTHY } from './scenarios/dhcp-healthy.ts';
import { FORMATS } from './scenarios/formats.ts';
import { IPV6 } from './scenarios/ipv6.ts';
import { PXE } from './scenarios/pxe.ts';
import { RELAYS } from './scenarios/relay.ts';
import { ROGUES } from './scenarios/rogue.ts';
import { TFTP } from './scenarios/tftp.ts';
import { VLANS } from './scenarios/vlan.ts';

export const SCENARIOS: readonly Scenario[] = [...PXE, ...ROGUES, ...DHCP_FAULTS, ...DHCP_HEALTHY, ...RELAYS, ...VLANS, ...ARP, ...IPV6, ...TFTP, ...FORMATS];
