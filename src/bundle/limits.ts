/** What a bundle may have at most. Each cap bounds memory or time against a bundle made to exhaust them. */
export const LIMITS = {
  /** Files in a bundle: their digests are held, some 300 bytes each. */
  entries: 100_000,
  /** A list of that many files, in the longer digest, with paths of usual length. */
  tagFile: 32 * 1024 * 1024,
  /** All payload bytes, decompressed: more than any rack host captures, and less than a disk would hold unawares. */
  payload: 1024 ** 4,
  /** Bytes of a path inside the bag: what a ustar header holds (name 100, prefix 155) with room for the top folder. */
  path: 180,
  /** Folders in a path. */
  depth: 8,
  /** Bytes of one name in a path. */
  name: 90,
  /** Entries of a custody chain. */
  custody: 100_000,
  /** Bytes of one line of a custody chain. */
  custodyLine: 16 * 1024,
  /** A timestamp token with its certificates is some kilobytes. */
  token: 256 * 1024,
  /** A key file is some hundred bytes. */
  key: 64 * 1024,
  /** Failures listed per check; the rest is counted. */
  failures: 20,
} as const;
