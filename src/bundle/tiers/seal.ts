import { createHash } from 'node:crypto';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { AtomicFile } from '../atomic.ts';
import type { BagFile } from '../bag.ts';
import type { ByteSink } from '../container/write.ts';
import { type BagOptions, type PayloadEntry, writeBag } from '../pack.ts';
import { RAW_TIER } from '../statement.ts';
import { commitment } from './commitment.ts';

/** Where the salt stands in the sealed content. */
export const SALT_FILE = 'data/commitment-salt.txt';

export interface SealOptions extends Omit<BagOptions, 'signer' | 'timestamp' | 'stamp'> {
  /** age recipients (`age1…`) of the custodian. */
  recipients: readonly string[];
  /** Of `commitmentSalt`. */
  salt: Uint8Array;
  /** The ciphertext; must not exist. It is what the sealed bundle packs. */
  out: string;
}

export interface Sealed {
  /** Of the ciphertext. */
  bytes: number;
  sha256: string;
  /** Commitment to the payload manifest of the content: what every redacted tier carries as `sealed`. */
  commitment: string;
  /** What is inside, each with its digests as it was packed. */
  files: readonly BagFile[];
}

/**
 * Writes raw files as a bag inside age encryption, in one stream: nothing that is not encrypted reaches the disk. age
 * draws a new file key each time, so that this is the one file of a case that is never the same twice.
 *
 * @throws Problem as `packBundle`, and for recipients that age does not take
 */
export async function sealPayload(options: SealOptions): Promise<Sealed> {
  const { recipients, salt, out, ...bag } = options;
  if (recipients.length === 0)
    throw new Problem('refused', 'what is raw is written encrypted or not at all: name a recipient');
  if (options.facts.redacted || options.facts.tier !== RAW_TIER) {
    throw new Problem('refused', `what is sealed is raw: its tier is "${RAW_TIER}"`);
  }
  const file = new AtomicFile(out);
  try {
    const { sink, finished } = await encryption(recipients, file);
    const packing = writeBag({ ...bag, entries: [...bag.entries, saltEntry(salt)] }, sink);
    // Whichever fails first ends the other: a full disk must not leave the packer waiting for room.
    const [{ payloadManifest, files }, { bytes, sha256 }] = await Promise.all([
      packing.then(
        async (packed) => {
          await sink.close();
          return packed;
        },
        async (error: unknown) => {
          await sink.abort(error);
          throw error;
        },
      ),
      finished,
    ]);
    file.commit();
    return { bytes, sha256, commitment: commitment(salt, payloadManifest), files };
  } finally {
    file.abandon();
  }
}

/** The salt as it stands in the sealed content. */
export function saltEntry(salt: Uint8Array): PayloadEntry {
  return { path: SALT_FILE, source: Buffer.from(`${Buffer.from(salt).toString('hex')}\n`) };
}

interface Encryption {
  sink: ByteSink & { close(): Promise<void>; abort(why: unknown): Promise<void> };
  finished: Promise<{ bytes: number; sha256: string }>;
}

async function encryption(recipients: readonly string[], out: ByteSink): Promise<Encryption> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new Problem('usage', `${safeText(recipient)} is no age recipient (age1…)`);
    }
  }
  const through = new TransformStream<Uint8Array, Uint8Array>();
  const writer = through.writable.getWriter();
  writer.closed.catch(() => {});
  const encrypting = encrypter.encrypt(through.readable);
  const finished = (async () => {
    const hash = createHash('sha256');
    let bytes = 0;
    const reader = (await encrypting).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { bytes, sha256: hash.digest('hex') };
        hash.update(value);
        bytes += value.length;
        await out.write(value);
      }
    } catch (error) {
      await writer.abort(error).catch(() => {});
      throw error;
    }
  })();
  finished.catch(() => {});
  return {
    sink: {
      write: async (bytes) => {
        await writer.write(bytes);
      },
      close: () => writer.close(),
      abort: (why) => writer.abort(why).catch(() => {}),
    },
    finished,
  };
}
