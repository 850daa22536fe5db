import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, decode, explain, UNDECLARED } from '../../src/index.ts';
import { analyzeFrames } from '../support/captured.ts';
import { buildDhcp4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';
import { message6, option6 } from '../support/scene.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const dhcp = (
  message: Uint8Array = buildDhcp4({
    options: [
      [53, [1]],
      [12, 'host'],
    ],
  }),
): Uint8Array =>
  p.udp4Frame(
    { srcMac: A, dstMac: p.BROADCAST, src: '0.0.0.0', dst: '255.255.255.255', sport: 68, dport: 67 },
    message,
  );
const GOOD = dhcp(
  buildDhcp4({
    xid: 99,
    options: [
      [53, [1]],
      [12, 'frame-behind'],
    ],
  }),
);
const solicit = p.udp6Frame(
  { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'ff02::1:2', sport: 546, dport: 547 },
  message6(
    1,
    1,
    option6(1, [0, 3, 0, 1, ...p.mac(A)]),
    option6(3, p.concat(new Uint8Array(12), option6(5, new Uint8Array(24)))),
  ),
);
const ns = p.icmp6Frame(
  { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'ff02::1', type: 135 },
  p.concat(p.u32(0), p.ip6('fe80::2'), p.ndOption(1, p.mac(A)), p.ndOption(14, new Uint8Array(6))),
);
const arp = p.arpFrame({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2' });
const rrq = p.udp4Frame(
  { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', sport: 2000, dport: 69 },
  p.concat(p.u16(1), p.utf8('f\0octet\0blksize\x001468\0')),
);
const http = p.eth(
  { src: A, dst: B, type: p.ETHER_IPV4 },
  p.ipv4(
    { src: '10.0.0.1', dst: '10.0.0.2', proto: 6 },
    p.tcp({ sport: 1, dport: 80 }, p.utf8('GET / HTTP/1.1\r\n\r\n')),
  ),
);
const lldp = p.eth(
  { src: A, dst: '01:80:c2:00:00:0e', type: 0x88cc },
  p.concat([2, 7, 4], p.mac(A), [4, 3, 5, 0x31, 0x32, 6, 2, 0, 120, 0, 0]),
);
const geneve = p.udp4Frame(
  { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', sport: 1, dport: 6081 },
  p.geneve(1, dhcp()),
);
const snap = p.snap({ src: A, dst: B, type: p.ETHER_ARP }, arp.subarray(14));
const routed = p.eth(
  { src: A, dst: B, type: p.ETHER_IPV6 },
  p.ipv6(
    { src: 'fe80::1', dst: 'fe80::2', proto: 17, extensions: [p.paddingHeader(0), p.paddingHeader(51)] },
    p.udp({ sport: 546, dport: 547 }, new Uint8Array(20)),
  ),
);

/** Every length field of every layer: the frame, where it stands, its width in bytes. */
const FIELDS: readonly [string, Uint8Array, number, number][] = [
  ['802.3 length', snap, 12, 2],
  ['IPv4 header length', dhcp(), 14, 1],
  ['IPv4 total length', dhcp(), 16, 2],
  ['IPv4 fragment offset', dhcp(), 20, 2],
  ['UDP length', dhcp(), 38, 2],
  ['TCP data offset', http, 46, 1],
  ['IPv6 payload length', solicit, 18, 2],
  ['hop-by-hop length', routed, 55, 1],
  ['authentication header length', routed, 63, 1],
  ['Geneve options length', geneve, 42, 1],
  ['ARP hardware length', arp, 18, 1],
  ['ARP protocol length', arp, 19, 1],
  ['DHCP hlen', dhcp(), 44, 1],
  ['DHCP option length', dhcp(), 14 + 20 + 8 + 240 + 1, 1],
  ['DHCP second option length', dhcp(), 14 + 20 + 8 + 240 + 4, 1],
  ['DHCPv6 option length', solicit, 54 + 8 + 6, 2],
  ['DHCPv6 option length inside an IA', solicit, 54 + 8 + 4 + 4 + 10 + 4 + 12 + 2, 2],
  ['ND option length', ns, 54 + 24 + 1, 1],
  ['LLDP TLV length', lldp, 14, 2],
  ['TFTP opcode', rrq, 42, 2],
];
const VALUES = [0, 1, 3, 7, 8, 19, 0x44, 0x4f, 0x7f, 0x80, 0xfe, 0xff, 0x100, 0x7fff, 0x8000, 0xffff];

describe('a length field that lies', () => {
  it.each(FIELDS)(
    '%s: every reader says something, and the frame behind it is read',
    async (_name, frame, at, width) => {
      const lies = VALUES.filter((value) => value < 256 ** width).map((value) => {
        const bytes = Uint8Array.from(frame);
        bytes.set(width === 1 ? p.u8(value) : p.u16(value), at);
        return bytes;
      });
      const frames = [...lies, GOOD].map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }));
      const file = join(folder, 'lies.pcap');
      writeFileSync(file, p.pcapFile(frames));
      const input = [{ vantage: '', files: [file] }];
      const analysis = await analyze(input, { site: UNDECLARED, workers: 0 });
      expect(analysis.captures[0]).toMatchObject({ frames: frames.length, faults: [] });
      const lines: unknown[] = [];
      await decode(input, { what: 'records', workers: 0, take: (objects) => void lines.push(...objects) });
      expect(JSON.stringify(lines.at(-1))).toContain('frame-behind');
      expect(JSON.stringify(lines.at(-1))).toContain(`"frame":${frames.length}`);
      const totals = Object.values(analysis.records).reduce((sum, { total }) => sum + total, 0);
      expect(lines.length).toBe(totals);
      for (let frameNumber = 1; frameNumber < frames.length; frameNumber += 5) {
        expect((await explain(file, frameNumber)).frame).toBe(frameNumber);
      }
    },
  );
});

describe('a record header that lies', () => {
  const record = (captured: number, length: number, bytes: Uint8Array): Uint8Array => {
    const out = new Uint8Array(16 + bytes.length);
    const view = new DataView(out.buffer);
    view.setUint32(0, 1_700_000_000, true);
    view.setUint32(8, captured, true);
    view.setUint32(12, length, true);
    out.set(bytes, 16);
    return out;
  };
  const file = async (...records: Uint8Array[]): Promise<Awaited<ReturnType<typeof analyze>>> => {
    const path = join(folder, 'record.pcap');
    writeFileSync(path, p.concat(p.pcapFile([]), ...records));
    return analyze([{ vantage: '', files: [path] }], { site: UNDECLARED, workers: 0 });
  };
  const good = record(GOOD.length, GOOD.length, GOOD);

  it.each([
    ['nothing was captured', record(0, 1500, new Uint8Array(0))],
    ['nothing was on the wire', record(GOOD.length, 0, GOOD)],
    ['less was on the wire than was captured', record(GOOD.length, 20, GOOD)],
    ['four gigabytes were on the wire', record(GOOD.length, 0xffffffff, GOOD)],
  ])('%s: what is there is read', async (_name, bytes) => {
    const { captures, records } = await file(good, bytes, good);
    expect(captures[0]).toMatchObject({ frames: 3, faults: [] });
    expect(records['dhcpv4']?.total).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['one byte more than there can be', 262_145, 'bad-record-length'],
    ['two gigabytes', 0x7fffffff, 'bad-record-length'],
    ['four gigabytes', 0xffffffff, 'bad-record-length'],
    ['more than the file has', 200_000, 'truncated-record'],
  ])('%s were captured: all before it is judged, and it is said where', async (_name, captured, code) => {
    const { captures, records, complete } = await file(good, record(captured, captured, GOOD), good);
    expect(captures[0]).toMatchObject({ frames: 1, faults: [{ code, offset: 24 + good.length, afterFrame: 1 }] });
    expect([records['dhcpv4']?.total, complete]).toEqual([1, false]);
  });
});

describe('options without an end', () => {
  it('no END, an END that is an option length away, nothing but pads, overload without an end', async () => {
    const endless = [
      buildDhcp4({ options: [[53, [1]]], end: false }),
      buildDhcp4({ options: [[53, [1]]], end: false, padding: [12, 255] }),
      buildDhcp4({ options: [[53, [1]]], end: false, padding: Array<number>(900).fill(0) }),
      buildDhcp4({
        options: [
          [53, [1]],
          [52, [3]],
        ],
        end: false,
        file: Array<number>(128).fill(1),
        sname: Array<number>(64).fill(1),
      }),
      buildDhcp4({ options: [[53, [1]], ...Array.from({ length: 400 }, () => [52, [3]] as const)], end: false }),
      buildDhcp4({ options: [[53, [1]]], end: false, padding: Array.from({ length: 1200 }, () => [60, 0]).flat() }),
    ];
    const { records } = await analyzeFrames(
      endless.map((message, i) => ({ time: 1_700_000_000 + i, bytes: dhcp(message) })),
    );
    expect(records['dhcpv4']).toMatchObject({ total: endless.length, DISCOVER: endless.length });
  });
});
