import { canonicalJson, parseCanonical, type Canonical } from '../canonical.ts';
import { instantText, parseInstant } from '../clock.ts';
import { sha256Hex } from '../digests.ts';
import { LIMITS } from '../limits.ts';

/**
 * What happens to evidence. Before sealing: `acquire` (a source's digest, before any parser), `approve`, `redact`, `gate`,
 * `seal`. After it, beside the bundle: `sealed`, `transfer`, `verify`, `unpack`, `destroy`.
 */
export const ACTIONS = [
  'acquire',
  'approve',
  'collect',
  'redact',
  'gate',
  'seal',
  'sealed',
  'transfer',
  'verify',
  'unpack',
  'destroy',
] as const;

export type CustodyAction = (typeof ACTIONS)[number];

/** One event, as it is told. */
export interface CustodyEvent {
  time: Date;
  /** Who: a person's or service account's name; a pseudonym in a redacted tier. */
  actor: string;
  action: CustodyAction;
  /** What it was done to. */
  object?: { name: string; sha256: string } | undefined;
  reason?: string | undefined;
  /** `rackwitness 0.1.0`. */
  tool: string;
  /** How far the host's clock was from its reference, in milliseconds, and what said so. */
  clock?: { offset: number; source: string } | undefined;
  /** Further facts in words: ticket, legal basis, recipients, retention, result. */
  facts?: Readonly<Record<string, string>> | undefined;
}

/** `prev` of the first entry. */
export const GENESIS = '0'.repeat(64);

/** How long a chain is, and the digest of its last line: what a signed statement pins. */
export interface ChainEnd {
  count: number;
  head: string;
}

/**
 * An append-only log: one event a line in canonical JSON, with its number from 1 and the SHA-256 of the line before it
 * (without the line end). Changing, dropping or moving a line breaks every later one.
 */
export class CustodyChain {
  private readonly lines: string[] = [];
  private head = GENESIS;

  /** A chain that goes on where a log ends; undefined when the log is damaged. */
  static after(text: string): CustodyChain | undefined {
    const { fault, head } = readChain(text);
    if (fault !== undefined) return undefined;
    const chain = new CustodyChain();
    chain.lines.push(...text.split('\n').slice(0, -1));
    chain.head = head;
    return chain;
  }

  /** @returns the line @throws RangeError when the chain is full or the line is too long */
  append(event: CustodyEvent): string {
    if (this.lines.length >= LIMITS.custody) throw new RangeError('the custody chain is full');
    const line = canonicalJson({
      ...event,
      time: instantText(event.time),
      seq: this.lines.length + 1,
      prev: this.head,
    } as unknown as Canonical);
    if (Buffer.byteLength(line) > LIMITS.custodyLine) throw new RangeError('a custody entry is too long');
    this.lines.push(line);
    this.head = sha256Hex(line);
    return line;
  }

  get end(): ChainEnd {
    return { count: this.lines.length, head: this.head };
  }

  text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}

/** One entry as it was read. */
export interface CustodyEntry {
  seq: number;
  time: string;
  actor: string;
  action: string;
  object: { name: string; sha256: string } | undefined;
  reason: string | undefined;
}

export interface ReadChain extends ChainEnd {
  entries: CustodyEntry[];
  /** The first thing that is wrong, with its line; entries before it stand. */
  fault: string | undefined;
  /** A last line without an end: a write that was interrupted. */
  torn: boolean;
}

const KEYS = new Set(['seq', 'time', 'actor', 'action', 'object', 'reason', 'tool', 'clock', 'facts', 'prev']);

/** Goes along a chain: numbers, links, spelling. Times may step back: a host's clock may, and the order is that of the links. */
export function readChain(text: string): ReadChain {
  const entries: CustodyEntry[] = [];
  let head = GENESIS;
  const torn = text !== '' && !text.endsWith('\n');
  const lines = text.split('\n');
  lines.pop();
  const stop = (fault: string): ReadChain => ({ entries, count: entries.length, head, fault, torn });
  for (const [i, line] of lines.entries()) {
    const at = `line ${i + 1}`;
    if (i >= LIMITS.custody) return stop(`more than ${LIMITS.custody} lines`);
    if (line.length > LIMITS.custodyLine) return stop(`${at} is too long`);
    const value = parseCanonical(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return stop(`${at} is no canonical JSON object`);
    const entry = value as Record<string, unknown>;
    if (Object.keys(entry).some((key) => !KEYS.has(key))) return stop(`${at} has a key that an entry has not`);
    const { seq, prev, time, actor, action, tool } = entry;
    if (seq !== i + 1) return stop(`${at} is not number ${i + 1}: an entry is missing or moved`);
    if (prev !== head) return stop(`${at} does not follow the line before it: one of the two was changed`);
    if (typeof time !== 'string' || parseInstant(time) === undefined) return stop(`${at} has no time`);
    if (typeof actor !== 'string' || typeof tool !== 'string') return stop(`${at} does not say who or with what`);
    if (!ACTIONS.some((one) => one === action)) return stop(`${at} has an action that we do not know`);
    entries.push({
      seq,
      time,
      actor,
      action: String(action),
      object: objectOf(entry['object']),
      reason: typeof entry['reason'] === 'string' ? entry['reason'] : undefined,
    });
    head = sha256Hex(line);
  }
  return { entries, count: entries.length, head, fault: torn ? 'the last line is cut' : undefined, torn };
}

function objectOf(value: unknown): CustodyEntry['object'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, sha256 } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof sha256 === 'string' ? { name, sha256 } : undefined;
}
