import { execFileSync } from 'node:child_process';

/** The suite runs against what it would ship: dist/ is always built anew. (Types are checked by `npm run types`, not here.) */
export default function setup(): void {
  execFileSync(process.execPath, ['build.mjs', '--no-types'], {
    stdio: 'inherit',
    cwd: new URL('../..', import.meta.url),
  });
}
