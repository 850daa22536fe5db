import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';

const OCTAL = /\\(?:([0-7]{3})|([\s\S]))|[\s\S]/g;

/** Bytes of a string of dhcpd.leases(5): characters, `\"`, `\\`, and backslash with three octal digits. */
export function octalBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const match of text.matchAll(OCTAL)) {
    const [whole, octal, escaped] = match;
    const code = octal === undefined ? (escaped ?? whole).charCodeAt(0) : Number.parseInt(octal, 8);
    bytes.push(code & 255);
  }
  return Uint8Array.from(bytes);
}

/** As dhcpd writes it: what is printable ASCII as it is. */
export function octalText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const c = String.fromCharCode(byte);
    if (c === '"' || c === '\\') text += `\\${c}`;
    else if (byte >= 0x20 && byte < 0x7f) text += c;
    else text += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}

const HEX_PARTS = /^(?:[0-9a-f]{1,2}[:-]){1,254}[0-9a-f]{1,2}$/i;

/** 2000-01-01, from which DUID-LLT counts (RFC 8415 11.2). */
const DUID_EPOCH = 946_684_800;

/** A part of an identifier that has a meaning of its own; what no part covers is a type, and stays. */
interface Part {
  is: 'mac' | 'time' | 'uuid' | 'iaid' | 'whole';
  at: number;
  length: number;
}

/**
 * What an identifier of bytes is made of: client identifiers (RFC 2132 9.14, RFC 4361 6.1), DUIDs (RFC 8415 11, RFC
 * 6355), IAID and DUID together as dhcpd.leases has them, and Cisco's remote id (type, length, MAC address).
 */
function partsOf(bytes: Uint8Array, kind: Kind): Part[] {
  const { length } = bytes;
  if (length === 7 && bytes[0] === 1) return [{ is: 'mac', at: 1, length: 6 }];
  if (kind === 'remote-id' && length === 6) return [{ is: 'mac', at: 0, length: 6 }];
  if (kind === 'remote-id' && length === 8 && bytes[0] === 0 && bytes[1] === 6)
    return [{ is: 'mac', at: 2, length: 6 }];
  const duid = duidAt(bytes, 0);
  if (duid !== undefined) return duid;
  const from = bytes[0] === 0xff ? 1 : 0;
  const inner = duidAt(bytes, from + 4);
  if (inner !== undefined) return [{ is: 'iaid', at: from, length: 4 }, ...inner];
  return [{ is: 'whole', at: 0, length }];
}

function duidAt(bytes: Uint8Array, at: number): Part[] | undefined {
  const left = bytes.length - at;
  if (left < 6 || bytes[at] !== 0) return undefined;
  const ethernet = bytes[at + 2] === 0 && bytes[at + 3] === 1;
  switch (bytes[at + 1]) {
    case 1:
      return left === 14 && ethernet
        ? [
            { is: 'time', at: at + 4, length: 4 },
            { is: 'mac', at: at + 8, length: 6 },
          ]
        : undefined;
    case 2:
      return left >= 7 ? [{ is: 'whole', at: at + 6, length: left - 6 }] : undefined;
    case 3:
      return left === 10 && ethernet ? [{ is: 'mac', at: at + 4, length: 6 }] : undefined;
    case 4:
      return left === 18 ? [{ is: 'uuid', at: at + 2, length: 16 }] : undefined;
    default:
      return undefined;
  }
}

