/** The planted captures: Ethernet as pcap, cooked and raw link types, and the blocks and options of pcapng. */
import * as packets from '../../support/packets.ts';
import { concat, hex, ip4, ip6, mac, u16, u32, utf8, type Bytes } from '../../support/bytes.ts';
import { pcapFile } from '../../support/pcap.ts';
import { appFrames } from './app-frames.ts';
import { dhcpFrames } from './dhcp-frames.ts';
import { linkFrames } from './link-frames.ts';
import { bytes, never, raw, text } from './marks.ts';
import { netFrames } from './net-frames.ts';
import { FramePlanter, type Mark, type Planter } from './planter.ts';
import { FAR, MACHINES, NEAR, START } from './site.ts';

/** The name of a machine stands in the file's name, too. */
export const CAPTURE = 'capture-quartzbridge.pcap';
export const CAPTURE_NG = 'capture-ferncastle.pcapng';

export function plantCaptures(planter: Planter): void {
  const ethernet = new FramePlanter(planter, CAPTURE);
  linkFrames(ethernet);
  dhcpFrames(ethernet);
  netFrames(ethernet);
  appFrames(ethernet);
  ethernet.close(pcapFile);
  cooked(planter, 'capture-cooked.pcap', 113, (m) => packets.sll({ src: m, type: packets.ETHER_IPV4 }, datagram()));
  cooked(planter, 'capture-cooked2.pcap', 276, (m) => packets.sll2({ src: m, type: packets.ETHER_IPV4 }, datagram()));
  const bare = new FramePlanter(planter, 'capture-raw.pcap');
  for (const m of MACHINES) bare.frame('raw IP', 2, datagram(m.ip), [raw.ip(m)]);
  bare.close(pcapFile, { linkType: 101 });
  pcapng(planter);
}

function datagram(src = NEAR.ip): Bytes {
  const inside = packets.udp({ sport: 1, dport: 9 }, new Uint8Array(4));
  return packets.ipv4({ src, dst: FAR.ip, proto: 17 }, inside);
}

function cooked(planter: Planter, name: string, linkType: number, frame: (address: string) => Bytes): void {
  const frames = new FramePlanter(planter, name);
  for (const m of MACHINES) {
    frames.frame(`cooked source, link type ${linkType}`, 1, frame(m.mac), [raw.mac(m)]);
    const padded = concat(frame(NEAR.mac), utf8(m.secret));
    frames.frame(`cooked trailer, link type ${linkType}`, 10, padded, [never('secret', m.secret)]);
  }
  frames.close(pcapFile, { linkType });
}

function aligned(part: Bytes): Bytes {
  return concat(part, new Uint8Array((4 - (part.length % 4)) % 4));
}

function option(code: number, value: Bytes): Bytes {
  return concat(le16(code), le16(value.length), aligned(value));
}

function block(type: number, body: Bytes): Bytes {
  const whole = aligned(body);
  return concat(le32(type), le32(12 + whole.length), whole, le32(12 + whole.length));
}

function le16(value: number): Bytes {
  return u16(value).toReversed();
}

function le32(value: number): Bytes {
  return u32(value).toReversed();
}

