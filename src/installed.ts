import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The tool's name, as in `package.json` and in every report. */
export const NAME = 'rackwitness';

let root: string | undefined;

/**
 * Folder of the installed package. The same from the bundle (`dist/main.js`, `dist/chunks/…`), from a worker and from
 * the sources under a test runner: files that are loaded at run time are found from here.
 */
export function packageRoot(): string {
  if (root !== undefined) return root;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, 'package.json'))) break;
    const above = dirname(folder);
    if (above === folder) throw new Error("the package's own package.json is missing: reinstall");
    folder = above;
  }
  root = folder;
  return folder;
}

export function version(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  const { version: v } = JSON.parse(text) as { version: string };
  return v;
}

/** The entry of a thread: `workers/<name>.ts`, built to `dist/workers/<name>.js`. */
export function workerFile(name: string): string {
  return join(packageRoot(), 'dist', 'workers', `${name}.js`);
}

/** URL of a validator that the build made of `<name>.schema.json`. */
export function validatorUrl(name: string): string {
  return pathToFileURL(join(packageRoot(), 'dist', 'validate', `${name}.js`)).href;
}
