import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Deterministic captures for the benchmark: the same arguments give the same bytes.
 *
 *   tsx bench/generate.ts FILE mixed|dense BYTES [SEED]
 *
 * `mixed`: bulk TCP and UDP with 5 % control traffic (DHCP, ARP, TFTP, ND) of a healthy site. `dense`: DHCP only,
 * 16,384 clients that lease again and again.
 */

const CHUNK = 8 * 1024 * 1024;
/** Mean distance between frames, microseconds. */
const STEP_US = 40;

/** xorshift32: enough to vary sizes and ports; not for secrets. */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }
  below(n: number): number {
    return this.next() % n;
  }
}

const RACK = [0x02, 0x16, 0x3e, 0x77, 0, 1];
const RACK_IP = [10, 0, 0, 2];

function clientMac(n: number): number[] {
  return [0x52, 0x54, 0x00, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

function clientIp(n: number): number[] {
  return [10, (n >>> 14) & 63, (n >>> 6) & 255, 4 + (n & 63)];
}

function u16(n: number): number[] {
  return [(n >>> 8) & 255, n & 255];
}

function u32(n: number): number[] {
  return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

function checksum(bytes: readonly number[], seed = 0): number {
  let sum = seed;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~sum & 0xffff;
}

function ethernet(dst: number[], src: number[], type: number, payload: number[]): Uint8Array {
  return Uint8Array.from([...dst, ...src, ...u16(type), ...payload]);
}

function ipv4(src: number[], dst: number[], protocol: number, id: number, payload: number[], ttl = 64): number[] {
  const header = [0x45, 0, ...u16(20 + payload.length), ...u16(id), 0, 0, ttl, protocol, 0, 0, ...src, ...dst];
  const sum = checksum(header);
  header[10] = sum >>> 8;
  header[11] = sum & 255;
  return [...header, ...payload];
}

function udp(src: number, dst: number, payload: number[], from: number[], to: number[]): number[] {
  const header = [...u16(src), ...u16(dst), ...u16(8 + payload.length), 0, 0];
  const all = [...header, ...payload];
  const sum = checksum([...from, ...to, 0, 17, ...u16(all.length), ...all]) || 0xffff;
  all[6] = sum >>> 8;
  all[7] = sum & 255;
  return all;
}

function dhcp(op: number, xid: number, mac: number[], yiaddr: number[], options: number[]): number[] {
  const siaddr = op === 2 ? RACK_IP : [0, 0, 0, 0];
  const out = [op, 1, 6, 0, ...u32(xid), 0, 0, 0, 0, 0, 0, 0, 0, ...yiaddr, ...siaddr, 0, 0, 0, 0, ...mac];
  while (out.length < 236) out.push(0);
  out.push(0x63, 0x82, 0x53, 0x63, ...options, 255);
  while (out.length < 300) out.push(0);
  return out;
}

const PXE = [...'PXEClient:Arch:00007:UNDI:003016'].map((c) => c.charCodeAt(0));
const FILE = [...'bootx64.efi'].map((c) => c.charCodeAt(0));
const BROADCAST = [255, 255, 255, 255, 255, 255];

/** The four messages of one lease; `n` picks the client. */
export function dora(n: number, xid: number, id: number): Uint8Array[] {
  const mac = clientMac(n);
  const ip = clientIp(n);
  const zero = [0, 0, 0, 0];
  const all = [255, 255, 255, 255];
  const client = [60, PXE.length, ...PXE, 93, 2, 0, 7, 55, 4, 1, 3, 6, 67];
  const promise = [
    54,
    4,
    ...RACK_IP,
    51,
    4,
    0,
    0,
    2,
    88,
    1,
    4,
    255,
    0,
    0,
    0,
    3,
    4,
    10,
    0,
    0,
    1,
    6,
    4,
    ...RACK_IP,
    67,
    FILE.length,
    ...FILE,
  ];
  const up = (options: number[], i: number): Uint8Array =>
    ethernet(
      BROADCAST,
      mac,
      0x0800,
      ipv4(zero, all, 17, (id + i) & 0xffff, udp(68, 67, dhcp(1, xid, mac, zero, options), zero, all)),
    );
  const down = (type: number, i: number): Uint8Array =>
    ethernet(
      mac,
      RACK,
      0x0800,
      ipv4(
        RACK_IP,
        ip,
        17,
        (id + i) & 0xffff,
        udp(67, 68, dhcp(2, xid, mac, ip, [53, 1, type, ...promise]), RACK_IP, ip),
        128,
      ),
    );
  return [
    up([53, 1, 1, ...client], 0),
    down(2, 1),
    up([53, 1, 3, 50, 4, ...ip, 54, 4, ...RACK_IP, ...client], 2),
    down(5, 3),
  ];
}

export function arp(n: number): Uint8Array[] {
  const mac = clientMac(n);
  const ip = clientIp(n);
  const head = [0, 1, 8, 0, 6, 4];
  return [
    ethernet(BROADCAST, mac, 0x0806, [
      ...head,
      0,
      1,
      ...mac,
      ...ip,
      0,
      0,
      0,
      0,
      0,
      0,
      ...RACK_IP,
      ...Array.from({ length: 18 }, () => 0),
    ]),
    ethernet(mac, RACK, 0x0806, [
      ...head,
      0,
      2,
      ...RACK,
      ...RACK_IP,
      ...mac,
      ...ip,
      ...Array.from({ length: 18 }, () => 0),
    ]),
  ];
}

/** One block and its acknowledgement of a long transfer. */
export function tftp(n: number, block: number, id: number): Uint8Array[] {
  const mac = clientMac(n);
  const ip = clientIp(n);
  const data = [0, 3, ...u16(block), ...Array.from({ length: 1024 }, (_v, i) => (i * 7 + block) & 255)];
  const server = 20_000 + (n & 4095);
  const client = 2070 + (n & 1023);
  return [
    ethernet(mac, RACK, 0x0800, ipv4(RACK_IP, ip, 17, id & 0xffff, udp(server, client, data, RACK_IP, ip))),
    ethernet(
      RACK,
      mac,
      0x0800,
      ipv4(ip, RACK_IP, 17, (id + 1) & 0xffff, udp(client, server, [0, 4, ...u16(block)], ip, RACK_IP)),
    ),
  ];
}

export function nd(n: number): Uint8Array[] {
  const mac = clientMac(n);
  const low = [(n >>> 8) & 255, n & 255];
  const client = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x50, 0x54, 0, 0xff, 0xfe, 1, ...low];
  const rack = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
  const v6 = (src: number[], dst: number[], body: number[]): number[] => {
    const sum = checksum([...src, ...dst, ...u32(body.length), 0, 0, 0, 58, ...body]);
    body[2] = sum >>> 8;
    body[3] = sum & 255;
    return [0x60, 0, 0, 0, ...u16(body.length), 58, 255, ...src, ...dst, ...body];
  };
  const group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2];
  return [
    ethernet(
      [0x33, 0x33, 0xff, 0, 0, 2],
      mac,
      0x86dd,
      v6(client, group, [135, 0, 0, 0, 0, 0, 0, 0, ...rack, 1, 1, ...mac]),
    ),
    ethernet(mac, RACK, 0x86dd, v6(rack, client, [136, 0, 0, 0, 0x60, 0, 0, 0, ...rack, 2, 1, ...RACK])),
  ];
}

export function bulk(random: Random): Uint8Array[] {
  const a = [10, 64, random.below(256), 2 + random.below(250)];
  const b = [10, 65, random.below(256), 2 + random.below(250)];
  const macA = [0x02, 0xaa, 0, a[1]!, a[2]!, a[3]!];
  const macB = [0x02, 0xbb, 0, b[1]!, b[2]!, b[3]!];
  const kind = random.below(100);
  const noise = (n: number): number[] => Array.from({ length: n }, () => random.next() & 255);
  if (kind < 60) {
    const header = [
      ...u16(443),
      ...u16(32_768 + random.below(28_000)),
      ...u32(random.next()),
      ...u32(random.next()),
      0x80,
      0x10,
      1,
      0,
      0,
      0,
      0,
      0,
      1,
      1,
      8,
      10,
      ...u32(random.next()),
      ...u32(random.next()),
    ];
    return [ethernet(macA, macB, 0x0800, ipv4(b, a, 6, random.below(65536), [...header, ...noise(1448)]))];
  }
  if (kind < 85) {
    const header = [
      ...u16(32_768 + random.below(28_000)),
      ...u16(443),
      ...u32(random.next()),
      ...u32(random.next()),
      0x80,
      0x10,
      1,
      0,
      0,
      0,
      0,
      0,
      1,
      1,
      8,
      10,
      ...u32(random.next()),
      ...u32(random.next()),
    ];
    return [ethernet(macB, macA, 0x0800, ipv4(a, b, 6, random.below(65536), header))];
  }
  const payload = [0x40 | random.below(64), ...noise(kind < 95 ? 1199 : 180)];
  return [
    ethernet(
      macA,
      macB,
      0x0800,
      ipv4(b, a, 17, random.below(65536), udp(443, 40_000 + random.below(20_000), payload, b, a)),
    ),
  ];
}

/** Templates made beforehand: building a frame costs a hundred times more than copying it. */
const BULK_TEMPLATES = 512;

/** Writes the capture. @param from microseconds by which its first frame is later @returns frames written */
export function generate(path: string, mode: 'mixed' | 'dense', bytes: number, seed = 1, from = 0): number {
  const random = new Random(seed);
  const out = Buffer.alloc(CHUNK + 262_144);
  const fd = openSync(path, 'w');
  const templates = Array.from({ length: BULK_TEMPLATES }, () => bulk(random)[0]!);
  let at = 0;
  let written = 0;
  let frames = 0;
  let micros = from;
  out.writeUInt32LE(0xa1b2c3d4, 0);
  out.writeUInt16LE(2, 4);
  out.writeUInt16LE(4, 6);
  out.writeUInt32LE(262_144, 16);
  out.writeUInt32LE(1, 20);
  at = 24;
  const put = (frame: Uint8Array): void => {
    micros += 1 + random.below(2 * STEP_US);
    out.writeUInt32LE(1_790_000_000 + Math.floor(micros / 1e6), at);
    out.writeUInt32LE(micros % 1_000_000, at + 4);
    out.writeUInt32LE(frame.length, at + 8);
    out.writeUInt32LE(frame.length, at + 12);
    out.set(frame, at + 16);
    at += 16 + frame.length;
    frames += 1;
    if (at >= CHUNK) {
      writeSync(fd, out, 0, at);
      written += at;
      at = 0;
    }
  };
  let client = 0;
  let block = 0;
  while (written + at < bytes) {
    const id = random.below(65_536);
    client += 1;
    const xid = random.next();
    if (mode === 'dense') {
      for (const frame of dora(client & 0x3fff, xid, id)) put(frame);
      continue;
    }
    // Ten control frames, then 190 of bulk: 5 %.
    for (const frame of dora(client & 0x3ffff, xid, id)) put(frame);
    for (const frame of arp(client & 0xfff)) put(frame);
    for (const frame of client % 8 === 0 ? nd(client & 0xfff) : arp((client * 7) & 0xfff)) put(frame);
    block = (block + 1) & 0xffff;
    for (const frame of tftp(client >>> 8, block, id)) put(frame);
    for (let i = 0; i < 190; i += 1) put(templates[random.below(BULK_TEMPLATES)]!);
  }
  writeSync(fd, out, 0, at);
  closeSync(fd);
  return frames;
}

const [file, mode, size, seed] = process.argv.slice(2);
if (process.argv[1]?.endsWith('generate.ts') && file !== undefined && (mode === 'mixed' || mode === 'dense')) {
  process.stdout.write(`${generate(file, mode, Number(size), Number(seed ?? 1))} frames\n`);
}
