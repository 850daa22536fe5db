/** The programs that the lab runs, the Debian package of each, and its version as the manifest tells it. */
import { spawnSync } from 'node:child_process';

const PACKAGE: Readonly<Record<string, string>> = {
  tcpdump: 'tcpdump',
  tshark: 'tshark',
  dumpcap: 'wireshark-common',
  editcap: 'wireshark-common',
  mergecap: 'wireshark-common',
  capinfos: 'wireshark-common',
  dhcpd: 'isc-dhcp-server',
  dhclient: 'isc-dhcp-client',
  dhcrelay: 'isc-dhcp-relay',
  dnsmasq: 'dnsmasq',
  busybox: 'busybox',
  'in.tftpd': 'tftpd-hpa',
  tftp: 'tftp-hpa',
  radvd: 'radvd',
  rdisc6: 'ndisc6',
  arping: 'iputils-arping',
  ping: 'iputils-ping',
  nft: 'nftables',
  tc: 'iproute2',
  ip: 'iproute2',
  ss: 'iproute2',
  keepalived: 'keepalived',
  hostapd: 'hostapd',
  hostapd_cli: 'hostapd',
  wpa_supplicant: 'wpasupplicant',
  lldpd: 'lldpd',
  'ovs-vswitchd': 'openvswitch-switch',
  'ovs-vsctl': 'openvswitch-switch',
  'qemu-system-x86_64': 'qemu-system-x86',
  'ipxe-qemu': 'ipxe-qemu',
  ovmf: 'ovmf',
  pxelinux: 'pxelinux',
  scapy: 'python3-scapy',
  python3: 'python3',
  gzip: 'gzip',
  zstd: 'zstd',
};

/** Not worth naming in a manifest: they shape no packet. */
const PLUMBING = new Set([
  'ip',
  'ss',
  'tc',
  'env',
  'true',
  'cp',
  'sysctl',
  'python3',
  'ping',
  'editcap',
  'mergecap',
  'gzip',
  'tshark',
  'capinfos',
  'ovs-vsctl',
]);

const versions = new Map<string, string | null>();

/** Upstream version of a program's package; null if it is not installed. */
export function versionOf(tool: string): string | null {
  const known = versions.get(tool);
  if (known !== undefined) return known;
  const name = PACKAGE[tool];
  let version: string | null = null;
  if (name === undefined) version = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0 ? '' : null;
  else {
    const asked = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], { encoding: 'utf8' });
    const [status, full = ''] = asked.stdout.split(' ');
    if (asked.status === 0 && status === 'installed')
      version = full
        .replace(/^\d+:/, '')
        .replace(/-[^-]*$/, '')
        .replace(/\+(dfsg|deb).*$/, '');
  }
  versions.set(tool, version);
  return version;
}

export function packageOf(tool: string): string {
  return PACKAGE[tool] ?? tool;
}

/** Package → version of what shaped the packets or recorded them, sorted by name. */
export function manifestTools(used: Iterable<string>): Record<string, string> {
  const named = new Map<string, string>();
  for (const tool of used) {
    const version = versionOf(tool);
    if (version !== null && version !== '' && !PLUMBING.has(tool)) named.set(packageOf(tool), version);
  }
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}
