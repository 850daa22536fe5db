/** Plants of IP, neighbour discovery, quotes, tunnels, fragments, segments and checksums. */
import * as packets from '../../support/packets.ts';
import { concat, hex, ip4, ip6, mac, u16, u32, utf8, type Bytes } from '../../support/bytes.ts';
import { bytes, never, raw, residue, text } from './marks.ts';
import type { FramePlanter, Mark } from './planter.ts';
import { FAR, MACHINES, NEAR, type Machine } from './site.ts';
import { group } from './spelling.ts';

const link = { srcMac: NEAR.mac, dstMac: FAR.mac };
const head4 = { src: NEAR.mac, dst: FAR.mac, type: packets.ETHER_IPV4 };
const head6 = { ...head4, type: packets.ETHER_IPV6 };
const NOTHING = new Uint8Array(18);

export function netFrames(to: FramePlanter): void {
  for (const m of MACHINES) {
    headers(to, m);
    neighbours(to, m);
    groups(to, m);
    quotes(to, m);
    tunnels(to, m);
    fragments(to, m);
    segments(to, m);
    checksums(to, m);
  }
}

/** IPv4 in Ethernet. */
function over4(fields: Partial<packets.Ipv4Fields>, payload: Bytes): Bytes {
  return packets.eth(head4, packets.ipv4({ src: NEAR.ip, dst: FAR.ip, proto: 17, ...fields }, payload));
}

function over6(fields: Partial<packets.Ipv6Fields>, payload: Bytes): Bytes {
  return packets.eth(head6, packets.ipv6({ src: NEAR.ip6, dst: FAR.ip6, proto: 17, ...fields }, payload));
}

function discard(payload: Bytes = NOTHING): Bytes {
  return packets.udp({ sport: 40_000, dport: 9 }, payload);
}

function headers(to: FramePlanter, m: Machine): void {
  const rest = residue(m);
  to.frame('IPv4 source', 2, over4({ src: m.ip }, discard()), [raw.ip(m)]);
  to.frame('IPv4 destination', 2, over4({ dst: m.ip }, discard()), [raw.ip(m)]);
  to.frame('IPv6 source', 2, over6({ src: m.ip6 }, discard()), [raw.ip6(m)]);
  to.frame('IPv6 destination', 2, over6({ dst: m.ip6 }, discard()), [raw.ip6(m)]);
  const mapped = concat(hex('00000000000000000000ffff'), ip4(m.ip));
  to.frame('IPv6 source, IPv4-mapped', 2, over6({ src: mapped }, discard()), [raw.ip(m)]);
  const sixToFour = concat([0x20, 2], ip4(m.ip), new Uint8Array(9), [1]);
  to.frame('IPv6 source, 6to4', 2, over6({ src: sixToFour }, discard()), [raw.ip(m)]);
  const record = concat([7, 7, 8], ip4(m.ip), [1]);
  to.frame('IPv4 option Record Route', 2, over4({ options: record }, discard()), [raw.ip(m)]);
  const routed = concat([131, 7, 4], ip4(m.ip), [1]);
  to.frame('IPv4 option Source Route', 2, over4({ options: routed }, discard()), [raw.ip(m)]);
  const stamp = concat([68, 12, 13, 1], ip4(m.ip), u32(77));
  to.frame('IPv4 option Timestamp', 2, over4({ options: stamp }, discard()), [raw.ip(m)]);
  const routing = { proto: 43, bytes: concat([0, 2, 0, 1], u32(0), ip6(m.ip6)) };
  to.frame('IPv6 Routing header', 2, over6({ extensions: [routing] }, discard()), [raw.ip6(m)]);
  const home = { proto: 60, bytes: concat([0, 2, 1, 2, 0, 0], [201, 16], ip6(m.ip6)) };
  if (home.bytes.length === 24)
    to.frame('IPv6 Home Address', 2, over6({ extensions: [home] }, discard()), [raw.ip6(m)]);
  for (const [what, proto] of [
    ['ESP', 50],
    ['AH', 51],
    ['OSPF', 89],
    ['SCTP', 132],
    ['an unknown protocol', 253],
  ] as const) {
    to.frame(what, 10, over4({ proto, transportChecksum: false }, rest.bytes), rest.marks);
    if (proto !== 51)
      to.frame(`${what} over IPv6`, 10, over6({ proto, transportChecksum: false }, rest.bytes), rest.marks);
  }
  to.frame('behind the IP length', 10, concat(over4({}, discard()), rest.bytes), rest.marks);
  to.frame(
    'behind the UDP length',
    10,
    over4({}, concat(packets.udp({ sport: 68, dport: 67, length: 8 }, new Uint8Array(0)), rest.bytes)),
    rest.marks,
  );
  const snapped = over4({}, discard(concat(rest.bytes, new Uint8Array(400))));
  to.frame('a snapped tail', 10, snapped.subarray(0, 42 + rest.bytes.length), rest.marks, snapped.length);
}

