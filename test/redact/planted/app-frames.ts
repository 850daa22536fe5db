/** Plants of what rides on UDP and TCP. */
import * as packets from '../../support/packets.ts';
import { concat, hex, ip4, ip6, mac, u16, u32, utf8, type Bytes } from '../../support/bytes.ts';
import { magic } from './link-frames.ts';
import { bytes, never, raw, residue, text } from './marks.ts';
import type { FramePlanter, Mark } from './planter.ts';
import { FAR, MACHINES, NEAR, type Machine } from './site.ts';
import { bare, dashed, ip6Reversed, ipDashed, ipHex, ipMappedHex, uuidBytes } from './spelling.ts';

const link = { srcMac: NEAR.mac, dstMac: FAR.mac, src: NEAR.ip, dst: FAR.ip };

function udp(sport: number, dport: number, payload: Bytes): Bytes {
  return packets.udp4Frame({ ...link, sport, dport }, payload);
}

function tcp(sport: number, dport: number, payload: Bytes): Bytes {
  return packets.eth(
    { src: NEAR.mac, dst: FAR.mac, type: packets.ETHER_IPV4 },
    packets.ipv4({ src: NEAR.ip, dst: FAR.ip, proto: 6 }, packets.tcp({ sport, dport, seq: 1 }, payload)),
  );
}

export function appFrames(to: FramePlanter): void {
  for (const m of MACHINES) {
    tftp(to, m);
    dns(to, m);
    http(to, m);
    routers(to, m);
    rest(to, m);
  }
}

function tftp(to: FramePlanter, m: Machine): void {
  const names: readonly [name: string, pitfall: number, ...marks: Mark[]][] = [
    [`pxelinux.cfg/01-${dashed(m.mac)}`, 1, text('mac', dashed(m.mac), '01- boot file')],
    [
      `pxelinux.cfg/01-${dashed(m.mac).toUpperCase()}`,
      1,
      text('mac', dashed(m.mac).toUpperCase(), '01- boot file, upper case'),
    ],
    [`grub/grub.cfg-${m.mac}`, 1, text('mac', m.mac, 'grub.cfg-')],
    [`ipxe/${bare(m.mac)}.ipxe`, 1, text('mac', bare(m.mac), 'bare')],
    [`boot/mac-${m.mac.toUpperCase()}`, 1, text('mac', m.mac, 'upper case')],
    [`pxelinux.cfg/${m.uuid}`, 13, text('uuid', m.uuid, 'boot file')],
    [`pxelinux.cfg/${ipHex(m.ip)}`, 2, text('ipv4', ipHex(m.ip), 'hexadecimal boot file')],
    // Three digits of a private block are the block's own.
    ...[7, 6, 5].map((n): [string, number, Mark] => [
      `pxelinux.cfg/${ipHex(m.ip).slice(0, n)}`,
      2,
      text('ipv4', `pxelinux.cfg/${ipHex(m.ip).slice(0, n)}`, `boot file shortened to ${n}`),
    ]),
    [`grub/grub.cfg-${ipHex(m.ip)}`, 2, text('ipv4', ipHex(m.ip), 'grub.cfg-')],
    [`images/${m.ip}/boot`, 2, text('ipv4', m.ip, 'dotted')],
    [`images/${ipDashed(m.ip)}/boot`, 2, text('ipv4', ipDashed(m.ip), 'dashed')],
    [`${m.file}`, 13, text('filename', m.file)],
    [`configs/${m.name}.cfg`, 13, text('filename', m.name, 'host name in a path')],
    [`configs/${m.serial}.cfg`, 13, text('filename', m.serial, 'serial number in a path')],
  ];
  for (const [name, pitfall, ...marks] of names) {
    to.frame(
      `TFTP RRQ ${marks[0]?.spelling ?? ''}`,
      pitfall,
      udp(2070, 69, concat(u16(1), utf8(`${name}\0octet\0`))),
      marks,
    );
  }
  to.frame('TFTP WRQ', 13, udp(2070, 69, concat(u16(2), utf8(`backup/${m.name}\0octet\0`))), [
    text('filename', m.name),
  ]);
  to.frame('TFTP RRQ option', 13, udp(2070, 69, concat(u16(1), utf8(`a\0octet\0x-${m.user}\0${m.secret}\0`))), [
    never('username', m.user),
    never('secret', m.secret),
  ]);
  const left = residue(m);
  to.frame('TFTP RRQ residue', 10, udp(2070, 69, concat(u16(1), utf8('a\0octet\0'), left.bytes)), left.marks);
  to.frame('TFTP data', 13, udp(2071, 2070, concat(u16(3), u16(1), utf8(m.secret.repeat(9)))), [
    never('secret', m.secret),
  ]);
  to.frame('TFTP error', 13, udp(69, 2070, concat(u16(5), u16(1), utf8(`${m.ip} has no ${m.name}\0`))), [
    text('ipv4', m.ip, 'in a message', 'text'),
    text('hostname', m.name, 'in a message', 'text'),
  ]);
}

