import { closeSync, openSync, readSync } from 'node:fs';
import { needlesOf, type Original } from '../src/redact/gate/needles.ts';
import { Haystack, Scanner } from '../src/redact/gate/scan.ts';

/**
 * The speed of the gate's raw search with ten thousand identities:
 *
 *   npm run bench:gate -- FILE
 *
 * Prints bytes a second of CPU and of the clock, and the memory of the process, of three passes over the file.
 */
const IDENTITIES = 10_000;

function* originals(): Generator<Original> {
  for (let i = 0; i < IDENTITIES; i += 1) {
    // Far apart, and the same in every run.
    const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    if (i % 5 < 2) yield { kind: 'mac', value: 0x0e0000000000 + mixed };
    else if (i % 5 < 4) yield { kind: 'ipv4', value: 0x0b000000 + (mixed >>> 8) };
    else yield { kind: 'hostname', value: `host-${mixed.toString(16).padStart(8, '0')}` };
  }
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('which file? npm run bench:gate -- FILE');
const haystack = new Haystack();
for (const original of originals()) for (const needle of needlesOf(original)) haystack.add(needle);
process.stdout.write(`${haystack.count} needles of ${IDENTITIES} identities\n`);
const chunk = new Uint8Array(1 << 20);
for (let pass = 0; pass < 3; pass += 1) {
  let hits = 0;
  const scanner = new Scanner(haystack, () => {
    hits += 1;
  });
  const file = openSync(path, 'r');
  const began = performance.now();
  const before = process.cpuUsage();
  for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk))
    scanner.push(chunk.subarray(0, count));
  scanner.end();
  closeSync(file);
  const { user, system } = process.cpuUsage(before);
  const bytes = scanner.length / 1e6;
  const cpu = bytes / ((user + system) / 1e6);
  const clock = bytes / ((performance.now() - began) / 1e3);
  const memory = process.memoryUsage().rss / 1e6;
  process.stdout.write(
    `${bytes.toFixed(0)} MB: ${cpu.toFixed(0)} MB/s of CPU, ${clock.toFixed(0)} MB/s, ${memory.toFixed(0)} MB resident, ${hits} hits\n`,
  );
}
