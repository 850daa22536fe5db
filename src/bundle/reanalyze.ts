import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseProfile } from '../detect/profile/read.ts';
import type { Profile } from '../detect/profile/profile.ts';
import { TransientFolder } from '../redact/folder.ts';
import { type MergedCapture, TIMELINE, writeCaseTimeline } from './case-timeline.ts';
import { findingsFor, JOURNAL } from './findings.ts';
import { extract } from './unpack.ts';
import { type Check, check, type Failure, without } from './verify/check.ts';
import type { VerifiedBundle } from './verify/verify.ts';

const CAPTURE = /^data\/captures\/([^/]+)\.\w+$/;
const MERGED = `data/findings/${TIMELINE}`;
const PROFILE = 'data/config/profile-001.json';

/**
 * Analyses the captures of a bundle again and compares the findings, byte by byte, with those that are packed beside
 * them. It takes the same version of this tool: another may find more.
 */
export async function reanalyze(bundle: VerifiedBundle): Promise<Check> {
  const { contents, verification } = bundle;
  const paths = new Set(contents.payload.map(({ path }) => path));
  const captures = [...paths].filter((path) => CAPTURE.test(path));
  if (captures.length === 0) return without('reanalyze', TITLE, 'absent', 'the bundle holds no capture');
  // Redacted files alone are in a bundle; they are put away all the same when this ends.
  const folder = new TransientFolder(mkdtempSync(join(tmpdir(), 'rackwitness-')));
  try {
    await extract(bundle, folder.path);
    const root = join(folder.path, contents.top);
    const profile = paths.has(PROFILE) ? await profileOf(join(root, PROFILE)) : undefined;
    const failures: Failure[] = [];
    const merged: MergedCapture[] = [];
    for (const path of captures) {
      const stem = CAPTURE.exec(path)?.[1] ?? '';
      const { json, text, findings } = await findingsFor(join(root, path), profile);
      merged.push({ name: basename(path), path: join(root, path), findings });
      for (const [ending, made] of [
        ['json', json],
        ['txt', text],
      ] as const) {
        const file = `data/findings/${stem}.findings.${ending}`;
        if (!paths.has(file)) failures.push({ message: `${file} is missing`, file });
        else if (readFileSync(join(root, file), 'utf8') !== made) {
          failures.push({ message: `${file} is not what the analysis of ${path} gives`, file });
        }
      }
    }
    if (paths.has(MERGED)) {
      const journals = [...paths]
        .filter((path) => JOURNAL.test(path) && !path.startsWith('data/findings/'))
        .map((path) => ({ name: basename(path), path: join(root, path) }));
      const hash = createHash('sha256');
      const sink = { write: (bytes: Uint8Array) => Promise.resolve(void hash.update(bytes)) };
      await writeCaseTimeline({ captures: merged, journals }, sink);
      const packed = contents.payload.find(({ path }) => path === MERGED);
      if (packed?.sha256 !== hash.digest('hex')) {
        failures.push({ message: `${MERGED} is not what its captures, journals and findings give`, file: MERGED });
      }
    }
    const by = verification.says?.tool.version;
    return check('reanalyze', TITLE, failures, `${captures.length} captures, findings as packed by version ${by}`);
  } finally {
    folder.remove();
  }
}

const TITLE = 'Findings, analysed again';

async function profileOf(path: string): Promise<Profile> {
  return parseProfile(readFileSync(path, 'utf8'), 'profile-001.json');
}
