import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ARMS, expressionOf } from '../../../src/collect/capture/arms.ts';
import { PRESETS, presetFilter } from '../../../src/collect/capture/presets.ts';
import { PROTOCOLS } from '../../../src/wire/registry.ts';
import { hasTool } from '../../support/needs.ts';
import { type CapturedFrame, ETHER_ARP, ETHER_IPV4, ETHER_IPV6, pcapFile, sll, sll2 } from '../../support/packets.ts';
import { FRAMES, type FrameName, TAGGINGS } from './frames.ts';

const DHCP: FrameName[] = [
  'dhcpv4 client',
  'dhcpv4 relay',
  'boot server 4011',
  'udp later fragment',
  'dhcpv6 client',
  'dhcpv6 relay',
];
/** Whatever stands behind extension headers passes everywhere. */
const EXTENDED: FrameName[] = [
  'dhcpv6 behind hop-by-hop',
  'dhcpv6 behind destination options',
  'dhcpv6 first fragment',
  'ipv6 later fragment',
  'mld report',
];
const TFTP: FrameName[] = [
  'tftp request',
  'tftp data',
  'tftp empty last data',
  'tftp ack',
  'tftp error',
  'tftp oack',
  'tftp data, ipv6',
  'tftp ack, ipv6',
  'tftp error, ipv6',
  'tftp oack, ipv6',
];
const NEIGHBOURS: FrameName[] = ['arp', 'rarp', 'neighbour solicitation', 'router advertisement', 'nd redirect'];
const ERRORS: FrameName[] = ['icmp unreachable', 'icmp redirect', 'icmpv6 too big'];
const PLACE: FrameName[] = ['lldp', 'cdp', 'per-vlan stp'];
const LINK: FrameName[] = ['stp', 'lacp'];
const GATEWAYS: FrameName[] = [
  'vrrp',
  'vrrp, ipv6',
  'hsrp',
  'hsrp, ipv6',
  'glbp',
  'glbp without payload',
  'hsrp without payload, ipv6',
];
const DNS: FrameName[] = ['dns udp', 'dns udp, ipv6', 'dns tcp', 'mdns', 'llmnr', 'dns over tls, opening'];
const HTTP_LINES: FrameName[] = [
  'http request on an odd port',
  'http request behind tcp options',
  'http answer on an odd port, ipv6',
];
const HTTP_OPENINGS: FrameName[] = ['http opening', 'http opening, ipv6', 'http opening with data length that lies'];
const TLS_OPENINGS: FrameName[] = ['tls opening', 'tls reset, ipv6'];

/** What each preset lets pass; it must hold back everything else. */
const PASSES: Readonly<Record<string, FrameName[]>> = {
  pxe: [
    ...DHCP,
    ...EXTENDED,
    ...TFTP,
    ...NEIGHBOURS,
    'mld query without hop-by-hop',
    ...ERRORS,
    'dns udp',
    'dns udp, ipv6',
    ...HTTP_LINES,
    ...HTTP_OPENINGS,
    ...TLS_OPENINGS,
    ...GATEWAYS,
    'eapol',
    'macsec',
    ...LINK,
    ...PLACE,
  ],
  'tls-interception': [
    ...EXTENDED,
    ...ERRORS,
    ...DNS,
    'udp later fragment',
    'tcp later fragment',
    ...TLS_OPENINGS,
    'tls content',
    'maas tls opening',
    'maas tls content',
    'proxy content',
  ],
  'dhcp-guards': [...DHCP, ...EXTENDED, ...NEIGHBOURS, ...ERRORS, ...GATEWAYS, ...PLACE],
  'arp-nd': [
    ...DHCP,
    ...EXTENDED,
    ...NEIGHBOURS,
    'mld query without hop-by-hop',
    ...ERRORS,
    ...GATEWAYS,
    ...LINK,
    ...PLACE,
  ],
  'dot1x-macsec': [
    ...DHCP,
    ...EXTENDED,
    ...NEIGHBOURS,
    ...ERRORS,
    'eapol',
    'macsec',
    'radius',
    'radius change of authorisation',
    ...LINK,
    ...PLACE,
  ],
  'proxies-filters': [
    ...EXTENDED,
    ...ERRORS,
    ...DNS,
    'udp later fragment',
    'tcp later fragment',
    ...HTTP_LINES,
    ...HTTP_OPENINGS,
    'http content',
    'proxy content',
    ...TLS_OPENINGS,
    'maas tls opening',
  ],
  dns: [...EXTENDED, ...ERRORS, ...DNS, 'udp later fragment', 'tcp later fragment'],
  'host-hardening': [
    ...EXTENDED,
    ...ERRORS,
    'udp later fragment',
    ...HTTP_OPENINGS,
    ...TLS_OPENINGS,
    'maas tls opening',
    'dns over tls, opening',
    'ssh opening',
    'ssh refusal',
    'ssh opening, ipv6',
    'ntp',
    'maas beacon',
    'machine syslog',
  ],
  'capture-hygiene': [...DHCP, ...EXTENDED, ...NEIGHBOURS, 'tftp request', 'eapol', ...PLACE],
};

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-presets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named = Object.entries(FRAMES).flatMap(([name, build]) =>
  Object.entries(TAGGINGS).map(([tagging, tags]) => ({ name, tagging, bytes: build(tags) })),
);

