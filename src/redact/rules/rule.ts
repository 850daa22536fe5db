import type { Kind } from '../kinds.ts';

/** Called with the first and the past-the-last index of a value in the text. */
export type Found = (at: number, end: number) => void;

/**
 * One rule of text: what it finds, how, and what proves it. One file, one line in `registry.ts`.
 *
 * A pattern is linear: every repetition that another can follow has a bound, and what bounds it is said where it is not
 * plain. `worst` is timed by the conformance test.
 */
export interface TextRule {
  /** kebab-case; stands in reports and never changes. */
  id: string;
  title: string;
  kind: Kind;
  /** What it takes for a value, what it leaves, and by what source. */
  about: string;
  /** Lower-case literals, one of which stands in every text that the rule can find something in; none: always tried. */
  hints: readonly string[];
  find(text: string, found: Found): void;
  /** Texts as their source writes them, each value between « and ». */
  samples: readonly string[];
  /** Texts that look alike and hold no such value. */
  quiet: readonly string[];
  /** Pieces whose repetition costs the pattern most. */
  worst: readonly string[];
}

/**
 * A finder of every match of some patterns. Group 1 is what stands before the value (it may be empty), group 2 the value.
 *
 * @param patterns global
 * @param takes of a value: false leaves it
 */
export function matches(patterns: RegExp | readonly RegExp[], takes?: (value: string) => boolean): TextRule['find'] {
  const all = patterns instanceof RegExp ? [patterns] : patterns;
  return (text, found) => {
    for (const pattern of all) {
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const value = match[2] ?? '';
        const at = match.index + (match[1]?.length ?? 0);
        if (value !== '' && (takes === undefined || takes(value))) found(at, at + value.length);
        if (pattern.lastIndex === match.index) pattern.lastIndex += 1;
      }
    }
  };
}

/** What stands for a value that the policy drops; no character of it needs quoting in JSON, and none ends a CSV field. */
export const PLACEHOLDER = '[redacted]';

/** In patterns: a host name of one or more labels. */
export const HOST = '[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?';
/** In patterns: an account; also `DOMAIN\\name` and `name@realm`. */
export const ACCOUNT = '[A-Za-z0-9_](?:[\\w.@\\\\$+-]{0,94}[\\w$])?';

/** Between a key and its value, the key's closing quote included, also inside a quoted JSON text. */
const SEPARATOR = '(?:\\\\?["\'])?[ \\t]{0,8}(?:=>|:=|==|[=:])[ \\t]{0,8}';

/** Before a value: it is one of a query. */
const QUERY = '[?&][\\w.-]{0,64}=';

/**
 * Patterns of `key = value`: in double or single quotes, in JSON inside a JSON text, in a query, and bare. A bare value
 * goes on to the next blank or quote: what a key's own value may hold (`,` `;` `&`) is not for a rule to guess.
 *
 * @param key pattern of the key's end, bounded; what stands before it does not matter unless it says so
 */
export function assigned(key: string, flags = 'i'): RegExp[] {
  const head = `${key}${SEPARATOR}`;
  return [
    `(${head}[ub]?")((?:[^"\\\\\\r\\n]|\\\\.)+)`,
    `(${head}\\\\")((?:[^"\\\\\\r\\n]|\\\\[^"])+)`,
    `(${head}[ub]?')((?:[^'\\\\\\r\\n]|\\\\.)+)`,
    `(${head}(?<!${QUERY})(?!["'\\\\]|[ub]["']))([^\\s"'\`]*[^\\s"'\`,;)}\\]>])`,
    `(${key}=(?<=${QUERY}))([^\\s"'\`&#<>]+)`,
  ].map((source) => new RegExp(source, `g${flags}`));
}

/** Values that say that there is none, or whether there is one. */
const EMPTY = /^(?:true|false|yes|no|none|null|nil|undefined|\(null\)|\(none\)|n\/a|[*]+|x|-+|\{|\[|\||>)$/i;

/** False for a value that holds nothing: of keys that also tell whether there is one. */
export function says(value: string): boolean {
  return !EMPTY.test(value);
}
