import { macText } from '../../wire/values.ts';
import type { Remedy } from '../finding.ts';

/** Cisco's spelling of a MAC address: `0216.3e66.6666`. */
function dottedMac(mac: number): string {
  return macText(mac)
    .replaceAll(':', '')
    .replace(/(....)(?=.)/g, '$1.');
}

const SNOOPING =
  "Let the switches refuse DHCP server messages from every port but the rack controllers' and the uplinks: " +
  "Cisco `ip dhcp snooping vlan <vlan>` and on the rack's port `ip dhcp snooping trust`; " +
  'Juniper ELS `set vlans <vlan> forwarding-options dhcp-security group racks overrides trusted`; ' +
  'ArubaOS-Switch `dhcp-snooping vlan <vlan>`, `dhcp-snooping trust <port>`; AOS-CX `dhcpv4-snooping`, on the port `dhcpv4-snooping trust`.';

const WATCH =
  "tcpdump -nn -e -vv -i <rack-if> 'port 67 or port 68 or port 4011' during a boot attempt: only authorised servers answer.";

/** How to find and shut the port of a server that must not be there. */
export function rogueRemedy(mac: number, extra: readonly string[] = []): Remedy {
  const text = mac < 0 ? '<mac>' : macText(mac);
  const dotted = mac < 0 ? '<mac>' : dottedMac(mac);
  const first =
    mac < 0
      ? 'Find its MAC address: `tcpdump -nn -e` on its segment, or the ARP cache of the router (`show ip arp <address>`).'
      : '';
  return {
    runbook: '',
    steps: [
      ...(first === '' ? [] : [first]),
      `Find its switch port: Cisco \`show mac address-table address ${dotted}\`; Juniper \`show ethernet-switching table | match ${text}\`; ArubaOS-Switch \`show mac-address ${text}\`; AOS-CX \`show mac-address-table address ${text}\`. Follow it to the access port, shut that port down and keep the machine as it is for examination.`,
      SNOOPING,
      ...extra,
      "In MAAS, pause deployments on the VLAN until it is gone (Subnets, the VLAN, its DHCP panel shows an external server only if MAAS's own probe met one).",
    ],
    verify: [WATCH, 'rackwitness analyze --profile <profile> on a new capture of a boot: no finding.'],
  };
}

/** Where a refusal may be the honest server's: nobody's port is shut before it is known who belongs here. */
export function refusalRemedy(mac: number): Remedy {
  const { steps, ...rest } = rogueRemedy(mac);
  return {
    ...rest,
    steps: [
      'Say which of the servers belongs to this VLAN before anything is shut: MAAS, Subnets, the VLAN, "DHCP" names the racks that serve it. Look at who else made an offer.',
      'Where the one that refuses belongs here, the other server is the rogue: take the steps below for that one.',
      ...steps,
    ],
  };
}

/** What to do for machines that may have run the attacker's software. */
export const REBUILD =
  'Treat every machine that fetched from it as compromised: power it off, release it in MAAS and deploy it again from the rack; rotate whatever secrets it held.';

export const SNOOPING_STEP = SNOOPING;
export const WATCH_STEP = WATCH;
