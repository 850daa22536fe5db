import { safeText } from '../wire/values.ts';
import type { Dialect, LineFacts, LineRule, TableRule } from './dialect.ts';
import { headerOf } from './header.ts';
import type { SwitchLine } from './line.ts';
import { DIALECTS } from './registry.ts';
import { worth, resolve, type Around } from './when.ts';

/** How often a rule's literal is looked for in one line: a header may hold the same words. */
const TRIES = 4;
/** `sw1#show …`, `user@sw1> show …`, `sw1(config)# …`: whose output follows. */
export const PROMPT =
  /^(?:\{[a-z:0-9]{1,32}\})?(?:[\w.-]{1,64}@)?([A-Za-z0-9][\w.-]{0,63})(?:\([^)]{1,64}\))?[#>](.{0,200})$/;
/** What a pager leaves before a line. */
export const PAGER =
  /^ ?(?:--More--|---\(more(?: \d{1,3}%)?\)---|-- MORE --, next page: Space, next line: Enter, quit: Control-C)/;
/** Lines under a table's header. */
export const RULE_LINE = /^[-+=| \t]{2,400}$/;

/** What became of a line. */
export type Understood =
  | { is: 'record'; line: SwitchLine }
  /** Blank, a heading, a prompt, or a sentence without use here. */
  | { is: 'known' }
  | { is: 'unknown' };

const TABLES = DIALECTS.flatMap((dialect) => dialect.tables.map((rule) => ({ dialect, rule })));

const KNOWN: Understood = { is: 'known' };
const UNKNOWN: Understood = { is: 'unknown' };

/** Reads the lines of one text, in order: tables and prompts make each line depend on those before it. */
export class TextParser {
  private readonly log: number;
  private readonly source: SwitchLine['source'];
  private readonly around: Around | undefined;
  private device = '';
  /** The line before was blank, or unknown. */
  private blank = false;
  private lost = false;
  /** Tables whose header was met: several where two systems print the same one. */
  private tables: { dialect: Dialect; rule: TableRule }[] = [];

  constructor(log: number, source: SwitchLine['source'], around: Around | undefined) {
    this.log = log;
    this.source = source;
    this.around = around;
  }

  take(text: string, number: number): Understood {
    const blank = text === '';
    const [afterBlank, afterUnknown] = [this.blank, this.lost];
    this.blank = blank;
    if (blank) return KNOWN;
    if (RULE_LINE.test(text)) {
      // It underlines the heading of another table.
      if (afterUnknown) this.tables = [];
      this.lost = false;
      return KNOWN;
    }
    const plain = this.source === 'show' ? unpaged(text) : text;
    if (plain === '') return KNOWN;
    const understood = this.line(plain, number);
    this.lost = understood.is === 'unknown';
    if (this.lost && afterBlank) this.tables = [];
    return understood;
  }

  private line(text: string, number: number): Understood {
    const message = this.message(text, number);
    if (message !== undefined) return message;
    if (this.source !== 'show') return UNKNOWN;
    const row = this.row(text, number);
    if (row !== undefined) return row;
    const prompt = PROMPT.exec(text);
    if (prompt === null) return UNKNOWN;
    this.device = safeText(prompt[1] ?? '');
    this.tables = [];
    return KNOWN;
  }

  private message(text: string, number: number): Understood | undefined {
    for (const dialect of DIALECTS) {
      for (const rule of dialect.rules) {
        if (rule.shown === true && this.source !== 'show') continue;
        const found = matchRule(rule, text);
        if (found === undefined) continue;
        const header = headerOf(text.slice(0, found.at));
        if (rule.app !== undefined && rule.app !== header.app) continue;
        const facts = rule.read(found.match);
        if (facts === undefined) return KNOWN;
        const stamp =
          facts.stamp !== undefined && (header.stamp === undefined || worth(facts.stamp) >= worth(header.stamp))
            ? facts.stamp
            : header.stamp;
        const line = this.made(dialect, facts, text, number);
        line.device = header.device === '' ? this.device : header.device;
        line.time = stamp === undefined ? undefined : resolve(stamp, this.around);
        return { is: 'record', line };
      }
    }
    return undefined;
  }

  /** A header, or a row under one. */
  private row(text: string, number: number): Understood | undefined {
    for (const { dialect, rule } of this.tables) {
      const match = rule.row.exec(text);
      if (match === null) continue;
      const facts = rule.read(match);
      if (facts === undefined) return KNOWN;
      const line = this.made(dialect, facts, text, number);
      line.device = this.device;
      return { is: 'record', line };
    }
    const begun = TABLES.filter(({ rule }) => rule.header.test(text));
    if (begun.length > 0) this.tables = begun;
    // Lines around a table stand before its header too.
    return begun.length > 0 || TABLES.some(({ rule }) => rule.ignore?.test(text) === true) ? KNOWN : undefined;
  }

  private made(dialect: Dialect, facts: LineFacts, text: string, number: number): SwitchLine {
    const { stamp: _stamp, ...rest } = facts;
    return {
      log: this.log,
      line: number,
      dialect: dialect.name,
      vendor: dialect.vendor,
      source: this.source,
      device: '',
      reason: '',
      mac: -1,
      chaddr: -1,
      ip: -1,
      targetMac: -1,
      targetIp: -1,
      otherPort: '',
      count: 1,
      lease: -1,
      time: undefined,
      vlan: -1,
      ...rest,
      message: safeText(rest.message ?? ''),
      vlanName: safeText(rest.vlanName ?? ''),
      port: safeText(rest.port ?? ''),
      detail: safeText(rest.detail ?? ''),
      text: safeText(text),
    };
  }
}

/** The line without what a pager left before it: its prompt, and the backspaces and blanks that wipe it out. */
function unpaged(text: string): string {
  const prompt = PAGER.exec(text);
  if (prompt === null) return text;
  let at = prompt[0].length;
  while (text[at] === BACKSPACE || text[at] === ' ') at += 1;
  return text.slice(at);
}

const BACKSPACE = String.fromCharCode(8);

/** Where the rule's message begins, and its match. */
export function matchRule(rule: LineRule, text: string): { at: number; match: RegExpExecArray } | undefined {
  let at = text.indexOf(rule.hint);
  for (let tries = 0; tries < TRIES && at >= 0; tries += 1) {
    rule.pattern.lastIndex = at;
    const match = rule.pattern.exec(text);
    if (match !== null) return { at, match };
    at = text.indexOf(rule.hint, at + 1);
  }
  return undefined;
}
