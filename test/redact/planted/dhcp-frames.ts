/** Plants of DHCPv4 and DHCPv6: every field, option and residue. */
import * as packets from '../../support/packets.ts';
import { concat, hex, ip4, ip6, mac, u16, u32, utf8, type Bytes } from '../../support/bytes.ts';
import { bytes, never, raw, residue, text } from './marks.ts';
import type { FramePlanter, Mark } from './planter.ts';
import { FAR, MACHINES, NEAR, type Machine } from './site.ts';
import { bare, dashed, guidBytes, ipDashed, ipHex, uuidBytes } from './spelling.ts';

type Part = Bytes | readonly number[];

function option(code: number, ...value: Part[]): Bytes {
  const data = concat(...value);
  return concat([code, data.length], data);
}

interface Fixed {
  ciaddr?: string;
  yiaddr?: string;
  siaddr?: string;
  giaddr?: string;
  chaddr?: Bytes;
  sname?: Bytes;
  file?: Bytes;
}

function message(fixed: Fixed, options: readonly Part[], after: Bytes = new Uint8Array(0)): Bytes {
  const head = new Uint8Array(236);
  head.set([2, 1, 6, 0, 1, 2, 3, 4]);
  const at = [fixed.ciaddr, fixed.yiaddr, fixed.siaddr, fixed.giaddr];
  for (const [i, address] of at.entries()) if (address !== undefined) head.set(ip4(address), 12 + 4 * i);
  head.set(fixed.chaddr ?? mac(NEAR.mac), 28);
  head.set(fixed.sname ?? [], 44);
  head.set(fixed.file ?? [], 108);
  return concat(head, hex('63825363'), option(53, [5]), ...options, [255], after);
}

const link = { srcMac: NEAR.mac, dstMac: FAR.mac };
const over4 = { ...link, src: NEAR.ip, dst: FAR.ip, sport: 67, dport: 68 };

export function dhcpFrames(to: FramePlanter): void {
  for (const m of MACHINES) {
    const say = (what: string, pitfall: number, marks: readonly Mark[], content: Bytes): void =>
      to.frame(`DHCP ${what}`, pitfall, packets.udp4Frame(over4, content), marks);
    const has = (code: number, marks: readonly Mark[], ...value: Part[]): void =>
      say(
        `option ${code}`,
        marks[0]?.kind === 'mac' ? 1 : marks[0]?.kind === 'ipv4' ? 2 : 13,
        marks,
        message({}, [option(code, ...value)]),
      );
    fields(m, say);
    addresses(m, has);
    names(m, has);
    identifiers(m, has, say);
    framing(m, say);
  }
  dhcp6(to);
}

type Say = (what: string, pitfall: number, marks: readonly Mark[], content: Bytes) => void;
type Has = (code: number, marks: readonly Mark[], ...value: Part[]) => void;

function fields(m: Machine, say: Say): void {
  for (const name of ['ciaddr', 'yiaddr', 'siaddr', 'giaddr'] as const) {
    say(name, 2, [raw.ip(m)], message({ [name]: m.ip }, []));
  }
  say('chaddr', 1, [raw.mac(m)], message({ chaddr: mac(m.mac) }, []));
  const rest = residue(m);
  const behind = concat(mac(NEAR.mac), mac(m.mac), ip4(m.ip));
  say(
    'padding of chaddr',
    10,
    [never('mac', mac(m.mac), 'raw'), never('ipv4', ip4(m.ip), 'raw')],
    message({ chaddr: behind }, []),
  );
  say('sname', 13, [text('hostname', m.name)], message({ sname: utf8(`${m.name}.bluthworks.example`) }, []));
  say('residue of sname', 10, rest.marks, message({ sname: concat(utf8('a\0'), rest.bytes) }, []));
  say('file', 13, [text('filename', m.file)], message({ file: utf8(m.file) }, []));
  say(
    'file with a MAC address',
    1,
    [text('mac', dashed(m.mac), '01- boot file')],
    message({ file: utf8(`/tftp/01-${dashed(m.mac)}`) }, []),
  );
  say('residue of file', 10, rest.marks, message({ file: concat(utf8('a.efi\0'), rest.bytes) }, []));
  say('bytes after End', 10, rest.marks, message({}, [], rest.bytes));
  say(
    'an option after End',
    10,
    [never('hostname', m.name), never('ipv4', ip4(m.ip), 'raw')],
    message({}, [], concat(option(12, utf8(m.name)), option(54, ip4(m.ip)))),
  );
  say('Pad between options', 10, [never('hostname', m.name)], message({}, [[0, 0, 0]], utf8(m.name)));
}

