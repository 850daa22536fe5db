import { describe, expect, it } from 'vitest';
import { type Give, pulled } from '../../src/capture/handoff.ts';

/** Pushes `count` batches of one number, and writes down what it did. */
function pusher(count: number, log: string[]) {
  return async (give: Give<number>): Promise<string> => {
    try {
      for (let i = 0; i < count; i += 1) {
        log.push(`read ${i}`);
        await give([i]);
      }
      return 'whole';
    } finally {
      log.push('closed');
    }
  };
}

describe('a reader that is asked', () => {
  it('reads a batch only when one is wanted', async () => {
    const log: string[] = [];
    for await (const [i] of pulled(pusher(3, log))) log.push(`took ${i}`);
    expect(log).toEqual(['read 0', 'took 0', 'read 1', 'took 1', 'read 2', 'took 2', 'closed']);
  });

  it('gives what the reading came to', async () => {
    const batches = pulled(pusher(1, []));
    await batches.next();
    expect(await batches.next()).toEqual({ done: true, value: 'whole' });
  });

  it('has closed all when the consumer has left', async () => {
    const log: string[] = [];
    for await (const _ of pulled(pusher(1000, log))) break;
    expect(log).toEqual(['read 0', 'closed']);
  });

  it('opens nothing when nobody asks', async () => {
    const log: string[] = [];
    await pulled(pusher(3, log)).return('left');
    expect(log).toEqual([]);
  });

  it('throws what the reading throws', async () => {
    const batches = pulled(() => Promise.reject(new Error('broken')));
    await expect(batches.next()).rejects.toThrow('broken');
  });

  it('ends with the reason of the signal, while it reads and while it waits', async () => {
    const log: string[] = [];
    const stop = new AbortController();
    const batches = pulled(pusher(1000, log), stop.signal);
    await batches.next();
    stop.abort(new Error('enough'));
    await expect(batches.next()).rejects.toThrow('enough');
    expect(log).toEqual(['read 0', 'closed']);
    await expect(pulled(pusher(1, log), stop.signal).next()).rejects.toThrow('enough');
  });

  it('leaves nothing on the signal', async () => {
    const stop = new AbortController();
    let listeners = 0;
    const { signal } = stop;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    }) as typeof signal.addEventListener;
    signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    }) as typeof signal.removeEventListener;
    for await (const _ of pulled(pusher(9, []), signal)) break;
    expect(listeners).toBe(0);
  });
});
