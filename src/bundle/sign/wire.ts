/**
 * The encoding of SSH keys and signatures (RFC 4251, 5): a string is its length in 32 bits, big-endian, and its bytes.
 */
export function sshString(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Reads what `sshString` writes, one after another. Every method gives undefined past the end. */
export class SshReader {
  private at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  uint32(): number | undefined {
    if (this.bytes.length - this.at < 4) return undefined;
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  string(): Buffer | undefined {
    const length = this.uint32();
    return length === undefined ? undefined : this.take(length);
  }

  take(length: number): Buffer | undefined {
    if (length > this.bytes.length - this.at) return undefined;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  get rest(): Buffer {
    return this.bytes.subarray(this.at);
  }
}

export const SSH_ED25519 = 'ssh-ed25519';

/** `ssh-ed25519` public key as SSH writes it (RFC 8709, 4). */
export function publicBlob(raw: Uint8Array): Buffer {
  return Buffer.concat([sshString(SSH_ED25519), sshString(raw)]);
}

/** The 32 bytes of such a key; undefined for any other. */
export function rawOfBlob(blob: Uint8Array): Buffer | undefined {
  const reader = new SshReader(blob);
  const type = reader.string();
  const raw = reader.string();
  if (type?.toString('latin1') !== SSH_ED25519 || raw?.length !== 32 || reader.rest.length > 0) return undefined;
  return raw;
}
