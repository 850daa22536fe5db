import type { Cursor } from '../../cursor.ts';
import type { Envelope } from '../../envelope.ts';
import type { CutRecord, Protocol } from '../../protocol.ts';
import { FIELDS } from './fields.ts';
import { MESSAGE_TYPES } from './names.ts';
import { readOptions } from './parts.ts';
import type { Dhcp4Record } from './record.ts';
import { hasOption } from './read.ts';
import { HEADER, found, scanOptions } from './scan.ts';
import { readFixedText } from './format.ts';

export type { Dhcp4Record } from './record.ts';
export * from './read.ts';

const CHADDR = 16;

/** DHCPv4 and BOOTP, with the PXE extensions. */
export const dhcpv4: Protocol<Dhcp4Record | CutRecord<'dhcpv4'>> = {
  name: 'dhcpv4',
  title: 'Dynamic Host Configuration Protocol',
  spec: ['RFC 951', 'RFC 2131', 'RFC 2132', 'RFC 3396', 'RFC 3046', 'RFC 4578', 'PXE 2.1'],
  claims: { udp: [67, 68, 4011] },
  keep: 'all',
  kinds: [...MESSAGE_TYPES.slice(1).map(String), 'BOOTREQUEST', 'BOOTREPLY', 'unknown', 'cut'],
  fields: FIELDS,
  decode(c: Cursor, envelope: Envelope) {
    if (!c.need(HEADER, 'header')) return { protocol: 'dhcpv4', cut: c.faults[0]!, faults: c.faults };
    const options = scanOptions(c, envelope.payloadLength > envelope.payloadEnd - envelope.payload);
    const record: Dhcp4Record = {
      protocol: 'dhcpv4',
      op: c.u8('op'),
      htype: c.u8('htype'),
      hlen: c.u8('hlen'),
      hops: c.u8('hops'),
      xid: c.flags32('xid'),
      secs: c.u16('secs'),
      flags: c.flags16('flags'),
      ciaddr: c.ipv4('ciaddr'),
      yiaddr: c.ipv4('yiaddr'),
      siaddr: c.ipv4('siaddr'),
      giaddr: c.ipv4('giaddr'),
      chaddr: { at: c.at, length: 0 },
      chaddrMac: -1,
      sname: { at: c.at + 16, length: 0 },
      file: { at: c.at + 80, length: 0 },
      cookie: found.cookie,
      overload: found.overload,
      messageType: found.messageType,
      pxe: found.pxe,
      options,
      optionsEnd: found.optionsEnd,
      brokenOption: found.brokenOption,
      optionsWhole: found.optionsWhole,
      faults: c.faults,
    };
    checkHeader(c, record);
    readAddress(c, record);
    if ((record.overload & 2) === 0) record.sname.length = 64;
    if ((record.overload & 1) === 0) record.file.length = 128;
    if (c.tracing) {
      readFixedText(c, 64, 'sname', record.sname.length > 0);
      readFixedText(c, 128, 'file', record.file.length > 0);
    }
    if (c.tracing || found.suspects > 0) readOptions(c, record);
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    if (r.messageType >= 0) return MESSAGE_TYPES[r.messageType] ?? 'unknown';
    // Without option 53 it is BOOTP (RFC 951), but only where option 53 cannot have been lost.
    if (!r.optionsWhole || hasOption(r, 53)) return 'unknown';
    return r.op === 1 ? 'BOOTREQUEST' : r.op === 2 ? 'BOOTREPLY' : 'unknown';
  },
};

function checkHeader(c: Cursor, record: Dhcp4Record): void {
  const { op, htype, hlen, flags } = record;
  if (op !== 1 && op !== 2) c.fault('value', 'op', op, 2, c.at - 28);
  // RFC 1700 number 1 is Ethernet, whose addresses have six bytes; chaddr holds no more than sixteen of any.
  if (hlen > CHADDR || (htype === 1 && hlen !== 6)) {
    c.fault('value', 'hlen', hlen, htype === 1 ? 6 : CHADDR, c.at - 26);
  }
  // RFC 2131 2: the bits after B are reserved and must be zero.
  if ((flags & 0x7fff) !== 0) c.fault('value', 'flags', flags, 0x8000, c.at - 18);
}

/** chaddr, in its 16 bytes. */
function readAddress(c: Cursor, record: Dhcp4Record): void {
  record.chaddr.length = Math.min(record.hlen, CHADDR);
  if (record.htype === 1 && record.hlen === 6) {
    record.chaddrMac = c.mac('chaddr');
    if (c.tracing) c.span(10, 'chaddrPadding');
  } else if (c.tracing) {
    c.span(record.chaddr.length, 'chaddr', 'mac');
    c.span(CHADDR - record.chaddr.length, 'chaddrPadding');
  }
}
