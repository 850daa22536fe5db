import type { Cursor } from '../../cursor.ts';
import { latin1 } from '../../cursor.ts';
import { isPrintable } from './client.ts';

/*
 * RFC 3046 leaves the contents of circuit and remote ID to the relay. The forms below are those of its big makers; they
 * are hints for a person, read beside the value and not instead of it, and a value of no known form is no fault.
 */

/** Sub-option 1: the port on which the client's message came in. */
export function readCircuitId(c: Cursor): void {
  readAgentId(c, CIRCUIT_TEXTS, (length) => {
    if (c.peek() === 0 && c.peekAt(1) === 4 && length === 6) {
      // Cisco Catalyst, Huawei, H3C, D-Link, TP-Link and others.
      open(c, 'vlan-mod-port (Cisco type 0)');
      c.u16('vlan');
      c.u8('module');
      c.u8('port');
    } else if (c.peek() === 1 && c.peekAt(1) === 10 && c.peekAt(2) === 0 && c.peekAt(3) === 8 && length === 12) {
      open(c, 'VXLAN segment and port (Cisco NX-OS)');
      c.skip(2, 'reserved');
      c.u32('vnSegment');
      c.u32('port');
    } else if (isTypedText(c, length)) {
      open(c, 'text (type and length before it)');
      c.rest('text', 'text');
    } else if (length === 2) {
      c.enter(length, 'decoded', -1, 'length');
      c.means('port index (HPE ProCurve)');
      c.u16('port');
    } else {
      return false;
    }
    return true;
  });
}

/** Sub-option 2: the relay itself, or the client's end of the line. */
export function readRemoteId(c: Cursor): void {
  readAgentId(c, REMOTE_TEXTS, (length) => {
    if (c.peek() === 0 && c.peekAt(1) === 6 && length === 8) {
      open(c, 'MAC address of the switch (Cisco type 0)');
      c.mac('mac');
    } else if (c.peek() === 3 && c.peekAt(1) === 8 && length === 10 && c.peekAt(5) === 1) {
      open(c, 'LISP instance and locator (Cisco SD-Access)');
      c.u24('instanceId');
      c.u8('addressFamily');
      c.ipv4('locator');
    } else if (isTypedText(c, length)) {
      open(c, 'text (type and length before it)');
      c.rest('text', 'text');
    } else if (length === 6) {
      c.enter(length, 'decoded', -1, 'length');
      c.means('MAC address (HPE, Aruba, cable modems)');
      c.mac('mac');
    } else if (length === 4) {
      c.enter(length, 'decoded', -1, 'length');
      c.means('IPv4 address (HPE, Aruba)');
      c.ipv4('address');
    } else {
      return false;
    }
    return true;
  });
}

/** Opens the window of a form that begins with its own type and length. */
function open(c: Cursor, form: string): void {
  c.enter(c.left, 'decoded', -1, 'length');
  c.means(form);
  c.u8('type');
  c.u8('length');
}

/** Cisco type 1 and those who took it over: a type, a length, and text that fills it. */
function isTypedText(c: Cursor, length: number): boolean {
  if (length < 3 || c.peek() > 2 || c.peekAt(1) !== length - 2) return false;
  return /^[\x20-\x7e]+$/.test(latin1(c.bytes, c.at + 2, c.end));
}

type Text = readonly [pattern: RegExp, form: string];

const PORT = '\\d+(?:/\\d+){1,3}';

/** Each pattern is anchored and without nested repeats: it costs no more than the text is long. */
const CIRCUIT_TEXTS: readonly Text[] = [
  [new RegExp(`^\\S+ (?:eth|atm|gpon|pon) ${PORT}\\S*$`, 'i'), 'access node, slot and port (Broadband Forum TR-101)'],
  [new RegExp(`^(?:ge|xe|et|fe)-${PORT}(?:\\.\\d+)?(?::\\S+)?$`), 'interface and VLAN (Juniper)'],
  [/^(?:ae|irb|reth|vlan|lo)\d*\.\d+(?::\S+)?$/, 'interface and VLAN (Juniper)'],
  [/^Ethernet\d+(?:\/\d+)*:\S+$/, 'interface and VLAN (Arista)'],
  [
    new RegExp(`^(?:GE|XGE|10GE|25GE|40GE|100GE|GigabitEthernet|XGigabitEthernet|Ten-GigabitEthernet)${PORT}\\S*$`),
    'interface (Huawei, H3C)',
  ],
  [/^(?:Gi|Te|Fa|Fo|Hu|Twe|Eth|Po|Vl)[a-zA-Z]*\d\S*$/, 'interface (Cisco)'],
  [/^\d+\/\d+(?:\/\d+)?$/, 'slot and port (Aruba CX, Extreme)'],
  [/^(?:eth|en|br|bond|bridge|vlan|vif|tap|veth|swp)[a-z0-9]*[\w.@-]*$/, 'interface (Linux relay)'],
];

const MAC_TEXT = '[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}';
const IPV4_TEXT = '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}';

const REMOTE_TEXTS: readonly Text[] = [
  [new RegExp(`^${MAC_TEXT}:${IPV4_TEXT}$`), 'MAC and IP address (Juniper)'],
  [
    new RegExp(`^(?:${MAC_TEXT}|[0-9a-fA-F]{4}[.-][0-9a-fA-F]{4}[.-][0-9a-fA-F]{4}|[0-9a-fA-F]{12})$`),
    'MAC address in text',
  ],
  [new RegExp(`^${IPV4_TEXT}$`), 'IPv4 address in text'],
];

/** The value itself, then, for a person, what `forms` or `texts` see in it. */
function readAgentId(c: Cursor, texts: readonly Text[], forms: (length: number) => boolean): void {
  if (!c.tracing) {
    c.rest('data');
    return;
  }
  const { at } = c;
  if (isPrintable(c)) {
    const value = latin1(c.bytes, c.at, c.end);
    c.rest('data', 'text');
    const form = texts.find(([pattern]) => pattern.test(value));
    if (form !== undefined) c.means(form[1]);
    return;
  }
  c.rest('data');
  c.seek(at, 'data');
  const { end } = c;
  if (forms(c.left)) c.leave();
  c.seek(end, 'data');
}