function neighbours(to: FramePlanter, m: Machine): void {
  const nd = (
    what: string,
    type: number,
    marks: readonly Mark[],
    body: Bytes,
    fields: Partial<packets.Icmp6Fields> = {},
  ): void =>
    to.frame(
      what,
      marks[0]?.kind === 'mac' ? 1 : 2,
      packets.icmp6Frame({ ...link, src: NEAR.ip6, dst: FAR.ip6, type, ...fields }, body),
      marks,
    );
  const four = new Uint8Array(4);
  const far = ip6(FAR.ip6);
  nd('NS target', 135, [raw.ip6(m)], concat(four, ip6(m.ip6)));
  nd('NS source link-layer address', 135, [raw.mac(m)], concat(four, far, packets.ndOption(1, mac(m.mac))));
  const solicited = concat(hex('ff0200000000000000000001ff'), mac(m.mac).subarray(3));
  nd(
    'NS group',
    135,
    [bytes('ipv6', solicited.subarray(9), 'solicited-node group'), bytes('mac', group(m.mac), '33:33:ff destination')],
    concat(four, far),
    { dst: solicited, dstMac: group(m.mac) },
  );
  nd('NS source, EUI-64', 135, [bytes('mac', ip6(m.ip6).subarray(8), 'EUI-64')], concat(four, far), {
    src: `fe80::${m.ip6.split(':').slice(4).join(':')}`,
  });
  nd(
    'NS nonce',
    135,
    [text('serial', m.name.slice(0, 6))],
    concat(four, far, packets.ndOption(14, utf8(m.name.slice(0, 6)))),
  );
  nd('NA target', 136, [raw.ip6(m)], concat(hex('60000000'), ip6(m.ip6)));
  nd('NA target link-layer address', 136, [raw.mac(m)], concat(hex('60000000'), far, packets.ndOption(2, mac(m.mac))));
  nd('RS source link-layer address', 133, [raw.mac(m)], concat(four, packets.ndOption(1, mac(m.mac))));
  const ra = (...options: Bytes[]): Bytes => concat(hex('400000000000000000000000'), ...options);
  nd('RA source link-layer address', 134, [raw.mac(m)], ra(packets.ndOption(1, mac(m.mac))));
  const prefix = ip6(m.ip6).subarray(0, 8);
  nd(
    'RA prefix',
    134,
    [bytes('ipv6', prefix, 'prefix')],
    ra(packets.ndOption(3, concat([64, 0xc0], u32(600), u32(600), u32(0), prefix, new Uint8Array(8)))),
  );
  nd('RA route', 134, [bytes('ipv6', prefix, 'prefix')], ra(packets.ndOption(24, concat([64, 0], u32(600), prefix))));
  nd('RA DNS server', 134, [raw.ip6(m)], ra(packets.ndOption(25, concat([0, 0], u32(600), ip6(m.ip6)))));
  nd(
    'RA search list',
    134,
    [text('domain', 'bluthworks')],
    ra(packets.ndOption(31, concat([0, 0], u32(600), [10], utf8('bluthworks'), [0]))),
  );
  nd('RA captive portal', 134, [text('url', m.name)], ra(packets.ndOption(37, utf8(`http://${m.name}/ab`))));
  nd('RA unknown option', 134, [never('opaque', m.name)], ra(packets.ndOption(222, utf8(m.name))));
  nd('Redirect target', 137, [raw.ip6(m)], concat(four, ip6(m.ip6), far));
  nd('Redirect destination', 137, [raw.ip6(m)], concat(four, far, ip6(m.ip6)));
  const quoted = packets.ipv6({ src: m.ip6, dst: FAR.ip6, proto: 17 }, discard(utf8(m.secret)));
  nd(
    'Redirect quote',
    137,
    [raw.ip6(m), never('secret', m.secret)],
    concat(four, far, far, packets.ndOption(4, concat(new Uint8Array(6), quoted))),
  );
  const rest = residue(m);
  nd('ND options cut short', 135, rest.marks, concat(four, far, [1, 200], rest.bytes));
}

