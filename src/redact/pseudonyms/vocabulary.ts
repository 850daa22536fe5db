/**
 * Words that a protocol or a product defines: the same at every site, so that they identify nobody, and detectors and
 * readers depend on them. They are kept in names, paths and texts, whatever the policy does with the rest.
 */
const WORDS: readonly string[] = [
  // Public suffixes and special-use names (RFC 6761, RFC 6762, RFC 8375), and what test networks call themselves.
  ...['com', 'net', 'org', 'edu', 'gov', 'mil', 'int', 'info', 'biz', 'io', 'dev', 'cloud', 'co', 'uk', 'de', 'fr'],
  ...['nl', 'eu', 'us', 'ch', 'at', 'it', 'es', 'se', 'no', 'fi', 'dk', 'pl', 'cz', 'jp', 'cn', 'in', 'br', 'au', 'ca'],
  ...['local', 'localhost', 'localdomain', 'localdomain4', 'localdomain6', 'internal', 'arpa', 'in-addr', 'ip6', 'home'],
  ...['lan', 'test', 'example', 'invalid', 'onion', 'alt', 'resolver', 'wpad', 'isatap', 'www'],
  ...['ip6-localhost', 'ip6-loopback', 'ip6-localnet', 'ip6-mcastprefix', 'ip6-allnodes', 'ip6-allrouters'],
  // Service labels (RFC 6763): the protocol, not the machine.
  ...['_tcp', '_udp', '_http', '_https', '_ipp', '_ssh', '_sip', '_ldap', '_kerberos', '_dns-sd', '_services', '_dns'],
  ...['_workstation', '_printer', '_smb', '_nfs', '_ftp', '_sftp-ssh', '_airplay', '_raop', '_device-info', '_msdcs'],
  ...['_sites', '_gc', '_ntp', '_rdlink', '_companion-link', '_googlecast', '_maas', '_tftp'],
  // PXE and HTTP boot (RFC 4578, PXE 2.1, UEFI 2.x).
  ...['pxeclient', 'httpclient', 'pxe', 'pxelinux', 'arch', 'undi', 'ipxe', 'gpxe', 'etherboot', 'onie', 'uefi', 'bios'],
  ...['bootx64', 'bootia32', 'bootaa64', 'bootarm', 'bootriscv64', 'bootppc64', 'boots390x', 'grubx64', 'grubaa64'],
  ...['grubia32', 'grubppc64le', 'shimx64', 'shimaa64', 'shim', 'grub', 'grub2', 'elilo', 'undionly', 'snponly', 'ipxe-x86_64'],
  ...['lpxelinux', 'gpxelinux', 'syslinux', 'syslinux64', 'ldlinux', 'libcom32', 'libutil', 'vesamenu', 'menu', 'chain', 'memdisk'],
  ...['wdsnbp', 'wdsmgfw', 'pxeboot', 'bootmgfw', 'bootmgr', 'abortpxe', 'hdlscom1', 'boot', 'boot-initrd', 'boot-kernel'],
  ...['vmlinuz', 'initrd', 'initrd-generic', 'initramfs', 'squashfs', 'rootfs', 'root', 'kernel', 'linux', 'netboot', 'pxegrub'],
  ...['s390x_partition', 'default', 'd-i-client', 'efi', 'mboot', 'esxi', 'boot-subiquity', 'filesystem'],
  ...['x86_64-efi', 'arm64-efi', 'i386-efi', 'i386-pc', 'x86_64', 'amd64', 'arm64', 'aarch64', 'i386', 'armhf', 'ppc64el'],
  ...['ppc64le', 's390x', 'riscv64', 'x86', 'x64', 'ebc', 'powernv', 'command', 'crypto', 'terminal', 'fs', 'lst', 'moddep'],
  ...['octet', 'netascii', 'tftp', 'tftpboot', 'blksize', 'tsize', 'timeout', 'windowsize', 'http', 'https', 'ftp', 'nfs', 'iscsi'],
  // File endings.
  ...['0', 'efi', 'kpxe', 'kkpxe', 'pxe', 'lkrn', 'c32', 'com', 'n12', 'bin', 'cfg', 'conf', 'img', 'gz', 'xz', 'zst', 'bz2', 'tar'],
  ...['iso', 'txt', 'log', 'mod', 'sig', 'json', 'yaml', 'yml', 'xml', 'sh', 'py', 'ipxe', 'php', 'html', 'dtb', 'usb', 'wim'],
  // MAAS and Ubuntu: paths, streams, products.
  ...['maas', 'images', 'ubuntu', 'canonical', 'ga', 'hwe', 'edge', 'stable', 'daily', 'candidate', 'custom', 'centos', 'rhel'],
  ...['windows', 'esxi', 'bootloader', 'bootloaders', 'ephemeral', 'ephemeral-v2', 'ephemeral-v3', 'metadata', 'curtin', 'enlist'],
  ...['latest', 'api', '1.0', '2.0', '2012-03-01', 'meta-data', 'user-data', 'vendor-data', 'nocloud', 'instance-id', 'local-hostname'],
  ...['bionic', 'focal', 'jammy', 'noble', 'resolute', 'lowlatency', 'generic', 'ga-20.04', 'ga-22.04', 'ga-24.04', 'hwe-20.04', 'hwe-22.04', 'hwe-24.04'],
  ...['debian', 'fedora', 'rocky', 'almalinux', 'suse', 'cloud-init', 'subiquity', 'preseed', 'autoinstall', 'installer', 'nos-installer'],
  ...['maas-internal', 'maas-dhcp', 'maas-rackd', 'maas-regiond', 'maas-probe', 'simplestreams', 'grub-efi-signed', 'shim-signed'],
  // Clients' and products' names of themselves (option 60, 77, 124; LLDP system description).
  ...['udhcp', 'udhcpc', 'dhcpcd', 'dhclient', 'systemd', 'networkd', 'networkmanager', 'dnsmasq', 'kea', 'isc', 'dhcpd', 'iputils'],
  ...['msft', 'android', 'android-dhcp', 'anaconda', 'anaconda-linux', 'linux-gnu', 'cisco', 'juniper', 'arista', 'aruba', 'hewlett-packard'],
  ...['dell', 'lenovo', 'supermicro', 'huawei', 'mikrotik', 'cumulus', 'sonic', 'ios', 'nx-os', 'eos', 'junos', 'docsis', 'idrac', 'ilo', 'bmc'],
  ...['software', 'version', 'release', 'copyright', 'technical', 'support', 'compiled', 'image', 'build', 'debian-installer'],
  // Ports and interfaces as every system of a kind names them are no names of a site; their numbers are.
  ...['eth', 'ethernet', 'gigabitethernet', 'tengigabitethernet', 'fastethernet', 'port-channel', 'vlan', 'bond', 'lo', 'br', 'lan1', 'wan'],
  // Accounts and words that every system has.
  ...['root', 'admin', 'administrator', 'nobody', 'daemon', 'syslog', 'user', 'guest', 'anonymous', 'backup', 'sys', 'www-data'],
  ...['workgroup', 'mshome', 'unknown', 'none', 'null', 'true', 'false', 'yes', 'any', 'all', 'self', 'host', 'hostname', 'server', 'client'],
  ...['node', 'name', 'domain', 'gateway', 'router', 'switch', 'dns', 'dhcp', 'ntp', 'mac', 'from', 'to', 'via', 'for', 'the', 'and', 'not'],
];

const VOCABULARY: ReadonlySet<string> = new Set(WORDS);

/** Whole names whose inner numbers are the protocol's: `PXEClient:Arch:00007:UNDI:003000`. */
const PATTERNS: readonly RegExp[] = [
  // RFC 4578 2.1 and PXE 2.1 table 2-1.
  /^(?:pxe|http)client(?::arch:\d{5}(?::undi:\d{6})?)?$/,
  // Versions of client software: `udhcp 1.36.1`, `dhcpcd-9.4.1`, `MSFT 5.0`.
  /^(?:udhcpc?|dhcpcd|msft|systemd|dnsmasq|kea|ipxe|android-dhcp)[ /:-]v?\d+(?:\.\d+){0,2}$/,
  /^(?:ga|hwe)-\d{2}\.\d{2}(?:-(?:edge|lowlatency))*$/,
];

/** @param word any letter case */
export function isVocabulary(word: string): boolean {
  if (word.length > 64) return false;
  const lower = word.toLowerCase();
  return VOCABULARY.has(lower) || PATTERNS.some((pattern) => pattern.test(lower));
}
