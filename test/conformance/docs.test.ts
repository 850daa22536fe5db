import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { names, ROOT } from './sources.ts';
import { pages } from './pages.ts';

describe('the docs', () => {
  it.each([...pages()])('%s is what the registries say', (path, text) => {
    const file = join(ROOT, path);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '', 'run `npm run docs` and commit what it wrote').toBe(
      text,
    );
  });

  it('have no dead links between files', () => {
    const dead = ['README.md', ...names('docs').map((name) => `docs/${name}`)]
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
          .map((match) => join(path, '..', match[1] ?? ''))
          .filter((target) => !existsSync(join(ROOT, target)))
          .map((target) => `${path} → ${target}`),
      );
    expect(dead, 'mend the link').toEqual([]);
  });
});
