import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../../installed.ts';
import type { Original } from './needles.ts';
import { RawGate, type RawSearch } from './raw.ts';

/** What a gate is asked, here or on a thread of its own. */
export interface Gate {
  /** @param prose as `RawGate.search` */
  search(path: string, name: string, prose?: boolean): Promise<void>;
  finds(text: string): Promise<boolean>;
  told(): Promise<RawSearch>;
  close(): Promise<void>;
}

/** Written bytes from which a thread pays: below, the search is through before the thread has begun. */
const WORTH_THREAD = 32e6;

/** @param bytes that will be searched, about */
export function openGate(originals: Iterable<Original>, bytes: number): Gate {
  return bytes < WORTH_THREAD ? new NearGate(originals) : new FarGate([...originals]);
}

class NearGate implements Gate {
  private readonly gate: RawGate;

  constructor(originals: Iterable<Original>) {
    this.gate = new RawGate(originals);
  }

  search(path: string, name: string, prose = false): Promise<void> {
    return this.gate.search(path, name, prose);
  }

  async finds(text: string): Promise<boolean> {
    return this.gate.finds(text);
  }

  async told(): Promise<RawSearch> {
    return this.gate.told();
  }

  async close(): Promise<void> {}
}

/** What the thread is asked, and what it answers; each question has its number. */
export type GateQuestion =
  | { id: number; ask: 'search'; path: string; name: string; prose: boolean }
  | { id: number; ask: 'finds'; text: string }
  | { id: number; ask: 'told' };
export interface GateAnswer {
  id: number;
  value: boolean | RawSearch | undefined;
  /** It could not be done: nothing may be given away. */
  failed: boolean;
}

class FarGate implements Gate {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { keep(value: GateAnswer['value']): void; fail(error: Error): void }>();
  private next = 0;

  constructor(originals: Original[]) {
    this.worker = new Worker(workerFile('search'), { workerData: originals });
    this.worker.on('message', ({ id, value, failed }: GateAnswer) => {
      const one = this.waiting.get(id);
      this.waiting.delete(id);
      if (failed) one?.fail(new Error('the search for originals failed'));
      else one?.keep(value);
    });
    this.worker.on('error', () => this.fail());
    this.worker.on('exit', () => this.fail());
  }

  async search(path: string, name: string, prose = false): Promise<void> {
    await this.ask((id) => ({ id, ask: 'search', path, name, prose }));
  }

  async finds(text: string): Promise<boolean> {
    return (await this.ask((id) => ({ id, ask: 'finds', text }))) === true;
  }

  async told(): Promise<RawSearch> {
    return (await this.ask((id) => ({ id, ask: 'told' }))) as RawSearch;
  }

  async close(): Promise<void> {
    const ended = once(this.worker, 'exit');
    await this.worker.terminate();
    await ended.catch(() => {});
  }

  private ask(question: (id: number) => GateQuestion): Promise<GateAnswer['value']> {
    const id = this.next;
    this.next += 1;
    return new Promise((keep, fail) => {
      this.waiting.set(id, { keep, fail });
      this.worker.postMessage(question(id));
    });
  }

  /** A thread that died vouches for nothing. */
  private fail(): void {
    for (const { fail } of this.waiting.values()) fail(new Error('the search for originals ended early'));
    this.waiting.clear();
  }
}