function groups(to: FramePlanter, m: Machine): void {
  const solicited = concat(hex('ff0200000000000000000001ff'), mac(m.mac).subarray(3));
  const mark = bytes('ipv6', solicited.subarray(9), 'solicited-node group');
  const mld = (type: number, body: Bytes): Bytes =>
    packets.icmp6Frame({ ...link, src: NEAR.ip6, dst: 'ff02::16', type }, body);
  to.frame('MLD report', 1, mld(131, concat(u32(0), solicited)), [mark]);
  to.frame('MLD done', 1, mld(132, concat(u32(0), solicited)), [mark]);
  to.frame('MLDv2 report', 1, mld(143, concat(u32(1), [4, 0, 0, 0], solicited)), [mark]);
  to.frame('MLDv2 report, sources', 1, mld(143, concat(u32(1), [1, 0, 0, 1], ip6('ff02::1234'), ip6(m.ip6))), [
    raw.ip6(m),
  ]);
  to.frame('MLD query, sources', 1, mld(130, concat(u32(0), new Uint8Array(16), [0, 0, 0, 1], ip6(m.ip6))), [
    raw.ip6(m),
  ]);
  const igmp = concat([0x22, 0, 0, 0, 0, 0, 0, 1], [1, 0, 0, 1], ip4('239.1.2.3'), ip4(m.ip));
  to.frame('IGMPv3 report, sources', 2, over4({ proto: 2, dst: '224.0.0.22' }, igmp), [raw.ip(m)]);
}

function quotes(to: FramePlanter, m: Machine): void {
  const inner = packets.ipv4({ src: m.ip, dst: NEAR.ip, proto: 17 }, discard(utf8(m.secret)));
  const marks = [raw.ip(m), never('secret', m.secret)];
  const icmp = (what: string, type: number, body: Bytes, all: readonly Mark[]): void =>
    to.frame(what, 2, over4({ proto: 1 }, packets.icmp4(type, 1, body)), all);
  icmp('ICMP unreachable, quote', 3, concat(u32(0), inner), marks);
  icmp('ICMP time exceeded, quote', 11, concat(u32(0), inner), marks);
  icmp('ICMP redirect, quote', 5, concat(ip4(FAR.ip), inner), marks);
  icmp(
    'ICMP redirect, gateway',
    5,
    concat(ip4(m.ip), packets.ipv4({ src: NEAR.ip, dst: FAR.ip, proto: 17 }, discard())),
    [raw.ip(m)],
  );
  const answered = packets.ipv4(
    { src: NEAR.ip, dst: m.ip, proto: 6 },
    packets.tcp({ sport: 4, dport: 5 }, utf8(m.secret)),
  );
  icmp('ICMP unreachable, quoted TCP', 3, concat(u32(0), answered), marks);
  icmp('ICMP echo', 8, concat(u32(1), utf8(m.secret)), [never('secret', m.secret)]);
  icmp('ICMP timestamp, tail', 13, concat(u32(1), u32(1), u32(2), u32(3), utf8(m.secret)), [never('secret', m.secret)]);
  icmp('ICMP router advertisement', 9, concat([1, 2, 0, 60], ip4(m.ip), u32(0)), [raw.ip(m)]);
  icmp('ICMP of an unknown type', 250, concat(u32(0), utf8(m.name)), [never('hostname', m.name)]);
  const at = 14 + 20 + 8 + 10;
  const frame = over4({ proto: 1 }, packets.icmp4(3, 3, concat(u32(0), inner)));
  to.frame('checksum of a quoted header', 3, frame, [
    { kind: 'ipv4', spelling: 'quoted IPv4 checksum', needle: frame.slice(at, at + 2), at },
  ]);
  const inner6 = packets.ipv6({ src: m.ip6, dst: NEAR.ip6, proto: 17 }, discard(utf8(m.secret)));
  for (const type of [1, 2, 3, 4]) {
    const error = packets.icmp6Frame({ ...link, src: FAR.ip6, dst: NEAR.ip6, type }, concat(u32(0), inner6));
    to.frame(`ICMPv6 error ${type}, quote`, 2, error, [raw.ip6(m), never('secret', m.secret)]);
  }
  const echo = packets.icmp6Frame({ ...link, src: FAR.ip6, dst: NEAR.ip6, type: 128 }, concat(u32(0), utf8(m.secret)));
  to.frame('ICMPv6 echo', 10, echo, [never('secret', m.secret)]);
}

