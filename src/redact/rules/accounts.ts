/**
 * Accounts that systems and products create: they tell nothing of anybody. `ubuntu`, `maas` and the like are the same on
 * every machine that MAAS deploys.
 */
const SYSTEM: ReadonlySet<string> = new Set(
  [
    'root bin daemon sys adm lp sync shutdown halt mail news uucp operator games ftp nobody nogroup man proxy www-data backup list irc gnats',
    'systemd-network systemd-resolve systemd-timesync systemd-bus-proxy systemd-coredump systemd-oom messagebus dbus syslog _apt _chrony chrony ntp',
    'sshd uuidd tcpdump landscape pollinate fwupd-refresh usbmux dnsmasq rtkit avahi avahi-autoipd polkitd colord gdm gdm-greeter geoclue pulse',
    'bind named dhcpd isc-dhcpd _dhcp dhcp tftp maas postgres mysql redis temporal squid nginx apache http lxd libvirt-qemu libvirt libvirt-dnsmasq kvm',
    'ubuntu debian centos fedora cloud-user ec2-user admin administrator guest anonymous user users wheel sudo adm staff docker tty disk snap_daemon',
    'unknown none null true false any all default self system public on off yes no a an the it is n/a - ? console vty cisco manager',
  ]
    .join(' ')
    .split(' '),
);

/** False for an account that every system has, for numbers, and for words that stand where a name could. */
export function isPerson(name: string): boolean {
  return (
    name.length > 0 &&
    !SYSTEM.has(name.toLowerCase()) &&
    !/^[\d.:()[\]{}<>-]+$|^\[redacted/.test(name) &&
    !/^[$%{[]/.test(name)
  );
}
