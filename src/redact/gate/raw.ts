import { Haystack, Scanner } from './scan.ts';
import { LayerProblem, walkLayers } from './layers.ts';
import { type Needle, needlesOf, type Original } from './needles.ts';
import type { Kind } from '../kinds.ts';

/** Hits told of each file: one decides, a few more help to find the rule that let them through. */
const MAX_HITS = 20;

/**
 * Why a written file may not be given away: where, and by which rule. Never what stands there.
 */
export interface GateHit {
  /** Name of the written file. */
  file: string;
  /** `decoded`: a field; `raw`: an original's spelling; `text`: a span that a rule finds; `unreadable`: a layer that does not open. */
  check: 'decoded' | 'raw' | 'text' | 'unreadable';
  kind?: Kind;
  /** The rule, field path or spelling. */
  rule: string;
  /** Byte offset in the layer, line, or frame. */
  offset?: number;
  line?: number;
  frame?: number;
  /** How the layer was reached: `gzip/tar[0]`; absent for the file itself. */
  inside?: string;
}

/** What the raw search looked for and where. */
export interface RawSearch {
  originals: number;
  /** Spellings looked for, and originals that are too short for any. */
  needles: number;
  tooShort: number;
  /** Bytes searched, after decompression. */
  bytes: number;
  hits: GateHit[];
  /** Hits beyond those that are told. */
  hitsLost: number;
}

/** Kinds whose values are words: a machine may be called as something that our own prose says, and `anonymous` is a password. */
const WORDS: ReadonlySet<string> = new Set([
  'hostname',
  'domain',
  'username',
  'vlan-name',
  'filename',
  'url',
  'text',
  'secret',
]);

const HYPHEN = 0x2d;

/** Looks through the written files for every spelling of every original. */
export class RawGate {
  private readonly haystack: Haystack;
  private readonly result: RawSearch;

  /**
   * @param originals those that no pseudonym of the case happens to equal: such a value is judged by its field and the
   * ledger, never by itself
   */
  constructor(originals: Iterable<Original>) {
    this.result = { originals: 0, needles: 0, tooShort: 0, bytes: 0, hits: [], hitsLost: 0 };
    this.haystack = new Haystack();
    for (const original of originals) {
      const spellings = needlesOf(original);
      this.result.originals += 1;
      if (spellings.length === 0) this.result.tooShort += 1;
      for (const needle of spellings) this.haystack.add(needle, isWord(needle));
    }
    this.result.needles = this.haystack.count;
  }

  /**
   * @param name as the report calls the file
   * @param prose the file was written by this tool about redacted files: names that are plain words are not looked for
   */
  async search(path: string, name: string, prose = false): Promise<void> {
    const { haystack, result } = this;
    let told = 0;
    const tell = (hit: GateHit): void => {
      told += 1;
      if (told <= MAX_HITS) result.hits.push(hit);
      else result.hitsLost += 1;
    };
    try {
      await walkLayers(path, {
        begin: (inside) => {
          const where = inside === '' ? {} : { inside };
          const scanner = new Scanner(
            haystack,
            ({ kind, spelling, offset }) => tell({ file: name, check: 'raw', kind, rule: spelling, offset, ...where }),
            prose,
          );
          return {
            push: (chunk) => scanner.push(chunk),
            end: () => {
              scanner.end();
              result.bytes += scanner.length;
            },
          };
        },
      });
    } catch (error) {
      if (!(error instanceof LayerProblem)) throw error;
      tell({ file: name, check: 'unreadable', rule: error.message, inside: error.inside });
    }
  }

  /**
   * Some text that goes along. @param prose this tool wrote it: see `search` @returns true when an original stands in it
   */
  finds(text: string, prose = true): boolean {
    let found = false;
    const hit = (): void => {
      found = true;
    };
    const scanner = new Scanner(this.haystack, hit, prose);
    scanner.push(Buffer.from(text, 'utf8'));
    scanner.end();
    return found;
  }

  told(): RawSearch {
    return this.result;
  }
}

function isWord({ kind, bytes }: Needle): boolean {
  return WORDS.has(kind) && bytes.every((byte) => byte === HYPHEN || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a));
}
