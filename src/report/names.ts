import { basename } from 'node:path';
import type { CaptureInterface } from '../capture/types.ts';
import type { Segment } from '../flow/segments.ts';
import type { Sight } from '../flow/sight.ts';
import type { EvidenceReport, Moment } from './analysis.ts';
import { microText, utcText } from './time.ts';

/** What the report calls one file of a vantage, and how fine its clock is. */
export interface CaptureName {
  name: string;
  /** Digits of a second's fraction. */
  digits: number;
}

/** The names that a report uses for the numbers inside: captures by vantage and file, segments by id. */
export interface Names {
  /** `captures[vantage][file]`. */
  captures: readonly (readonly CaptureName[])[];
  segment(id: number): string;
  /** Names of the switches' texts, by index. */
  logs?: readonly string[];
}

/** Base names, `-` for standard input; a name that was there before gets `#2`, `#3` … so that evidence is unambiguous. */
export function captureNames(paths: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const base = path === '-' ? '-' : basename(path);
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    return times === 1 ? base : `${base}#${times}`;
  });
}

/** Names of all files, `[vantage][file]`. @param files the files of each vantage, in order of reading */
export function nameTable<T>(
  files: readonly (readonly T[])[],
  pathOf: (file: T) => string,
  digitsOf: (file: T) => number,
): CaptureName[][] {
  const names = captureNames(files.flat().map(pathOf));
  let next = 0;
  return files.map((list) =>
    list.map((file) => {
      const name = names[next] ?? '';
      next += 1;
      return { name, digits: digitsOf(file) };
    }),
  );
}

/** `rack eth1 vlan 10`: where, by which interface, through which encapsulation. */
export function segmentName(
  { path, iface }: Segment,
  where: string,
  interfaces: readonly Pick<CaptureInterface, 'name'>[],
): string {
  const name = interfaces[iface]?.name ?? '';
  const label = name === '' && interfaces.length > 1 ? `interface ${iface}` : name;
  return [where, label, path === '' ? 'untagged' : path].filter((part) => part !== '').join(' ');
}

export function momentOf(sight: Sight, names: Names): Moment {
  const { name, digits } = captureOf(names, sight.capture, sight.file);
  return { capture: name, frame: sight.frame, time: utcText(sight.sec, sight.nsec, digits) };
}

export function frameEvidence(sight: Sight, note: string, names: Names): EvidenceReport {
  return { kind: 'frame', ...momentOf(sight, names), note };
}

/** @param capture index of the vantage, -1 for all @param from @param to microseconds */
export function absenceEvidence(
  capture: number,
  from: number,
  to: number,
  expected: string,
  names: Names,
): EvidenceReport {
  return {
    kind: 'absence',
    capture: vantageName(names, capture),
    from: microText(from),
    to: microText(to),
    expected,
  };
}

/** @param time microseconds, undefined where the line has none */
export function lineEvidence(
  log: number,
  line: number,
  time: number | undefined,
  note: string,
  names: Names,
): EvidenceReport {
  return { kind: 'line', log: names.logs?.[log] ?? '', line, time: microText(time ?? 0), note };
}

/** The capture's name; of a rotated set the first's; '' for -1. */
export function vantageName(names: Names, capture: number): string {
  return names.captures[capture]?.[0]?.name ?? '';
}

function captureOf(names: Names, capture: number, file: number): CaptureName {
  return names.captures[capture]?.[file] ?? { name: '', digits: 6 };
}
