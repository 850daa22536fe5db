/** Escape sequences of terminals (ECMA-48 5.4, 5.3) and characters without width: they part what a reader sees as one. */
// eslint-disable-next-line no-control-regex
const MARKS = /\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b[@-Z\\-_]|[\u200b-\u200f\u2060\ufeff]/g;

/** A text as it is seen. */
export function seen(text: string): string {
  return text.replace(MARKS, '');
}
