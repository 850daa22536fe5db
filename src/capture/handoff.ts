/** Gives batches, one at a time: the promise is kept when the taker has asked for the next one. */
export type Give<T> = (batch: readonly T[]) => Promise<void>;

/**
 * A reader that pushes, made into one that is asked. There is never more than one batch under way: `run` waits inside
 * `give` until the consumer wants more, so a slow consumer holds the reading back. When the consumer leaves (`break`,
 * `return`), `give` throws, and this returns when `run` has let go of all that it held.
 *
 * @param run gets a signal that is aborted when the consumer leaves, or with the caller's own signal
 * @returns (as the generator's return value) what `run` came to
 */
export async function* pulled<T, R>(
  run: (give: Give<T>, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[], R, void> {
  signal?.throwIfAborted();
  const over = new AbortController();
  const stop = (): void => over.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  let batch: readonly T[] | undefined;
  let ended = false;
  let given = nothing;
  let asked = nothing;
  const give: Give<T> = async (next) => {
    over.signal.throwIfAborted();
    batch = next;
    given();
    await new Promise<void>((resolve) => {
      asked = resolve;
    });
    over.signal.throwIfAborted();
  };
  const running = run(give, over.signal);
  const settle = (): void => {
    ended = true;
    given();
  };
  const settled = running.then(settle, settle);
  try {
    for (;;) {
      if (batch === undefined && !ended) {
        await new Promise<void>((resolve) => {
          given = resolve;
        });
      }
      const full: readonly T[] | undefined = batch;
      if (full === undefined) return await running;
      batch = undefined;
      yield full;
      asked();
    }
  } finally {
    over.abort();
    asked();
    await settled;
    signal?.removeEventListener('abort', stop);
  }
}

function nothing(): void {}
