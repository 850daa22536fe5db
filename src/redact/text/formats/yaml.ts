import { CST, parseAllDocuments, Parser } from 'yaml';
import { fieldKind, keyKind } from '../fields.ts';
import { decodeText, encodeText } from '../lines.ts';
import type { FieldKind, Treatment } from '../treatment.ts';
import type { FormatReader, TextFormat } from './format.ts';
import { PlainReader } from './plain.ts';

/** A longer file is treated as lines: YAML can only be taken apart as a whole. */
const MAX_BYTES = 8 << 20;
/** Deeper nesting than any configuration has. */
const MAX_DEPTH = 128;

/**
 * YAML by its concrete syntax: scalars, keys and comments are rewritten where they stand, all else stays as it is. What
 * is no YAML is treated as lines.
 */
class YamlReader implements FormatReader {
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private chunks: Uint8Array[] = [];
  private length = 0;
  private lines: PlainReader | undefined;

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void) {
    this.treatment = treatment;
    this.write = write;
  }

  push(bytes: Uint8Array): void {
    if (this.lines !== undefined) {
      this.lines.push(bytes);
      return;
    }
    this.chunks.push(bytes.slice());
    this.length += bytes.length;
    if (this.length > MAX_BYTES) this.asLines('YAML that is too long, treated as lines');
  }

  end(): void {
    if (this.lines === undefined) {
      const { text, encoding } = decodeText(Buffer.concat(this.chunks));
      const out = rewriteYaml(text, this.treatment);
      if (out !== undefined) {
        this.write(encodeText(out, encoding));
        return;
      }
      this.asLines('text that is no YAML, treated as lines');
    }
    this.lines?.end();
  }

  private asLines(why: string): void {
    this.treatment.place.line = 0;
    this.treatment.fault(why);
    this.lines = new PlainReader(this.treatment, this.write);
    for (const chunk of this.chunks) this.lines.push(chunk);
    this.chunks = [];
  }
}

/** Undefined when the text is no YAML, or what came of it is none. */
function rewriteYaml(text: string, treatment: Treatment): string | undefined {
  const documents = parsed(text);
  if (documents === undefined) return undefined;
  const rewriter = new YamlRewriter(text, treatment);
  let out = '';
  for (const document of documents) {
    if (!rewriter.token(document, 'text', { depth: 0, flow: false, after: false, keys: 'text', parent: '' }))
      return undefined;
    out += CST.stringify(document);
  }
  return faultless(text) && !faultless(out) ? undefined : out;
}

function faultless(text: string): boolean {
  try {
    return parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false }).every(
      ({ errors }) => errors.length === 0,
    );
  } catch {
    return false;
  }
}

function parsed(text: string): CST.Token[] | undefined {
  const tokens: CST.Token[] = [];
  try {
    for (const token of new Parser().parse(text)) {
      if (token.type === 'error') return undefined;
      tokens.push(token);
    }
  } catch {
    return undefined;
  }
  return tokens;
}

/** Where a token stands. */
interface Where {
  depth: number;
  /** In a flow collection. */
  flow: boolean;
  /** It is the value of a key. */
  after: boolean;
  /** What the keys of a map that stands here are. */
  keys: FieldKind;
  /** The key that it is the value of, also through a list. */
  parent: string;
}

class YamlRewriter {
  private readonly treatment: Treatment;
  private readonly lineStarts: number[] = [0];
  private readonly anchors = new Map<string, string>();

  constructor(text: string, treatment: Treatment) {
    this.treatment = treatment;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
  }

  /** @returns false when it is nested too deeply */
  token(token: CST.Token | null | undefined, kind: FieldKind, where: Where): boolean {
    if (token === null || token === undefined) return true;
    const { depth, keys, parent } = where;
    if (depth > MAX_DEPTH) return false;
    switch (token.type) {
      case 'document':
        this.sources(token.start);
        this.sources(token.end);
        return this.token(token.value, kind, { ...where, depth: depth + 1 });
      case 'block-map':
      case 'block-seq':
        return this.items(token.items, kind, { depth, keys, parent, flow: false, after: false });
      case 'flow-collection':
        this.source(token.start);
        this.sources(token.end);
        return this.items(token.items, kind, { depth, keys, parent, flow: true, after: false });
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
      case 'block-scalar':
        this.scalar(token, kind, where, false);
        return true;
      case 'directive':
        // `%TAG` holds a prefix of any kind; without it the tags are what they are.
        return /^%YAML\b/.test(token.source);
      default:
        if ('source' in token) this.source(token as CST.SourceToken);
        if ('end' in token) this.sources(token.end);
        return true;
    }
  }

