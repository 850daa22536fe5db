import { parentPort, workerData } from 'node:worker_threads';
import { stream } from '../src/capture/stream-thread.ts';
import type { ThreadData } from '../src/capture/stream.ts';

/** One task is one file; what it picks travels as transferred buffers. */
await stream(workerData as ThreadData, (word, memory) => parentPort?.postMessage(word, memory));
