import type { Envelope } from '../wire/envelope.ts';
import type { Fault } from '../wire/fault.ts';
import { CLAIMS, Decoder } from '../wire/dissect.ts';
import { rowsToJson, TracingCursor, type JsonObject } from '../wire/trace.ts';
import { addressText, macText } from '../wire/values.ts';
import { momentOf, type Names } from './names.ts';
import { sightOf } from '../flow/sight.ts';

/**
 * Turns records into text for `decode`: the same decoder runs once more under a tracing cursor, so that what is printed
 * is what was read, and every field has its name.
 */
export class RecordPrinter {
  private readonly cursor = new TracingCursor();
  private readonly decoder = new Decoder(this.cursor);

  /** One message as plain JSON: where it was seen, its headers, its fields, its faults. */
  record(claim: number, e: Envelope, names: Names): JsonObject {
    const record = this.decoder.decode(claim, e);
    const protocol = CLAIMS.protocols[claim - 1];
    return {
      ...momentOf(sightOf(e), names),
      segment: names.segment(e.segment),
      protocol: record.protocol,
      kind: protocol?.kindOf(record) ?? '',
      ...headers(e),
      message: rowsToJson(this.cursor.rows),
      faults: record.faults.map(faultJson),
      ...(this.cursor.faultsLost > 0 ? { faultsOmitted: this.cursor.faultsLost } : {}),
    };
  }
}

/** The headers around a message; what is not there is left out. */
export function headers(e: Envelope): JsonObject {
  return {
    ...(e.ethSrc >= 0 ? { ethSrc: macText(e.ethSrc) } : {}),
    ...(e.ethDst >= 0 ? { ethDst: macText(e.ethDst) } : {}),
    ...(e.vlan > 0 ? { vlan: e.vlan } : {}),
    ...(e.ipVersion > 0 ? { ipSrc: addressText(e.ipSrc), ipDst: addressText(e.ipDst), ttl: e.ttl } : {}),
    ...(e.srcPort >= 0 ? { srcPort: e.srcPort, dstPort: e.dstPort } : {}),
    ...(e.reassembled ? { reassembled: true } : {}),
  };
}

export function faultJson({ code, path, at, need, have, limit }: Fault): JsonObject {
  return { code, path, at, need, have, limit };
}
