import type { Cursor } from '../../cursor.ts';
import { hexText } from '../../values.ts';
import { plain, readText, structure } from './format.ts';

const WHAT = ['location of the DHCP server', 'network element closest to the client', 'location of the client'];

/** Option 99 (RFC 4776 3.1): country, then civic address elements (RFC 4776 3.4 gives their types). */
export const CIVIC = structure(3, (c) => {
  const what = c.u8('what');
  c.means(WHAT[what] ?? 'unknown');
  c.span(2, 'country', 'text');
  for (let i = 0; c.left > 0; i += 1) {
    const length = c.peekAt(1);
    const whole = length >= 0 && 2 + length <= c.left;
    if (!c.enter(whole ? 2 + length : c.left, 'elements', i, 'civic address length')) return;
    c.u8('caType');
    if (length < 0) c.fault('cut', 'length', 1, 0);
    else c.u8('length');
    if (length >= 0 && !whole) c.fault('length', 'length', length, c.left, c.at - 1);
    if (c.left > 0) readText(c, 'caValue');
    c.leave();
  }
});

/** Where the coordinates of options 123 and 144 stand in their 128 bits: 6, 34, 6, 34, 4, 6, 30 and 8 bits. */
const DEGREE = 2 ** 25;

function readCoordinates(c: Cursor): void {
  const span = c.rest('data');
  if (!c.tracing) return;
  const bits = BigInt(`0x${hexText(c.bytes, span)}`);
  const latitude = Number(BigInt.asIntN(34, bits >> 88n)) / DEGREE;
  const longitude = Number(BigInt.asIntN(34, bits >> 48n)) / DEGREE;
  c.means(`latitude ${latitude.toFixed(6)}, longitude ${longitude.toFixed(6)}`);
}

/** Options 123 (RFC 6225 2.2.1) and 144 (RFC 6225 2.2.2): the same bits; resolution in one is uncertainty in the other. */
export const COORDINATES = plain(structure(16, readCoordinates, 0, 16));