function labels(name: string): Bytes {
  return concat(...name.split('.').map((label) => concat([label.length], utf8(label))), [0]);
}

function dns(to: FramePlanter, m: Machine): void {
  const head = (questions: number, answers: number): Bytes =>
    concat(hex('00018180'), u16(questions), u16(answers), u32(0));
  const asked = (name: string, type: number): Bytes => concat(labels(name), u16(type), u16(1));
  const answer = (name: string, type: number, data: Bytes): Bytes =>
    concat(head(1, 1), asked(name, type), labels(name), u16(type), u16(1), u32(60), u16(data.length), data);
  const named = `${m.name}.bluthworks.example`;
  const say = (what: string, pitfall: number, marks: readonly Mark[], content: Bytes): void => {
    for (const [over, port] of [
      ['DNS', 53],
      ['mDNS', 5353],
      ['LLMNR', 5355],
    ] as const) {
      if (over === 'DNS' || what === 'question' || what === 'A')
        to.frame(`${over} ${what}`, pitfall, udp(port, port, content), marks);
    }
  };
  const name = text('hostname', m.name, 'label');
  const domain = text('domain', 'bluthworks', 'label');
  say('question', 13, [name, domain], concat(head(1, 0), asked(named, 1)));
  say('A', 2, [raw.ip(m), name], answer(named, 1, ip4(m.ip)));
  say('AAAA', 2, [raw.ip6(m), name], answer(named, 28, ip6(m.ip6)));
  say('CNAME', 13, [name], answer('a.example', 5, labels(named)));
  say('NS', 13, [name], answer('a.example', 2, labels(named)));
  say('MX', 13, [name], answer('a.example', 15, concat(u16(10), labels(named))));
  say('SOA', 13, [name], answer('a.example', 6, concat(labels(named), labels('b.example'), new Uint8Array(20))));
  say('SRV', 13, [name], answer('_x._tcp.example', 33, concat(u16(0), u16(0), u16(80), labels(named))));
  say('TXT', 13, [never('secret', m.secret)], answer('a.example', 16, concat([m.secret.length], utf8(m.secret))));
  say(
    'HINFO',
    13,
    [never('text', m.vlan)],
    answer('a.example', 13, concat([m.vlan.length], utf8(m.vlan), [1], utf8('x'))),
  );
  say('an unknown type', 13, [never('opaque', m.name)], answer('a.example', 4711, utf8(m.name)));
  const octets = m.ip.split('.').toReversed();
  const back = concat(...octets.map((octet) => concat([octet.length], utf8(octet))));
  say(
    'reverse name, IPv4',
    2,
    [bytes('ipv4', back, 'reverse labels')],
    concat(head(1, 0), asked(`${octets.join('.')}.in-addr.arpa`, 12)),
  );
  const nibbles = ip6Reversed(m.ip6);
  say(
    'reverse name, IPv6',
    2,
    [bytes('ipv6', labels(nibbles).subarray(0, -1), 'reverse nibbles')],
    concat(head(1, 0), asked(`${nibbles}.ip6.arpa`, 12)),
  );
  say('PTR', 13, [name], answer('9.9.9.9.in-addr.arpa', 12, labels(named)));
  say(
    'a host name with a MAC address',
    1,
    [text('mac', dashed(m.mac), 'in a label')],
    concat(head(1, 0), asked(`${dashed(m.mac)}.example`, 1)),
  );
  say(
    'a host name with an IP address',
    2,
    [text('ipv4', ipDashed(m.ip), 'in a label')],
    concat(head(1, 0), asked(`${ipDashed(m.ip)}--24.maas-internal`, 1)),
  );
  say(
    'an EDNS option',
    13,
    [never('opaque', m.name)],
    concat(
      hex('000101000001000000000001'),
      asked('a.example', 1),
      [0],
      u16(41),
      u16(1232),
      u32(0),
      u16(4 + m.name.length),
      u16(65001),
      u16(m.name.length),
      utf8(m.name),
    ),
  );
  const left = residue(m);
  say('behind the message', 10, left.marks, concat(head(1, 0), asked('a.example', 1), left.bytes));
  const nb = [...m.name.toUpperCase().padEnd(16, ' ')].flatMap((char) => [
    0x41 + (char.charCodeAt(0) >> 4),
    0x41 + (char.charCodeAt(0) & 15),
  ]);
  to.frame('NBNS', 10, udp(137, 137, concat(head(1, 0), [32], nb, [0], u16(32), u16(1))), [
    never('hostname', Uint8Array.from(nb), 'half-bytes'),
  ]);
}

