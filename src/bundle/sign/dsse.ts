import { canonicalJson, parseCanonical } from '../canonical.ts';

/** Of an in-toto Statement. */
export const IN_TOTO = 'application/vnd.in-toto+json';

/** One signature of an envelope; the key id is a hint and never decides trust. */
export interface Envelope {
  payload: Buffer;
  payloadType: string;
  signatures: { keyid: string | undefined; sig: Buffer }[];
}

/** Most signatures of one envelope: we write one. */
const MAX_SIGNATURES = 8;

/**
 * Pre-authentication encoding (DSSE 1.0.2): `DSSEv1`, and length and bytes of type and body, each after a space. This is
 * what is signed, so that a payload of one type never passes for one of another.
 */
export function preAuthentication(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** An envelope of one signature, in canonical JSON and a line end. */
export function envelopeText(payloadType: string, payload: Uint8Array, keyid: string, sig: Uint8Array): string {
  const envelope = {
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ keyid, sig: Buffer.from(sig).toString('base64') }],
  };
  return `${canonicalJson(envelope)}\n`;
}

/** Undefined unless it is canonical: one spelling of JSON and of base64, and no other keys. */
export function readEnvelope(text: string): Envelope | undefined {
  const value = text.endsWith('\n') ? parseCanonical(text.slice(0, -1)) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { payload, payloadType, signatures, ...others } = value as Record<string, unknown>;
  const body = base64(payload);
  if (Object.keys(others).length > 0 || body === undefined || typeof payloadType !== 'string') return undefined;
  if (!Array.isArray(signatures) || signatures.length === 0 || signatures.length > MAX_SIGNATURES) return undefined;
  const read: Envelope['signatures'] = [];
  for (const one of signatures as unknown[]) {
    if (typeof one !== 'object' || one === null) return undefined;
    const { keyid, sig, ...more } = one as Record<string, unknown>;
    const bytes = base64(sig);
    if (Object.keys(more).length > 0 || bytes === undefined) return undefined;
    if (keyid !== undefined && typeof keyid !== 'string') return undefined;
    read.push({ keyid, sig: bytes });
  }
  return { payload: body, payloadType, signatures: read };
}

function base64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
