/** What asks the machine for the time. It is handed in, so that a test can say what time it is. */
export interface WallClock {
  /** Seconds since 1970 UTC by the machine's own clock, to a millisecond; steps when that clock is set. */
  now(): number;
  /** Seconds from some fixed point; never steps. */
  steady(): number;
}

export const WALL_CLOCK: WallClock = {
  now: () => Date.now() / 1000,
  steady: () => performance.now() / 1000,
};
