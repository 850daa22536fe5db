import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages } from './pages.ts';
import { ROOT } from './sources.ts';

for (const [path, text] of pages()) writeFileSync(join(ROOT, path), text);
