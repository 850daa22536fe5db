import type { Cursor } from '../../cursor.ts';
import { fits } from './format.ts';
import type { Format } from './format.ts';
import type { Dhcp4Record } from './record.ts';

/** Sub-options by code: the RFC's name, and how the value is built. */
export type SubOptions = ReadonlyMap<number, readonly [name: string, format: Format]>;

/** `padded`: as in option 43, 0 is padding and 255 the end, both without a length (RFC 2132 8.4). */
export function readSubOptions(c: Cursor, record: Dhcp4Record, table: SubOptions, padded: boolean): void {
  if (!c.tracing && areSound(c, table, padded)) {
    c.skip(c.left, 'data');
    return;
  }
  for (let i = 0; c.left > 0; i += 1) {
    const code = c.peek();
    if (padded && code === 0) {
      c.skip(1, 'pad');
      continue;
    }
    if (padded && code === 255) {
      c.u8('end');
      if (c.left > 0) c.rest('padding');
      return;
    }
    const length = c.peekAt(1);
    const whole = length >= 0 && 2 + length <= c.left;
    if (!c.enter(whole ? 2 + length : c.left, 'suboptions', i, 'suboption length')) return;
    const [name, format] = table.get(code) ?? ['Unassigned', undefined];
    c.means(name);
    c.u8('code');
    if (length < 0) {
      c.fault('cut', 'length', 1, 0);
    } else {
      c.u8('length');
      if (!whole) c.fault('length', 'length', length, c.left, c.at - 1);
      else if (format !== undefined && !fits(format, length)) c.fault('length', 'length', format.min, length, c.at - 1);
      else format?.read(c, record);
    }
    if (c.left > 0) c.rest('data');
    c.leave();
  }
}

/** True when the window holds whole sub-options and nothing else: for values that may as well be something other. */
export function isSubOptions(c: Cursor, padded: boolean): boolean {
  let p = 0;
  while (p < c.left) {
    const code = c.peekAt(p);
    if (padded && code === 0) {
      p += 1;
      continue;
    }
    if (padded && code === 255) return true;
    const length = c.peekAt(p + 1);
    if (length < 0) return false;
    p += 2 + length;
  }
  return p === c.left;
}

/** True when nothing can be wrong: whole sub-options of right lengths, and none made of parts. */
function areSound(c: Cursor, table: SubOptions, padded: boolean): boolean {
  const { left } = c;
  let p = 0;
  while (p < left) {
    const code = c.peekAt(p);
    if (padded && code === 0) {
      p += 1;
      continue;
    }
    if (padded && code === 255) return true;
    const length = c.peekAt(p + 1);
    if (length < 0) return false;
    const format = table.get(code)?.[1];
    if (format !== undefined && (format.parts || !fits(format, length))) return false;
    p += 2 + length;
  }
  return p === left;
}
