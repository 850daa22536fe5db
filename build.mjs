/**
 * Builds dist/: `main.js` and `index.js` and what they load when used, one file per worker, the schemas, a validator
 * per schema that describes input, and the types. What is unchanged is not rewritten, so that a build beside a running
 * program does not disturb it.
 *
 *   node build.mjs [--no-types]
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const written = new Set();

/**
 * What is loaded from node_modules at run time. Everything else is bundled, with its licence beside it: yargs from a
 * bundle starts 55 ms sooner than from its own files.
 */
const EXTERNAL = ['ajv', 'pcap', 'piscina', 'yaml'];

/**
 * The commands import the library alone (`src/index.ts`), which reaches everything: each would load all of it. In the
 * bundle they import from the files that the library names, so that a command loads what it uses.
 */
const directImports = {
  name: 'direct-imports',
  setup(bundler) {
    const places = new Map();
    const library = readFileSync(join(root, 'src/index.ts'), 'utf8');
    for (const [, names, from] of library.matchAll(/^export (?:type )?\{([^}]*)\} from '(.\/[^']+)';/gm)) {
      for (const name of names.split(',').map((one) => one.trim().replace(/^type /, ''))) {
        const [own, exported = own] = name.split(/ as /);
        if (own !== '') places.set(exported, { own, from: `.${from}` });
      }
    }
    bundler.onLoad({ filter: /[\\/]src[\\/]cli[\\/][\w-]+\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /^import (type )?\{([^}]*)\} from '\.\.\/index\.ts';/gm,
        (_statement, type, names) => {
          if (type !== undefined) return '';
          return names
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== '' && !one.startsWith('type '))
            .map((one) => {
              const [name, local = name] = one.split(/ as /);
              const place = places.get(name);
              if (place === undefined) throw new Error(`${path} imports ${name}, which src/index.ts does not export`);
              return `import { ${place.own} as ${local} } from '${place.from}';`;
            })
            .join(' ');
        },
      );
      return { contents, loader: 'ts' };
    });
  },
};

await bundles();
await schemas();
removeStale();
if (!process.argv.includes('--no-types')) types();

/** Program, library and workers. */
async function bundles() {
  const workers = existsSync(join(root, 'workers'))
    ? readdirSync(join(root, 'workers'))
        .filter((name) => name.endsWith('.ts'))
        .sort()
        .map((name) => ({ in: `workers/${name}`, out: `workers/${basename(name, '.ts')}` }))
    : [];
  const entries = [{ in: 'src/main.ts', out: 'main' }, { in: 'src/index.ts', out: 'index' }, ...workers].filter(
    (entry) => existsSync(join(root, entry.in)),
  );
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: EXTERNAL,
    // What yargs measures its help with costs 8 ms of tables for scripts in which our help is not written.
    alias: { 'string-width': './src/cli/columns.ts' },
    // Bundled CommonJS asks for Node's own modules through `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    metafile: true,
    plugins: [directImports],
    chunkNames: 'chunks/[name]-[hash]',
    charset: 'utf8',
    // Names stay, for error messages; without the spaces a small capture is through 15 ms sooner.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    write: false,
  });
  for (const file of result.outputFiles) put(relative(dist, file.path), file.contents);
  put('LICENSES.txt', licences(Object.keys(result.metafile.inputs)));
  if (written.has('main.js')) chmodSync(join(dist, 'main.js'), 0o755);
}

/** Licence texts of the packages whose code is in the bundles. */
function licences(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) folders.add(match[1]);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} is bundled and has no licence file: make it external`);
    return `${name} ${version}\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(72)}\n\n`);
}

/**
 * Every `.schema.json` under src/ is shipped. Those outside `report/` describe what is read: each gets a validator made
 * beforehand, because loading and compiling with ajv costs 80 ms at each start.
 */
async function schemas() {
  const files = schemaFiles(join(root, 'src'));
  for (const file of files) put(`schema/${basename(file)}`, readFileSync(file));
  const inputs = files.filter((file) => basename(dirname(file)) !== 'report');
  if (inputs.length === 0) return;
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { default: standalone } = await import('ajv/dist/standalone/index.js');
  for (const file of inputs) {
    // All errors: a person mends a file once, not error by error.
    const ajv = new Ajv2020({
      allErrors: true,
      strict: true,
      allowUnionTypes: true,
      unicodeRegExp: false,
      code: { source: true, esm: true, lines: true },
    });
    const code = standalone.default(ajv, ajv.compile(JSON.parse(readFileSync(file, 'utf8'))));
    const bundled = await build({
      stdin: { contents: code, resolveDir: root, loader: 'js' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      write: false,
    });
    put(`validate/${basename(file, '.schema.json')}.js`, bundled.outputFiles[0].contents);
  }
}

function schemaFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.schema.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Types of the library, and of nothing else. */
function types() {
  if (!existsSync(join(root, 'src/index.ts'))) return;
  const out = join(dist, 'types');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const project = join(dist, 'tsconfig.types.json');
  writeFileSync(
    project,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rewriteRelativeImportExtensions: true,
        rootDir: '../src',
        outDir: 'types',
      },
      // Declarations of packages that bring none.
      include: ['../src/**/*.d.ts'],
      files: ['../src/index.ts'],
    }),
  );
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
      cwd: root,
      stdio: 'inherit',
    });
    for (const file of declarations(out)) {
      // Older compilers look for `./x.ts` beside `x.d.ts` in vain.
      const text = readFileSync(file, 'utf8').replace(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2');
      writeFileSync(file, text);
    }
  } catch {
    console.error('build: the types do not compile (above); --no-types builds without them');
    process.exitCode = 1;
  } finally {
    rmSync(project, { force: true });
  }
}

function declarations(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Writes by rename, and only what differs. */
function put(name, contents) {
  const path = join(dist, name);
  written.add(name);
  const bytes = Buffer.from(contents);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, bytes);
  renameSync(beside, path);
}

/** Removes what an earlier build left and this one did not make. */
function removeStale() {
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const name = relative(dist, join(entry.parentPath, entry.name));
    if (!entry.isFile() || written.has(name) || name.startsWith('types/')) continue;
    if (/\.\d+\.new$/.test(name)) continue;
    rmSync(join(dist, name), { force: true });
  }
}
