/** Columns that a text takes on a terminal. For our own help, which is ASCII; stands in for `string-width` in the bundle. */
export default function columns(text: string): number {
  return text.length;
}