function addresses(m: Machine, has: Has): void {
  for (const code of [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 28, 32, 41, 42, 44, 45, 48, 49, 50, 54, 65, 68, 69, 70, 71, 72, 73, 74, 75, 76, 85,
    118, 138, 150,
  ]) {
    has(code, [raw.ip(m)], ip4(m.ip));
  }
  has(33, [raw.ip(m)], ip4(m.ip), ip4(FAR.ip));
  has(21, [raw.ip(m)], ip4(m.ip), hex('ffffffff'));
  has(121, [raw.ip(m)], [32], ip4(m.ip), ip4(FAR.ip));
  has(249, [raw.ip(m)], [24], ip4(FAR.ip).subarray(0, 3), ip4(m.ip));
  has(120, [raw.ip(m)], [1], ip4(m.ip));
  has(78, [raw.ip(m)], [0], ip4(m.ip));
  has(95, [text('ipv4', m.ip, 'in a URL')], utf8(`ldap://${m.ip}/dc=x`));
  has(114, [text('ipv4', m.ip, 'in a URL')], utf8(`https://${m.ip}/portal`));
  has(66, [text('ipv4', m.ip)], utf8(m.ip));
  has(67, [text('ipv4', ipHex(m.ip), 'hexadecimal boot file')], utf8(`pxelinux.cfg/${ipHex(m.ip)}`));
  has(
    209,
    [text('ipv4', ipHex(m.ip).slice(0, 7), 'shortened boot file')],
    utf8(`pxelinux.cfg/${ipHex(m.ip).slice(0, 7)}`),
  );
  has(
    17,
    [text('ipv4', m.ip, 'in a root path'), text('filename', m.name, 'in a root path')],
    utf8(`${m.ip}:/srv/nfs/${m.name}`),
  );
}

function names(m: Machine, has: Has): void {
  has(12, [text('hostname', m.name)], utf8(m.name));
  has(12, [text('hostname', `${m.name}.bluthworks`)], utf8(`${m.name}.bluthworks.example`));
  has(12, [text('mac', dashed(m.mac), 'in a host name')], utf8(`node-${dashed(m.mac)}`));
  has(12, [text('ipv4', ipDashed(m.ip), 'in a host name')], utf8(`${ipDashed(m.ip)}.maas-internal`));
  has(15, [text('domain', 'bluthworks')], utf8('bluthworks.example'));
  has(14, [never('filename', m.file)], utf8(m.file));
  has(18, [never('filename', m.file)], utf8(m.file));
  has(40, [text('domain', m.vlan)], utf8(m.vlan));
  has(47, [text('domain', m.vlan)], utf8(m.vlan));
  has(64, [text('domain', m.vlan)], utf8(m.vlan));
  has(66, [text('hostname', m.name)], utf8(m.name));
  has(67, [text('filename', m.file)], utf8(m.file));
  has(81, [text('hostname', m.name)], [0, 0, 0], utf8(`${m.name}.bluthworks.example`));
  has(
    81,
    [text('hostname', m.name, 'wire format')],
    [4, 0, 0, m.name.length],
    utf8(m.name),
    [10],
    utf8('bluthworks'),
    [0],
  );
  has(119, [text('domain', 'bluthworks', 'wire format')], [10], utf8('bluthworks'), [7], utf8('example'), [0]);
  has(120, [text('hostname', m.name, 'wire format')], [0, m.name.length], utf8(m.name), [0]);
  has(209, [text('filename', m.file)], utf8(m.file));
  has(210, [text('filename', m.name)], utf8(`/srv/${m.name}/`));
  has(252, [text('url', m.name)], utf8(`http://${m.name}/wpad.dat`));
  has(
    60,
    [text('vendor-class', `Site-${m.serial}`, 'a rare one')].map((mark) => ({ ...mark, pitfall: 17 })),
    utf8(`Site-${m.serial}`),
  );
  has(77, [text('vendor-class', `class-${m.serial}`, 'user class')], utf8(`class-${m.serial}`));
  has(56, [text('text', m.name, 'in a message', 'text')], utf8(`no lease for ${m.name}`));
  has(100, [text('text', m.vlan)], utf8(m.vlan));
}

