import { createHash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { deflateLength, MEMBER, MEMBER_HEADER, MEMBER_TRAILER, openMember } from './members.ts';
import { type ContainerFault, type TarTaker, TarWalk } from './tar-walk.ts';

const IN_FLIGHT = Math.min(availableParallelism(), 4) + 1;

/** What reading a container came to. */
export interface ContainerRead {
  /** Bytes of the file, and their SHA-256; the digest is '' when reading stopped. */
  bytes: number;
  sha256: string;
  members: number;
  /** Bytes of the tarball inside. */
  unpacked: number;
  /** The first thing wrong; nothing after it was read. */
  fault: ContainerFault | undefined;
}

interface Pending {
  offset: number;
  data: Promise<Buffer | string>;
}

/**
 * Reads a `.tar.gz` of ours in one pass, from an open descriptor: members are found by the lengths in their headers and
 * decompressed side by side, the tarball is walked in order. Memory is bounded by the members in flight.
 */
export async function readContainer(file: number, taker: TarTaker, signal?: AbortSignal): Promise<ContainerRead> {
  const { size } = fstatSync(file);
  const walk = new TarWalk(taker);
  const whole = createHash('sha256');
  const waiting: Pending[] = [];
  let members = 0;
  let unpacked = 0;
  let short = false;
  let fault: ContainerFault | undefined;
  const say = (message: string, offset: number): void => {
    fault ??= { check: 'container', message, file: walk.path, offset };
  };
  const release = async (): Promise<void> => {
    const next = waiting.shift();
    if (next === undefined) return;
    const data = await next.data;
    if (fault !== undefined) return;
    if (typeof data === 'string') say(`gzip member: ${data}`, next.offset);
    else if (short || data.length === 0) say('gzip member: one before the last is not of 1 MiB', next.offset);
    else {
      short = data.length < MEMBER;
      unpacked += data.length;
      walk.take(data, next.offset);
      fault ??= walk.fault;
    }
  };
  let at = 0;
  while (at < size && fault === undefined) {
    signal?.throwIfAborted();
    const member = readMember(file, at, size);
    if (typeof member === 'string') {
      while (waiting.length > 0) await release();
      say(member, at);
      break;
    }
    whole.update(member);
    const data = openMember(member);
    data.catch(() => {});
    waiting.push({ offset: at, data });
    at += member.length;
    members += 1;
    if (waiting.length >= IN_FLIGHT) await release();
  }
  while (waiting.length > 0) await release();
  if (fault === undefined) {
    walk.finish(at);
    fault = walk.fault;
  }
  return { bytes: size, sha256: fault === undefined ? whole.digest('hex') : '', members, unpacked, fault };
}

function readMember(file: number, at: number, size: number): Buffer | string {
  const header = Buffer.alloc(MEMBER_HEADER);
  if (size - at < MEMBER_HEADER || !fill(file, header, at)) return 'the file ends inside a gzip header';
  const deflate = deflateLength(header);
  if (deflate < 0) return 'a gzip header that is not in the canonical form, or other bytes after the bundle';
  const member = Buffer.allocUnsafe(MEMBER_HEADER + deflate + MEMBER_TRAILER);
  if (size - at < member.length || !fill(file, member, at)) return 'the file ends inside a gzip member';
  return member;
}

function fill(file: number, into: Buffer, at: number): boolean {
  for (let filled = 0; filled < into.length;) {
    const count = readSync(file, into, filled, into.length - filled, at + filled);
    if (count === 0) return false;
    filled += count;
  }
  return true;
}