function http(to: FramePlanter, m: Machine): void {
  const say = (what: string, pitfall: number, marks: readonly Mark[], line: string, ...lines: string[]): void =>
    to.frame(`HTTP ${what}`, pitfall, tcp(4000, 5248, utf8(`${[line, ...lines].join('\r\n')}\r\n\r\n`)), marks);
  const get = 'GET / HTTP/1.1';
  say('path', 13, [text('url', m.name)], `GET /MAAS/${m.name} HTTP/1.1`);
  say('query, MAC address', 1, [text('mac', bare(m.mac), 'bare in a query')], `GET /boot?mac=${bare(m.mac)} HTTP/1.1`);
  say(
    'query, MAC address escaped',
    1,
    [text('mac', m.mac.replaceAll(':', '%3A'), 'percent-encoded')],
    `GET /boot?mac=${m.mac.replaceAll(':', '%3A')} HTTP/1.1`,
  );
  say('query, IP address', 2, [text('ipv4', m.ip, 'in a query')], `GET /boot?ip=${m.ip} HTTP/1.1`);
  say('query, UUID', 13, [text('uuid', m.uuid, 'in a query')], `GET /boot?uuid=${m.uuid} HTTP/1.1`);
  say('Host', 2, [text('ipv4', m.ip, 'Host')], get, `Host: ${m.ip}`);
  say('Host, name', 13, [text('hostname', m.name)], get, `Host: ${m.name}.bluthworks.example`);
  say('X-Forwarded-For', 2, [never('ipv4', m.ip, 'header')], get, `X-Forwarded-For: ${m.ip}`);
  say('Authorization', 13, [never('secret', m.secret)], get, `Authorization: OAuth ${m.secret}`);
  say('Cookie', 13, [never('secret', m.secret)], get, `Cookie: session=${m.secret}`);
  say('Date', 12, [never('time', '22 Nov 2026')], 'HTTP/1.1 200 OK', 'Date: Sun, 22 Nov 2026 15:47:25 GMT');
  say('Location', 13, [text('url', m.name)], 'HTTP/1.1 302 Found', `Location: http://${m.name}/`);
  say('Server', 13, [never('text', m.vlan)], 'HTTP/1.1 200 OK', `Server: ${m.vlan}`);
  to.frame(
    'HTTP body',
    13,
    tcp(5248, 4000, utf8(`HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npassword: ${m.secret}`)),
    [never('secret', m.secret)],
  );
  to.frame(
    'TLS server name',
    2,
    tcp(4000, 443, concat(hex('16030100500100004c0303'), utf8(`${m.name}.bluthworks.example`))),
    [never('hostname', m.name)],
  );
}

function routers(to: FramePlanter, m: Machine): void {
  const ip = (proto: number, dst: string, payload: Bytes): Bytes =>
    packets.eth(
      { src: NEAR.mac, dst: '01:00:5e:00:00:12', type: packets.ETHER_IPV4 },
      packets.ipv4({ src: NEAR.ip, dst, proto, ttl: 255 }, payload),
    );
  const secret = utf8(m.secret).subarray(0, 8);
  const sum = (message: Bytes): Bytes => {
    const out = Uint8Array.from(message);
    out.set(u16(packets.checksum(message)), 6);
    return out;
  };
  const vrrp = sum(concat([0x21, 9, 100, 1, 1, 1, 0, 0], ip4(m.ip), secret));
  to.frame('VRRPv2', 13, ip(112, '224.0.0.18', vrrp), [raw.ip(m), never('secret', secret, 'authentication')]);
  to.frame('VRRPv3', 2, ip(112, '224.0.0.18', concat([0x31, 9, 100, 1, 0, 100, 0, 0], ip4(m.ip))), [raw.ip(m)]);
  const hsrp = concat([0, 0, 16, 3, 10, 120, 1, 0], secret, ip4(m.ip));
  to.frame('HSRP', 13, packets.udp4Frame({ ...link, dst: '224.0.0.2', sport: 1985, dport: 1985 }, hsrp), [
    raw.ip(m),
    never('secret', secret, 'authentication'),
  ]);
  const group = concat(
    [1, 40, 2, 0, 6, 4],
    u16(5),
    mac(m.mac),
    u32(100),
    u32(3000),
    u32(10_000),
    ip4(m.ip),
    new Uint8Array(12),
  );
  const password = concat([3, 8], secret);
  to.frame(
    'HSRPv2',
    13,
    packets.udp4Frame({ ...link, dst: '224.0.0.102', sport: 1985, dport: 1985 }, concat(group, password)),
    [raw.mac(m), raw.ip(m), never('secret', secret, 'authentication')],
  );
  const rip = concat(
    [2, 2, 0, 0],
    u16(0xffff),
    u16(2),
    utf8(`${m.secret}________________`).subarray(0, 16),
    u16(2),
    u16(0),
    ip4(m.ip),
    hex('ffffffff'),
    u32(0),
    u32(1),
  );
  to.frame('RIP', 13, udp(520, 520, rip), [
    never('ipv4', ip4(m.ip), 'raw'),
    never('secret', m.secret.slice(0, 15), 'authentication'),
  ]);
}