/** Which of these frames tcpdump lets pass: each is known by its second. */
function passing(frames: readonly CapturedFrame[], filter: string, linkType = 1): Set<number> {
  const file = join(folder, 'frames.pcap');
  writeFileSync(file, pcapFile(frames, { linkType }));
  const { status, stdout, stderr } = spawnSync('tcpdump', ['-r', file, '-w', '-', '-n', '--', filter], {
    maxBuffer: 1 << 26,
  });
  expect(status, stderr.toString()).toBe(0);
  const passed = new Set<number>();
  for (let at = 24; at < stdout.length; at += 16 + stdout.readUInt32LE(at + 8)) passed.add(stdout.readUInt32LE(at));
  return passed;
}

describe('the presets', () => {
  it('are each told what to pass here', () => {
    expect(Object.keys(PASSES)).toEqual(PRESETS.map(({ name }) => name));
  });

  it('name protocols that there are', () => {
    const names = new Set(PROTOCOLS.map(({ name }) => String(name)));
    const said = Object.values(ARMS).flatMap((arm) => ('passes' in arm ? [...arm.passes] : []));
    expect(said.filter((name) => !names.has(name))).toEqual([]);
    // What no preset can pass for certain would be missing in every judgement of absence.
    expect([...names].filter((name) => !said.includes(name as (typeof said)[number]))).toEqual(['stp']);
  });

  it('have arms that some frame here tries', () => {
    const all = new Set(PRESETS.flatMap(({ arms }) => arms.map(({ name }) => name)));
    expect(Object.values(ARMS).filter(({ name }) => !all.has(name))).toEqual([]);
  });
});

describe.skipIf(!hasTool('tcpdump'))('tcpdump, with the filter of', () => {
  const frames = named.map(({ bytes }, i): CapturedFrame => ({ time: i + 1, bytes }));

  it.each(PRESETS)('$name, passes what it must in every tagging, and nothing else', (preset) => {
    const passed = passing(frames, presetFilter(preset, 'ethernet'));
    const wanted = new Set<string>(PASSES[preset.name]);
    const missed = named.filter(({ name }, i) => wanted.has(name) && !passed.has(i + 1));
    const extra = named.filter(({ name }, i) => !wanted.has(name) && passed.has(i + 1));
    expect(
      missed.map(({ name, tagging }) => `${name}, ${tagging}`),
      'must pass',
    ).toEqual([]);
    expect(
      extra.map(({ name, tagging }) => `${name}, ${tagging}`),
      'must not pass',
    ).toEqual([]);
  });

  it.each([113, 276])('every preset for `any`, understands link type %d', (linkType) => {
    const cooked = linkType === 113 ? sll : sll2;
    const untagged = named.filter(({ tagging }) => tagging === 'untagged');
    const types = new Set([ETHER_ARP, ETHER_IPV4, ETHER_IPV6, 0x888e, 0x88cc]);
    const inner = untagged
      .map(({ name, bytes }) => ({ name, type: ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0), bytes }))
      .filter(({ type }) => types.has(type))
      .map(({ name, type, bytes }) => ({
        name,
        bytes: cooked({ src: bytes.subarray(6, 12), type }, bytes.subarray(14)),
      }));
    const list = inner.map(({ bytes }, i): CapturedFrame => ({ time: i + 1, bytes }));
    for (const preset of PRESETS) {
      const passed = passing(list, presetFilter(preset, 'cooked'), linkType);
      const wanted = new Set<string>(PASSES[preset.name]);
      expect(
        inner.filter((_one, i) => passed.has(i + 1)).map(({ name }) => name),
        preset.name,
      ).toEqual(inner.filter(({ name }) => wanted.has(name)).map(({ name }) => name));
    }
  });

  it('an arm behind `vlan` in the wrong order, would miss untagged frames', () => {
    // What the composition guards against, proven on the same frames: the test can fail.
    const wrong = `(vlan and (${ARMS.arp.bpf})) or (${ARMS.arp.bpf})`;
    const right = expressionOf([ARMS.arp], 'ethernet');
    const arp = named.filter(({ name }) => name === 'arp');
    const list = arp.map(({ bytes }, i): CapturedFrame => ({ time: i + 1, bytes }));
    expect(passing(list, wrong).size).toBeLessThan(arp.length);
    expect(passing(list, right).size).toBe(arp.length);
  });
});
