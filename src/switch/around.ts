import { firstTime } from '../capture/set.ts';
import type { Around } from './when.ts';

/** A quick look at when captures begin; undefined when none of them says (pipes, empty files). */
export async function aroundOf(paths: readonly string[]): Promise<Around | undefined> {
  let around: Around | undefined;
  for (const path of paths) {
    const time = await firstTime(path);
    if (time === undefined) continue;
    const micro = time.sec * 1e6 + time.nsec / 1e3;
    around =
      around === undefined
        ? { from: micro, to: micro }
        : { from: Math.min(around.from, micro), to: Math.max(around.to, micro) };
  }
  return around;
}
