/** The longest frame that libpcap and Wireshark accept: a record that claims more is damage, not a frame. */
export const MAX_FRAME = 262144;

/** Link types whose frames are longer by nature, as libpcap and Wireshark have it: D-Bus, EBHSCR, three of USB. */
const LONG_FRAMES = new Map<number, number>([
  [231, 16 << 20],
  [279, 8 << 20],
  [189, 1 << 20],
  [220, 1 << 20],
  [249, 1 << 20],
]);

/** The largest record that is ever held whole: the longest frame, with its headers and options. */
export const MAX_RECORD = (16 << 20) + (1 << 18);

/** The most bytes that one frame of this link type may have. D-Bus's 128 MiB is cut to 16, so that no file makes us hold more. */
export function maxFrame(linkType: number): number {
  return LONG_FRAMES.get(linkType) ?? MAX_FRAME;
}
