/** Tags of DER (X.690) that time stamping uses. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

/** One element: tag, length in its shortest form (X.690, 10.1), content. */
export function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = body.length < 0x80 ? [body.length] : [0x80 + length.length, ...length];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}

/** A whole number that is not negative, from its bytes, big-endian. */
export function derInteger(bytes: Uint8Array): Buffer {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
  const short = Buffer.from(bytes.subarray(at));
  const padded = (short[0] ?? 0x80) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
  return der(DER.integer, padded);
}

export interface DerElement {
  tag: number;
  content: Buffer;
}

/** Elements that one container may hold: a token has a few dozen. */
const MAX_ELEMENTS = 256;

/** The elements in a container's content; undefined when they do not fill it exactly. */
export function derElements(bytes: Uint8Array): DerElement[] | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: DerElement[] = [];
  let at = 0;
  while (at < all.length) {
    if (found.length >= MAX_ELEMENTS || all.length - at < 2) return undefined;
    const tag = all.readUInt8(at);
    const first = all.readUInt8(at + 1);
    at += 2;
    // Tags of more than one byte and indefinite lengths do not occur.
    if ((tag & 0x1f) === 0x1f) return undefined;
    let length = first;
    if (first >= 0x80) {
      const count = first - 0x80;
      if (count < 1 || count > 4 || all.length - at < count) return undefined;
      length = all.readUIntBE(at, count);
      at += count;
    }
    if (length > all.length - at) return undefined;
    found.push({ tag, content: all.subarray(at, at + length) });
    at += length;
  }
  return found;
}