function tunnels(to: FramePlanter, m: Machine): void {
  const request = packets.arp({ operation: 1, senderMac: m.mac, senderIp: m.ip, targetIp: FAR.ip });
  const frame = packets.eth({ src: m.mac, dst: FAR.mac, type: packets.ETHER_ARP, pad: true }, request);
  const inner = packets.ipv4({ src: m.ip, dst: FAR.ip, proto: 17 }, discard(utf8(m.secret)));
  const inner6 = packets.ipv6({ src: m.ip6, dst: FAR.ip6, proto: 17 }, discard(utf8(m.secret)));
  const both = [raw.mac(m), raw.ip(m)];
  const hidden = [raw.ip(m), never('secret', m.secret)];
  to.frame('VXLAN', 11, over4({}, packets.udp({ sport: 5000, dport: 4789 }, packets.vxlan(7, frame))), both);
  to.frame('Geneve', 11, over4({}, packets.udp({ sport: 5000, dport: 6081 }, packets.geneve(7, frame))), both);
  to.frame(
    'Geneve option',
    11,
    over4(
      {},
      packets.udp(
        { sport: 5000, dport: 6081 },
        packets.geneve(7, frame, 0x6558, concat(hex('01028004'), utf8(`${m.name}____`).subarray(0, 16))),
      ),
    ),
    [...both, never('opaque', m.name.slice(0, 9))],
  );
  to.frame('GRE, Ethernet', 11, over4({ proto: 47 }, packets.gre({ type: 0x6558, key: 9 }, frame)), both);
  to.frame('GRE, IPv4', 11, over4({ proto: 47 }, packets.gre({ type: 0x0800 }, inner)), hidden);
  to.frame('GRE, unknown', 11, over4({ proto: 47 }, packets.gre({ type: 0x9999 }, utf8(m.secret))), [
    never('secret', m.secret),
  ]);
  to.frame('ERSPAN', 11, over4({ proto: 47 }, packets.erspan2(3, frame)), both);
  to.frame('IPv4 in IPv4', 11, over4({ proto: 4 }, inner), hidden);
  to.frame('IPv6 in IPv4', 11, over4({ proto: 41 }, inner6), [raw.ip6(m), never('secret', m.secret)]);
  to.frame('IPv4 in IPv6', 11, over6({ proto: 4 }, inner), hidden);
  to.frame(
    'VXLAN in QinQ',
    11,
    packets.eth(
      { ...head4, vlans: [{ id: 5, type: 0x88a8 }, 6] },
      packets.ipv4(
        { src: NEAR.ip, dst: FAR.ip, proto: 17 },
        packets.udp({ sport: 5000, dport: 4789 }, packets.vxlan(7, frame)),
      ),
    ),
    both,
  );
  const twice = packets.udp4Frame(
    { ...link, src: NEAR.ip, dst: FAR.ip, sport: 5000, dport: 4789 },
    packets.vxlan(8, frame),
  );
  to.frame('VXLAN in VXLAN', 11, over4({}, packets.udp({ sport: 5000, dport: 4789 }, packets.vxlan(7, twice))), both);
}

/** A DHCP reply whose host name stands over the border of two pieces. */
function reply(m: Machine, before: number): Bytes {
  const fixed = new Uint8Array(236);
  fixed.set([2, 1, 6, 0, 9, 9, 9, 9]);
  fixed.set(ip4(m.ip), 16);
  fixed.set(mac(m.mac), 28);
  const pad = before - 8 - 236 - 4 - 3 - 2 - 6;
  return concat(
    fixed,
    hex('63825363'),
    [53, 1, 5],
    [56, pad],
    utf8('x'.repeat(pad)),
    [12, m.name.length],
    utf8(m.name),
    [255],
  );
}

let identification = 1000;

function fragments(to: FramePlanter, m: Machine): void {
  const over = { src: NEAR.ip, dst: FAR.ip, proto: 17 };
  const size = 304;
  const whole = packets.udp({ sport: 67, dport: 68 }, reply(m, size));
  const marks = [
    [raw.mac(m), raw.ip(m), text('hostname', m.name.slice(0, 4), 'first piece')],
    [text('hostname', m.name.slice(4), 'second piece')],
  ];
  const send = (what: string, pieces: readonly Bytes[], keep: (mark: Mark) => Mark = (mark) => mark): void => {
    for (const [i, piece] of pieces.entries()) {
      to.frame(`${what}, fragment ${i + 1}`, 11, packets.eth(head4, piece), (marks[i] ?? []).map(keep));
    }
  };
  const lost = (mark: Mark): Mark => ({ ...mark, carrier: 'never' });
  const next = (): number => (identification += 1);
  send('DHCP in fragments', packets.ipv4Fragments({ ...over, id: next() }, whole, size));
  send(
    'a datagram that stays incomplete',
    packets.ipv4Fragments({ ...over, id: next() }, whole, size).slice(0, 1),
    lost,
  );
  const overlapping = packets.ipv4Fragments({ ...over, id: next() }, whole, size);
  const again = packets.ipv4(
    { ...over, id: identification, fragmentOffset: 296, moreFragments: true },
    concat(utf8(m.secret), new Uint8Array(8)).subarray(0, 16),
  );
  send('overlapping fragments', [overlapping[0] ?? whole, overlapping[1] ?? whole]);
  to.frame('overlapping fragments, the other', 11, packets.eth(head4, again), [never('secret', m.secret.slice(0, 15))]);
  const [one, two] = packets.ipv4Fragments({ ...over, id: next() }, whole, size);
  send('fragments out of order', [one ?? whole, two ?? whole]);
  const over6 = { src: NEAR.ip6, dst: FAR.ip6, proto: 17, id: next() };
  const body = concat(utf8('x'.repeat(292)), utf8(m.secret));
  for (const [i, piece] of packets
    .ipv6Fragments(over6, packets.udp({ sport: 4000, dport: 4000 }, body), size)
    .entries()) {
    to.frame(`IPv6 fragment ${i + 1}`, 11, packets.eth(head6, piece), [
      never('secret', i === 0 ? m.secret.slice(0, 4) : m.secret.slice(4)),
    ]);
  }
}

