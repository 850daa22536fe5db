import { describe, expect, it } from 'vitest';
import { isLacpdu, isMarker, lacp, lacpStateText } from '../../../src/wire/protocols/lacp.ts';
import { decode, everyPrefix, faultsOf, survives, trace, whole } from '../../support/decode.ts';
import { lacpdu, markerPayload } from '../../support/link.ts';
import { keyMac } from '../../support/packets.ts';

const SWITCH = '02:16:3e:00:00:5c';
const PDU = lacpdu({ system: SWITCH, key: 5, port: 3, state: 0x45 });

describe('LACP', () => {
  it('gives both ends and their states', () => {
    const record = whole(decode(lacp, PDU));
    expect(lacp.kindOf(record)).toBe('lacpdu');
    if (!isLacpdu(record)) throw new Error('no LACPDU');
    expect(record).toMatchObject({
      actor: { system: keyMac(SWITCH), key: 5, port: 3, state: 0x45, systemPriority: 0xffff },
      partner: { system: 0, state: 0 },
      collectorMaxDelay: 50_000,
      faults: [],
    });
    expect(lacpStateText(record.actor.state)).toBe('activity aggregation defaulted');
  });

  it('reads markers, and keeps other slow protocols apart', () => {
    const marker = whole(decode(lacp, markerPayload(false, SWITCH)));
    expect(lacp.kindOf(marker)).toBe('marker');
    expect(isMarker(marker) && marker).toMatchObject({
      requesterPort: 7,
      requesterSystem: keyMac(SWITCH),
      transaction: 0x01020304,
    });
    expect(lacp.kindOf(decode(lacp, markerPayload(true, SWITCH)))).toBe('marker-response');
    expect(lacp.kindOf(decode(lacp, Uint8Array.of(3, 0, 0)))).toBe('other');
  });

  it('says what is wrong', () => {
    expect(decode(lacp, PDU.slice(0, 30)).cut?.path).toBe('lacpdu');
    const bytes = Uint8Array.from(PDU);
    bytes[2] = 9;
    bytes[3] = 12;
    expect(faultsOf(decode(lacp, bytes))).toEqual(['value actor.type', 'length actor.length']);
  });

  it('names its fields for a person', () => {
    const { rows } = trace(lacp, PDU);
    expect(rows.find((row) => row.path === 'actor.state')?.label).toBe('activity aggregation defaulted');
    expect(rows.find((row) => row.path === 'collector.maxDelay')?.value).toBe(50_000);
  });

  it('survives every prefix and any bytes', () => {
    everyPrefix(lacp, PDU);
    everyPrefix(lacp, markerPayload(true, SWITCH));
    survives(lacp, PDU);
  });
});
