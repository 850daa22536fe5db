import { MIB, type Collector } from '../collector.ts';

/** Those that decide about frames: an extended regular expression, as sysctl(8) takes it. */
const SYSCTLS =
  '^net\\.(ipv4|ipv6|bridge)\\..*(rp_filter|forward|accept_ra|redirects|arp_|proxy_arp|proxy_ndp|bridge-nf|autoconf|disable_ipv6|gc_thresh|mtu)';

export const firewall: Collector = {
  id: 'firewall',
  title: 'Packet filters',
  takes: 'nft -j list ruleset, iptables-save, ip6tables-save, ebtables, ufw status, sysctls of the network',
  why: 'A rule or a reverse-path check on this host that drops DHCP, TFTP, DNS or the region',
  privilege: 'root',
  timeout: 20,
  cap: 32 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'metadata', 'text'],
  folder: 'host',
  profiles: ['dhcp', 'tls'],
  symptoms: ['dhcp-guards', 'proxies-filters', 'dns', 'host-hardening'],
  plan: () => [
    { run: ['nft', '-j', 'list', 'ruleset'], as: 'nft.json', kind: 'json' },
    { run: ['iptables-save', '-c'], as: 'iptables.txt', kind: 'text' },
    { run: ['ip6tables-save', '-c'], as: 'ip6tables.txt', kind: 'text' },
    { run: ['ebtables-save'], as: 'ebtables.txt', kind: 'text' },
    { run: ['ufw', 'status', 'verbose'], as: 'ufw.txt', kind: 'text' },
    // By name: among all of them are secrets (tcp_fastopen_key, stable_secret). 255: keys that this kernel does not have.
    { run: ['sysctl', '-e', '-a', '-r', SYSCTLS], as: 'sysctl-net.txt', kind: 'text', fine: [255] },
  ],
};
