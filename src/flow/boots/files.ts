import type { Transfer } from '../transfers/types.ts';

/** What a file is on the way from firmware to a running system. */
export type FileRole =
  | 'boot-file'
  | 'configuration'
  | 'kernel'
  | 'initrd'
  | 'root-image'
  | 'metadata'
  | 'packages'
  | 'file';

/** 169.254.169.254: where clouds, and MAAS for some images, serve metadata. */
const METADATA_ADDRESS = 0xa9fea9fe;

/**
 * Boot files by name, and the architectures (option 93, RFC 4578 2.1 and IANA) whose firmware runs them. The first nine
 * are those that MAAS serves (provisioningserver/boot): lpxelinux.0 and pxelinux.0, bootx64.efi … The rest are those of
 * iPXE, GRUB, shim, syslinux and Windows that are met beside them.
 */
const BOOT_FILES: readonly { name: RegExp; architectures: readonly number[]; maas?: boolean }[] = [
  { name: /^lpxelinux\.0$/, architectures: [0], maas: true },
  { name: /^pxelinux\.0$/, architectures: [0, 14], maas: true },
  { name: /^bootx64\.efi$/, architectures: [7, 9, 16], maas: true },
  { name: /^grubx64\.efi$/, architectures: [7, 9, 16], maas: true },
  { name: /^bootaa64\.efi$/, architectures: [11, 19], maas: true },
  { name: /^grubaa64\.efi$/, architectures: [11, 19], maas: true },
  { name: /^bootppc64\.bin$/, architectures: [12], maas: true },
  { name: /^boots390x\.bin$/, architectures: [31], maas: true },
  { name: /^s390x_partition\/maas$/, architectures: [32], maas: true },
  { name: /^(?:undionly|ipxe|intel|realtek)\.k?k?pxe$|^gpxelinux\.0$|^grldr$|^pxeboot\.n12$/, architectures: [0] },
  { name: /^(?:netboot\.xyz|undionly)(?:-undionly)?\.kpxe$|^core\.0$|^memdisk$/, architectures: [0] },
  { name: /^(?:ipxe|snp|snponly|netboot\.xyz|syslinux|shimx64|shim|wdsmgfw)\.efi$/, architectures: [] },
  { name: /^(?:ipxe|snp|snponly)[-.](?:x86_64|x64)\.efi$/, architectures: [7, 9, 16] },
  { name: /^(?:ipxe|snp|snponly)[-.](?:arm64|aarch64)\.efi$|^shimaa64\.efi$/, architectures: [11, 19] },
  { name: /^bootia32\.efi$|^grubia32\.efi$/, architectures: [6, 15] },
];

/** What loaders look for and do without: their absence stops nobody. */
const OPTIONAL =
  /\.lst$|(?:^|\/)(?:revocations|shim_certificate|fbx64|fbaa64|mmx64|mmaa64)\.efi$|\.mod$|\.(?:pf2|png|jpg|txt|msg)$|\/locale\/|\.c32$/;

/** The file's role by the names that MAAS, pxelinux, GRUB, iPXE, Debian and clouds use, and by whom it is asked of. */
export function roleOf({ protocol, server, file }: Pick<Transfer, 'protocol' | 'server' | 'file'>): FileRole {
  const name = plain(file);
  if (protocol === 'http') {
    if (server === METADATA_ADDRESS) return 'metadata';
    if (METADATA.test(name)) return 'metadata';
    if (/^http:\/\/[^/]+\/(?:[^?]*\/)?(?:ubuntu|debian|ubuntu-ports)(?:\/|$)/.test(name)) return 'packages';
  }
  if (/\/(?:metadata|latest\/(?:meta|user)-data|openstack)(?:\/|$)/.test(name)) return 'metadata';
  if (/(?:^|[/.])squashfs$|rootfs|root-image|filesystem\.img$/.test(name)) return 'root-image';
  if (/\.(?:deb|rpm|udeb)$|\/(?:dists|pool|repodata)\/|\/(?:in)?release(?:\.gpg)?$/.test(name)) return 'packages';
  if (/initrd|initramfs/.test(name)) return 'initrd';
  if (/vmlinuz|bzimage|(?:^|\/)(?:boot-)?(?:kernel|linux)$/.test(name)) return 'kernel';
  if (/\.(?:cfg|ipxe|conf|lst)$|pxelinux\.cfg\/|grub\.cfg/.test(name)) return 'configuration';
  return bootFile(name) === undefined ? 'file' : 'boot-file';
}

const METADATA =
  /\/maas\/metadata(?:\/|$)|\/(?:meta-data|user-data|vendor-data|network-config)$|\/(?:latest|\d{4}-\d\d-\d\d)\/(?:meta-data|user-data|dynamic)|[?&]op=(?:get_preseed|signal|netboot_off)|preseed|kickstart/;

/** A machine that goes on without it goes on well. */
export function optionalFile(file: string): boolean {
  return OPTIONAL.test(plain(file));
}

/** A report of the running system that it is there: MAAS's netboot_off, cloud-init's phone home and reports. */
export function reportsDone({ write, file }: Pick<Transfer, 'write' | 'file'>): boolean {
  return write && /[?&]op=netboot_off|\/metadata\/status\/|phone_?home/.test(plain(file));
}

/** A name of a boot file that is known, whoever serves it. */
export function knownBootFile(file: string): boolean {
  return bootFile(plain(file)) !== undefined;
}

/**
 * Architectures whose firmware runs the file of this name; empty where the name says nothing. `maas`: it is a name that
 * MAAS serves.
 */
export function architecturesOf(file: string): { architectures: readonly number[]; maas: boolean } {
  const known = bootFile(plain(file));
  return { architectures: known?.architectures ?? [], maas: known?.maas === true };
}

/** What MAAS serves to an architecture (option 93) as the first file; '' where it serves none by name. */
export function maasFileFor(architectures: readonly number[]): string {
  for (const architecture of architectures) {
    const name = MAAS_FIRST.get(architecture);
    if (name !== undefined) return name;
  }
  return '';
}

/** provisioningserver/boot: one boot method for each of these. */
const MAAS_FIRST = new Map([
  [0, 'lpxelinux.0'],
  [7, 'bootx64.efi'],
  [9, 'bootx64.efi'],
  [11, 'bootaa64.efi'],
  [12, 'bootppc64.bin'],
  [14, 'pxelinux.0'],
  [16, 'bootx64.efi'],
  [19, 'bootaa64.efi'],
  [31, 'boots390x.bin'],
  [32, 's390x_partition/maas'],
]);

function bootFile(name: string): (typeof BOOT_FILES)[number] | undefined {
  const path = name.replace(/^https?:\/\/[^/]*/, '').replace(/[?#].*$/, '');
  const base = path.slice(path.lastIndexOf('/') + 1);
  return BOOT_FILES.find((one) => one.name.test(base) || one.name.test(path.replace(/^\//, '')));
}

/** Firmware writes names in any case, and backslashes. */
function plain(file: string): string {
  return file.toLowerCase().replaceAll('\\', '/');
}
