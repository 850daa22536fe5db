import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/wire/cursor.ts';
import { newEnvelope } from '../../../src/wire/dissect.ts';
import { arp } from '../../../src/wire/protocols/arp.ts';
import { concat, hex, ip4, key4, keyMac, mac, u16 } from '../../support/bytes.ts';

const A = '52:54:00:00:00:0a';
const NOBODY = '00:00:00:00:00:00';

function message(operation: number, senderIp: string, targetIp: string, targetMac = NOBODY): Uint8Array {
  return concat(u16(1), u16(0x0800), [6, 4], u16(operation), mac(A), ip4(senderIp), mac(targetMac), ip4(targetIp));
}

function decode(bytes: Uint8Array, end = bytes.length): ReturnType<typeof arp.decode> {
  return arp.decode(new Cursor().open(bytes, 0, end, 'captured'), newEnvelope());
}

describe('arp (RFC 826, RFC 5227)', () => {
  it.each([
    ['request', message(1, '10.0.0.1', '10.0.0.2')],
    ['reply', message(2, '10.0.0.1', '10.0.0.2', A)],
    ['probe', message(1, '0.0.0.0', '10.0.0.2')],
    ['announcement', message(1, '10.0.0.2', '10.0.0.2')],
    ['announcement', message(2, '10.0.0.2', '10.0.0.2')],
    ['rarp-request', message(3, '0.0.0.0', '0.0.0.0')],
    ['other', message(9, '10.0.0.1', '10.0.0.2')],
  ])('tells a %s', (kind, bytes) => {
    expect(arp.kindOf(decode(bytes))).toBe(kind);
  });

  it('reads the addresses as numbers', () => {
    const record = decode(message(2, '10.0.0.1', '192.0.2.255', A));
    expect(record).toMatchObject({
      operation: 2,
      senderMac: keyMac(A),
      senderIp: key4('10.0.0.1'),
      targetMac: keyMac(A),
      targetIp: key4('192.0.2.255'),
      faults: [],
    });
  });

  it('keeps hardware addresses of another length as bytes (RFC 4390: 20 for InfiniBand)', () => {
    const bytes = concat(
      hex('0020 0800 14 04 0001'),
      new Uint8Array(20).fill(7),
      ip4('10.0.0.1'),
      new Uint8Array(20),
      ip4('10.0.0.2'),
    );
    expect(decode(bytes)).toMatchObject({
      senderMac: -1,
      senderHardware: { at: 8, length: 20 },
      senderIp: key4('10.0.0.1'),
    });
  });

  it('cut at any length is a cut, and gives no field', () => {
    const bytes = message(1, '10.0.0.1', '10.0.0.2');
    for (let end = 0; end < bytes.length; end += 1) {
      const record = decode(bytes, end);
      expect(record.cut?.code, `${end} bytes`).toBe('cut');
      expect(Object.keys(record).sort()).toEqual(['cut', 'faults', 'protocol']);
    }
  });
});
