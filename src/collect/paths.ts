import { lstatSync, opendirSync, readlinkSync, type Stats } from 'node:fs';
import { safeBytes } from '../wire/values.ts';

/**
 * A path as bytes, one character each (latin1): names on a disk need not be UTF-8, and a name that were decoded and
 * encoded again would be another file.
 */
export type BytePath = string;

/** Entries looked at in one folder; a folder of more is cut, and that is said. */
const MAX_ENTRIES = 100_000;
/** Links on the way to a fixed folder; more is a loop. */
const MAX_LINKS = 16;

export function bytePath(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** What the system is given. */
export function rawPath(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** For people: escaped. */
export function shownPath(path: BytePath): string {
  const bytes = rawPath(path);
  return safeBytes(bytes, { at: 0, length: bytes.length });
}

export function statOf(path: BytePath): Stats | undefined {
  try {
    return lstatSync(rawPath(path));
  } catch {
    return undefined;
  }
}

/** What a pattern came to. */
export interface Matches {
  /** Full paths, sorted by bytes. Neither folders nor links below a wildcard are among them unless they match last. */
  found: BytePath[];
  /** Folders that could not be listed, and links that were not followed. */
  notes: { path: BytePath; why: 'denied' | 'link' | 'too-many' | 'outside' }[];
}

/**
 * Files that match an absolute pattern below a root. Parts without a wildcard may be links (`/var/snap/maas/current`
 * is one): they are followed as if the root were `/`. What a wildcard finds is never followed.
 */
export function matchPattern(root: BytePath, pattern: string): Matches {
  const notes: Matches['notes'] = [];
  let places: BytePath[] = [''];
  const parts = bytePath(pattern)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const next: BytePath[] = [];
    for (const place of places) {
      if (!/[*?]/.test(part)) {
        const path = `${place}/${part}`;
        const whole = last ? path : followed(root, path, notes);
        if (whole !== undefined && (!last || statOf(root + path) !== undefined)) next.push(whole);
        continue;
      }
      next.push(...listed(root, place, globPart(part), last, notes));
    }
    places = next;
  }
  return { found: places.map((place) => root + place).sort(), notes };
}

/** Names are bytes, so a star is any byte but the slash; hidden files are matched only by a dot that is written. */
function globPart(part: string): RegExp {
  const body = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${/^[*?]/.test(part) ? '(?!\\.)' : ''}${body}$`, 's');
}

function listed(root: BytePath, place: BytePath, name: RegExp, last: boolean, notes: Matches['notes']): BytePath[] {
  const found: BytePath[] = [];
  let folder: ReturnType<typeof opendirSync>;
  try {
    // The types know text names alone; `latin1` is an encoding like any other.
    folder = opendirSync(rawPath(root + place) as unknown as string, { encoding: 'latin1' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') notes.push({ path: root + place, why: 'denied' });
    return found;
  }
  try {
    for (let seen = 0; ; seen += 1) {
      const entry = folder.readSync();
      if (entry === null) break;
      if (seen >= MAX_ENTRIES) {
        notes.push({ path: root + place, why: 'too-many' });
        break;
      }
      if (!name.test(entry.name)) continue;
      const path = `${place}/${entry.name}`;
      if (last || entry.isDirectory()) found.push(path);
      else if (entry.isSymbolicLink()) notes.push({ path: root + path, why: 'link' });
    }
  } finally {
    folder.closeSync();
  }
  return found;
}

/** The folder behind a path, links resolved below the root; undefined when it is not there. */
function followed(root: BytePath, path: BytePath, notes: Matches['notes']): BytePath | undefined {
  let todo = path.split('/').filter((part) => part !== '');
  let done: BytePath[] = [];
  for (let links = 0; todo.length > 0;) {
    const [part = '', ...rest] = todo;
    todo = rest;
    if (part === '.') continue;
    if (part === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const here = `${root}/${[...done, part].join('/')}`;
    const stat = statOf(here);
    if (stat === undefined) return undefined;
    if (!stat.isSymbolicLink()) {
      done = [...done, part];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      notes.push({ path: here, why: 'link' });
      return undefined;
    }
    let target: string;
    try {
      target = readlinkSync(rawPath(here), { encoding: 'latin1' });
    } catch {
      return undefined;
    }
    if (target.startsWith('/')) done = [];
    todo = [...target.split('/').filter((one) => one !== ''), ...todo];
  }
  return `/${done.join('/')}`;
}