function segments(to: FramePlanter, m: Machine): void {
  const words = utf8(`POST /MAAS/${m.name} HTTP/1.1\r\nAuthorization: OAuth ${m.secret}\r\n\r\n`);
  const half = words.length - 4 - m.secret.length + 6;
  for (const [i, piece] of [words.subarray(0, half), words.subarray(half)].entries()) {
    const segment = packets.tcp({ sport: 4000, dport: 5240, seq: 1 + i * half }, piece);
    const secret = never('secret', i === 0 ? m.secret.slice(0, 6) : m.secret.slice(6), 'half');
    to.frame(`a TCP segment, ${i + 1} of 2`, 11, over4({ proto: 6 }, segment), [secret]);
  }
  const stamped = concat([1, 1, 8, 10], mac(m.mac), [0x31, 0x41]);
  to.frame('TCP timestamps', 4, over4({ proto: 6 }, packets.tcp({ sport: 4, dport: 5, options: stamped })), [
    raw.mac(m),
  ]);
  const signed = concat([1, 1, 19, 18], utf8(`${m.secret}________________`).subarray(0, 16));
  to.frame('TCP MD5 signature', 13, over4({ proto: 6 }, packets.tcp({ sport: 179, dport: 5, options: signed })), [
    never('secret', m.secret.slice(0, 15)),
  ]);
  const fast = concat([34, 10], utf8(m.secret).subarray(0, 8), [1, 1]);
  to.frame('TCP Fast Open cookie', 13, over4({ proto: 6 }, packets.tcp({ sport: 4, dport: 80, options: fast })), [
    never('secret', m.secret.slice(0, 8)),
  ]);
  const urgent = packets.tcp({ sport: 4, dport: 23, flags: 0x38 }, utf8(m.secret));
  to.frame('TCP urgent data', 10, over4({ proto: 6 }, urgent), [never('secret', m.secret)]);
}

/** A checksum that stays tells what it was made of. */
function checksums(to: FramePlanter, m: Machine): void {
  const udp = over4({ src: m.ip }, discard(utf8(m.secret)));
  const ipAt = 24;
  const udpAt = 40;
  const one = (what: string, frame: Bytes, at: number, carrier: Mark['carrier']): void =>
    to.frame(what, 3, frame, [
      { kind: 'ipv4', spelling: 'checksum', needle: frame.slice(at, at + 2), at, carrier: carrier ?? 'field' },
    ]);
  one('IPv4 header checksum', udp, ipAt, 'field');
  one('UDP checksum over a payload that goes', udp, udpAt, 'never');
  const tcp = over4({ src: m.ip, proto: 6 }, packets.tcp({ sport: 4, dport: 5 }, utf8(m.secret)));
  one('TCP checksum over a payload that goes', tcp, 50, 'never');
  const icmp = over4({ src: m.ip, proto: 1 }, packets.icmp4(8, 0, concat(u32(1), utf8(m.secret))));
  one('ICMP checksum over a payload that goes', icmp, 36, 'never');
  const six = over6({ src: m.ip6 }, discard(utf8(m.secret)));
  one('UDP checksum over IPv6', six, 60, 'never');
  const wrong = Uint8Array.from(udp);
  wrong.set(u16(0xbe57), udpAt);
  wrong.set(u16(0x4b1d), ipAt);
  one('a wrong UDP checksum', wrong, udpAt, 'never');
  one('a wrong IPv4 header checksum', wrong, ipAt, 'never');
}
