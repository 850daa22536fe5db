import { createHash, type Hash } from 'node:crypto';

/** Digests of one file, lower hex: both lists of a bag need one. */
export interface Digests {
  sha256: string;
  sha512: string;
}

/** Both digests in one pass. */
export class DoubleHash {
  private readonly sha256: Hash = createHash('sha256');
  private readonly sha512: Hash = createHash('sha512');

  update(bytes: Uint8Array): void {
    this.sha256.update(bytes);
    this.sha512.update(bytes);
  }

  digests(): Digests {
    return { sha256: this.sha256.digest('hex'), sha512: this.sha512.digest('hex') };
  }
}

export function digestsOf(bytes: Uint8Array): Digests {
  const hash = new DoubleHash();
  hash.update(bytes);
  return hash.digests();
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
