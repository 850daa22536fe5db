import { chmodSync, lstatSync, mkdirSync, statfsSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Problem } from '../../problem.ts';
import { utcText } from '../../report/time.ts';
import { safeText } from '../../wire/values.ts';
import { errorCode } from './partial-file.ts';

const STICKY = 0o1000;
const WRITE_BY_OTHERS = 0o022;
const ANYTHING_BY_OTHERS = 0o077;
/** Two captures of one second, interface and preset: this many, then it is a mistake. */
const MOST_SAME = 100;
/** Redacted captures of one folder. */
const MOST_NEUTRAL = 10_000;
/** What stands beside a capture, or is left of one that was killed. */
const BESIDE = [
  '.partial',
  '.manifest.json',
  '.manifest.json.partial',
  '.redaction.json',
  '.redaction.json.partial',
] as const;

export interface CaptureTarget {
  /** Where the capture will stand. */
  path: string;
  /** Bytes that are free there; -1 unknown. */
  free: number;
}

/**
 * Where `--out` wants the capture: a folder that is there, or a name that ends in a slash, gets a file named by time,
 * interface and preset; everything else is the file itself.
 *
 * @param label of the name, as `eth0-pxe`; '' for a name that tells nothing but a number @param now seconds since 1970 UTC
 * @throws Problem when it is there already, cannot be, or would be open to others
 */
export function targetOf(out: string, label: string, now: number): CaptureTarget {
  if (out === '' || out.includes('\0')) throw new Problem('usage', '--out: name a file or a folder');
  const found = statSync(out, { throwIfNoEntry: false });
  const inFolder = found?.isDirectory() === true || out.endsWith('/');
  const path = inFolder ? join(folderOf(out, found), fileName(out, label, now)) : fileOf(out, found);
  return { path: resolve(path), free: freeBytes(dirname(resolve(path))) };
}

/** Where `--out` would put it, without making or asking anything. */
export function plannedPath(out: string, label: string, now: number): string {
  const inFolder = out.endsWith('/') || statSync(out, { throwIfNoEntry: false })?.isDirectory() === true;
  return resolve(inFolder ? join(out, `${label === '' ? numbered(1) : stamped(label, now)}.pcap`) : out);
}

function folderOf(out: string, found: Stats | undefined): string {
  if (found === undefined) {
    try {
      mkdirSync(out, { mode: 0o700 });
      // The umask may have taken bits away.
      chmodSync(out, 0o700);
    } catch (error) {
      throw new Problem('usage', `--out ${safeText(out)}: ${errorCode(error)}: name a folder that can be made`);
    }
  } else if ((found.mode & ANYTHING_BY_OTHERS) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    throw new Problem(
      'refused',
      `--out ${safeText(out)}: the folder is open to others (mode ${mode}): chmod 700 it, or name one that is not there yet`,
    );
  }
  return out;
}

function fileOf(out: string, found: Stats | undefined): string {
  // A link that leads nowhere is there too.
  if (found !== undefined || lstatSync(out, { throwIfNoEntry: false }) !== undefined) {
    throw new Problem('usage', `--out ${safeText(out)}: it is there already: name a file that is not`);
  }
  const left = BESIDE.map((ending) => out + ending).find(
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  );
  if (left !== undefined) {
    throw new Problem(
      'usage',
      `--out ${safeText(out)}: ${safeText(left)} is there: another capture runs, or was killed; remove it, or name another file`,
    );
  }
  const folder = dirname(resolve(out));
  const above = statSync(folder, { throwIfNoEntry: false });
  if (above?.isDirectory() !== true) {
    throw new Problem('usage', `--out ${safeText(out)}: there is no folder ${safeText(folder)}: make it (mode 0700)`);
  }
  // Where others may rename files, what stands at the name need not be what was written.
  if ((above.mode & WRITE_BY_OTHERS) !== 0 && (above.mode & STICKY) === 0) {
    throw new Problem(
      'refused',
      `--out ${safeText(out)}: others may write to its folder: chmod 700 it, or name another`,
    );
  }
  return out;
}

function fileName(folder: string, label: string, now: number): string {
  const neutral = label === '';
  const name = stamped(label, now);
  for (let i = 1; i < (neutral ? MOST_NEUTRAL : MOST_SAME); i += 1) {
    const one = neutral ? `${numbered(i)}.pcap` : i === 1 ? `${name}.pcap` : `${name}-${i}.pcap`;
    const taken = ['', ...BESIDE].some(
      (ending) => lstatSync(join(folder, one + ending), { throwIfNoEntry: false }) !== undefined,
    );
    if (!taken) return one;
  }
  const many = neutral ? 'too many captures' : 'too many captures of this second';
  throw new Problem('usage', `--out ${safeText(folder)}: ${many} are there already`);
}

function stamped(label: string, now: number): string {
  const time = utcText(Math.floor(now), 0, 0).replace(/[-:]/g, '');
  return basename(`capture-${time}-${label.replace(/[^A-Za-z0-9._-]/g, '_')}`);
}

function numbered(number: number): string {
  return `capture-${String(number).padStart(3, '0')}`;
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return -1;
  }
}