/** Values of their own, because what carries them is no frame that a plant could be looked for in. */
function pcapng(planter: Planter): void {
  const marks: [what: string, mark: Mark][] = [];
  let turn = 0;
  const word = (what: string): Bytes => {
    turn += 1;
    const value = `kestrel${String(turn * 37)}-${what}`;
    marks.push([what, never('metadata', value)]);
    return utf8(value);
  };
  const say = (what: string, mark: Mark): void => void marks.push([what, mark]);
  const address = (n: number): string => `52:54:00:e1:d2:${n.toString(16)}`;
  const all: Bytes[] = [];
  all.push(
    block(
      0x0a0d0d0a,
      concat(
        le32(0x1a2b3c4d),
        le16(1),
        le16(0),
        new Uint8Array(8).fill(255),
        option(1, word('section-comment')),
        option(2, word('section-hardware')),
        option(3, word('section-os')),
        option(4, word('section-application')),
        option(2988, concat(le32(9), word('section-custom-option'))),
        option(0, new Uint8Array(0)),
        word('after-end-of-options'),
      ),
    ),
  );
  say('interface IPv4 address', bytes('ipv4', ip4('10.77.133.177'), 'raw', 'never'));
  say('interface IPv6 address', bytes('ipv6', ip6('2001:db8:77:1::b177'), 'raw'));
  say('interface MAC address', bytes('mac', mac(address(0x77)), 'raw'));
  say('interface EUI-64', bytes('mac', hex('505400fffee1d278'), 'EUI-64', 'never'));
  say('interface filter, address', text('mac', address(0x79), 'in a filter', 'never'));
  all.push(
    block(
      1,
      concat(
        le16(1),
        le16(0),
        le32(65_535),
        option(2, word('interface-name')),
        option(3, word('interface-description')),
        option(4, concat(ip4('10.77.133.177'), hex('ffffff00'))),
        option(5, concat(ip6('2001:db8:77:1::b177'), [64])),
        option(6, mac(address(0x77))),
        option(7, hex('505400fffee1d278')),
        option(11, concat([0], utf8(`ether host ${address(0x79)}`))),
        option(12, word('interface-os')),
        option(15, word('interface-hardware')),
        option(4711, word('interface-unknown-option')),
        option(1, word('interface-comment')),
        option(0, new Uint8Array(0)),
      ),
    ),
  );
  const frame = packets.arpFrame({
    operation: 1,
    senderMac: address(0x81),
    senderIp: '10.77.133.181',
    targetIp: FAR.ip,
  });
  say('frame', bytes('mac', mac(address(0x81)), 'raw'));
  say('frame, ARP', text('ipv4', '', 'raw'));
  marks.pop();
  const micros = START * 1e6;
  const stamp = concat(le32(Math.floor(micros / 2 ** 32)), le32(micros % 2 ** 32));
  const [m] = MACHINES;
  if (m === undefined) return;
  say('packet comment, MAC address', text('mac', address(0x82), 'in a comment', 'never'));
  all.push(
    block(
      6,
      concat(
        le32(0),
        stamp,
        le32(frame.length),
        le32(frame.length),
        aligned(frame),
        option(1, word('packet-comment')),
        option(1, utf8(`seen at ${address(0x82)}`)),
        option(3, concat([2], word('packet-hash'))),
        option(2989, concat(le32(9), word('packet-custom-option'))),
        option(0, new Uint8Array(0)),
      ),
    ),
  );
  all.push(block(3, concat(le32(frame.length), aligned(frame.subarray(0, 42)), [0, 0])));
  all.push(
    block(
      4,
      concat(
        le16(1),
        le16(4 + 20),
        ip4('10.77.133.183'),
        aligned(concat(word('name-record').subarray(0, 19), [0])),
        le16(2),
        le16(16 + 12),
        ip6('2001:db8:77:1::b184'),
        utf8('osprey-name\0'),
        le32(0),
        option(2, word('resolver-name')),
        option(0, new Uint8Array(0)),
      ),
    ),
  );
  const [, named] = marks.find(([what]) => what === 'name-record') ?? [];
  if (named !== undefined && typeof named.needle === 'string') named.needle = named.needle.slice(0, 19);
  say('name record, IPv6', bytes('ipv6', ip6('2001:db8:77:1::b184'), 'raw'));
  say('name record, second name', never('hostname', 'osprey-name'));
  all.push(
    block(
      10,
      concat(
        le32(0x544c534b),
        le32(64),
        utf8('CLIENT_RANDOM 5254009abcde77aa '),
        utf8('e0c1a2b3d4f5967788990a1b2c3d4e5f'),
        [10],
      ),
    ),
  );
  say('TLS key', never('secret', 'e0c1a2b3d4f5967788990a1b2c3d4e5f'));
  const entry = `__REALTIME_TIMESTAMP=${micros}\n_HOSTNAME=gannetrow\n_MACHINE_ID=4d9ef0f2c8a1461ba4a1a8bf0a2b5c6d\nMESSAGE=Accepted password for plovera from 10.77.133.185\n\n`;
  all.push(block(9, utf8(entry)));
  say('journal host name', text('hostname', 'gannetrow', 'text', 'text'));
  say('journal machine id', text('uuid', '4d9ef0f2c8a1461ba4a1a8bf0a2b5c6d', 'text', 'text'));
  say('journal user', text('username', 'plovera', 'text', 'text'));
  say('journal IP address', text('ipv4', '10.77.133.185', 'dotted', 'text'));
  all.push(block(5, concat(le32(0), stamp, option(1, word('statistics-comment')), option(0, new Uint8Array(0)))));
  all.push(block(0xbad, concat(le32(9), word('custom-block'))));
  all.push(block(0x40000bad, concat(le32(9), word('custom-block-not-copied'))));
  all.push(block(0x7777, word('unknown-block')));
  const content = concat(...all);
  planter.files.push({ name: CAPTURE_NG, bytes: content });
  for (const [what, mark] of marks) planter.plant(CAPTURE_NG, 0, what, 9, content, [mark]);
}
