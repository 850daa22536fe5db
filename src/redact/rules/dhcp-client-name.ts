import { HOST, matches, type TextRule } from './rule.ts';

const MAC = '[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,19}';

export const dhcpClientName: TextRule = {
  id: 'dhcp-client-name',
  title: 'Client names in the log of a DHCP server',
  kind: 'hostname',
  about:
    "ISC dhcpd writes `from MAC (name) via IF`, dnsmasq `DHCPACK(IF) IP MAC name`, Kea `hostname 'name'`, DDNS updates `Added new forward map from name to IP`.",
  hints: ['dhcp', 'map', 'hostname'],
  find: matches([
    new RegExp(`((?:from|to) ${MAC} \\()(?!\\d{1,3}\\.)(${HOST})(?=\\))`, 'gi'),
    new RegExp(`(DHCP[A-Z]{3,12}\\([\\w.-]{1,32}\\) \\d{1,3}(?:\\.\\d{1,3}){3} ${MAC} )(${HOST})`, 'gi'),
    new RegExp(`((?:forward|reverse) map (?:from|of) )(${HOST})`, 'gi'),
    new RegExp(`(reverse map from \\S{1,255} to )(${HOST})`, 'gi'),
    new RegExp(`(hostname ['"]?)(?!from|to|lookup|set)(${HOST})(?=['"])`, 'gi'),
  ]),
  samples: [
    'DHCPREQUEST for 10.0.0.5 from 52:54:00:12:34:56 («fun-zebra») via eth0',
    'DHCPACK(br0) 10.0.0.5 52:54:00:12:34:56 «fun-zebra»',
    'Added new forward map from «n1.example.org» to 10.0.0.5',
  ],
  quiet: [
    'DHCPREQUEST for 10.0.0.5 (10.0.0.1) from 52:54:00:12:34:56 via eth0',
    'DHCPDISCOVER from 52:54:00:12:34:56 via eth0: network x: no free leases',
  ],
  worst: ['from 52:54:00:12:34:56', 'reverse map from a', 'from 52:54:00:12:34:56 (a.'],
};