function identifiers(m: Machine, has: Has, say: Say): void {
  has(61, [raw.mac(m)], [1], mac(m.mac));
  has(61, [text('mac', m.mac, 'in MAAS- client id')], [0], utf8(`MAAS-${m.mac}`));
  has(61, [raw.mac(m)], [255], u32(0x11223344), hex('00010001'), u32(0x2a123456), mac(m.mac));
  has(61, [bytes('uuid', uuidBytes(m.uuid), 'raw')], [255], u32(1), u16(4), uuidBytes(m.uuid));
  has(61, [text('serial', m.serial)], [0], utf8(m.serial));
  has(97, [bytes('uuid', uuidBytes(m.uuid), 'raw')], [0], uuidBytes(m.uuid));
  has(97, [bytes('uuid', guidBytes(m.uuid), 'GUID'), raw.mac(m)], [0], guidBytes(m.uuid));
  has(82, [text('circuit-id', m.circuit)], option(1, utf8(m.circuit)));
  has(82, [text('remote-id', m.remote)], option(2, utf8(m.remote)));
  has(82, [raw.mac(m)], option(2, mac(m.mac)));
  has(82, [raw.mac(m)], option(2, [0, 6], mac(m.mac)));
  has(82, [text('mac', m.mac, 'in a remote id')], option(2, utf8(m.mac)));
  has(82, [text('mac', bare(m.mac), 'bare in a remote id')], option(2, utf8(bare(m.mac))));
  has(82, [raw.ip(m)], option(5, ip4(m.ip)));
  has(82, [text('remote-id', m.remote, 'subscriber id')], option(6, utf8(m.remote)));
  has(82, [never('secret', m.secret)], option(8, utf8(m.secret)));
  has(82, [text('serial', m.serial)], option(9, u32(9), [m.serial.length], utf8(m.serial)));
  has(82, [raw.ip(m)], option(11, ip4(m.ip)));
  has(82, [text('vlan-name', m.vlan, 'VSS')], option(151, [0], utf8(m.vlan)));
  has(82, [never('opaque', m.name)], option(200, utf8(m.name)));
  has(43, [raw.ip(m)], option(8, u16(0x8000), [1], ip4(m.ip)), [255]);
  has(43, [raw.ip(m)], option(241, ip4(m.ip)));
  has(43, [never('text', m.vlan)], option(9, u16(0x8000), [m.vlan.length], utf8(m.vlan)), [255]);
  has(43, [text('serial', m.serial)], utf8(m.serial));
  has(90, [never('secret', m.secret)], hex('0001000000000000000000'), utf8(m.secret));
  has(124, [text('serial', m.serial)], u32(3561), [m.serial.length], utf8(m.serial));
  has(125, [text('serial', m.serial)], u32(3561), [2 + m.serial.length, 2, m.serial.length], utf8(m.serial));
  has(
    175,
    [text('username', m.user), never('secret', m.secret)],
    option(190, utf8(m.user)),
    option(191, utf8(m.secret)),
  );
  has(203, [text('serial', m.name)], utf8(m.name));
  has(144, [never('text', m.vlan)], utf8(m.vlan));
  has(220, [never('ipv4', ip4(m.ip), 'raw')], ip4(m.ip));
  has(224, [never('secret', m.secret), never('mac', mac(m.mac), 'raw')], utf8(m.secret), mac(m.mac));
  has(254, [never('opaque', m.name)], utf8(m.name));
  const long = concat(utf8('x'.repeat(250)), utf8(m.name));
  say(
    'a long option in two pieces',
    11,
    [never('opaque', m.name)],
    message({}, [option(224, long.subarray(0, 255)), option(224, long.subarray(255), utf8(m.name))]),
  );
}

function framing(m: Machine, say: Say): void {
  const inside = concat(option(12, utf8(m.name)), [255]);
  say('options in sname', 13, [text('hostname', m.name)], message({ sname: inside }, [option(52, [2])]));
  say('options in file', 13, [text('hostname', m.name)], message({ file: inside }, [option(52, [1])]));
  const cut = message({}, []).subarray(0, 243);
  say('a malformed option', 10, [never('hostname', m.name)], concat(cut, [12, 200], utf8(m.name)));
  const bootp = message({}, []).subarray(0, 236);
  say('a BOOTP vendor area', 10, [never('hostname', m.name)], concat(bootp, utf8(m.name), new Uint8Array(40)));
}

