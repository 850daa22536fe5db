const FIELD = Buffer.from('__REALTIME_TIMESTAMP=');
const NEWLINE = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;
/** Microseconds of 2^53: what follows is no time of ours. */
const MAX_DIGITS = 16;

/**
 * When a systemd journal entry (Journal Export Format) was written: microseconds since 1970, or -1 when it does not say.
 * The field must begin a line: a message may quote one.
 */
export function journalTime(view: DataView, at: number, end: number): number {
  const entry = Buffer.from(view.buffer, view.byteOffset + at, end - at);
  let from = 0;
  for (;;) {
    const found = entry.indexOf(FIELD, from);
    if (found < 0) return -1;
    if (found === 0 || entry[found - 1] === NEWLINE) {
      return decimal(entry, found + FIELD.length);
    }
    from = found + FIELD.length;
  }
}

function decimal(entry: Uint8Array, at: number): number {
  let value = 0;
  let digits = 0;
  for (let next = at; ; next += 1) {
    const digit = entry[next] ?? NEWLINE;
    if (digit < ZERO || digit > NINE) return digits > 0 ? value : -1;
    digits += 1;
    if (digits > MAX_DIGITS) return -1;
    value = value * 10 + (digit - ZERO);
  }
}
