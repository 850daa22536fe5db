import type { Row } from '../../src/wire/trace.ts';
import { isAt, isUnmapped, withoutIndexes, type Mapped, type OracleProtocol } from './mapping.ts';
import type { OurMessage } from './ours.ts';
import type { TsharkField } from './pdml.ts';
import { GENERATED } from './fields/generated.ts';

/** tshark's view of one message. */
export interface TsharkMessage {
  frame: number;
  fields: readonly TsharkField[];
  /** It gave up before the end. */
  gaveUp: boolean;
}

/** Where two decoders do not say the same. */
export interface Disagreement {
  frame: number;
  protocol: string;
  /**
   * `missing-message`: only tshark has it. `only-our-message`. `missing`: no row of ours where tshark has a field.
   * `differs`: another value. `only-ours`: a row of ours where tshark has no field.
   */
  what: 'missing-message' | 'only-our-message' | 'missing' | 'differs' | 'only-ours';
  /** tshark's name, or our path. */
  field: string;
  at: number;
  theirs: string;
  ours: string;
}

/** How often the two agreed, by protocol. */
export interface Tally {
  messages: number;
  /** Messages whose fixed part is cut: there we give no field (tshark gives those before the cut). */
  cut: number;
  fields: number;
}

export interface Comparison {
  disagreements: Disagreement[];
  /** Where the two need not agree, by reason: how often. */
  excused: Map<string, number>;
  tallies: Map<string, Tally>;
}

/** Compares all messages of a capture, frame by frame. */
export function compareMessages(
  oracle: OracleProtocol,
  theirs: readonly TsharkMessage[],
  ours: readonly OurMessage[],
  into: Comparison,
): void {
  const mine = byFrame(ours.filter(({ protocol }) => oracle.protocols.includes(protocol)));
  const seen = byFrame(theirs);
  for (const frame of [...new Set([...mine.keys(), ...seen.keys()])].sort((a, b) => a - b)) {
    const messages = mine.get(frame) ?? [];
    const layers = (seen.get(frame) ?? []).filter(({ fields }) => oracle.claimed?.(fields) !== false);
    // The innermost stands last: a tunnel's outer message may be one that we step through.
    while (layers.length > 0 || messages.length > 0) {
      const message = messages.pop();
      const layer = layers.pop();
      if (message === undefined || layer === undefined) alone(oracle, frame, message, layer, into);
      else compareMessage(oracle, layer, message, into);
    }
  }
}

function byFrame<T extends { frame: number }>(list: readonly T[]): Map<number, T[]> {
  const map = new Map<number, T[]>();
  for (const one of list) {
    const there = map.get(one.frame);
    if (there === undefined) map.set(one.frame, [one]);
    else there.push(one);
  }
  return map;
}

function alone(
  oracle: OracleProtocol,
  frame: number,
  message: OurMessage | undefined,
  layer: TsharkMessage | undefined,
  into: Comparison,
): void {
  into.disagreements.push({
    frame,
    protocol: message?.protocol ?? oracle.protocols.join('/'),
    what: message === undefined ? 'missing-message' : 'only-our-message',
    field: '',
    at: 0,
    theirs: (layer?.fields ?? [])
      .slice(0, 4)
      .map(({ name, show }) => `${name}=${show}`)
      .join(' '),
    ours: message?.kind ?? '',
  });
}

