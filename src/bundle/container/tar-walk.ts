import { BLOCK, END, readUstar, typeName, ustarHeader } from './ustar.ts';

/** Something in a container that is not as a bundle of ours has it. */
export interface ContainerFault {
  /** `path`: a name or a kind of entry that must not be; `container`: all else. */
  check: 'container' | 'path';
  message: string;
  /** Path of the entry concerned, as claimed. */
  file?: string | undefined;
  /** Byte in the compressed file where the gzip member begins in which it stands. */
  offset: number;
}

/** What happens while a tarball is read, in its order. Paths are as claimed: the taker judges them. */
export interface TarTaker {
  /** @returns what is wrong with it when reading must not go on */
  begin(path: string, size: number): string | undefined;
  data(bytes: Uint8Array): void;
  end(): void;
}

/**
 * Walks a tarball, given in pieces. Every header must be the one that `ustarHeader` writes for the path and size in it,
 * padding must be zero, two blocks of zeros must end it and nothing may follow. It stops at the first deviation: what
 * comes after one cannot be trusted to mean what it says.
 */
export class TarWalk {
  fault: ContainerFault | undefined;
  /** The entry being read: what a fault in its bytes is about. */
  path: string | undefined;
  private state: 'header' | 'body' | 'padding' | 'end' = 'header';
  /** Bytes left in the body, the padding or the end. */
  private left = 0;
  private padding = 0;
  private readonly block = Buffer.alloc(BLOCK);
  private filled = 0;
  private readonly taker: TarTaker;

  constructor(taker: TarTaker) {
    this.taker = taker;
  }

  /** @param offset of the gzip member that holds the bytes */
  take(bytes: Uint8Array, offset: number): void {
    let at = 0;
    while (at < bytes.length && this.fault === undefined) {
      if (this.state === 'header') {
        const part = Math.min(BLOCK - this.filled, bytes.length - at);
        this.block.set(bytes.subarray(at, at + part), this.filled);
        this.filled += part;
        at += part;
        if (this.filled === BLOCK) this.header(offset);
        continue;
      }
      if (this.left === 0) {
        this.say('container', 'bytes follow the end of the archive', offset);
        return;
      }
      const part = bytes.subarray(at, at + Math.min(this.left, bytes.length - at));
      at += part.length;
      this.left -= part.length;
      if (this.state === 'body') this.taker.data(part);
      else if (!isZero(part)) {
        this.say(
          'container',
          this.state === 'end' ? 'the end of the archive is not zero' : 'padding is not zero',
          offset,
        );
      }
      if (this.left === 0) this.next();
    }
  }

  /** Whether the archive ended where it should. */
  finish(offset: number): void {
    if (this.fault !== undefined) return;
    if (this.state !== 'end' || this.left > 0) this.say('container', 'the archive is cut', offset);
  }

  private header(offset: number): void {
    this.filled = 0;
    if (isZero(this.block)) {
      this.path = undefined;
      this.state = 'end';
      this.left = END - BLOCK;
      return;
    }
    const claim = readUstar(this.block);
    this.path = claim.path;
    const expected = claim.size < 0 || claim.type !== '0' ? undefined : ustarHeader(claim.path, claim.size);
    if (expected === undefined || !expected.equals(this.block)) {
      const other = claim.type !== '0' && claim.type !== '\0';
      if (other) this.say('path', `${typeName(claim.type)}: only regular files are allowed`, offset);
      else this.say('container', 'a tar header that is not in the canonical form', offset);
      return;
    }
    const refused = this.taker.begin(claim.path, claim.size);
    if (refused !== undefined) {
      this.say('container', refused, offset);
      return;
    }
    this.padding = (BLOCK - (claim.size % BLOCK)) % BLOCK;
    this.state = 'body';
    this.left = claim.size;
    if (this.left === 0) this.next();
  }

  private next(): void {
    if (this.state === 'body') {
      this.taker.end();
      this.state = 'padding';
      this.left = this.padding;
      if (this.left > 0) return;
    }
    if (this.state === 'padding') this.state = 'header';
  }

  private say(check: ContainerFault['check'], message: string, offset: number): void {
    this.fault = { check, message, file: this.path, offset };
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}
