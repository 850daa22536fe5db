import type { styleText } from 'node:util';
import { safeText } from '../wire/values.ts';

/** Names that `styleText` knows. */
export type Style = readonly Extract<Parameters<typeof styleText>[0], string>[];
export type Paint = (style: Style, text: string) => string;

const WIDTH = 100;
const INDENT = 2;
/** Where the text of a field begins. */
const FIELD = 11;

/**
 * Lines of a report for people, at most 100 columns wide where words allow. All text that enters is escaped here, so
 * that nothing from the wire reaches a terminal as it is.
 */
export class Page {
  private readonly lines: string[] = [];
  private readonly paint: Paint;

  constructor(paint: Paint) {
    this.paint = paint;
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  /** The first line: a word in style, then text. */
  lead(word: string, style: Style, text: string): void {
    const [first = '', ...rest] = wrap(text, WIDTH - word.length - 2);
    this.lines.push(`${this.paint(style, word)}  ${first}`);
    for (const line of rest) this.lines.push(' '.repeat(word.length + 2) + line);
  }

  gap(): void {
    this.lines.push('');
  }

  heading(title: string): void {
    this.lines.push('', this.paint(['bold'], title));
  }

  /** Text at the left in style, and text at the right end of the line where it fits. */
  split(left: string, right: string, style: Style): void {
    const space = WIDTH - left.length - right.length;
    const shownLeft = this.paint(style, safeText(left));
    this.lines.push(`${shownLeft}${' '.repeat(Math.max(2, space))}${safeText(right)}`);
  }

  /** One line alone, cut where it is too long. */
  line(text: string): void {
    const [first = '', ...rest] = wrap(text, WIDTH - INDENT - 2);
    this.lines.push(`${' '.repeat(INDENT)}${first}${rest.length > 0 ? ' …' : ''}`);
  }

  item(text: string): void {
    this.hang('', text, INDENT, INDENT + 2);
  }

  under(text: string): void {
    this.hang('', text, INDENT + 2, INDENT + 4);
  }

  /** A line of a table: columns of one width, then text that is wrapped under itself. */
  row(columns: string, text: string): void {
    const indent = 2 * INDENT;
    const [first = '', ...rest] = wrap(text, WIDTH - indent - columns.length);
    this.lines.push(`${' '.repeat(indent)}${safeText(columns)}${first}`.trimEnd());
    for (const line of rest) this.lines.push(' '.repeat(indent + columns.length) + line);
  }

  /** A named field; nothing when there is nothing to say. */
  field(name: string, value: string | readonly string[]): void {
    const values = typeof value === 'string' ? [value] : value;
    let label = name;
    for (const one of values) {
      if (one === '') continue;
      this.hang(label, one, INDENT, INDENT + FIELD);
      label = '';
    }
  }

  /** Says what a list left out. */
  more(count: number, what: string, where: string): void {
    if (count > 0) this.item(`… and ${count} more ${what}; ${where}`);
  }

  private hang(label: string, text: string, indent: number, hanging: number): void {
    const lines = wrap(text, WIDTH - hanging);
    for (const [i, line] of lines.entries()) {
      if (label !== '' && i === 0) {
        const gap = ' '.repeat(Math.max(1, hanging - indent - label.length));
        this.lines.push(`${' '.repeat(indent)}${this.paint(['dim'], label)}${gap}${line}`);
      } else {
        const field = hanging - indent >= FIELD;
        this.lines.push(' '.repeat(i === 0 && !field ? indent : hanging) + line);
      }
    }
  }
}

/** Lines of at most `width` columns, broken at spaces; a longer word stands alone. Runs of spaces inside stay. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of safeText(text).split(' ')) {
    if (line === '' && lines.length === 0) line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line.trimEnd());
      line = word;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}