function rest(to: FramePlanter, m: Machine): void {
  to.frame('Wake-on-LAN', 1, udp(9, 9, magic(m.mac)), [never('mac', mac(m.mac), 'raw')]);
  const clock = (reference: Bytes, tail: Bytes = new Uint8Array(0)): Bytes =>
    concat(hex('1c02'), new Uint8Array(10), reference, new Uint8Array(32), tail);
  to.frame('NTP reference id', 2, udp(123, 123, clock(ip4(m.ip))), [never('ipv4', ip4(m.ip), 'raw')]);
  to.frame('NTP authenticator', 13, udp(123, 123, clock(u32(0), concat(u32(1), utf8(m.secret)))), [
    never('secret', m.secret),
  ]);
  to.frame('syslog', 13, udp(514, 514, utf8(`<13>${m.name} dhcpd: DHCPACK on ${m.ip} to ${m.mac}`)), [
    never('hostname', m.name),
    never('ipv4', m.ip, 'dotted'),
    never('mac', m.mac, 'colons'),
  ]);
  to.frame(
    'SSDP',
    13,
    udp(1900, 1900, utf8(`NOTIFY * HTTP/1.1\r\nLocation: http://${m.ip}:80/\r\nUSN: uuid:${m.uuid}\r\n\r\n`)),
    [never('ipv4', m.ip, 'in a URL'), never('uuid', m.uuid, 'text')],
  );
  to.frame('SNMP', 13, udp(161, 161, concat(hex('302902010004'), [m.secret.length], utf8(m.secret))), [
    never('secret', m.secret, 'community'),
  ]);
  to.frame(
    'RADIUS',
    13,
    udp(
      1812,
      1812,
      concat(
        [1, 1],
        u16(100),
        new Uint8Array(16),
        [1, 2 + m.user.length],
        utf8(m.user),
        [4, 6],
        ip4(m.ip),
        [31, 19],
        utf8(dashed(m.mac).toUpperCase()),
      ),
    ),
    [never('username', m.user), never('ipv4', ip4(m.ip), 'raw'), never('mac', dashed(m.mac), 'calling station')],
  );
  to.frame(
    'iSCSI login',
    13,
    tcp(
      4000,
      3260,
      concat(new Uint8Array(48), utf8(`InitiatorName=iqn.2004-10.com.ubuntu:01:${m.name}\0CHAP_N=${m.user}\0`)),
    ),
    [never('hostname', m.name), never('username', m.user)],
  );
  to.frame('NVMe host', 13, tcp(4000, 4420, utf8(`nqn.2014-08.org.nvmexpress:uuid:${m.uuid}`)), [
    never('uuid', m.uuid, 'text'),
  ]);
  to.frame('NVMe host id', 13, tcp(4000, 4420, uuidBytes(m.uuid)), [never('uuid', uuidBytes(m.uuid), 'raw')]);
  to.frame('IPMI', 13, udp(623, 623, concat(hex('0600ff07'), utf8(m.user), utf8(m.secret))), [
    never('username', m.user),
    never('secret', m.secret),
  ]);
  to.frame('a MAAS beacon', 13, udp(5240, 5240, utf8(`gAAAAA${m.secret}`)), [never('payload', m.secret)]);
  to.frame('NFS mount', 13, udp(800, 2049, utf8(`/srv/${m.name}`)), [never('filename', m.name)]);
  to.frame('UTF-16 in an unknown protocol', 16, udp(4001, 4002, Uint8Array.from(Buffer.from(m.name, 'utf16le'))), [
    never('hostname', Uint8Array.from(Buffer.from(m.name, 'utf16le')), 'UTF-16'),
  ]);
  to.frame('base64 in an unknown protocol', 16, udp(4001, 4002, utf8(Buffer.from(mac(m.mac)).toString('base64'))), [
    never('mac', Buffer.from(mac(m.mac)).toString('base64'), 'base64'),
  ]);
  to.frame('a mapped address in an unknown protocol', 2, udp(4001, 4002, utf8(`peer ${ipMappedHex(m.ip)} up`)), [
    never('ipv4', ipMappedHex(m.ip), 'mapped'),
  ]);
}
