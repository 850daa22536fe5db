/** Every scenario, in the order of `--list` and `--all`. */
import type { Scenario } from './scenario.ts';
import { ADDRESSES } from './scenarios/addresses.ts';
import { ARP } from './scenarios/arp.ts';
import { DHCP_FAULTS } from './scenarios/dhcp-faults.ts';
import { DHCP_HEALTHY } from './scenarios/dhcp-healthy.ts';
import { DHCPV6 } from './scenarios/dhcpv6.ts';
import { FORMATS } from './scenarios/formats.ts';
import { NAKS } from './scenarios/naks.ts';
import { ND } from './scenarios/nd.ts';
import { ODD_CLIENTS } from './scenarios/odd-clients.ts';
import { PXE_FAULTS } from './scenarios/pxe-faults.ts';
import { PXE } from './scenarios/pxe.ts';
import { RELAYS } from './scenarios/relay.ts';
import { ROGUES } from './scenarios/rogue.ts';
import { TFTP } from './scenarios/tftp.ts';
import { VLANS } from './scenarios/vlan.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...PXE_FAULTS,
  ...PXE,
  ...ROGUES,
  ...NAKS,
  ...DHCP_FAULTS,
  ...ADDRESSES,
  ...DHCP_HEALTHY,
  ...ODD_CLIENTS,
  ...RELAYS,
  ...VLANS,
  ...ARP,
  ...ND,
  ...DHCPV6,
  ...TFTP,
  ...FORMATS,
];