/** Compares one message: tshark's fields with our rows, then the rows that were compared with nothing. */
export function compareMessage(
  oracle: OracleProtocol,
  { fields, gaveUp }: TsharkMessage,
  message: OurMessage,
  into: Comparison,
): void {
  const tally = into.tallies.get(message.protocol) ?? { messages: 0, cut: 0, fields: 0 };
  into.tallies.set(message.protocol, tally);
  tally.messages += 1;
  if (message.kind === 'cut') {
    tally.cut += 1;
    return;
  }
  const { frame, protocol } = message;
  const claimed = new Set<Row>();
  const at = new Map<number, Row[]>();
  for (const row of message.rows) at.set(row.at, [...(at.get(row.at) ?? []), row]);
  for (const field of fields) {
    const map = oracle.fields[field.name];
    if (map === undefined) continue;
    const row = map.where === 'kind' ? undefined : find(map, field, message, at, claimed);
    if (row !== undefined) claimed.add(row);
    const theirs = map.where === 'extent' ? `${field.size} bytes` : map.theirs(field.show);
    const ours =
      map.where === 'kind'
        ? String(Number(map.paths.includes(message.kind)))
        : row && (map.where === 'extent' ? `${row.length} bytes` : map.ours(row, message));
    if (ours === theirs) {
      tally.fields += 1;
      continue;
    }
    const reason =
      oracle.theirsAlone?.find(({ when }) => when(field))?.reason ??
      keptReason(oracle, field, message) ??
      damaged(message, field.at);
    if (reason !== undefined) excuse(into, reason);
    else {
      const what = ours === undefined ? 'missing' : 'differs';
      into.disagreements.push({ frame, protocol, what, field: field.name, at: field.at, theirs, ours: ours ?? '' });
    }
  }
  const end = gaveUp ? fields.reduce((most, one) => Math.max(most, one.at), -1) : Infinity;
  const paths = [...new Set(Object.values(oracle.fields).flatMap((map) => (map.where === 'kind' ? [] : map.paths)))];
  for (const row of message.rows) {
    if (claimed.has(row) || row.value === undefined || row.length === 0) continue;
    const path = withoutIndexes(row.path);
    if (!isAt(path, paths)) continue;
    const reason =
      oracle.oursAlone?.find(({ when }) => when(row, message))?.reason ??
      (row.at >= end || end < 0
        ? 'tshark gave up here: the message ends too soon, or is malformed'
        : damaged(message, row.at));
    if (reason !== undefined) excuse(into, reason);
    else {
      const ours = JSON.stringify(row.value);
      into.disagreements.push({ frame, protocol, what: 'only-ours', field: path, at: row.at, theirs: '', ours });
    }
  }
}

function excuse(into: Comparison, reason: string): void {
  into.excused.set(reason, (into.excused.get(reason) ?? 0) + 1);
}

function keptReason({ kept }: OracleProtocol, { at }: TsharkField, { rows }: OurMessage): string | undefined {
  return kept?.find(({ paths }) =>
    rows.some(
      (row) =>
        row.type === 'bytes' && row.at <= at && at < row.at + row.length && isAt(withoutIndexes(row.path), paths),
    ),
  )?.reason;
}

/** Inside an option of which we say that it is malformed: there a decoder may give up sooner or later. */
function damaged({ rows, faults }: OurMessage, at: number): string | undefined {
  const group = rows.find((row) => row.type === 'group' && row.at <= at && at < row.at + row.length);
  if (group === undefined) return undefined;
  const spoken = faults.some(({ path }) => path.startsWith(group.path));
  return spoken ? 'inside an option that is malformed, and that we say is malformed' : undefined;
}

function find(
  map: Mapped,
  field: TsharkField,
  message: OurMessage,
  at: ReadonlyMap<number, readonly Row[]>,
  claimed: ReadonlySet<Row>,
): Row | undefined {
  const fits = (row: Row): boolean =>
    (row.value !== undefined || map.where === 'extent') && isAt(withoutIndexes(row.path), map.paths);
  if (map.where !== 'anywhere') return at.get(field.at)?.find(fits);
  const theirs = map.theirs(field.show);
  return message.rows.find((row) => !claimed.has(row) && fits(row) && map.ours(row, message) === theirs);
}

/** Names that are neither mapped nor in a list of those that are compared with nothing. */
export function unlistedNames(oracle: OracleProtocol, names: Iterable<string>): string[] {
  return [...new Set(names)]
    .filter((name) => !(name in oracle.fields))
    .filter((name) => !isUnmapped(name, oracle.unmapped) && !isUnmapped(name, GENERATED))
    .sort();
}
