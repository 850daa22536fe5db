/** Payloads and frames of the link layer's own protocols: 802.1X, spanning tree, aggregation, MACsec, CDP. */

import { concat, eth, hex, ip4, llc, mac, u16, u32, utf8 } from './packets.ts';
import type { Bytes, MacText } from './packets.ts';

export const PAE_GROUP = '01:80:c2:00:00:03';
export const BRIDGE_GROUP = '01:80:c2:00:00:00';
export const SLOW_GROUP = '01:80:c2:00:00:02';
export const CISCO_GROUP = '01:00:0c:cc:cc:cc';
export const PVST_GROUP = '01:00:0c:cc:cc:cd';

// ---------------------------------------------------------------------------------------------- 802.1X

export function eapolPacket(type: number, body: Bytes | readonly number[] = [], version = 2): Bytes {
  return concat([version, type], u16(body.length), body);
}

/** An EAP packet; `type` -1 for success and failure. */
export function eapPacket(code: number, identifier: number, type = -1, data: Bytes = new Uint8Array(0)): Bytes {
  const rest = type < 0 ? new Uint8Array(0) : concat([type], data);
  return concat([code, identifier], u16(4 + rest.length), rest);
}

export interface MkaFields {
  mi: string;
  mn?: number;
  ckn: string;
  sci?: MacText;
  port?: number;
  priority?: number;
  keyServer?: boolean;
  live?: readonly string[];
  potential?: readonly string[];
  sakUse?: boolean;
  distributed?: boolean;
}

/** An MKPDU with a made-up integrity check value. Member identifiers are 24 hexadecimal digits. */
export function mkpdu(f: MkaFields): Bytes {
  const ckn = hex(f.ckn);
  const flags = (f.keyServer === true ? 0x8000 : 0) | 0x4000 | 0x2000;
  const basic = concat(
    [1, f.priority ?? 16],
    u16(flags | (28 + ckn.length)),
    mac(f.sci ?? '02:00:00:00:0a:01'),
    u16(f.port ?? 1),
    hex(f.mi),
    u32(f.mn ?? 1),
    hex('0080c201'),
    ckn,
    new Uint8Array((4 - (ckn.length % 4)) % 4),
  );
  const peers = (type: number, list: readonly string[]): Bytes =>
    list.length === 0
      ? new Uint8Array(0)
      : concat([type, 0], u16(16 * list.length), ...list.map((mi) => concat(hex(mi), u32(1))));
  return concat(
    basic,
    peers(1, f.live ?? []),
    peers(2, f.potential ?? []),
    f.sakUse === true ? concat([3, 0x30], u16(40), hex(f.mi), u32(1), u32(1), new Uint8Array(20)) : [],
    f.distributed === true ? concat([4, 0x10], u16(28), u32(1), new Uint8Array(24)) : [],
    new Uint8Array(16).fill(0x5a),
  );
}

export function eapolFrame(src: MacText, body: Bytes, dst: MacText = PAE_GROUP): Bytes {
  return eth({ src, dst, type: 0x888e, pad: true }, body);
}

// ---------------------------------------------------------------------------------------------- MACsec

export interface MacsecFields {
  an?: number;
  packetNumber?: number;
  /** Sends the identifier: system and port. */
  sci?: { system: MacText; port: number };
  encrypted?: boolean;
  shortLength?: number;
}

/** SecTAG, secure data and integrity check value. */
export function macsecPayload(f: MacsecFields, data: Bytes): Bytes {
  const tci = (f.sci === undefined ? 0 : 0x20) | (f.encrypted === false ? 0 : 0x0c) | (f.an ?? 0);
  return concat(
    [tci, f.shortLength ?? 0],
    u32(f.packetNumber ?? 1),
    f.sci === undefined ? [] : concat(mac(f.sci.system), u16(f.sci.port)),
    data,
    new Uint8Array(16).fill(0xc1),
  );
}

export function macsecFrame(src: MacText, dst: MacText, f: MacsecFields, data: Bytes): Bytes {
  return eth({ src, dst, type: 0x88e5 }, macsecPayload(f, data));
}

// ---------------------------------------------------------------------------------------------- spanning tree

export interface BpduFields {
  version?: number;
  type?: number;
  flags?: number;
  root?: MacText;
  bridge?: MacText;
  priority?: number;
  cost?: number;
  port?: number;
  messageAge?: number;
  /** Seconds. */
  maxAge?: number;
  hello?: number;
  forwardDelay?: number;
  /** Appends the TLV of a per-VLAN tree. */
  vlan?: number;
  /** Of MSTP: its name and how many instances. */
  mst?: { name: string; instances: number };
}

export const BRIDGE = '02:16:3e:00:00:5b';