/** An identifier part by part: a MAC address in it has its own pseudonym. Undefined when the policy drops it. */
export function mapIdentifier(kind: Kind, bytes: Uint8Array, identities: Identities): Uint8Array | undefined {
  const { action } = identities.rule(kind);
  if (action === 'drop' || action === 'zero') return identities.bytes(kind, bytes);
  const out = bytes.slice();
  const parts = partsOf(bytes, kind);
  for (const { is, at, length } of parts) {
    const part = bytes.subarray(at, at + length);
    const image = is === 'iaid' ? part : partImage(is, kind, part, identities);
    if (image?.length !== length) return undefined;
    out.set(image, at);
  }
  const iaid = parts.find(({ is }) => is === 'iaid');
  const mac = parts.find(({ is }) => is === 'mac');
  if (iaid !== undefined) {
    // dhclient and systemd make the IAID of the address's last octets.
    const same = mac !== undefined && equal(bytes, iaid.at, mac.at + 2, 4);
    const image = same
      ? out.subarray(mac.at + 2, mac.at + 6)
      : identities.bytes('serial', bytes.slice(iaid.at, iaid.at + 4));
    if (image?.length !== 4) return undefined;
    out.set(image.slice(), iaid.at);
  }
  return out;
}

function partImage(is: Part['is'], kind: Kind, part: Uint8Array, identities: Identities): Uint8Array | undefined {
  const view = new DataView(part.buffer, part.byteOffset, part.length);
  if (is === 'mac') return sixOf(identities.mac(view.getUint16(0) * 4294967296 + view.getUint32(2)));
  if (is === 'uuid') return identities.bytes('uuid', part.slice());
  if (is === 'whole') return identities.bytes(kind, part.slice());
  const time = identities.time(view.getUint32(0) + DUID_EPOCH);
  const out = Buffer.alloc(4);
  if (time !== undefined) out.writeUInt32BE((time - DUID_EPOCH) >>> 0);
  return out;
}

/** True when every part of an identifier is one that was issued. */
export function identifierIssued(kind: Kind, bytes: Uint8Array, identities: Identities): boolean {
  return partsOf(bytes, kind).every(({ is, at, length }) => {
    const part = bytes.slice(at, at + length);
    const view = new DataView(part.buffer, part.byteOffset, part.length);
    if (is === 'mac') return identities.issued('mac', view.getUint16(0) * 4294967296 + view.getUint32(2));
    return (
      is === 'time' ||
      is === 'iaid' ||
      identities.issued(is === 'uuid' ? 'uuid' : kind, part) ||
      (printable(part) && identities.issued(kind, latin1(part)))
    );
  });
}

function printable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function sixOf(mac: number | undefined): Uint8Array | undefined {
  if (mac === undefined) return undefined;
  const out = Buffer.alloc(6);
  out.writeUIntBE(mac, 0, 6);
  return out;
}

function equal(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** An opaque identifier in octal: lease uid, DUID. */
export function mapOctal(kind: Kind, text: string, identities: Identities): string | undefined {
  const bytes = octalBytes(text);
  // `00 MAAS-52:54:…` and names are text, in which addresses are found by their form.
  const at = bytes[0] === 0 && printable(bytes.subarray(1)) && bytes.length > 1 ? 1 : 0;
  if (printable(bytes.subarray(at)) && bytes.length > at) {
    const image = identities.text(kind, latin1(bytes.subarray(at)));
    return image === undefined
      ? undefined
      : octalText(Buffer.concat([bytes.subarray(0, at), Buffer.from(image, 'latin1')]));
  }
  const mapped = mapIdentifier(kind, bytes, identities);
  return mapped === undefined ? undefined : octalText(mapped);
}

/** As many octets as make an identifier, in colon form (`0:4:0:1`), dashed, or bare; undefined when it is none. */
export function hexBytes(text: string): Uint8Array | undefined {
  if (HEX_PARTS.test(text)) return Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16));
  if (/^(?:[0-9a-f]{2}){7,130}$/i.test(text))
    return Uint8Array.from(text.match(/../g) ?? [], (part) => Number.parseInt(part, 16));
  return undefined;
}

/** Octets in the spelling of `like`: separator, letter case and leading zeros. */
export function hexLike(bytes: Uint8Array, like: string): string {
  const separator = /[:-]/.exec(like)?.[0] ?? '';
  const padded = separator === '' || like.split(separator).every((part) => part.length === 2);
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(padded ? 2 : 1, '0')).join(separator);
  return /[A-F]/.test(like) && !/[a-f]/.test(like) ? text.toUpperCase() : text;
}
