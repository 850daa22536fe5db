import { Cursor } from '../../wire/cursor.ts';
import type { FieldType } from '../../wire/cursor.ts';
import type { Limit, Span } from '../../wire/fault.ts';
import type { FieldKind, FieldKinds } from '../../wire/protocol.ts';

/** Nodes of all paths together: real messages make a few thousand, codes of 16 bits could make millions. */
const MAX_NODES = 16384;

/** Fields by which a group says which option or TLV it is. */
const CODES = new Set(['code', 'optionCode', 'suboptionCode', 'type', 'typeAndLength', 'caType', 'enterpriseNumber']);
/** Fields that say how many bits of the address behind them count. */
const WIDTHS = /^(?:prefixLength|maskWidth|\w+PrefixLength|ipv[46]PrefixLength|asmPrefix64Length|ssmPrefix64Length)$/;
/** RFC 8781 4: prefix lengths by code, in the low three bits. */
const PREF64_LENGTHS = [96, 64, 56, 48, 40, 32];

/** One place of the tree of field paths; made once for all messages of a protocol. */
export class FieldNode {
  readonly name: string;
  readonly parent: FieldNode | undefined;
  /** `name`, or `name#code`. */
  readonly step: string;
  /** What the protocol declares; undefined when nothing. */
  readonly kind: FieldKind | undefined;
  readonly isCode: boolean;
  readonly isWidth: boolean;
  private readonly kinds: FieldKinds;
  private readonly children = new Map<string, FieldNode>();
  private readonly coded = new Map<number, FieldNode>();

  constructor(kinds: FieldKinds, name: string, parent: FieldNode | undefined, code = -1) {
    this.kinds = kinds;
    this.name = name;
    this.parent = parent;
    this.step = code < 0 ? name : `${name}#${code}`;
    this.kind = parent === undefined ? undefined : kindOf(kinds, this);
    this.isCode = CODES.has(name);
    this.isWidth = WIDTHS.test(name) || name === 'scaledLifetimeAndPlc';
  }

  /** @param made counts new nodes; @param name may bear an index */
  child(name: string, made: { nodes: number }): FieldNode {
    const known = this.children.get(name);
    if (known !== undefined) return known;
    const plain = name.replaceAll(/\[\d+\]/g, '');
    const [first = '', ...steps] = plain.split('.');
    let node = this.direct(first, made);
    for (const step of steps) node = node.direct(step, made);
    if (plain !== name && this.children.size < MAX_NODES) this.children.set(name, node);
    return node;
  }

  /** The same group once its code is known. */
  withCode(code: number, made: { nodes: number }): FieldNode {
    const known = this.coded.get(code);
    if (known !== undefined) return known;
    const node = new FieldNode(this.kinds, this.name, this.parent, code);
    this.coded.set(code, node);
    made.nodes += 1;
    return node;
  }

  /** Path without indexes. */
  get path(): string {
    const above = this.parent?.path ?? '';
    return above === '' ? this.step : `${above}.${this.step}`;
  }

  private direct(step: string, made: { nodes: number }): FieldNode {
    const known = this.children.get(step);
    if (known !== undefined) return known;
    const node = new FieldNode(this.kinds, step, this);
    this.children.set(step, node);
    made.nodes += 1;
    return node;
  }
}

