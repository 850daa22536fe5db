import { describe, expect, it } from 'vitest';
import { eapol } from '../../../src/wire/protocols/eapol/index.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { mkpdu } from '../../support/link.ts';
import { concat, hex, keyMac, u16, utf8 } from '../../support/packets.ts';

const packet = (type: number, body: Uint8Array): Uint8Array => concat([2, type], u16(body.length), body);
const eap = (code: number, ...data: (Uint8Array | readonly number[])[]): Uint8Array => {
  const rest = concat(...data);
  return concat([code, 7], u16(4 + rest.length), rest);
};
const IDENTITY = packet(0, eap(2, [1], utf8('host/rack-12')));

describe('EAPOL', () => {
  it('gives code, method and the identity of a response', () => {
    const padded = concat(IDENTITY, new Uint8Array(20));
    const record = whole(decode(eapol, padded));
    expect(eapol.kindOf(record)).toBe('response');
    expect(record).toMatchObject({
      version: 2,
      type: 0,
      length: IDENTITY.length - 4,
      eap: { code: 2, identifier: 7, type: 1 },
      faults: [],
    });
    expect(textOf(padded, record.eap?.identity)).toBe('host/rack-12');
  });

  it('tells the kinds apart', () => {
    const kinds = [
      packet(1, hex('')),
      packet(2, hex('')),
      packet(3, new Uint8Array(95)),
      packet(5, hex('01')),
      packet(99, hex('')),
      packet(0, eap(1, [1])),
      packet(0, eap(3)),
      packet(0, eap(4)),
      packet(0, eap(5, [1])),
    ].map((bytes) => eapol.kindOf(decode(eapol, bytes)));
    expect(kinds).toEqual(['start', 'logoff', 'key', 'mka', 'other', 'request', 'success', 'failure', 'eap']);
  });

  it('takes no method from success and failure, and no identity from other methods', () => {
    expect(decode(eapol, packet(0, eap(3)))).toMatchObject({ eap: { code: 3, type: -1, identity: undefined } });
    expect(decode(eapol, packet(0, eap(1, [13, 0x20])))).toMatchObject({ eap: { type: 13, identity: undefined } });
  });

  it('says where each is wrong', () => {
    const faults = (bytes: Uint8Array) => faultsOf(decode(eapol, bytes));
    expect(faults(concat([2, 0], u16(50), eap(2, [1], utf8('a'))))).toEqual(['cut body']);
    expect(faults(packet(0, hex('0107')))).toEqual(['cut body.eap']);
    expect(faults(packet(0, hex('01070003')))).toEqual(['length body.eapLength']);
    expect(faults(packet(0, hex('01070004')))).toEqual(['cut body.eap.type']);
    expect(faults(packet(0, hex('02070010 01 61')))).toEqual(['cut body.eap']);
    expect(decode(eapol, packet(0, hex('02070010 01 61')))).toMatchObject({ eap: { type: 1, identity: undefined } });
    expect(decode(eapol, hex('020000')).cut).toMatchObject({ need: 4, have: 3 });
  });

  it('survives every prefix and every change', () => {
    everyPrefix(eapol, IDENTITY);
    survives(eapol, IDENTITY);
  });

  it('names the fields that explain shows', () => {
    const { rows } = trace(eapol, IDENTITY);
    const row = (path: string) => rows.find((candidate) => candidate.path === path);
    expect(row('type')).toMatchObject({ value: 0, label: 'EAP packet' });
    expect(row('body.eap.type')).toMatchObject({ value: 1, label: 'Identity' });
    expect(row('body.eap.identity')).toMatchObject({ value: 'host/rack-12' });
  });
});

describe('MKA', () => {
  const [ONE, TWO] = ['0102030405060708090a0b0c', 'a1a2a3a4a5a6a7a8a9aaabac'];
  const CKN = '6162636465';
  const PDU = packet(
    5,
    mkpdu({
      mi: ONE,
      mn: 3,
      ckn: CKN,
      keyServer: true,
      live: [TWO],
      potential: [TWO],
      sakUse: true,
      distributed: true,
    }),
  );

  it('gives the key name, the member and its peers', () => {
    const { mka, faults } = whole(decode(eapol, PDU));
    expect(faults).toEqual([]);
    expect(mka).toMatchObject({
      version: 1,
      keyServerPriority: 16,
      keyServer: true,
      macsecDesired: true,
      macsecCapability: 2,
      sciSystem: keyMac('02:00:00:00:0a:01'),
      sciPort: 1,
      memberIdentifier: Buffer.from(hex(ONE)).toString('latin1'),
      messageNumber: 3,
      livePeers: [Buffer.from(hex(TWO)).toString('latin1')],
      potentialPeers: [Buffer.from(hex(TWO)).toString('latin1')],
      distributedSak: true,
      sakInUse: true,
      icv: { length: 16 },
    });
    expect(textOf(PDU, mka?.ckn)).toBe('abcde');
  });

  it('takes what follows an indicator for the integrity check value, whatever its length', () => {
    const body = concat(mkpdu({ mi: ONE, ckn: CKN }).slice(0, -16), [255, 0], u16(12), new Uint8Array(12));
    const { mka, faults } = whole(decode(eapol, packet(5, body)));
    expect(faults).toEqual([]);
    expect(mka?.icv.length).toBe(12);
  });

  it('is none where its first parameter set is cut or too short', () => {
    expect(whole(decode(eapol, packet(5, hex('0110e01c')))).mka).toBeUndefined();
    const body = mkpdu({ mi: ONE, ckn: CKN });
    body[3] = 5;
    expect(faultsOf(decode(eapol, packet(5, body)))).toContain('length body.mka.flagsAndLength');
  });

  it('survives every prefix and any bytes', () => {
    everyPrefix(eapol, PDU, {}, ['icv']);
    survives(eapol, PDU);
  });
});