function dhcp6(to: FramePlanter): void {
  const over6 = { ...link, src: NEAR.ip6, dst: 'ff02::1:2', sport: 546, dport: 547 };
  const part = (code: number, ...value: Part[]): Bytes => {
    const all = concat(...value);
    return concat(u16(code), u16(all.length), all);
  };
  for (const m of MACHINES) {
    const name6 = concat([m.name.length], utf8(m.name), [0]);
    const has = (code: number, marks: readonly Mark[], ...value: Part[]): void => {
      const pitfall = marks[0]?.kind === 'mac' ? 1 : marks[0]?.kind === 'ipv6' ? 2 : 13;
      to.frame(
        `DHCPv6 option ${code}`,
        pitfall,
        packets.udp6Frame(over6, concat(hex('01abcdef'), part(code, ...value))),
        marks,
      );
    };
    has(1, [raw.mac(m)], hex('00010001'), u32(0x2a123456), mac(m.mac));
    has(1, [raw.mac(m)], hex('00030001'), mac(m.mac));
    has(1, [text('serial', m.serial, 'DUID-EN')], hex('0002'), u32(9), utf8(m.serial));
    has(1, [bytes('uuid', uuidBytes(m.uuid), 'DUID-UUID')], hex('0004'), uuidBytes(m.uuid));
    has(1, [text('serial', m.serial, 'unknown DUID')], hex('0099'), utf8(m.serial));
    has(2, [raw.mac(m)], hex('00010001'), u32(0x2a123456), mac(m.mac));
    has(3, [raw.ip6(m)], u32(1), u32(0), u32(0), part(5, ip6(m.ip6), u32(1), u32(2)));
    has(4, [raw.ip6(m)], u32(1), part(5, ip6(m.ip6), u32(1), u32(2)));
    has(
      25,
      [bytes('ipv6', ip6(m.ip6).subarray(0, 8), 'prefix')],
      u32(1),
      u32(0),
      u32(0),
      part(26, u32(1), u32(2), [64], ip6(m.ip6).subarray(0, 8), new Uint8Array(8)),
    );
    has(11, [never('secret', m.secret)], [3, 1, 0], u32(0), u32(1), utf8(m.secret));
    has(12, [raw.ip6(m)], ip6(m.ip6));
    has(13, [text('text', m.name, 'in a status message', 'text')], u16(2), utf8(`no address for ${m.name}`));
    has(15, [text('vendor-class', `class-${m.serial}`)], u16(6 + m.serial.length), utf8(`class-${m.serial}`));
    has(16, [text('vendor-class', `Site-${m.serial}`)], u32(343), u16(5 + m.serial.length), utf8(`Site-${m.serial}`));
    has(17, [never('serial', m.serial)], u32(343), part(1, utf8(m.serial)));
    has(18, [text('circuit-id', m.circuit)], utf8(m.circuit));
    has(21, [text('hostname', m.name, 'wire format')], name6);
    has(23, [raw.ip6(m)], ip6(m.ip6));
    has(24, [text('domain', 'bluthworks', 'wire format')], [10], utf8('bluthworks'), [0]);
    has(31, [raw.ip6(m)], ip6(m.ip6));
    has(37, [text('remote-id', m.remote)], u32(9), utf8(m.remote));
    has(38, [text('remote-id', m.remote)], utf8(m.remote));
    has(39, [text('hostname', m.name, 'wire format')], [0], name6);
    has(56, [raw.ip6(m)], part(1, ip6(m.ip6)));
    has(59, [text('ipv6', m.ip6, 'in a URL')], utf8(`tftp://[${m.ip6}]/grubx64.efi`));
    has(59, [text('hostname', m.name, 'in a URL')], utf8(`http://${m.name}.bluthworks.example/boot`));
    has(60, [text('text', m.name, 'text', 'text')], u16(m.name.length), utf8(m.name));
    has(79, [raw.mac(m)], u16(1), mac(m.mac));
    has(103, [text('url', m.name)], utf8(`https://${m.name}/portal`));
    has(250, [never('opaque', m.name)], utf8(m.name));
    const rest = residue(m);
    to.frame(
      'DHCPv6 options cut short',
      10,
      packets.udp6Frame(over6, concat(hex('01abcdef'), u16(1), u16(200), rest.bytes)),
      rest.marks,
    );
    const relayed = concat(
      [12, 0],
      ip6(m.ip6),
      ip6(`fe80::${m.ip6.split(':').slice(4).join(':')}`),
      part(9, hex('01abcdef'), part(39, [0], name6)),
    );
    to.frame('DHCPv6 Relay-forward', 2, packets.udp6Frame({ ...over6, sport: 547 }, relayed), [
      raw.ip6(m),
      bytes('ipv6', ip6(`fe80::${m.ip6.split(':').slice(4).join(':')}`), 'peer address'),
      text('hostname', m.name, 'in the relayed message'),
    ]);
  }
}
