import type { SwitchText } from './types.ts';

/** When no switch text was given. */
export const NO_SWITCH_TEXT: SwitchText = {
  empty: true,
  linesFor: () => [],
  bindingFor: () => undefined,
  portOf: () => undefined,
  trustOf: () => undefined,
  during: () => true,
  framesFor: () => [],
};
