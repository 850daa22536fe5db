import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alternate, canMeasure, present } from './measure.ts';

/**
 * Packs the same tree with `bundle`'s packer and with `tar | gzip` and `tar | pigz`, in turn, and prints a table in
 * Markdown. The tree is frames of mixed content, made once.
 *
 *   npm run bench:bundle -- [FOLDER] [--megabytes N] [--runs N]
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { megabytes: { type: 'string', default: '512' }, runs: { type: 'string', default: '3' } },
});

const LIBRARY = new URL('../dist/index.js', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Packs every file of a folder, unsigned: signing costs the same for any size. */
const CHILD = `
import { readdirSync, rmSync } from 'node:fs';
import { CustodyChain, packBundle } from ${JSON.stringify(LIBRARY)};
const [folder, out] = process.argv.slice(1);
rmSync(out, { force: true });
const custody = new CustodyChain();
custody.append({ time: new Date(0), actor: 'bench', action: 'acquire', tool: 'bench' });
const entries = readdirSync(folder).map((name) => ({ path: 'data/captures/' + name, source: folder + '/' + name }));
const gate = { result: 'passed', mode: 'whole', searched: [], needles: 0, remaining: [] };
const facts = { tool: { name: 'rackwitness', version: '0' }, case: 'bench', tier: 'auditor', redacted: true,
  sealedAt: '2026-01-01T00:00:00Z', policy: { name: 'bench', sha256: '0'.repeat(64) }, gate, commitments: [] };
await packBundle({ out, name: 'bench', entries, facts, custody });
`;

function main(): void {
  const runs = Number(values.runs);
  const megabytes = Number(values.megabytes);
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(megabytes) || megabytes < 4) {
    throw new Error('give whole numbers: --runs from 1, --megabytes from 4');
  }
  if (!canMeasure()) throw new Error('/usr/bin/time is missing: install the package time');
  const folder = positionals[0] ?? join(tmpdir(), 'rackwitness-bench-bundle');
  const tree = join(folder, `tree-${megabytes}`);
  if (!existsSync(tree)) makeTree(tree, megabytes);
  const out = join(folder, 'out.tar.gz');
  const peerOut = join(folder, 'peer.tar.gz');
  const peers = ['gzip', 'pigz'].filter((peer) => present(peer));
  const commands = [
    [process.execPath, '--input-type=module', '-e', CHILD, tree, out],
    ...peers.map((peer) => ['sh', '-c', `tar c -C "$1" . | ${peer} -6 > "$2"`, 'sh', tree, peerOut]),
    [process.execPath, MAIN, 'verify', out, '--allow-unpinned'],
  ];
  const series = alternate(commands, runs, join(folder, 'time.txt'), [0]);
  const names = ['bundle', ...peers.map((peer) => `tar \\| ${peer} -6`), 'verify'];
  const [ours] = series;
  const rows = series.map(({ wall, cpu, memory }, i) => {
    const ratio = ours === undefined || i === 0 ? '' : (ours.wall / wall).toFixed(2);
    return `| ${names[i] ?? ''} | ${(wall / 1000).toFixed(2)} s | ${cpu.toFixed(2)} s | ${Math.round(memory)} MB | ${ratio} |`;
  });
  const size = `bundle ${statSync(out).size}, ${peers.at(-1) ?? 'no peer'} ${existsSync(peerOut) ? statSync(peerOut).size : 0} bytes`;
  process.stdout.write(
    `${megabytes} MB in 4 files, ${cpus().length} cores, Node ${process.version}, medians of ${runs}; ${size}\n\n` +
      `| command | wall | CPU | peak | bundle / it |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`,
  );
  rmSync(peerOut, { force: true });
  rmSync(out, { force: true });
}

/** Frames as they are in provisioning captures: headers that repeat, names, addresses that count up, some content. */
function makeTree(tree: string, megabytes: number): void {
  mkdirSync(tree, { recursive: true });
  const chunk = Buffer.alloc(1 << 20);
  let state = 1;
  for (let at = 0; at < chunk.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // A third of the words is content, the rest repeats.
    chunk.writeUInt32BE(at % 12 === 0 ? state : 0x63825363 + (at % 1500), at);
  }
  for (let file = 0; file < 4; file += 1) {
    const parts: Buffer[] = [];
    for (let i = 0; i < megabytes / 4; i += 1) {
      const part = Buffer.from(chunk);
      for (let at = 0; at < part.length - 4; at += 1500)
        part.writeUInt32BE((Math.imul(file * 1000 + i, 7919) + at) >>> 0, at);
      parts.push(part);
    }
    writeFileSync(join(tree, `capture-00${file + 1}.pcap`), Buffer.concat(parts));
  }
}

main();