  private items(items: readonly CST.CollectionItem[], kind: FieldKind, where: Where): boolean {
    const depth = where.depth + 1;
    for (const { start, key, sep, value } of items) {
      this.sources(start);
      this.sources(sep);
      let inner: FieldKind = kind;
      let keys: FieldKind = 'text';
      let parent = key === undefined || key === null ? where.parent : '';
      if (key !== undefined && key !== null) {
        const name = nameOf(key);
        if (name === undefined) {
          if (!this.token(key, 'text', { ...where, depth, after: false })) return false;
        } else {
          // What a secret's object holds is secret whatever its keys.
          const all = kind === 'secret' || kind === 'payload';
          const own = fieldKind(name, where.parent);
          parent = name;
          inner = all && own !== 'number' ? kind : own;
          keys = keyKind(name);
          this.scalar(key as CST.FlowScalar, all ? 'text' : where.keys, where, true);
        }
      }
      if (!this.token(value, inner, { depth, keys, parent, flow: where.flow, after: key !== undefined })) return false;
    }
    return true;
  }

  private scalar(token: CST.FlowScalar | CST.BlockScalar, kind: FieldKind, where: Where, implicitKey: boolean): void {
    this.place(token.offset);
    if (token.type === 'block-scalar') this.sources(token.props as CST.SourceToken[]);
    else this.sources(token.end);
    const resolved = CST.resolveAsScalar(token, false);
    if (resolved === null) return;
    const { value } = resolved;
    const bare = token.type === 'scalar' && !implicitKey && BARE.test(value);
    const out = bare ? this.treatment.bare(value, kind) : this.treatment.value(value, kind);
    if (out === value) return;
    const type = styleOf(token, value, out);
    const { flow: inFlow, after: afterKey } = where;
    CST.setScalarValue(token, out, { implicitKey, inFlow, afterKey, ...(type === undefined ? {} : { type }) });
  }

  private sources(tokens: readonly CST.SourceToken[] | undefined): void {
    for (const token of tokens ?? []) this.source(token);
  }

  /** Comments, and names of anchors, aliases and tags. */
  private source(token: CST.SourceToken | CST.Token): void {
    if (token.type === 'anchor' || token.type === 'alias')
      token.source = `${token.source.slice(0, 1)}${this.anchor(token.source.slice(1))}`;
    else if (token.type === 'tag' && !KNOWN_TAG.test(token.source)) token.source = '!tag';
    if (token.type !== 'comment') return;
    this.place(token.offset);
    const out = this.treatment.value(token.source.slice(1), 'text').replace(/\n/g, ' ');
    token.source = `#${out}`;
  }

  /** Anchors are words of whoever wrote the file: numbered, in the order in which they are met. */
  private anchor(name: string): string {
    if (name.length === 1) return name;
    const known = this.anchors.get(name) ?? `a${this.anchors.size + 1}`;
    this.anchors.set(name, known);
    return known;
  }

  private place(offset: number): void {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    this.treatment.place.line = low + 1;
  }
}

/** Tags of YAML itself (YAML 1.2.2 10) and of Ansible. */
const KNOWN_TAG = /^!(?:!(?:str|int|float|bool|null|map|seq|set|omap|binary|timestamp|merge)|vault|unsafe)?$/;
/** Words of YAML that are no strings. */
const BARE = /^(?:[-+]?[\d.][\d._eE+-]*|true|false|null|yes|no|on|off|~)$/i;
/** Plain values that stay what they are without quotes. */
const PLAIN =
  /^(?!(?:true|false|null|yes|no|on|off|[-+]?[\d.][\d._e+-]*|0x[\da-f]+)$)[A-Za-z0-9/][A-Za-z0-9 ._/@+-]*$/i;
const HEX_PARTS = /^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/;

type Style = 'BLOCK_FOLDED' | 'BLOCK_LITERAL' | 'PLAIN' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE';

function styleOf(token: CST.FlowScalar | CST.BlockScalar, value: string, out: string): Style | undefined {
  if (token.type !== 'scalar') return undefined;
  if (PLAIN.test(out) && !out.endsWith(' ')) return 'PLAIN';
  if (HEX_PARTS.test(out) && HEX_PARTS.test(value)) return 'PLAIN';
  return /[\n\\]/.test(out) ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE';
}

function nameOf(key: CST.Token): string | undefined {
  if (key.type !== 'scalar' && key.type !== 'single-quoted-scalar' && key.type !== 'double-quoted-scalar')
    return undefined;
  return CST.resolveAsScalar(key, false)?.value;
}

export const yaml: TextFormat = {
  name: 'yaml',
  title: 'YAML: netplan, cloud-init, curtin',
  fits(head, fileName) {
    if (/\.(?:ya?ml)$/.test(fileName)) return 70;
    if (/^#cloud-config\b/.test(head) || /^---[ \t]*(?:\r?\n|$)/.test(head)) return 75;
    return /^(?:#[^\n]*\n)*(?:network|version|apiVersion|autoinstall):[ \t]*(?:\S{0,32}[ \t]*)?\r?\n/.test(head)
      ? 70
      : 0;
  },
  open: (treatment, write) => new YamlReader(treatment, write),
};
