import type { BagFile } from '../bag.ts';
import { byCodeUnit } from '../canonical.ts';
import { DoubleHash } from '../digests.ts';
import { LIMITS } from '../limits.ts';
import { pathFault, PAYLOAD, TAG_ORDER } from '../names.ts';
import type { TarTaker } from '../container/tar-walk.ts';

/** Enough of a file to tell what it is. */
const HEAD = 64;

/** A file of the payload as it was read. */
export interface PayloadFile extends BagFile {
  /** Its first bytes. */
  head: Buffer;
}

/** A tag file, whole. */
export interface TagFile extends BagFile {
  bytes: Buffer;
}

/** A name that no bag of ours has. */
export interface PathFault {
  file: string;
  message: string;
}

/**
 * Takes a bundle's files as they come: digests of all, the bytes of tag files, and the head of each payload file. It holds
 * nothing that grows with the size of the payload.
 */
export class Contents implements TarTaker {
  /** The top folder; '' before the first entry. */
  top = '';
  readonly payload: PayloadFile[] = [];
  readonly tags = new Map<string, TagFile>();
  readonly faults: PathFault[] = [];
  private readonly folded = new Set<string>();
  private octets = 0;
  private rank = -1;
  private before = '';
  private path = '';
  private size = 0;
  private hash = new DoubleHash();
  private kept: Buffer[] = [];
  private keep = 0;

  begin(claimed: string, size: number): string | undefined {
    const slash = claimed.indexOf('/');
    const top = slash < 0 ? '' : claimed.slice(0, slash);
    if (this.top === '') this.top = top;
    const path = claimed.slice(slash + 1);
    this.judge(claimed, top, path);
    const known = TAG_ORDER.indexOf(path);
    const rank = path.startsWith(PAYLOAD) ? 0 : known + 1;
    const follows = rank > this.rank || (rank === 0 && this.rank === 0 && byCodeUnit(this.before, path) < 0);
    if (!follows && (rank > 0 || path.startsWith(PAYLOAD))) return 'an entry that is out of order, or there twice';
    if (this.payload.length + this.tags.size >= LIMITS.entries) return `more than ${LIMITS.entries} files`;
    if (known >= 0 && size > LIMITS.tagFile) return `a tag file of more than ${LIMITS.tagFile} bytes`;
    this.octets += size;
    if (this.octets > LIMITS.payload) return `more than ${LIMITS.payload} bytes of payload`;
    this.rank = Math.max(rank, this.rank);
    this.before = path;
    this.path = path;
    this.size = size;
    this.hash = new DoubleHash();
    this.kept = [];
    this.keep = known >= 0 ? size : Math.min(size, HEAD);
    return undefined;
  }

  data(bytes: Uint8Array): void {
    this.hash.update(bytes);
    if (this.keep === 0) return;
    const part = Buffer.from(bytes.subarray(0, this.keep));
    this.keep -= part.length;
    this.kept.push(part);
  }

  end(): void {
    const file = { path: this.path, size: this.size, ...this.hash.digests() };
    const bytes = Buffer.concat(this.kept);
    if (this.path.startsWith(PAYLOAD)) this.payload.push({ ...file, head: bytes });
    else this.tags.set(this.path, { ...file, bytes });
  }

  private judge(claimed: string, top: string, path: string): void {
    const fault = pathFault(claimed) ?? (claimed.includes('/') ? undefined : 'a file outside the top folder');
    const folded = claimed.normalize('NFKC').toLowerCase();
    const say = (message: string): void => {
      if (this.faults.length < LIMITS.entries) this.faults.push({ file: claimed, message });
    };
    if (fault !== undefined) say(fault);
    else if (top !== this.top) say('a second top folder');
    else if (!path.startsWith(PAYLOAD) && !TAG_ORDER.includes(path))
      say('a file that no bundle has beside its payload');
    if (this.folded.has(folded)) say('the same path as another but for the case of letters');
    this.folded.add(folded);
  }
}