export function bpdu(f: BpduFields = {}): Bytes {
  const version = f.version ?? 0;
  const type = f.type ?? (version >= 2 ? 2 : 0);
  if (type === 0x80) return concat(u16(0), [version, type]);
  const priority = u16((f.priority ?? 0x8000) + (f.vlan ?? 0));
  const seconds = (n: number): Bytes => u16(Math.round(n * 256));
  const instance = (id: number): Bytes => concat([0x7c], u16(0x8000 + id), mac(BRIDGE), u32(0), [0x80, 0x80, 20]);
  const { mst } = f;
  return concat(
    u16(0),
    [version, type, f.flags ?? 0],
    priority,
    mac(f.root ?? BRIDGE),
    u32(f.cost ?? 0),
    priority,
    mac(f.bridge ?? BRIDGE),
    u16(f.port ?? 0x8001),
    seconds(f.messageAge ?? 0),
    seconds(f.maxAge ?? 20),
    seconds(f.hello ?? 2),
    seconds(f.forwardDelay ?? 15),
    version >= 2 ? [0] : [],
    mst === undefined
      ? []
      : concat(
          u16(64 + 16 * mst.instances),
          [0],
          utf8(mst.name.padEnd(32, '\0')),
          u16(1),
          new Uint8Array(16).fill(0xac),
          u32(0),
          u16(0x8000),
          mac(BRIDGE),
          [20],
          ...Array.from({ length: mst.instances }, (_v, i) => instance(i + 1)),
        ),
    f.vlan === undefined ? [] : concat(version >= 2 ? [] : [0], u16(0), u16(2), u16(f.vlan)),
  );
}

export function bpduFrame(src: MacText, f: BpduFields = {}): Bytes {
  return llc({ src, dst: BRIDGE_GROUP, dsap: 0x42, ssap: 0x42 }, bpdu(f));
}

/** Cisco's per-VLAN message: under SNAP. */
export function pvstFrame(src: MacText, f: BpduFields & { vlan: number }): Bytes {
  const inner = concat(hex('aaaa03 00000c 010b'), bpdu(f));
  return eth({ src, dst: PVST_GROUP, type: inner.length, pad: true }, inner);
}

// ---------------------------------------------------------------------------------------------- aggregation

export interface LacpEnd {
  system?: MacText;
  key?: number;
  port?: number;
  state?: number;
}

export function lacpdu(actor: LacpEnd, partner: LacpEnd = {}): Bytes {
  const end = (type: number, e: LacpEnd): Bytes =>
    concat(
      [type, 20],
      u16(0xffff),
      mac(e.system ?? 0),
      u16(e.key ?? 0),
      u16(0xff),
      u16(e.port ?? 0),
      [e.state ?? 0],
      new Uint8Array(3),
    );
  return concat([1, 1], end(1, actor), end(2, partner), [3, 16], u16(50_000), new Uint8Array(12), new Uint8Array(52));
}

export function lacpFrame(src: MacText, actor: LacpEnd, partner?: LacpEnd): Bytes {
  return eth({ src, dst: SLOW_GROUP, type: 0x8809 }, lacpdu(actor, partner));
}

export function markerPayload(response: boolean, system: MacText): Bytes {
  return concat([2, 1, response ? 2 : 1, 16], u16(7), mac(system), u32(0x01020304), u16(0), [0, 0], new Uint8Array(90));
}

// ---------------------------------------------------------------------------------------------- CDP

export interface CdpFields {
  device: string;
  port: string;
  nativeVlan?: number;
  address?: string;
  platform?: string;
  mtu?: number;
  ttl?: number;
}

export function cdpPayload(f: CdpFields): Bytes {
  const tlv = (type: number, ...data: (Bytes | readonly number[])[]): Bytes => {
    const value = concat(...data);
    return concat(u16(type), u16(4 + value.length), value);
  };
  return concat(
    [2, f.ttl ?? 180],
    u16(0),
    tlv(1, utf8(f.device)),
    f.address === undefined ? [] : tlv(2, u32(1), [1, 1, 0xcc], u16(4), ip4(f.address)),
    tlv(3, utf8(f.port)),
    tlv(4, u32(0x28)),
    tlv(5, utf8('IOS 15')),
    tlv(6, utf8(f.platform ?? 'cisco WS-C2960')),
    f.nativeVlan === undefined ? [] : tlv(10, u16(f.nativeVlan)),
    tlv(11, [1]),
    f.mtu === undefined ? [] : tlv(17, u32(f.mtu)),
  );
}

export function cdpFrame(src: MacText, f: CdpFields): Bytes {
  const inner = concat(hex('aaaa03 00000c 2000'), cdpPayload(f));
  return eth({ src, dst: CISCO_GROUP, type: inner.length, pad: true }, inner);
}

/** An LLDPDU with the mandatory TLVs, the port VLAN and the maximum frame size. */
export function lldpFrame(src: MacText, f: { port: string; vlan?: number; maxFrame?: number; ttl?: number }): Bytes {
  const tlv = (type: number, ...data: (Bytes | readonly number[])[]): Bytes => {
    const value = concat(...data);
    return concat(u16(type * 512 + value.length), value);
  };
  return eth(
    { src, dst: '01:80:c2:00:00:0e', type: 0x88cc, pad: true },
    concat(
      tlv(1, [4], mac(src)),
      tlv(2, [5], utf8(f.port)),
      tlv(3, u16(f.ttl ?? 120)),
      f.vlan === undefined ? [] : tlv(127, hex('0080c2'), [1], u16(f.vlan)),
      f.maxFrame === undefined ? [] : tlv(127, hex('00120f'), [4], u16(f.maxFrame)),
      tlv(0),
    ),
  );
}
