/** Steps that several findings about relays and Option 82 share. */
export const ALLOW_82 =
  'Let the switch that faces the access switch accept Option 82 from it: Cisco `ip dhcp snooping information option allow-untrusted` (or `ip dhcp snooping trust` on the port that leads down); on a Cisco router or relay above it `ip dhcp relay information trust-all`.';
export const NO_INSERT =
  'Or stop the access switch from inserting it where no server wants it: Cisco `no ip dhcp snooping information option`; Juniper ELS: remove `option-82` from the dhcp-security group; ArubaOS-Switch `no dhcp-snooping option 82`.';
export const TRUST_RACK =
  "Mark the rack controller's port, and every uplink between it and the clients, as trusted: Cisco `interface <port>`, `ip dhcp snooping trust`; Juniper ELS `set vlans <vlan> forwarding-options dhcp-security group racks overrides trusted`, `… group racks interface <port>`; ArubaOS-Switch `dhcp-snooping trust <port>`; AOS-CX `dhcpv4-snooping trust` on the port.";
export const SEE_SNOOPING =
  'Ask the switch: Cisco `show ip dhcp snooping`, `show ip dhcp snooping statistics detail`, `show logging | include DHCP_SNOOPING`; Juniper `show dhcp-security statistics`; ArubaOS-Switch `show dhcp-snooping stats`; AOS-CX `show dhcpv4-snooping statistics`.';
export const SEE_BINDINGS =
  'Compare what the switch has bound: Cisco `show ip dhcp snooping binding`, `show ip source binding`; Juniper `show dhcp-security binding`; ArubaOS-Switch `show dhcp-snooping binding`; AOS-CX `show dhcpv4-snooping binding`.';
export const RELAY_CONFIG =
  'Compare the relay: Cisco `show ip helper-address`, `show ip dhcp relay information trusted-sources`; Juniper `show dhcp relay statistics`; ISC dhcrelay its options (-a, -m, -D, -c).';
export const TWO_POINTS =
  'rackwitness analyze --at client=<capture> --at rack=<capture> on a new boot attempt, recorded at both points at once: nothing is lost between them.';
