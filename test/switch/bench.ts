import { CoverageNotes } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { UNDECLARED } from '../../src/detect/profile/site.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import type { Site } from '../../src/detect/site.ts';
import type { FlowEvent } from '../../src/flow/events.ts';
import { SwitchLookup } from '../../src/flow/switch/lookup.ts';
import { records } from './texts.ts';

/** What a detector says of a log, a table and the DHCP messages that came after them. */
export async function judged(
  detector: Detector,
  { log = '', show = '', events = [], covered, site = UNDECLARED }: Told,
): Promise<FindingState[]> {
  const lines = [...(await records(log)), ...(await records(show, 'show')).map((line) => ({ ...line, log: 1 }))];
  const text = new SwitchLookup(lines);
  const bench = new DetectorBench([detector], { site, coverage: new CoverageNotes(), switchText: text });
  for (const line of lines) bench.on({ type: 'switch-line', line, time: line.time?.from ?? 0 });
  for (const event of events) bench.on(event);
  if (covered !== undefined) text.covered(Date.parse(covered) * 1000, Date.parse(covered) * 1000 + 60e6);
  bench.end();
  return bench.findings();
}

interface Told {
  log?: string;
  show?: string;
  events?: FlowEvent[];
  /** When a capture of a minute began. */
  covered?: string;
  /** Undeclared unless given. */
  site?: Site;
}

/** A DHCP message that a station sent. */
export function sent(kind: string, mac: number, frame: number): FlowEvent {
  const sight = { capture: 0, file: 0, frame, sec: 1_795_351_482, nsec: 0 };
  const message = { kind, sight, time: 1_795_351_482e6, ethSrc: mac, reply: false };
  return { type: 'dhcp4-message', message, exchange: undefined, time: message.time } as unknown as FlowEvent;
}
