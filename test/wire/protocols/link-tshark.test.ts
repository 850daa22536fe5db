import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/wire/cursor.ts';
import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../../src/wire/dissect.ts';
import { FOUND, Layers } from '../../../src/wire/layers.ts';
import type { WireRecord } from '../../../src/wire/registry.ts';
import { macText } from '../../../src/wire/values.ts';
import {
  bpduFrame,
  cdpFrame,
  eapolFrame,
  eapolPacket,
  lacpFrame,
  macsecFrame,
  mkpdu,
  pvstFrame,
} from '../../support/link.ts';
import { eth, hex, pcapFile } from '../../support/packets.ts';
import { hasTool } from '../../support/needs.ts';

const SRC = '02:16:3e:00:00:5b';
const DATA = new Uint8Array(60).fill(0x44);

/** A frame, the fields that tshark reads of it, and what the record must say. */
const CASES: readonly {
  name: string;
  frame: Uint8Array;
  fields: string[];
  ours: (r: WireRecord) => (string | number)[];
}[] = [
  {
    name: 'CDP',
    frame: cdpFrame(SRC, { device: 'sw', port: 'Gi0/1', nativeVlan: 30, address: '198.51.100.9', mtu: 1500 }),
    fields: ['cdp.version', 'cdp.ttl', 'cdp.native_vlan', 'cdp.mtu', 'cdp.number_of_addresses'],
    ours: (r) =>
      r.protocol === 'cdp' && r.cut === undefined ? [r.version, r.ttl, r.nativeVlan, r.mtu, r.addresses.length] : [],
  },
  ...[0, 2, 3].map((version) => ({
    name: `BPDU of version ${version}`,
    frame: bpduFrame(SRC, {
      version,
      flags: version === 0 ? 1 : 0x3c,
      ...(version === 3 ? { mst: { name: 'r', instances: 1 } } : {}),
    }),
    fields: [
      'stp.version',
      'stp.type',
      'stp.flags',
      'stp.root.hw',
      'stp.port',
      'stp.forward',
      'mstp.cist_remaining_hops',
    ],
    ours: (r: WireRecord) =>
      r.protocol === 'stp' && r.cut === undefined
        ? [
            r.version,
            r.type,
            r.flags,
            macText(r.root?.address ?? -1),
            r.portId,
            r.forwardDelay / 256,
            r.mst?.remainingHops ?? '',
          ]
        : [],
  })),
  ...[0, 2].map((version) => ({
    name: `per-VLAN BPDU of version ${version}`,
    frame: pvstFrame(SRC, { version, vlan: 40 }),
    fields: ['stp.version', 'stp.pvst.origvlan', 'stp.root.ext'],
    ours: (r: WireRecord) =>
      r.protocol === 'stp' && r.cut === undefined ? [r.version, r.originatingVlan, r.root?.extension ?? -1] : [],
  })),
  {
    name: 'LACPDU',
    frame: lacpFrame(SRC, { system: SRC, key: 5, port: 3, state: 0x45 }, { state: 2 }),
    fields: [
      'lacp.actor.sysid',
      'lacp.actor.key',
      'lacp.actor.port',
      'lacp.actor.state',
      'lacp.partner.state',
      'lacp.collector.max_delay',
    ],
    ours: (r) =>
      r.protocol === 'lacp' && r.cut === undefined && 'actor' in r
        ? [macText(r.actor.system), r.actor.key, r.actor.port, r.actor.state, r.partner.state, r.collectorMaxDelay]
        : [],
  },
  {
    name: 'MACsec',
    frame: macsecFrame(SRC, 'ff:ff:ff:ff:ff:ff', { an: 1, packetNumber: 99, sci: { system: SRC, port: 1 } }, DATA),
    fields: ['macsec.AN', 'macsec.SL', 'macsec.PN', 'macsec.SCI.system_identifier', 'macsec.SCI.port_identifier'],
    ours: (r) =>
      r.protocol === 'macsec' && r.cut === undefined
        ? [r.associationNumber, r.shortLength, r.packetNumber, macText(r.sciSystem), r.sciPort]
        : [],
  },
  {
    name: 'MKA',
    frame: eapolFrame(
      SRC,
      eapolPacket(5, mkpdu({ mi: '0102030405060708090a0b0c', ckn: '6162', live: ['a1a2a3a4a5a6a7a8a9aaabac'] }), 3),
    ),
    fields: ['mka.version_id', 'mka.ks_prio', 'mka.actor_mi', 'mka.peer_mi', 'mka.cak_name'],
    ours: (r) =>
      r.protocol === 'eapol' && r.cut === undefined && r.mka !== undefined
        ? [
            r.mka.version,
            r.mka.keyServerPriority,
            Buffer.from(r.mka.memberIdentifier, 'latin1').toString('hex'),
            Buffer.from(r.mka.livePeers[0] ?? '', 'latin1').toString('hex'),
            '6162',
          ]
        : [],
  },
];

describe.skipIf(!hasTool('tshark'))('the link protocols as tshark reads them', () => {
  it.each(CASES)('$name', ({ frame, fields, ours }) => {
    const folder = mkdtempSync(join(tmpdir(), 'link-'));
    try {
      const file = join(folder, 'one.pcap');
      writeFileSync(file, pcapFile([{ time: 1, bytes: frame }]));
      const text = execFileSync(
        'tshark',
        ['-r', file, '-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((f) => ['-e', f])],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const theirs = text.replace(/\n$/, '').split('\t').map(plain);
      expect(ours(recordOf(frame)).map((value) => plain(String(value)))).toEqual(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads nothing where the frame ends or the service access points differ', () => {
    const layers = new Layers(CLAIMS);
    const frame = bpduFrame(SRC);
    for (let end = 0; end < 17; end += 1) expect(layers.walk(frame, 0, end, 1)).toBe(FOUND.nothing);
    const other = eth({ src: SRC, dst: SRC, type: 40 }, hex(`42 40 03 ${'00'.repeat(37)}`));
    expect(layers.walk(other, 0, other.length, 1)).toBe(FOUND.nothing);
    const odd = eth({ src: SRC, dst: SRC, type: 40 }, hex(`aa aa 03 00000c 2001 ${'00'.repeat(32)}`));
    expect(layers.walk(odd, 0, odd.length, 1)).toBe(FOUND.nothing);
  });
});

/** Numbers are compared as such: tshark writes some in hexadecimal. */
function plain(text: string): string {
  return /^0x[0-9a-f]+$/.test(text) || /^\d+$/.test(text) ? String(Number(text)) : text;
}

function recordOf(frame: Uint8Array): WireRecord {
  const layers = new Layers(CLAIMS);
  expect(layers.walk(frame, 0, frame.length, 1)).toBe(FOUND.claim);
  const e = newEnvelope();
  e.end = frame.length;
  fillNetwork(e, layers, frame);
  fillTransport(e, layers, frame);
  const protocol = CLAIMS.protocols[layers.claim - 1];
  if (protocol === undefined) throw new Error('no protocol claims it');
  return protocol.decode(new Cursor().open(frame, e.payload, e.payloadEnd, 'length field'), e) as WireRecord;
}
