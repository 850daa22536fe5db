import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, UNDECLARED, type Analysis } from '../../src/index.ts';
import { Blocks } from '../capture/vectors.ts';
import * as p from '../support/packets.ts';
import { TAKEOVER } from './floods.ts';

/** A capture that is transferred while another is made: whoever guesses where records begin reads the inner one. */
const TIME = 1_700_000_000;
const A = { ip: '10.0.0.1', mac: '02:00:00:00:00:0a' };
const B = { ip: '10.0.0.2', mac: '02:00:00:00:00:0b' };
const WITNESS = p.arpFrame({ operation: 1, senderMac: A.mac, senderIp: A.ip, targetIp: B.ip });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inner = p.pcapFile(
  Array.from({ length: 200 }, (_, i) => TAKEOVER.map((bytes, j) => ({ time: TIME + i + j / 10, bytes }))).flat(),
);
const le = new Blocks(true);
const blocks = (frames: readonly Uint8Array[]): number[][] =>
  frames.map((bytes, i) =>
    le.block(6, [
      ...le.u32(0),
      ...le.u32(0),
      ...le.u32(i),
      ...le.u32(bytes.length),
      ...le.u32(bytes.length),
      ...bytes,
      ...new Uint8Array(-bytes.length & 3),
    ]),
  );
const innerNg = p.concat(le.section(), le.iface(), ...Array.from({ length: 100 }, () => blocks(TAKEOVER)).flat());

function transferred(capture: Uint8Array, piece: number, over: 'tftp' | 'tcp'): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < capture.length; at += piece) {
    const bytes = capture.subarray(at, at + piece);
    frames.push(
      over === 'tftp'
        ? p.udp4Frame(
            {
              srcMac: A.mac,
              dstMac: B.mac,
              src: A.ip,
              dst: B.ip,
              sport: 40_000,
              dport: 2070,
              id: frames.length & 0xffff,
            },
            p.concat(p.u16(3), p.u16(frames.length + 1), bytes),
          )
        : p.eth(
            { src: A.mac, dst: B.mac, type: p.ETHER_IPV4 },
            p.ipv4(
              { src: A.ip, dst: B.ip, proto: 6, id: frames.length & 0xffff },
              p.tcp({ sport: 80, dport: 3000, seq: at }, bytes),
            ),
          ),
    );
  }
  return [WITNESS, ...frames, WITNESS];
}

async function judged(path: string, options = {}): Promise<Analysis> {
  return analyze([{ vantage: '', files: [path] }], { site: UNDECLARED, workers: 0, ...options });
}

describe.each(['tftp', 'tcp'] as const)('a capture inside a capture, over %s', (over) => {
  it.each([
    ['pcap in pcap', inner, false],
    ['pcapng in pcap', innerNg, false],
    ['pcapng in pcapng', innerNg, true],
    ['pcap in pcapng', inner, true],
  ])('%s: nothing of the inner one is taken for traffic, wherever it is cut', async (name, capture, ng) => {
    const frames = transferred(capture, 1400, over);
    const path = join(folder, `${over}-${name.replaceAll(' ', '-')}`);
    writeFileSync(
      path,
      ng
        ? p.concat(le.section(), le.iface(), ...blocks(frames))
        : p.pcapFile(frames.map((bytes, i) => ({ time: TIME + i / 1000, bytes }))),
    );
    const whole = await judged(path);
    expect(whole.captures[0]).toMatchObject({ frames: frames.length, faults: [] });
    expect(whole.records['dhcpv4']).toBeUndefined();
    expect(whole.records['arp']?.total).toBe(2);
    expect(whole.findings.filter(({ id }) => id.startsWith('dhcp'))).toEqual([]);
    for (const range of [64, 1021, 4096]) expect(await judged(path, { workers: 2, range })).toEqual(whole);
  });
});

it('a compressed capture inside is not unpacked, and one behind the end is not read', async () => {
  const path = join(folder, 'packed');
  const frames = transferred(gzipSync(inner), 500, 'tftp');
  writeFileSync(path, p.pcapFile(frames.map((bytes, i) => ({ time: TIME + i / 1000, bytes }))));
  expect((await judged(path)).records['dhcpv4']).toBeUndefined();
  // Two captures one behind the other: the second's header is no record.
  writeFileSync(path, p.concat(p.pcapFile([{ time: TIME, bytes: WITNESS }]), inner));
  const { captures, records, complete } = await judged(path);
  expect([records['dhcpv4'], complete]).toEqual([undefined, false]);
  expect(captures[0]?.faults).toMatchObject([{ code: 'bad-record-length' }]);
});

it('records of which each looks like a header for the next, shifted by every offset', async () => {
  const lure = p.concat(...Array.from({ length: 40 }, () => [0, 0, 0, 0x65, 0, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0]));
  for (let shift = 0; shift < 16; shift += 1) {
    const path = join(folder, 'shifted');
    const bytes = p.eth({ src: A.mac, dst: B.mac, type: 0x1234 }, p.concat(new Uint8Array(shift), lure));
    writeFileSync(path, p.pcapFile(Array.from({ length: 50 }, () => ({ time: TIME, bytes }))));
    const whole = await judged(path);
    expect(whole.captures[0]).toMatchObject({ frames: 50, faults: [] });
    expect(await judged(path, { workers: 1, range: 100 })).toEqual(whole);
  }
});
