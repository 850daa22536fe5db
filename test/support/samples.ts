import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));

/** Every capture among the samples, in a fixed order. */
export function sampleCaptures(): string[] {
  return readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => join(SAMPLES, name));
}
