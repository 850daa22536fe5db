import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey } from '../key.ts';

/** Five on each side, as in FF1 (NIST SP 800-38G). */
const ROUNDS = 10;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const ENDS = `${LETTERS}0123456789`;
const INNER = `${ENDS}-_`;
const ALPHANUMERIC = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;

/**
 * Characters that stand in for those beyond ASCII, by the length of their UTF-8: first code point and how many follow.
 * A value stays as long as it was, in bytes and in characters.
 */
const BEYOND_ASCII: readonly (readonly [from: number, count: number])[] = [
  [0xe0, 22], // à and what follows, up to the division sign
  [0x4e00, 0x4000], // unified ideographs
  [0x20000, 0xa000], // their extension B
];

/**
 * Keyed permutations of strings of equal length. As FF1: an alternating Feistel network over the two halves of the
 * characters, where each position has its own alphabet. (FF1 itself knows one radix for all.)
 */
export class StringPseudonyms {
  private readonly key: KeyObject;

  constructor(tierKey: Uint8Array) {
    this.key = createSecretKey(deriveKey(tierKey, 'strings'));
  }

  /**
   * A host or domain label of ASCII: hyphens and underscores at its ends stay, between them it becomes another of letters,
   * digits, hyphens and underscores that begins and ends with a letter or digit.
   *
   * @param label lower case
   * @param taken labels that may not come out, because they would not be changed if they went in (nor is `label` one)
   */
  label(label: string, taken: (label: string) => boolean): string {
    const begin = /^[-_]*/.exec(label)?.[0].length ?? 0;
    const end = Math.max(begin, label.length - (/[-_]*$/.exec(label)?.[0].length ?? 0));
    const alphabets = Array.from({ length: end - begin }, (_, i) => (i === 0 || i === end - begin - 1 ? ENDS : INNER));
    let core = label.slice(begin, end);
    let whole = label;
    // Around the cycle, back to `label` at the latest, which is not taken.
    do {
      core = this.permute(`label:${label.length}:${begin}`, core, alphabets);
      whole = label.slice(0, begin) + core + label.slice(end);
    } while (taken(whole));
    return whole;
  }

  /**
   * Letters and digits become others of either, and of either case; all other ASCII stays where it is. With characters
   * beyond ASCII it is a keyed function, not a permutation.
   *
   * @param domain keeps kinds of string apart
   */
  characters(domain: string, text: string, taken: (text: string) => boolean): string {
    if (/[^\0-\x7f]/.test(text)) return this.beyondAscii(domain, text);
    const moved = text.replace(/[^A-Za-z0-9]/g, '');
    if (moved === '') return text;
    const shape = text.replace(/[A-Za-z0-9]/g, 'x');
    const alphabets = Array.from(moved, () => ALPHANUMERIC);
    let image = moved;
    let whole = text;
    do {
      image = this.permute(`characters:${domain}:${shape}`, image, alphabets);
      let next = 0;
      whole = shape.replace(/x/g, () => image[next++] ?? '');
    } while (taken(whole));
    return whole;
  }

  /** Bytes of equal length. Nothing becomes all zeros but zeros, which say that a value is not set. */
  bytes(domain: string, value: Uint8Array): Uint8Array {
    if (value.every((byte) => byte === 0)) return value.slice();
    const image = this.permuteBytes(domain, value);
    return image.every((byte) => byte === 0) ? this.permuteBytes(domain, image) : image;
  }

