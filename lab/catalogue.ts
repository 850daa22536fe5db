/** Every scenario, in the order of `--list` and `--all`. */
import type { Scenario } from './scenario.ts';
import { ADDRESSES } from './scenarios/addresses.ts';
import { ARP } from './scenarios/arp.ts';
import { DHCP_FAULTS } from './scenarios/dhcp-faults.ts';
import { DHCP_HEALTHY } from './scenarios/dhcp-healthy.ts';
import { DHCPV6 } from './scenarios/dhcpv6.ts';
import { FORMATS } from './scenarios/formats.ts';
import { LINK_ATTACKS } from './scenarios/link-attacks.ts';
import { LINK_DOT1X } from './scenarios/link-dot1x.ts';
import { LINK_GUARDS } from './scenarios/link-guards.ts';
import { LINK_LACP } from './scenarios/link-lacp.ts';
import { LINK_MACSEC } from './scenarios/link-macsec.ts';
import { LINK_MTU } from './scenarios/link-mtu.ts';
import { LINK_STP } from './scenarios/link-stp.ts';
import { MULTI_OPTION82 } from './scenarios/multi-option82.ts';
import { MULTI_RELAY } from './scenarios/multi-relay.ts';
import { MULTI_SNOOPING } from './scenarios/multi-snooping.ts';
import { NAKS } from './scenarios/naks.ts';
import { ND } from './scenarios/nd.ts';
import { ODD_CLIENTS } from './scenarios/odd-clients.ts';
import { PXE_FAULTS } from './scenarios/pxe-faults.ts';
import { PXE } from './scenarios/pxe.ts';
import { RELAYS } from './scenarios/relay.ts';
import { ROGUES } from './scenarios/rogue.ts';
import { SWITCH_PORTS } from './scenarios/switch-ports.ts';
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
  ...MULTI_SNOOPING,
  ...MULTI_OPTION82,
  ...MULTI_RELAY,
  ...LINK_DOT1X,
  ...LINK_STP,
  ...LINK_LACP,
  ...LINK_MACSEC,
  ...LINK_MTU,
  ...LINK_GUARDS,
  ...LINK_ATTACKS,
  ...SWITCH_PORTS,
  ...VLANS,
  ...ARP,
  ...ND,
  ...DHCPV6,
  ...TFTP,
  ...FORMATS,
];
