import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Sight } from '../../flow/sight.ts';
import type { Transfer, TransferEnd } from '../../flow/transfers/types.ts';
import type { Address } from '../../wire/envelope.ts';

/** Reads of which every vantage's view is kept. */
const READS = 8_192;
/** Views of one read: points on one way. */
const VIEWS = 8;
/** RFC 2348: what needs no agreement, and is small everywhere (IPv4 carries 576 bytes, RFC 791 3.1). */
const SMALL = 512;

/** One TFTP read as one capture shows it. */
export interface TransferView {
  capture: number;
  segment: number;
  client: Address;
  server: Address;
  file: string;
  blockSize: number;
  lastBlock: number;
  dataFrames: number;
  duplicates: number;
  /** Something of the server's came by. */
  answered: boolean;
  end: TransferEnd;
  request: Sight;
  lastSight: Sight;
  firstTime: number;
  lastTime: number;
  /** When it was known how it ended. */
  time: number;
}

/** Blocks that one point saw and another, where the same read passed, did not. */
export interface LostBlocks {
  near: TransferView;
  far: TransferView;
}

/** The same read at several vantage points: client, port, server and file say that it is the same. */
export class TransferViews {
  private readonly reads = new BoundedMap<string, TransferView[]>('mtu-mismatch.views', READS);

  add(transfer: Transfer, end: TransferEnd, time: number): void {
    if (transfer.protocol !== 'tftp' || transfer.write) return;
    const { client, clientPort, server, file, request } = transfer;
    const key = `${client}/${clientPort}/${server}/${file}`;
    const views = this.reads.get(key) ?? [];
    if (views.length >= VIEWS) return;
    views.push({
      capture: request.capture,
      segment: transfer.segment,
      client,
      server,
      file,
      blockSize: transfer.blockSize > 0 ? transfer.blockSize : SMALL,
      lastBlock: transfer.lastBlock,
      dataFrames: transfer.dataFrames,
      duplicates: transfer.duplicates,
      answered: transfer.sources.length > 0,
      end,
      request,
      lastSight: transfer.lastSight,
      firstTime: transfer.firstTime,
      lastTime: transfer.lastTime,
      time,
    });
    this.reads.set(key, views);
  }

  *all(): Generator<readonly TransferView[]> {
    for (const views of this.reads.values()) if (views.length > 1) yield views;
  }

  limits(): LimitReached[] {
    const limit = this.reads.limit();
    return limit === undefined ? [] : [limit];
  }
}

/**
 * Two views of one read of which one has a large block that the server sent again and again, and the other, which saw
 * small packets of the same server, none of it.
 */
export function lostBetween(views: readonly TransferView[]): LostBlocks | undefined {
  for (const near of views) {
    if (near.blockSize <= SMALL || near.lastBlock < 1 || near.duplicates < 1 || near.end === 'complete') continue;
    for (const far of views) {
      if (far.capture === near.capture || far.lastBlock >= near.lastBlock) continue;
      // A capture that ends too soon, or never saw the server, misses blocks for other reasons.
      if (far.answered && far.end === 'stalled') return { near, far };
    }
  }
  return undefined;
}
