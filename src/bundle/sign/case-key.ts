import { join } from 'node:path';
import { createCaseKey } from '../../redact/key.ts';
import { makeFolder } from './keys.ts';

export const CASE_KEY_FILE = 'case-key';

/** Makes a new case key in a folder, beside signing keys or apart from them. @returns its path @throws Problem */
export function createCaseKeyIn(folder: string): string {
  makeFolder(folder);
  const path = join(folder, CASE_KEY_FILE);
  createCaseKey(path);
  return path;
}
