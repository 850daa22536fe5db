/** The capture verb: one recorder per vantage, started before the stimulus and stopped after it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIPPED } from '../clip.ts';
import { LabError, type Lab } from '../lab.ts';
import type { CapturePoint, Step } from '../scenario.ts';

/** What was recorded at one vantage, as the manifest tells it. */
export interface Recorded {
  file: string;
  vantage: string;
  interface: string;
  filter: string;
  snaplen: number;
  /** What was clipped beyond the snap length. */
  clipped?: string;
  /** UTC, ISO 8601: an empty capture has no other times. */
  start: string;
  stop: string;
  /** Frames that the kernel dropped; null if the recorder does not say. */
  drops: number | null;
}

/** Largest snap length of tcpdump 4.99: "whole frames". */
const WHOLE = 262144;

export function at(vantage: string, node: string, iface = 'eth0', more: Partial<CapturePoint> = {}): CapturePoint {
  return { vantage, node, interface: iface, ...more };
}

export function fileOf(point: CapturePoint): string {
  return point.file ?? `${point.vantage}.${point.tool === 'dumpcap' ? 'pcapng' : 'pcap'}`;
}

export function recorderOf(point: CapturePoint): string {
  return point.tool ?? 'tcpdump';
}

/** Starts one recorder and returns when it listens. */
export async function record(lab: Lab, point: CapturePoint): Promise<Recorded> {
  const file = fileOf(point);
  const snaplen = point.snaplen ?? WHOLE;
  const recorder = recorderOf(point);
  lab.tool(recorder);
  const filter = point.filter ?? '';
  const argv =
    recorder === 'dumpcap'
      ? [
          'dumpcap',
          '-i',
          point.interface,
          '-s',
          String(snaplen),
          '-w',
          join(lab.out, file),
          ...(point.extra ?? []),
          ...(filter === '' ? [] : ['-f', filter]),
        ]
      : [
          'tcpdump',
          '-Z',
          'root',
          '-n',
          '-U',
          '--immediate-mode',
          '-s',
          String(snaplen),
          '-i',
          point.interface,
          ...(point.direction === undefined ? [] : ['-Q', point.direction]),
          ...(point.extra ?? []),
          '-w',
          join(lab.out, file),
          ...(filter === '' ? [] : [filter]),
        ];
  const start = new Date().toISOString();
  lab.start(point.node, `capture-${file}`, argv);
  await lab.untilLog(`capture-${file}`, recorder === 'dumpcap' ? /File: / : /listening on/, 15);
  return {
    file,
    vantage: point.vantage,
    interface: point.interface,
    filter,
    snaplen,
    ...(point.clip === true ? { clipped: CLIPPED } : {}),
    start,
    stop: start,
    drops: null,
  };
}

/** Stops one recorder and takes its drop count. */
export async function finish(lab: Lab, recorded: Recorded): Promise<void> {
  const label = `capture-${recorded.file}`;
  if (!lab.daemon(label).alive())
    throw new LabError(
      `the capture ${recorded.file} ended early: ${readFileSync(lab.daemon(label).log, 'latin1').trim().slice(-200)}`,
    );
  recorded.stop = new Date().toISOString();
  await lab.stop(label, recorded.file.endsWith('ng') ? 'SIGTERM' : 'SIGINT');
  const log = readFileSync(lab.daemon(label).log, 'latin1');
  const drops =
    /(\d+) packets? dropped by kernel/.exec(log)?.[1] ?? /dropped on interface[^:]*: \d+\/(\d+)/.exec(log)?.[1];
  recorded.drops = drops === undefined ? null : Number(drops);
}

/** Runs a tool in the folder of the finished captures: compress, merge, split. */
export function onCaptures(argv: readonly string[]): Step {
  return {
    tools: [argv[0] ?? 'true'],
    run: async (lab) => {
      await lab.run(null, ['env', '-C', lab.out, ...argv]);
    },
  };
}
