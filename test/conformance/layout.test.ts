import { describe, expect, it } from 'vitest';
import { codeOf, names, places, sources } from './sources.ts';

/** A file that passes this is asking to be two. */
const MAX_LINES = 400;

/** Files that are longer, each with the reason why two files would be worse. */
const LONGER: Readonly<Record<string, string>> = {
  'src/wire/layers.ts': 'the one walk that sieve and dissector share, and the only file that indexes bytes',
};

/** Stages and single files of src/. A new one is a decision about the data flow: it belongs into the design first. */
const SRC = [
  'bundle',
  'capture',
  'cli',
  'collect',
  'detect',
  'flow',
  'index.ts',
  'installed.ts',
  'main.ts',
  'pipeline.ts',
  'problem.ts',
  'redact',
  'report',
  'streams.ts',
  'switch',
  'wire',
];

const TOP = [
  '.ci',
  '.git',
  '.gitignore',
  '.oxfmtrc.json',
  '.oxlintrc.json',
  'LICENSE',
  'README.md',
  'bench',
  'build.mjs',
  'dist',
  'docs',
  'lab',
  'node_modules',
  'package-lock.json',
  'package.json',
  'redaction-maps',
  'samples',
  'src',
  'test',
  'tsconfig.json',
  'vitest.config.ts',
  'workers',
];

/** What src/ and workers/ must not contain, where else it may stand, and what to do instead. */
const FORBIDDEN: readonly { pattern: RegExp; except?: RegExp; instead: string }[] = [
  {
    pattern: /\blocaleCompare\b|\bIntl\b|\.toLocale\w*/,
    instead: 'compare by code unit (report/findings.ts byCodeUnit): the locale must not decide',
  },
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)/,
    except: /^src\/collect\/wall-clock\.ts$/,
    instead: 'take the time from the capture, or from the injected clock',
  },
  { pattern: /\bMath\.random\b/, instead: 'take it from the injected random source' },
  {
    pattern: /\.keys\(\)\.next\b/,
    instead: 'use flow/bounded.ts: deleting the first key of a Map one by one is quadratic',
  },
  {
    pattern: /(?<![.\w])exec(?:Sync)?\(|\beval\(|\bnew Function\b/,
    instead: 'spawn with a list of arguments; no shell, no code from text',
  },
  { pattern: /\bconsole\./, instead: 'return it: main.ts and cli/terminal.ts are what prints' },
  {
    pattern: /\bprocess\.exit(?:Code)?\b/,
    except: /^src\/main\.ts$/,
    instead: 'throw a Problem: main.ts alone sets the exit code',
  },
  {
    pattern: /\bprocess\.(?:argv|env|cwd|chdir)\b/,
    except: /^src\/main\.ts$/,
    instead: 'nothing is read from the environment or the working folder unless it is named',
  },
  {
    pattern: /\bprocess\.std(?:out|err)\b/,
    except: /^src\/(?:main|cli\/terminal)\.ts$/,
    instead: 'go through cli/terminal.ts',
  },
  {
    pattern: /\bfetch\(|from 'node:(?:http|https|dns|tls|dgram)'/,
    instead: 'no name resolution and no socket that was not asked for',
  },
  { pattern: /:\s*any\b|\bas any\b/, instead: 'use unknown, and narrow it' },
];

const all = sources('src', 'workers').filter(({ path }) => !path.endsWith('.d.ts'));

describe('the layout', () => {
  it('has the folders of the design and no others', () => {
    expect(
      names('.').filter((name) => !TOP.includes(name) && !name.startsWith('.cache')),
      'put it into a folder that is there, or change the design',
    ).toEqual([]);
    expect(
      names('src').filter((name) => !SRC.includes(name)),
      'a stage belongs into the design first',
    ).toEqual([]);
  });

  it('names files by stage and product, in kebab case', () => {
    const bad = all
      .map(({ path }) => path)
      .filter((path) => {
        const parts = path.replace(/\.ts$/, '').split('/');
        return parts.some(
          (part) => !/^[a-z][a-z0-9-]*$/.test(part) || /^(?:utils?|helpers?|managers?|common|misc|shared)$/.test(part),
        );
      });
    expect(bad, 'rename it to what it makes').toEqual([]);
  });

  it('has no file over 400 lines without a reason', () => {
    // Scenarios of the lab are data, one declaration after another: their length says nothing.
    const rest = sources('lab', 'bench').filter(({ path }) => !path.startsWith('lab/scenarios/'));
    const long = [...all, ...rest]
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ path, lines }) => lines > MAX_LINES && !(path in LONGER));
    expect(long, 'split it, or give the reason in LONGER (test/conformance/layout.test.ts)').toEqual([]);
    const needless = Object.keys(LONGER).filter((path) => {
      const source = all.find((one) => one.path === path);
      return source === undefined || source.text.trimEnd().split('\n').length <= MAX_LINES;
    });
    expect(needless, 'it is short now, or gone: take it out of LONGER').toEqual([]);
  });

  it.each(FORBIDDEN)('does not contain $pattern', ({ pattern, except, instead }) => {
    const found = all
      .filter(({ path }) => except === undefined || !except.test(path))
      .flatMap((source) => places(source, codeOf(source.text), pattern));
    expect(found, instead).toEqual([]);
  });

  it('leaves no work for later in comments', () => {
    const found = [...all, ...sources('test', 'lab', 'bench')]
      .filter(({ path }) => path !== 'test/conformance/layout.test.ts')
      .flatMap((source) => places(source, source.text, /\b(?:TODO|FIXME|XXX|HACK)\b/));
    expect(found, 'do it, or file an issue').toEqual([]);
  });

  it('keeps byte indexing out of decoders: the cursor reads, the walk walks', () => {
    const found = all
      .filter(({ path }) => path.startsWith('src/wire/protocols/') || path.startsWith('src/detect/'))
      .flatMap((source) => places(source, codeOf(source.text), /\bbytes\[/));
    expect(found, 'read it with the cursor').toEqual([]);
  });
});

describe('the ways between stages', () => {
  /** Who may import whom, by the order of the data; a stage sees itself and what comes before it. */
  const MAY: Readonly<Record<string, RegExp>> = {
    wire: /^src\/(?:wire)\//,
    capture: /^src\/(?:capture|wire)\/|^src\/installed\.ts$/,
    switch: /^src\/(?:switch|wire|capture)\//,
    flow: /^src\/(?:flow|switch|wire|capture)\//,
    detect: /^src\/(?:detect|flow|wire)\/|^src\/(?:problem|installed)\.ts$/,
    report: /^src\/(?:report|detect|flow|switch|wire|capture)\/|^src\/(?:problem|installed)\.ts$/,
    // What the host gives is redacted on its way; redaction knows nothing of collecting.
    collect: /^src\/(?:collect|bundle|redact|report|wire|capture)\/|^src\/(?:problem|installed)\.ts$/,
    cli: /^src\/cli\/|^src\/index\.ts$/,
  };

  it.each(Object.entries(MAY))('%s imports only what the data flow allows', (stage, allowed) => {
    const wrong = all
      .filter(({ path }) => path.startsWith(`src/${stage}/`))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)]
          .map((match) => new URL(match[1] ?? match[2] ?? '', `file:///${path}`).pathname.slice(1))
          .filter((target) => !allowed.test(target))
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong, 'move the shared part to the earlier stage, or pass it in').toEqual([]);
  });
});
