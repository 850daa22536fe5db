import { stripVTControlCharacters } from 'node:util';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Blocks } from '../capture/vectors.ts';
import { rackwitness } from '../cli/run.ts';
import { buildDhcp4, type Option4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';
import { message6, option6 } from '../support/scene.ts';
import { RACK, ROGUE, SITE } from './floods.ts';

/**
 * Text that takes over a terminal, a line of JSON or a page: escape sequences (7-bit and C1), a carriage return that
 * hides the line, bidirectional override, a line separator, a quote that ends a string, a tag, and a lone byte.
 */
const EVIL = `\u001b]0;owned\u0007\u001b[2J\u009b31m\r\n\u202egnp.exe\u2028"},{"x":"<script>alert(1)</script>\u0000'\`$(id)`;
/** Must come through: the proof that the field was shown, and not left out. */
const SEEN = 'hereIam';

/** Everything that a terminal acts on, but for the end of a line. */
// eslint-disable-next-line no-control-regex
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

const CLIENT = '52:54:00:bb:00:10';
let folder: string;
let profile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  profile = join(folder, 'site.json');
  writeFileSync(profile, JSON.stringify(SITE));
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (length = 200): Uint8Array => p.utf8(SEEN + EVIL).subarray(0, length);

function dhcp(
  type: number,
  from: { ip: string; mac: string } | undefined,
  options: Option4[],
  fields = {},
): Uint8Array {
  return p.udp4Frame(
    {
      srcMac: from?.mac ?? CLIENT,
      dstMac: p.BROADCAST,
      src: from?.ip ?? '0.0.0.0',
      dst: '255.255.255.255',
      sport: from === undefined ? 68 : 67,
      dport: from === undefined ? 67 : 68,
    },
    buildDhcp4({
      chaddr: CLIENT,
      xid: 7,
      op: from === undefined ? 1 : 2,
      options: [[53, [type]], ...options],
      ...fields,
    }),
  );
}

const PXE: Option4 = [60, 'PXEClient:Arch:00007'];
const id = (host: { ip: string }): Option4 => [54, [...p.ip4(host.ip)]];
const tftp = (
  from: { ip: string; mac: string },
  to: { ip: string; mac: string },
  sport: number,
  dport: number,
  payload: Uint8Array,
): Uint8Array => p.udp4Frame({ srcMac: from.mac, dstMac: to.mac, src: from.ip, dst: to.ip, sport, dport }, payload);
const MACHINE = { ip: '10.0.0.200', mac: CLIENT };

/** Frames in which every text field that is shown anywhere says it. */
const FRAMES: readonly Uint8Array[] = [
  dhcp(1, undefined, [
    [60, [...text()]],
    [12, [...text()]],
    [61, [0, ...text()]],
    [77, [...text()]],
    [93, [0, 7]],
  ]),
  dhcp(1, undefined, [
    PXE,
    [12, [...text()]],
    [77, [...text()]],
    [93, [0, 7]],
    [82, [1, 100, ...text(100), 2, 100, ...text(100)]],
  ]),
  ...[ROGUE, RACK].map((host) =>
    dhcp(
      2,
      host,
      [
        id(host),
        [15, [...text()]],
        [66, [...text()]],
        [67, [...text()]],
        [252, [...text()]],
        [56, [...text()]],
        [17, [...text()]],
        [209, [...text()]],
        [210, [...text()]],
        [114, [...text()]],
        [119, [7, ...text(7), 0]],
        [43, [9, 20, 0, 0, 17, ...text(17), 255]],
      ],
      { yiaddr: MACHINE.ip, siaddr: host.ip, sname: [...text(60)], file: [...text(120)] },
    ),
  ),
  dhcp(3, undefined, [PXE, id(ROGUE), [50, [...p.ip4(MACHINE.ip)]], [93, [0, 7]]]),
  dhcp(6, RACK, [id(RACK), [56, [...text()]]]),
  dhcp(5, ROGUE, [id(ROGUE), [67, [...text()]], [1, [255, 255, 255, 0]]], { yiaddr: MACHINE.ip, siaddr: ROGUE.ip }),
  tftp(
    MACHINE,
    ROGUE,
    2071,
    69,
    p.concat(
      p.u16(1),
      text(100).filter((byte) => byte !== 0),
      p.utf8('\0octet\0'),
      text(30).filter((byte) => byte !== 0),
      [0, 0x31, 0],
    ),
  ),
  tftp(
    ROGUE,
    MACHINE,
    69,
    2071,
    p.concat(
      p.u16(5),
      p.u16(1),
      text(100).filter((byte) => byte !== 0),
      [0],
    ),
  ),
  p.eth(
    { src: CLIENT, dst: RACK.mac, type: p.ETHER_IPV4 },
    p.ipv4(
      { src: MACHINE.ip, dst: RACK.ip, proto: 6 },
      p.tcp(
        { sport: 3333, dport: 5248 },
        p.concat(
          p.utf8('GET /'),
          text(80).filter((byte) => byte > 0x20),
          p.utf8(' HTTP/1.1\r\nHost: '),
          text(80).filter((byte) => byte !== 10 && byte !== 13),
          p.utf8('\r\n\r\n'),
        ),
      ),
    ),
  ),
  p.udp6Frame(
    { srcMac: ROGUE.mac, dstMac: CLIENT, src: 'fe80::66', dst: 'fe80::10', sport: 547, dport: 546 },
    message6(
      2,
      1,
      option6(1, [0, 1, ...text(60)]),
      option6(2, [0, 2, ...text(60)]),
      option6(59, text()),
      option6(60, p.concat(p.u16(60), text(60))),
      option6(13, p.concat(p.u16(1), text())),
      option6(15, p.concat(p.u16(60), text(60))),
      option6(24, p.concat([20], text(20), [0])),
    ),
  ),
  p.eth(
    { src: ROGUE.mac, dst: '01:80:c2:00:00:0e', type: 0x88cc },
    p.concat(
      [2, 61, 7],
      text(60),
      [4, 61, 7],
      text(60),
      [6, 2, 0, 120],
      [8, 60],
      text(60),
      [10, 60],
      text(60),
      [12, 60],
      text(60),
      [0, 0],
    ),
  ),
  p.udp4Frame(
    { srcMac: CLIENT, dstMac: RACK.mac, src: MACHINE.ip, dst: RACK.ip, sport: 40_000, dport: 53 },
    p.concat(p.u16(1), p.u16(0x0100), p.u16(1), p.u16(0), p.u16(0), p.u16(0), [60], text(60), [0], p.u16(1), p.u16(1)),
  ),
];

/** What a terminal gets: the report and every other form of output. */
function outputs(file: string): [string, string][] {
  const runs: [string, string[]][] = [
    ['analyze, undeclared', ['analyze', file, '--boots', 'all']],
    ['analyze, text', ['analyze', file, '--profile', profile, '--boots', 'all']],
    ['analyze, in colour', ['analyze', file, '--profile', profile, '--color']],
    ['analyze, JSON', ['analyze', file, '--profile', profile, '--format', 'json', '--boots', 'all']],
    ['records', ['decode', file]],
    ['exchanges', ['decode', file, '--what', 'exchanges']],
    ['boots', ['decode', file, '--what', 'boots']],
    ['profile learn', ['profile', 'learn', file]],
    ...FRAMES.flatMap((_frame, i): [string, string[]][] =>
      i % 4 === 0
        ? [
            [`explain ${i + 1}`, ['explain', file, String(i + 1)]],
            [`explain ${i + 1}, JSON`, ['explain', file, String(i + 1), '--format', 'json']],
          ]
        : [],
    ),
  ];
  return runs.map(([name, args]) => {
    const { code, out, err } = rackwitness(args);
    expect([0, 1, 3, 4], `${name}: ${err}`).toContain(code);
    return [name, (name.includes('colour') ? stripVTControlCharacters(out) : out) + err];
  });
}

function calm(name: string, output: string): void {
  const found = ACTS.exec(output);
  const place = found === null ? '' : JSON.stringify(output.slice(Math.max(0, found.index - 60), found.index + 20));
  expect(found, `${name} passes on ${place}`).toBeNull();
}

describe('text from the wire reaches no terminal as it is', () => {
  it('whatever field it stands in, whatever the output', () => {
    const file = join(folder, 'evil.pcap');
    writeFileSync(file, p.pcapFile(FRAMES.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }))));
    for (const [name, output] of outputs(file)) {
      expect(output, `${name} shows it`).toContain(name === 'boots' || name.startsWith('explain') ? '' : SEEN);
      calm(name, output);
    }
  });

  it('nor from the names, descriptions and comments of a pcapng file', () => {
    const le = new Blocks(true);
    const option = (code: number, value: Uint8Array): number[] => [
      ...le.u16(code),
      ...le.u16(value.length),
      ...value,
      ...new Uint8Array(-value.length & 3),
    ];
    const comments = [...option(1, text()), ...option(2, text()), ...option(3, text()), ...option(4, text())];
    const interfaces = [1, 2].map(() =>
      le.block(1, [
        ...le.u16(1),
        ...le.u16(0),
        ...le.u32(262144),
        ...option(2, text()),
        ...option(3, text()),
        ...option(12, text()),
        ...option(11, p.concat([0], text())),
        0,
        0,
        0,
        0,
      ]),
    );
    const packets = FRAMES.map((bytes, i) =>
      le.block(6, [
        ...le.u32(i % 2),
        ...le.u32(0),
        ...le.u32(i),
        ...le.u32(bytes.length),
        ...le.u32(bytes.length),
        ...bytes,
        ...new Uint8Array(-bytes.length & 3),
        ...comments,
      ]),
    );
    const file = join(folder, 'evil.pcapng');
    writeFileSync(file, p.concat(le.section(), ...interfaces, ...packets));
    for (const [name, output] of outputs(file)) calm(name, output);
  });

  it('nor from the name of the capture or the profile', () => {
    const evil = join(folder, `${SEEN}\u001b]0;owned\u0007\u009b31m\r\u202e"<b>`);
    mkdirSync(evil);
    const file = join(evil, `${SEEN}\u001b[2J\u009b31m\r\u202e"<b>.pcap`);
    writeFileSync(file, p.pcapFile(FRAMES.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }))));
    const garbage = join(evil, 'x\u001b[2J.pcap');
    writeFileSync(garbage, 'no capture');
    const yaml = join(evil, 'x\u001b[2J.yaml');
    writeFileSync(yaml, 'schema: "\u001b[2J\u009b31m"\n"\u001b[2J": 1\n');
    for (const args of [
      ['analyze', file],
      ['analyze', file, '--format', 'json'],
      ['decode', file],
      ['decode', file, '--what', 'exchanges'],
      ['explain', file, '1'],
      ['explain', file, '99'],
      ['analyze', `${file}.absent`],
      ['analyze', evil],
      ['analyze', garbage],
      ['analyze', file, '--profile', yaml],
      ['analyze', file, '--profile', `${yaml}.absent`],
      ['profile', 'check', yaml],
      ['analyze', file, '--authorized-server', EVIL.replaceAll('\0', '')],
      ['analyze', '--at', `${EVIL.replaceAll('\0', '')}=${file}`],
      [EVIL.replaceAll('\0', '')],
      ['analyze', file, `--${EVIL.replaceAll('\0', '')}`],
      ['list', EVIL.replaceAll('\0', '')],
      ['explain', file, EVIL.replaceAll('\0', '')],
    ]) {
      const { code, out, err } = rackwitness(args);
      expect([0, 1, 2, 3], `${JSON.stringify(args)}: ${err}`).toContain(code);
      calm(JSON.stringify(args), out + err);
    }
  });
});
