import type { CaptureInterface } from '../capture/types.ts';
import { clockDigits } from '../capture/clock.ts';
import { linkTypeName } from '../capture/linktypes.ts';
import { CAPTURE_ERROR_CODES } from '../capture/error.ts';
import type { FileFacts, FrameTime, VantageFacts } from '../capture/vantage.ts';
import type { Segments } from '../flow/segments.ts';
import { CAPS, capped, type CaptureFaultReport, type CaptureReport, type LimitReport } from './analysis.ts';
import { nameTable, type Names, segmentName } from './names.ts';
import { utcText } from './time.ts';

/** Names of files and segments, as all parts of one report use them. */
export function namesOf(vantages: readonly VantageFacts[], segments: Segments): Names {
  const captures = nameTable(
    vantages.map(({ files }) => files),
    ({ path }) => path,
    ({ interfaces }) => digitsOf(interfaces),
  );
  return {
    captures,
    segment(id) {
      const segment = segments.get(id);
      if (segment === undefined) return '';
      const { vantage, files } = vantages[segment.capture] ?? { vantage: '', files: [] };
      const where = vantage || (captures[segment.capture]?.[segment.file]?.name ?? '');
      return segmentName(segment, where, files[segment.file]?.interfaces ?? []);
    },
  };
}

/** The finest clock among a file's interfaces: what its times are written with. */
function digitsOf(interfaces: readonly CaptureInterface[]): number {
  let digits = 0;
  for (const { clock } of interfaces) digits = Math.max(digits, clockDigits(clock));
  return interfaces.length === 0 ? 6 : digits;
}

export function captureReports(
  vantages: readonly VantageFacts[],
  names: Names,
): { captures: CaptureReport[]; limits: LimitReport[] } {
  const all = vantages.flatMap((vantage, v) =>
    vantage.files.map((file, f) => reportOf(file, vantage.vantage, names.captures[v]?.[f]?.name ?? '')),
  );
  const { kept, lost } = capped(all, CAPS.captures);
  return { captures: kept, limits: lost > 0 ? [{ name: 'report.captures', cap: CAPS.captures, lost }] : [] };
}

function reportOf(file: FileFacts, vantage: string, name: string): CaptureReport {
  const linkTypes = capped(
    [...new Set(file.interfaces.map((one) => one.linkType))].sort((a, b) => a - b),
    CAPS.linkTypes,
  );
  const interfaces = capped(file.interfaces, CAPS.interfaces);
  const faults = capped(file.faults, CAPS.faults);
  const compression = file.compression === 'none' ? '' : file.compression;
  return {
    name,
    vantage,
    format: file.format,
    variant: [file.variant, compression].filter((part) => part !== '').join(', '),
    linkTypes: linkTypes.kept.map((number) => ({ number, name: linkTypeName(number) })),
    frames: file.frames,
    bytes: file.bytes,
    firstTime: timeText(file, file.first),
    lastTime: timeText(file, file.last),
    interfaces: interfaces.kept.map((one) => ({
      id: one.id,
      name: one.name,
      linkType: one.linkType,
      snapLength: one.snapLength,
      received: one.received,
      dropped: one.dropped,
    })),
    faults: faults.kept.map(({ code, offset, afterFrame, message }) => ({ code, offset, afterFrame, message })),
    truncated: file.truncated,
    ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
    omitted: linkTypes.lost + interfaces.lost + faults.lost,
  };
}

function timeText(file: FileFacts, time: FrameTime | undefined): string {
  if (time === undefined) return '';
  const clock = file.interfaces[time.iface]?.clock;
  return utcText(time.sec, time.nsec, clock === undefined ? 6 : clockDigits(clock));
}

/** Faults that are the whole file's, not those of a place in it. */
const PLACELESS: ReadonlySet<string> = new Set([...CAPTURE_ERROR_CODES, 'empty-file', 'too-short']);

/** Where and what, for a person. */
export function faultText({ code, offset, afterFrame, message }: CaptureFaultReport): string {
  return PLACELESS.has(code) ? message : `damage at byte ${offset}, after frame ${afterFrame}: ${message}`;
}

/** Why nothing could be read of a capture that was named; what was read of the others stands. */
export function unreadLines(captures: readonly CaptureReport[]): string[] {
  const codes: ReadonlySet<string> = new Set(CAPTURE_ERROR_CODES);
  return captures.flatMap(({ faults }) => faults.flatMap(({ code, message }) => (codes.has(code) ? [message] : [])));
}

/** A line for each fault of each capture. */
export function faultLines(captures: readonly CaptureReport[]): string[] {
  const unread = new Set(unreadLines(captures));
  return captures.flatMap(({ name, faults, omitted }) => [
    ...faults.map((fault) => (unread.has(fault.message) ? fault.message : `${name}: ${faultText(fault)}`)),
    ...(omitted > 0 ? [`${name}: and ${omitted} more`] : []),
  ]);
}