/** The declaration whose path is the longest end of this one; of two, that which names more codes. */
function kindOf(kinds: FieldKinds, node: FieldNode): FieldKind | undefined {
  const steps = node.path.split('.');
  let found: FieldKind | undefined;
  let best = 0;
  for (const [path, kind] of Object.entries(kinds)) {
    const wanted = path.split('.');
    if (wanted.length > steps.length) continue;
    const end = steps.slice(steps.length - wanted.length);
    if (!wanted.every((step, i) => step === end[i] || step === end[i]?.replace(/#\d+$/, ''))) continue;
    const score = wanted.length * 256 + wanted.filter((step) => step.includes('#')).length;
    if (score <= best) continue;
    best = score;
    found = kind;
  }
  return found;
}

/** A window that was opened in the message: an option, a TLV. */
export interface Group {
  name: string;
  at: number;
  length: number;
  parent: Group | undefined;
}

/** One field that was read. */
export interface Field {
  node: FieldNode;
  at: number;
  length: number;
  type: FieldType;
  group: Group | undefined;
  /** Bits that the field before said to count; -1 none. */
  bits: number;
  /** What it was read from, when its value stood in several pieces (RFC 3396), and where each byte of it stands. */
  joined: { bytes: Uint8Array; map: (at: number) => Span } | undefined;
  /** Fields behind it say the same bytes again, and more exactly. */
  superseded: boolean;
}

/** Paths depend on the protocols alone: what one cursor has looked up serves all. */
const ROOTS = new Map<FieldKinds, FieldNode>();
const made = { nodes: 0 };

/**
 * A cursor that writes down which bytes each field takes, and no values: the decoders are those of the analysis, so that
 * nothing that they read is missed, and what they do not read is not known.
 */
export class FieldCursor extends Cursor {
  override readonly tracing = true;
  /** The first `count` are those of the present message, in the order of reading. */
  readonly fields: Field[] = [];
  count = 0;
  private root: FieldNode = new FieldNode({}, '', undefined);
  private readonly nodes: FieldNode[] = [];
  private readonly groups: (Group | undefined)[] = [];
  private node: FieldNode = this.root;
  private group: Group | undefined;
  private coded = true;
  private bits = -1;

  /** As `open`, for a message whose fields are declared by `kinds`. */
  begin(kinds: FieldKinds, bytes: Uint8Array, at: number, end: number, limit: Limit): this {
    if (made.nodes > MAX_NODES) {
      ROOTS.clear();
      made.nodes = 0;
    }
    let root = ROOTS.get(kinds);
    if (root === undefined) {
      root = new FieldNode(kinds, '', undefined);
      ROOTS.set(kinds, root);
    }
    this.root = root;
    this.node = root;
    this.nodes.length = 0;
    this.groups.length = 0;
    this.group = undefined;
    this.coded = true;
    this.bits = -1;
    this.count = 0;
    this.open(bytes, at, end, limit);
    return this;
  }

  override u8(name: string): number {
    return this.number(1, name, 'uint', super.u8(name));
  }

  override u16(name: string): number {
    return this.number(2, name, 'uint', super.u16(name));
  }

  override u24(name: string): number {
    return this.number(3, name, 'uint', super.u24(name));
  }

  override u32(name: string): number {
    return this.number(4, name, 'uint', super.u32(name));
  }

  override ipv4(name: string): number {
    return this.number(4, name, 'ipv4', super.u32(name));
  }

  override mac(name: string): number {
    return this.number(6, name, 'mac', super.mac(name));
  }

  override ipv6(name: string): string {
    const address = super.ipv6(name);
    if (address !== '') this.put(name, 16, 'ipv6');
    return address;
  }

  override span(n: number, name: string, as: FieldType = 'bytes'): Span {
    const span = super.span(n, name, as);
    this.put(name, span.length, as);
    return span;
  }

  override enter(n: number, name: string, index: number, limit: Limit): boolean {
    const length = Math.min(n, this.left);
    if (!super.enter(n, name, index, limit)) return false;
    const { count, at } = this;
    if (name === 'decoded' && count > 0) {
      // An agent's identifier is read once as a whole, then as what its maker means by it.
      const last = this.fields[count - 1];
      if (last !== undefined && last.at === at && last.length === length) last.superseded = true;
    }
    this.nodes.push(this.node);
    this.groups.push(this.group);
    this.node = this.node.child(name, made);
    this.group = { name, at, length, parent: this.group };
    this.coded = false;
    return true;
  }

  override leave(): void {
    super.leave();
    this.node = this.nodes.pop() ?? this.root;
    this.group = this.groups.pop();
    this.coded = true;
    this.bits = -1;
  }

  override get rowCount(): number {
    return this.count;
  }

  override relocate(firstRow: number, map: (at: number) => Span): void {
    for (let i = firstRow; i < this.count; i += 1) {
      const field = this.fields[i];
      if (field?.joined !== undefined) field.joined.map = map;
    }
  }

  private number(length: number, name: string, type: FieldType, value: number): number {
    if (value < 0) return value;
    const node = this.put(name, length, type);
    if (node.isWidth) this.bits = widthOf(name, value);
    if (!this.coded) {
      this.coded = true;
      if (node.isCode) this.node = this.node.withCode(name === 'typeAndLength' ? value >>> 9 : value, made);
    }
    return value;
  }

  private put(name: string, length: number, type: FieldType): FieldNode {
    const node = this.node.child(name, made);
    const { count, group, bits } = this;
    const at = this.at - length;
    // A value in several pieces is read from a buffer of its own, which `relocate` then explains.
    const joined = this.bytes === this.opened ? undefined : { bytes: this.bytes, map: nowhere };
    const field = this.fields[count];
    if (field === undefined) {
      this.fields.push({ node, at, length, type, group, bits, joined, superseded: false });
    } else {
      field.node = node;
      field.at = at;
      field.length = length;
      field.type = type;
      field.group = group;
      field.bits = bits;
      field.joined = joined;
      field.superseded = false;
    }
    this.count = count + 1;
    return node;
  }

  private opened: Uint8Array = new Uint8Array(0);

  override open(bytes: Uint8Array, at: number, end: number, limit: Limit): this {
    this.opened = bytes;
    return super.open(bytes, at, end, limit);
  }
}

function nowhere(): Span {
  return { at: 0, length: 0 };
}

function widthOf(name: string, value: number): number {
  return name === 'scaledLifetimeAndPlc' ? (PREF64_LENGTHS[value & 7] ?? -1) : value;
}

/** A field's own bytes: what it was read from, and where they begin there. */
export function valueOf(field: Field, bytes: Uint8Array): Uint8Array {
  const from = field.joined?.bytes ?? bytes;
  return from.subarray(field.at, field.at + field.length);
}
