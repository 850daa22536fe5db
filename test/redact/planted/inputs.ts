import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantCaptures } from './capture-files.ts';
import { Planter } from './planter.ts';
import { plantTexts } from './text-files.ts';

/** Every plant, and the files that carry them. */
export function plantAll(): Planter {
  const planter = new Planter();
  plantCaptures(planter);
  plantTexts(planter);
  return planter;
}

/** Writes the files of a planter into a folder. @returns their paths, in order */
export function writeInputs(planter: Planter, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return planter.files.map(({ name, bytes }) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  });
}
