const DAY = 86_400;
/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. */
const EPOCH = 719_468;

/**
 * `2026-11-22T12:44:42.208123Z`. Years beyond four digits are written with sign and as many as they need: a pcapng
 * tick count can name them, and `Date` cannot.
 *
 * @param sec seconds since 1970 UTC @param nsec nanoseconds; a whole second or more is carried
 * @param digits of the fraction, 0 to 9; finer is cut off
 */
export function utcText(sec: number, nsec: number, digits: number): string {
  if (!Number.isSafeInteger(sec)) return '';
  const carry = Math.floor(nsec / 1e9);
  const seconds = sec + carry;
  const fraction = nsec - carry * 1e9;
  const day = Math.floor(seconds / DAY);
  const rest = seconds - day * DAY;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  const tail = digits <= 0 ? '' : `.${String(Math.floor(fraction)).padStart(9, '0').slice(0, Math.min(9, digits))}`;
  return `${dateText(day)}T${clock}${tail}Z`;
}

/** As `utcText`, of microseconds since 1970 UTC; '' for 0 and for what is no time. */
export function microText(micro: number, digits = 6): string {
  if (micro === 0 || !Number.isFinite(micro)) return '';
  const sec = Math.floor(micro / 1e6);
  return utcText(sec, Math.floor(micro - sec * 1e6) * 1000, Math.min(6, digits));
}

/** Civil date of a day number (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years). */
function dateText(day: number): string {
  const shifted = day + EPOCH;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const date = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return `${yearText(year)}-${two(month)}-${two(date)}`;
}

function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
