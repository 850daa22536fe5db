import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import { type CollectionManifest, type ManifestEntry, readCollection } from '../collect/manifest.ts';
import { acquire, type BundleSource, type Folder } from './make.ts';

/**
 * The files of a collection as sources of a bundle, each still as it was acquired.
 *
 * @throws Problem when the folder holds no collection, or a file is not the one that its manifest lists
 */
export async function collectedSources(folder: string): Promise<BundleSource[]> {
  const manifest: CollectionManifest = await readCollection(folder);
  const sources: BundleSource[] = [{ path: join(folder, 'manifest.json'), folder: 'config' }];
  for (const entry of manifest.entries) {
    if (entry.path === undefined) continue;
    const path = join(folder, entry.path);
    if (entry.sha256 !== undefined && acquire(path).sha256 !== entry.sha256) {
      throw new Problem('refused', [
        `${safeText(entry.path)} is not what the manifest of ${safeText(folder)} lists: its digest differs`,
        'somebody changed it after the collection: collect again, or bundle it by itself with --log',
      ]);
    }
    sources.push({ path, folder: folderOf(entry) });
  }
  return sources;
}

function folderOf({ kind, collector }: ManifestEntry): Folder {
  if (kind === 'journal-export' || kind === 'journal-json') return 'journals';
  if (collector.startsWith('maas')) return 'maas';
  return kind === 'log' ? 'logs' : 'config';
}
