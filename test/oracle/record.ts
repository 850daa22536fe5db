/**
 * Records tshark's answer about every sample, so that `check` can compare without tshark:
 *
 *   npm run oracle [-- --all]
 *
 * Only samples whose record is missing or of another content are asked anew; `--all` asks about every one, which is what
 * a new version of tshark or a change of the mapping needs.
 */
import { tsharkVersion } from './pdml.ts';
import { digestOf, readRecord, recordedCaptures, recordPath, RECORDS, removeStale, writeRecord } from './records.ts';

async function main(): Promise<void> {
  const version = tsharkVersion();
  if (version === '') throw new Error('tshark is not installed: it is what is recorded (Debian package tshark)');
  const all = process.argv.includes('--all');
  const captures = recordedCaptures();
  let written = 0;
  for (const capture of captures) {
    const record = readRecord(recordPath(RECORDS, capture));
    if (!all && record?.sha256 === digestOf(capture.path)) continue;
    await writeRecord(RECORDS, capture, version);
    written += 1;
  }
  removeStale(RECORDS, captures);
  process.stdout.write(`${written} of ${captures.length} captures recorded with tshark ${version}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`oracle: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