  private permuteBytes(domain: string, value: Uint8Array): Uint8Array {
    const { length } = value;
    const out = Buffer.from(value);
    if (length === 1) {
      // Fisher and Yates with the key's own stream.
      const stream = this.stream(`byte:${domain}`, '', 1024);
      const table = Uint8Array.from({ length: 256 }, (_, i) => i);
      for (let i = 255; i > 0; i -= 1) {
        const j = stream.readUInt32BE(4 * i) % (i + 1);
        [table[i], table[j]] = [table[j] ?? 0, table[i] ?? 0];
      }
      out[0] = table[value[0] ?? 0] ?? 0;
      return new Uint8Array(out);
    }
    const middle = length >>> 1;
    const left = out.subarray(0, middle);
    const right = out.subarray(middle);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [from, to] = round % 2 === 0 ? [right, left] : [left, right];
      const stream = this.stream(`bytes:${domain}:${length}:${round}`, from, to.length);
      for (let i = 0; i < to.length; i += 1) to[i] = (to[i] ?? 0) ^ (stream[i] ?? 0);
    }
    return new Uint8Array(out);
  }

  /** @param alphabets one for each character, which holds it */
  private permute(domain: string, text: string, alphabets: readonly string[]): string {
    const { length } = text;
    if (length === 0) return text;
    if (length === 1) return this.permuteOne(domain, text, alphabets[0] ?? '');
    const middle = length >>> 1;
    const radixes = alphabets.map((alphabet) => BigInt(alphabet.length));
    const sizes = [product(radixes.slice(0, middle)), product(radixes.slice(middle))] as const;
    const halves: [bigint, bigint] = [rank(text, alphabets, 0, middle), rank(text, alphabets, middle, length)];
    for (let round = 0; round < ROUNDS; round += 1) {
      const to = round % 2 === 0 ? 0 : 1;
      const from = halves[1 - to] ?? 0n;
      const size = sizes[to];
      // 64 bits more than the size, so that the remainder is even.
      const stream = this.stream(
        `${domain}:${length}:${round}`,
        from.toString(36),
        8 + Math.ceil(size.toString(16).length / 2),
      );
      halves[to] = ((halves[to] ?? 0n) + BigInt(`0x${stream.toString('hex')}`)) % size;
    }
    return unrank(halves[0], alphabets, 0, middle) + unrank(halves[1], alphabets, middle, length);
  }

  /** A domain so small is ordered by a keyed weight of each of its values (Black and Rogaway 2002). */
  private permuteOne(domain: string, character: string, alphabet: string): string {
    const weights = this.stream(`${domain}:one`, '', alphabet.length * 6);
    const order = Array.from(alphabet, (_, i) => i).sort(
      (a, b) => weights.readUIntBE(a * 6, 6) - weights.readUIntBE(b * 6, 6) || a - b,
    );
    return alphabet[order[alphabet.indexOf(character)] ?? 0] ?? character;
  }

  private beyondAscii(domain: string, text: string): string {
    const points = Array.from(text, (c) => c.codePointAt(0) ?? 0);
    const stream = this.stream(`beyond:${domain}`, text, points.length * 4);
    return points
      .map((point, i) => {
        const random = stream.readUInt32BE(i * 4);
        if (point < 0x80) {
          const character = String.fromCharCode(point);
          return /[A-Za-z0-9]/.test(character) ? (ALPHANUMERIC[random % ALPHANUMERIC.length] ?? '') : character;
        }
        const [from, count] = BEYOND_ASCII[point < 0x800 ? 0 : point < 0x10000 ? 1 : 2] ?? [0xe0, 22];
        return String.fromCodePoint(from + (random % count));
      })
      .join('');
  }

  /** `length` bytes that depend on key, domain and value: HMAC-SHA256, drawn out by AES-256 in counter mode. */
  private stream(domain: string, value: string | Uint8Array, length: number): Buffer {
    const mac = createHmac('sha256', this.key).update(`${domain.length}:${domain}:`).update(value).digest();
    if (length <= mac.length) return mac.subarray(0, length);
    return createCipheriv('aes-256-ctr', mac, Buffer.alloc(16)).update(Buffer.alloc(length));
  }
}

function product(radixes: readonly bigint[]): bigint {
  return radixes.reduce((all, one) => all * one, 1n);
}

function rank(text: string, alphabets: readonly string[], from: number, to: number): bigint {
  let value = 0n;
  for (let i = from; i < to; i += 1) {
    const alphabet = alphabets[i] ?? '';
    value = value * BigInt(alphabet.length) + BigInt(alphabet.indexOf(text[i] ?? ''));
  }
  return value;
}

function unrank(value: bigint, alphabets: readonly string[], from: number, to: number): string {
  let left = value;
  let text = '';
  for (let i = to - 1; i >= from; i -= 1) {
    const alphabet = alphabets[i] ?? '';
    const radix = BigInt(alphabet.length);
    text = (alphabet[Number(left % radix)] ?? '') + text;
    left /= radix;
  }
  return text;
}
