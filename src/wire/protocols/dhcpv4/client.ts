import type { Cursor } from '../../cursor.ts';
import { latin1 } from '../../cursor.ts';
import { plain, readText, structure } from './format.ts';
import { ARCHITECTURE_NAMES } from './names.ts';

/** Option 93 (RFC 4578 2.1): the machine's architectures, as 16-bit numbers. */
export const ARCHITECTURES = plain(
  structure(
    2,
    (c) => {
      for (let i = 0; c.left >= 2; i += 1) {
        const value = c.u16(`architectures[${i}]`);
        c.means(ARCHITECTURE_NAMES[value] ?? 'unassigned');
      }
    },
    2,
  ),
);

/** Option 94 (RFC 4578 2.2): the network interface's type, 1 UNDI, and its version. */
export const INTERFACE = plain(
  structure(
    3,
    (c) => {
      const type = c.u8('type');
      if (type === 1) c.means('UNDI');
      c.u8('major');
      c.u8('minor');
    },
    0,
    3,
  ),
);

/** Option 97 (RFC 4578 2.3): type 0, then the machine's SMBIOS UUID. */
export const MACHINE = plain(
  structure(
    17,
    (c) => {
      const type = c.u8('type');
      c.rest('uuid', type === 0 ? 'guid' : 'bytes');
    },
    0,
    17,
  ),
);

/** Option 77: the counted classes of RFC 3004 4, or the bare text that iPXE and others send. */
export const USER_CLASS = plain(
  structure(1, (c) => {
    if (!isCountedList(c)) {
      readText(c, 'userClass');
      return;
    }
    for (let i = 0; c.left > 0 && c.enter(1 + c.peek(), 'userClasses', i, 'length'); i += 1) {
      c.u8('length');
      readTextOrBytes(c, 'data');
      c.leave();
    }
  }),
);

function isCountedList(c: Cursor): boolean {
  let p = 0;
  while (p < c.left) {
    const length = c.peekAt(p);
    if (length === 0) return false;
    p += 1 + length;
  }
  return p === c.left;
}

/**
 * Option 61: a hardware type and address (RFC 2132 9.14), 255 with IAID and DUID (RFC 4361 6.1), or 0 and anything: PXE
 * firmware sends the UUID of option 97, others text.
 */
export const CLIENT_IDENTIFIER = plain(
  structure(2, (c) => {
    const type = c.u8('type');
    if (type === 255 && c.left > 6) {
      c.means('IAID and DUID');
      c.flags32('iaid');
      readDuid(c);
    } else if (type === 1 && c.left === 6) {
      c.means('Ethernet');
      c.mac('address');
    } else if (type === 0 && c.left === 16 && !isPrintable(c)) {
      c.rest('uuid', 'guid');
    } else {
      readTextOrBytes(c, 'identifier');
    }
  }),
);

const DUID_TYPES = ['', 'DUID-LLT', 'DUID-EN', 'DUID-LL', 'DUID-UUID'];

/** The rest of the window as a DUID (RFC 8415 11, RFC 6355). */
export function readDuid(c: Cursor): void {
  if (c.left < 2 || !c.enter(c.left, 'duid', -1, 'duid')) return;
  const type = c.u16('type');
  c.means(DUID_TYPES[type] ?? 'unknown');
  if (type === 1 && c.left > 6) {
    c.u16('hardwareType');
    // Seconds since 2000-01-01.
    c.u32('time');
    c.rest('linkLayerAddress', 'mac');
  } else if (type === 2 && c.left > 4) {
    c.u32('enterpriseNumber');
    c.rest('identifier');
  } else if (type === 3 && c.left > 2) {
    c.u16('hardwareType');
    c.rest('linkLayerAddress', 'mac');
  } else if (type === 4 && c.left === 16) {
    c.rest('uuid', 'uuid');
  } else {
    c.rest('data');
  }
  c.leave();
}

/**
 * Option 81 (RFC 4702 2): flags (1 S, 2 O, 4 E, 8 N), two deprecated result codes, and the name: in DNS wire form with
 * the E bit, else text.
 */
export const CLIENT_FQDN = plain(
  structure(3, (c) => {
    const flags = c.flags8('flags');
    c.u8('rcode1');
    c.u8('rcode2');
    if ((flags & 4) !== 0) c.rest('domainName', 'domain');
    else readText(c, 'domainName');
  }),
);

/** Option 90 (RFC 3118 2). */
export const AUTHENTICATION = plain(
  structure(11, (c) => {
    const protocol = c.u8('protocol');
    c.means(['configuration token', 'delayed authentication', '', 'reconfigure key'][protocol] ?? 'unknown');
    c.u8('algorithm');
    c.u8('rdm');
    c.span(8, 'replayDetection', 'uint');
    c.rest('authenticationInformation');
  }),
);

/** Text where all of the window is printable ASCII, else bytes. */
export function readTextOrBytes(c: Cursor, name: string): void {
  c.rest(name, isPrintable(c) ? 'text' : 'bytes');
}

/** True when the window holds printable ASCII only, and something. */
export function isPrintable(c: Cursor): boolean {
  return c.left > 0 && /^[\x20-\x7e]+$/.test(latin1(c.bytes, c.at, c.end));
}
