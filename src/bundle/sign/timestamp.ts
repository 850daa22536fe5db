import { createHash } from 'node:crypto';
import { DER, der, derElements, derInteger, type DerElement } from './der.ts';

/** 2.16.840.1.101.3.4.2.1 (SHA-256), 1.2.840.113549.1.7.2 (signedData), 1.2.840.113549.1.9.16.1.4 (id-ct-TSTInfo). */
const SHA256 = Buffer.from('608648016503040201', 'hex');
const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex');
const TST_INFO = Buffer.from('2a864886f70d0109100104', 'hex');

/**
 * A time-stamp request (RFC 3161, 2.4.1) for the SHA-256 of a signature file. The nonce follows from the signature, which
 * nobody can tell beforehand, so that the same bundle has the same request.
 *
 * ```
 * TimeStampReq ::= SEQUENCE { version 1, messageImprint { { sha256, NULL }, digest }, nonce, certReq TRUE }
 * ```
 */
export function timestampRequest(signature: Uint8Array): Buffer {
  return der(
    DER.sequence,
    derInteger(Buffer.from([1])),
    der(DER.sequence, der(DER.sequence, der(DER.oid, SHA256), der(DER.null)), der(DER.octets, digest(signature))),
    derInteger(nonceOf(signature)),
    der(DER.boolean, Buffer.from([0xff])),
  );
}

/** What a token says; nobody has checked yet who signed it. */
export interface TokenClaim {
  /** `20261122154726Z`, RFC 3161 genTime. */
  time: string;
}

/**
 * Whether a response (RFC 3161, 2.4.2) is one for this signature: granted, digest and nonce are ours.
 *
 * @returns what it claims, or what is wrong in words
 */
export function readToken(response: Uint8Array, signature: Uint8Array): TokenClaim | string {
  const [outer, ...more] = derElements(response) ?? [];
  if (outer?.tag !== DER.sequence || more.length > 0) return 'it is no time-stamp response';
  const [status, token] = derElements(outer.content) ?? [];
  const [code] = inside(status, DER.sequence);
  if (code?.tag !== DER.integer) return 'it is no time-stamp response';
  const granted = code.content.length === 1 && (code.content[0] === 0 || code.content[0] === 1);
  if (!granted || token === undefined) return 'the authority did not grant it';
  const info = tstInfo(token);
  if (info === undefined) return 'the token cannot be read (RFC 3161, 2.4.2)';
  const [version, policy, imprint, serial, time, ...options] = info;
  if (version?.tag !== DER.integer || policy?.tag !== DER.oid || serial?.tag !== DER.integer)
    return 'the token cannot be read';
  const [algorithm, hashed] = inside(imprint, DER.sequence);
  const [oid] = inside(algorithm, DER.sequence);
  if (oid?.tag !== DER.oid || !oid.content.equals(SHA256)) return 'the token is over another digest than SHA-256';
  if (hashed?.tag !== DER.octets || !hashed.content.equals(digest(signature)))
    return 'the token is for another signature';
  if (time?.tag !== DER.generalizedTime || !/^\d{14}(?:\.\d{1,9})?Z$/.test(time.content.toString('latin1'))) {
    return 'the token has no time in UTC';
  }
  const nonce = options.find(({ tag }) => tag === DER.integer);
  if (nonce === undefined) return 'the token has no nonce: it may be an answer to another request';
  if (!der(DER.integer, nonce.content).equals(derInteger(nonceOf(signature))))
    return 'the token answers another request';
  return { time: time.content.toString('latin1') };
}

/** `2026-11-22T15:47:26Z` of a GeneralizedTime. */
export function tokenTime({ time }: TokenClaim): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(.*)$/, '$1-$2-$3T$4:$5:$6$7');
}

/** ContentInfo → SignedData → encapsulated content → TSTInfo. */
function tstInfo(token: DerElement): DerElement[] | undefined {
  const [type, wrapped] = inside(token, DER.sequence);
  if (type?.tag !== DER.oid || !type.content.equals(SIGNED_DATA)) return undefined;
  const [signed] = inside(wrapped, DER.context0);
  const encapsulated = inside(signed, DER.sequence)[2];
  const [kind, body] = inside(encapsulated, DER.sequence);
  if (kind?.tag !== DER.oid || !kind.content.equals(TST_INFO)) return undefined;
  const [octets] = inside(body, DER.context0);
  const [info] = inside(octets, DER.octets);
  return info?.tag === DER.sequence ? derElements(info.content) : undefined;
}

function inside(element: DerElement | undefined, tag: number): DerElement[] {
  return element?.tag === tag ? (derElements(element.content) ?? []) : [];
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function nonceOf(signature: Uint8Array): Buffer {
  return createHash('sha256').update('rackwitness nonce').update(signature).digest().subarray(0, 8);
}
