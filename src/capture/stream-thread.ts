import { CLAIMS } from '../wire/dissect.ts';
import { Layers } from '../wire/layers.ts';
import { CaptureError } from './error.ts';
import type { CaptureReader } from './format.ts';
import { join, pack, type Packed } from './pack.ts';
import { readCapture } from './read.ts';
import { Sieve } from './sieve.ts';
import { fromDescriptor, openSource } from './source.ts';
import type { StreamWord, ThreadData } from './stream.ts';

/** Bytes of picks that make a batch: a message between threads costs some 30 µs, whatever it carries. */
const BATCH = 1 << 18;
/** Bytes of the capture after which a batch goes though it is small: the other side need not wait for the end. */
const LATEST = 16 << 20;

/** Reads a whole capture; `send` gets every word, with the memory that goes with it. */
export async function stream(
  { file, everything, chunk, held, taken }: ThreadData,
  send: (word: StreamWord, memory: ArrayBuffer[]) => void,
): Promise<void> {
  const sieve = new Sieve(new Layers(CLAIMS), everything);
  let parts: Packed[] = [];
  let size = 0;
  let sent = 0;
  let told = 0;
  let since = 0;
  const batch = (reader: CaptureReader): void => {
    const packed = join(parts);
    const { interfaces, offset } = reader;
    const memory = [packed.bytes.buffer, packed.picks.picks.buffer];
    const named = interfaces.slice(told);
    send({ type: 'picks', interfaces: named, packed, offset, frames: sieve.frames }, memory);
    sent = (sent + size) | 0;
    told = interfaces.length;
    since = offset;
    parts = [];
    size = 0;
  };
  let open: CaptureReader | undefined;
  try {
    const source = typeof file === 'string' ? await openSource(file) : fromDescriptor(file);
    const summary = await readCapture(source, sieve, {
      ...(chunk === undefined ? {} : { chunk }),
      onReader(reader) {
        open = reader;
        sieve.begin(reader.interfaces);
      },
      afterChunk(bytes, reader) {
        if (sieve.count > 0) {
          const packed = pack(bytes, sieve);
          parts.push(packed);
          size += packed.bytes.length;
          sieve.clear();
        }
        if (size < BATCH && reader.offset - since < LATEST) return;
        batch(reader);
        waitFor(taken, sent, held);
      },
    });
    if (open !== undefined) batch(open);
    source.close();
    send({ type: 'end', summary, totals: sieve.totals }, []);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    send({ type: 'refused', code: error.code, lines: error.lines }, []);
  }
}

/** Until little enough of what was sent is waiting. The thread has nothing else to do. */
function waitFor(taken: Int32Array, sent: number, held: number): void {
  for (;;) {
    const now = Atomics.load(taken, 0);
    if (((sent - now) | 0) <= held) return;
    Atomics.wait(taken, 0, now);
  }
}
