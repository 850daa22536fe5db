/** Targets refused by one station that was never seen using them: one may be a duplicate, three are a denial. */
export const DENIED = 3;
