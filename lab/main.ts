/**
 * `npm run lab -- NAME…` makes samples again; `--list` names them, `--all` makes all, `--rewrite [NAME…]` only
 * brings the manifests and the switches' texts up to date with the scenarios' words and expectations,
 * and `--docs` the table in docs/lab.md.
 * Ends with 0 if all was made, 1 if one failed, 3 if one was skipped, 2 on wrong usage.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { SCENARIOS } from './catalogue.ts';
import { rewriteManifest, runScenario, type Result } from './run.ts';
import type { Lab } from './lab.ts';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
const DOCS = fileURLToPath(new URL('../docs/lab.md', import.meta.url));
const USAGE =
  'npm run lab -- NAME… | --all | --list | --rewrite [NAME…] | --docs    [--keep DIR] [--samples DIR] [--quiet]';

function complain(line: string): never {
  process.stderr.write(`lab: ${line}\n${USAGE}\n`);
  process.exit(2);
}

/** The table of scenarios in docs/lab.md, between its two markers. */
function writeTable(): void {
  const [begin, end] = ['<!-- scenarios -->', '<!-- /scenarios -->'];
  const text = readFileSync(DOCS, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) complain(`docs/lab.md has lost its markers ${begin} and ${end}`);
  const rows = SCENARIOS.map(
    (one) =>
      `| \`${one.name}\` | ${one.title} | ${one.twin === undefined ? '' : `\`${one.twin}\``} | ${(one.emulated ?? []).join('; ')} |`,
  );
  const table = ['| scenario | what happens | healthy twin | emulated |', '|---|---|---|---|', ...rows].join('\n');
  writeFileSync(DOCS, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      all: { type: 'boolean' },
      keep: { type: 'string' },
      samples: { type: 'string' },
      quiet: { type: 'boolean' },
      rewrite: { type: 'boolean' },
      docs: { type: 'boolean' },
    },
  });
  if (values.list === true) {
    for (const one of SCENARIOS) process.stdout.write(`${one.name.padEnd(28)} ${one.title}\n`);
    return;
  }
  if (values.docs === true) return writeTable();
  if (values.rewrite === true) {
    for (const one of SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
      const { state, why } = rewriteManifest(one, values.samples ?? SAMPLES);
      if (state !== 'made') process.stderr.write(`${state.padEnd(8)} ${one.name}: ${why}\n`);
      if (state === 'failed') process.exitCode = 1;
    }
    return;
  }
  const names = values.all === true ? SCENARIOS.map((one) => one.name) : positionals;
  if (names.length === 0) complain('which scenario?');
  const chosen = names.map(
    (name) =>
      SCENARIOS.find((one) => one.name === name) ?? complain(`no scenario is called ${name}; --list names them`),
  );
  if (process.getuid?.() !== 0) complain('namespaces need root');

  let current: Lab | null = null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`lab: ${signal}, taking the network down\n`);
      const lab = current;
      void (lab?.close() ?? Promise.resolve()).then(() => {
        if (lab !== null && values.keep === undefined) rmSync(join(lab.work, '..'), { recursive: true, force: true });
        process.exit(signal === 'SIGINT' ? 130 : 143);
      });
    });
  }
  const print = values.quiet === true ? (): void => {} : (line: string): void => void process.stdout.write(`${line}\n`);
  const results: [string, Result, number][] = [];
  for (const scenario of chosen) {
    print(`\n## ${scenario.name}: ${scenario.title}`);
    const begun = process.hrtime.bigint();
    const result = await runScenario(
      scenario,
      values.samples ?? SAMPLES,
      values.keep ?? null,
      print,
      (lab) => (current = lab),
    );
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    results.push([scenario.name, result, seconds]);
    process.stderr.write(
      `${result.state.padEnd(8)} ${scenario.name.padEnd(28)} ${seconds.toFixed(1)} s ${result.why}\n`,
    );
  }
  if (results.some(([, result]) => result.state === 'failed')) process.exitCode = 1;
  else if (results.some(([, result]) => result.state === 'skipped')) process.exitCode = 3;
}

await main();
