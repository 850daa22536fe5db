import { clockState } from '../collect/capture/clock-state.ts';
import { WALL_CLOCK } from '../collect/wall-clock.ts';

/** What a command injects where `--clock` is absent. */
export function systemClock(): Date {
  return new Date(WALL_CLOCK.now() * 1000);
}

/** How far this host's clock is off as its time service says, in milliseconds; undefined where nobody knows. */
export async function clockOffset(): Promise<{ offset: number; source: string } | undefined> {
  const { offset, source } = await clockState();
  return offset === null ? undefined : { offset: Math.round(offset * 1000), source };
}

/** `2026-11-22T15:47:26Z`: UTC, whole seconds. */
export function instantText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** A time as `instantText` writes it; undefined for any other spelling, and for days that are not there. */
export function parseInstant(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) || instantText(time) !== text ? undefined : time;
}
