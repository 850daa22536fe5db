import { describe, expect, it } from 'vitest';
import { readVantage } from '../../../src/capture/vantage.ts';
import { Sequence } from '../../../src/flow/sequence.ts';
import { FieldCursor } from '../../../src/redact/frames/field-cursor.ts';
import { KIND_NAMES } from '../../../src/redact/kinds.ts';
import { CLAIMS } from '../../../src/wire/dissect.ts';
import type { Protocol } from '../../../src/wire/protocol.ts';
import { PROTOCOLS } from '../../../src/wire/registry.ts';
import { sampleCaptures } from '../../support/samples.ts';

const OTHERS = ['mask', 'network4', 'network6', 'packet'];

/**
 * Fields of characters or bytes of no kind, which are therefore dropped: what no decoder understands, what is reserved,
 * and what pads. A new one is a decision: declare it beside its protocol, or name it here.
 */
const DROPPED =
  /(?:^|\.)(?:\w*[pP]adding|reserved2?|terminator|data|rest|vendor|header|oid|protocolIdentity|suboptionData|optionData|sname|file|version|unknown\d+|nonce|locationId)$/;

describe('the kinds of fields', () => {
  it.each((PROTOCOLS as readonly Protocol[]).map((one) => [one.name, one] as const))(
    '%s uses known ones',
    (_name, one) => {
      for (const kind of Object.values(one.fields ?? {})) {
        expect(
          kind instanceof RegExp || OTHERS.includes(kind) || (KIND_NAMES as readonly string[]).includes(kind),
        ).toBe(true);
      }
    },
  );

  it('are declared for every text that the samples hold', async () => {
    const missing = new Set<string>();
    const cursor = new FieldCursor();
    for (const path of sampleCaptures()) {
      const sequence = new Sequence(
        [],
        () => {},
        (claim, _record, e) => {
          const protocol = CLAIMS.protocols[claim - 1];
          if (protocol === undefined) return;
          cursor.begin(protocol.fields ?? {}, e.bytes, e.payload, e.payloadEnd, 'length field');
          protocol.decode(cursor, e);
          for (const { node, type, length } of cursor.fields.slice(0, cursor.count)) {
            if ((type !== 'text' && type !== 'bytes') || length === 0 || node.kind !== undefined) continue;
            if (node.parent?.kind === 'packet' || DROPPED.test(node.path)) continue;
            missing.add(`${protocol.name} ${node.path} (${type})`);
          }
        },
      );
      const taker = {
        beginFile: sequence.beginFile.bind(sequence),
        take: (bytes: Uint8Array, picks: Parameters<typeof sequence.take>[1]) => sequence.take(bytes, picks),
      };
      await readVantage(0, '', [path], taker, { workers: 0 });
    }
    expect([...missing].sort()).toEqual([]);
  });
});
