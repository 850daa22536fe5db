import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Source {
  /** Path from the package's root, with forward slashes. */
  path: string;
  text: string;
}

/** Every TypeScript file under these folders, sorted. */
export function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') })),
  );
}

/** Names of files and folders in a folder, sorted; none when it is not there. */
export function names(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder)).sort();
  } catch {
    return [];
  }
}

/** The text without comments and without what stands in quotes: what is left is code. */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

/** `path:line` of every match. */
export function places(source: Source, code: string, pattern: RegExp): string[] {
  return [...code.matchAll(new RegExp(pattern, 'g'))].map(
    (match) => `${source.path}:${code.slice(0, match.index).split('\n').length}`,
  );
}
