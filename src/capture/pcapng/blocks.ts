/**
 * The blocks of pcapng (draft-ietf-opsawg-pcapng, section 4), as far as they are told apart here. Every block:
 *
 * ```
 * type(4) total length(4) body(total length - 12, padded to 4) total length(4)
 * ```
 */
export const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  interface: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  statistics: 5,
  enhancedPacket: 6,
  journal: 9,
  decryptionSecrets: 10,
  custom: 0xbad,
  customNoCopy: 0x40000bad,
  sysdigEvent: 0x204,
  sysdigEvent2: 0x216,
  sysdigEvent2Large: 0x221,
} as const;

/** Byte-order magic of a section header. */
export const ORDER_MAGIC = 0x1a2b3c4d;

/** Type, length, trailing length. */
export const MIN_BLOCK = 12;

/** The longest block that Wireshark takes (a D-Bus frame of 128 MiB and 128 KiB of options): more is damage. */
export const MAX_BLOCK = 32 + (128 << 20) + (128 << 10);

/** The least total length of the blocks whose body we read. */
export const LEAST = new Map<number, number>([
  [BLOCK.sectionHeader, 28],
  [BLOCK.interface, 20],
  [BLOCK.packet, 32],
  [BLOCK.simplePacket, 16],
  [BLOCK.statistics, 24],
  [BLOCK.enhancedPacket, 32],
  // `__REALTIME_TIMESTAMP=0` and a line end are the least that Wireshark takes for an entry.
  [BLOCK.journal, 35],
  [BLOCK.custom, 16],
  [BLOCK.customNoCopy, 16],
  [BLOCK.sysdigEvent, 36],
  [BLOCK.sysdigEvent2, 40],
  [BLOCK.sysdigEvent2Large, 40],
]);

/** What people call a block, with its article, in messages. */
export function blockName(type: number): string {
  return NAMES.get(type) ?? `a block of type 0x${type.toString(16)}`;
}

const NAMES = new Map<number, string>([
  [BLOCK.sectionHeader, 'a section header'],
  [BLOCK.interface, 'an interface description'],
  [BLOCK.packet, 'a packet block'],
  [BLOCK.simplePacket, 'a simple packet'],
  [BLOCK.nameResolution, 'a name resolution block'],
  [BLOCK.statistics, 'an interface statistics block'],
  [BLOCK.enhancedPacket, 'an enhanced packet'],
  [BLOCK.journal, 'a systemd journal entry'],
  [BLOCK.decryptionSecrets, 'a decryption secrets block'],
  [BLOCK.custom, 'a custom block'],
  [BLOCK.customNoCopy, 'a custom block'],
  [BLOCK.sysdigEvent, 'a sysdig event'],
  [BLOCK.sysdigEvent2, 'a sysdig event'],
  [BLOCK.sysdigEvent2Large, 'a sysdig event'],
]);

/** Blocks that are no packets and take a frame number all the same (as in Wireshark), by the name that `other` gets. */
export const NUMBERED = new Map<number, string>([
  [BLOCK.journal, 'systemd-journal'],
  [BLOCK.custom, 'custom'],
  [BLOCK.customNoCopy, 'custom'],
  [BLOCK.sysdigEvent, 'sysdig'],
  [BLOCK.sysdigEvent2, 'sysdig'],
  [BLOCK.sysdigEvent2Large, 'sysdig'],
]);
