import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readCollection } from '../../src/collect/manifest.ts';
import { ROOT } from '../conformance/sources.ts';
import { hasTool } from '../support/needs.ts';
import { fakeTool, folder } from './scene.ts';

/** Collects with one program that never ends, in a process that can be killed. */
const SCRIPT = `
import { LocalHost } from '${ROOT}src/collect/host.ts';
import { planCollection } from '${ROOT}src/collect/plan.ts';
import { collect } from '${ROOT}src/collect/run.ts';
import { NO_APPROVAL } from '${ROOT}test/collect/approval-words.ts';
const [out, tools] = process.argv.slice(2);
const words = { out, profile: 'minimal', symptoms: [], since: '1h', until: '', journalDir: '', root: '', maasUrl: '',
  maasApiKeyFile: '', maasCaFile: '', maasAllowHttp: false, maasProfile: '', add: [], maxSeconds: '', maxBytes: '',
  approval: NO_APPROVAL, requireApproval: false, dryRun: false };
const host = new LocalHost({ live: true, toolFolders: [tools, '/usr/bin', '/bin'] });
const { options } = planCollection(words, () => 1768046400, host);
await collect({ ...options, signal: new AbortController().signal });
`;

describe('killed outright', () => {
  it('leaves no program behind, and a folder that nobody takes for a collection', async () => {
    if (!hasTool('setpriv')) return;
    const place = folder();
    const pid = join(place, 'pid');
    fakeTool(join(place, 'bin'), 'ip', `echo $$ > ${pid}.new; mv ${pid}.new ${pid}; exec sleep 300`);
    const script = join(place, 'run.mts');
    writeFileSync(script, SCRIPT);
    const out = join(place, 'out');
    const child = spawn(process.execPath, ['--import', 'tsx', script, out, join(place, 'bin')], {
      cwd: ROOT,
      stdio: 'ignore',
    });
    for (let i = 0; i < 200 && !existsSync(pid); i += 1) await wait(50);
    const hanging = readFileSync(pid, 'utf8').trim();
    expect(running(hanging)).toBe(true);
    child.kill('SIGKILL');
    for (let i = 0; i < 40 && running(hanging); i += 1) await wait(50);
    expect(running(hanging)).toBe(false);
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
    await expect(readCollection(out)).rejects.toThrow(/did not end/);
  });
});

function running(pid: string): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
