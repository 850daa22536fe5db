import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Whether a tool is there to test against. Absent: the test that asks must be skipped, and says so on stderr; in CI
 * (`CI` set) it throws, because a skip there would pass for a proof.
 */
export function hasTool(tool: string, versionFlag = '--version'): boolean {
  const there = spawnSync(tool, [versionFlag], { stdio: 'ignore' }).error === undefined;
  if (!there) absent(tool);
  return there;
}

/** As `hasTool`, for a folder such as the optional corpus; its absence is a skip everywhere. */
export function hasFolder(folder: string): boolean {
  const there = existsSync(folder);
  if (!there) process.stderr.write(`skipped: ${folder} is not there\n`);
  return there;
}

function absent(what: string): void {
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') {
    throw new Error(`${what} is not installed; in CI a skip is a failure: add it to .ci/run`);
  }
  process.stderr.write(`skipped: ${what} is not installed\n`);
}
