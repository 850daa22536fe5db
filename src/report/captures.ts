import type { CaptureInterface } from '../capture/types.ts';
import { linkTypeName } from '../capture/linktypes.ts';
import type { FileFacts, FrameTime, VantageFacts } from '../capture/vantage.ts';
import type { Segments } from '../flow/segments.ts';
import { CAPS, capped, type CaptureReport, type LimitReport } from './analysis.ts';
import { captureNames, type Names } from './names.ts';
import { clockDigits, utcText } from './time.ts';

/** Names of files and segments, as all parts of one report use them. */
export function namesOf(vantages: readonly VantageFacts[], segments: Segments): Names {
  const flat = captureNames(vantages.flatMap((vantage) => vantage.files.map((file) => file.path)));
  let next = 0;
  const captures = vantages.map((vantage) =>
    vantage.files.map((file) => {
      const name = flat[next] ?? '';
      next += 1;
      return { name, digits: digitsOf(file.interfaces) };
    }),
  );
  return {
    captures,
    segment(id) {
      const segment = segments.get(id);
      if (segment === undefined) return '';
      const files = vantages[segment.capture]?.files ?? [];
      const interfaces = files[segment.file]?.interfaces ?? [];
      const iface = interfaces[segment.iface];
      const label =
        interfaces.length > 1 || (iface !== undefined && iface.name !== '')
          ? iface?.name || `interface ${segment.iface}`
          : '';
      const capture = vantages[segment.capture]?.vantage || captures[segment.capture]?.[segment.file]?.name || '';
      return [capture, label, segment.path === '' ? 'untagged' : segment.path].filter((part) => part !== '').join(' ');
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
  const compression = file.compression === 'none' ? '' : `, ${file.compression}`;
  return {
    name,
    vantage,
    format: file.format,
    variant: `${file.variant}${compression}`,
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
