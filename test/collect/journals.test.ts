import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAAS_IDENTIFIERS, MAAS_UNITS } from '../../src/collect/collectors/journals.ts';
import { hasFolder, hasTool } from '../support/needs.ts';
import { about, collected, folder, tree, words } from './scene.ts';

const JOURNALD = '/lib/systemd/systemd-journald';
const signal = new AbortController().signal;

/**
 * A journal that journald itself wrote, in a mount namespace of its own. `null` where no namespace may be made.
 */
function realJournal(): string | null {
  const at = folder();
  const script = `mount -t tmpfs tmpfs /run && mkdir -p /run/log/journal /run/systemd/journal || exit 77
echo 0123456789abcdef0123456789abcdef > /run/machine-id
mount --bind /run/machine-id /etc/machine-id || exit 77
${JOURNALD} 2>/dev/null &
journald=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -S /run/systemd/journal/socket ] && break; sleep 0.1; done
echo "grubx64.efi requested by 192.0.2.9" | systemd-cat -t maas-rackd
echo "DHCPDISCOVER from 02:00:00:00:00:01 via eth0" | systemd-cat -t dhcpd
echo "none of ours" | systemd-cat -t cron
sleep 0.5
kill $journald
wait $journald
cp -r /run/log/journal ${at}/`;
  const { status } = spawnSync('unshare', ['-m', 'sh', '-c', script], { stdio: 'ignore' });
  return status === 0 ? join(at, 'journal') : null;
}

describe('the units and identifiers that are asked for', () => {
  it('are those that exist: the snap has one unit for all its services', () => {
    expect(MAAS_UNITS).toContain('snap.maas.pebble');
    expect(MAAS_UNITS).toContain('snap.maas.supervisor');
    expect(MAAS_UNITS.filter((unit) => /^snap\.maas\.(?:regiond|rackd)$/.test(unit))).toEqual([]);
    for (const name of ['maas-regiond', 'maas-rackd', 'maas-agent', 'dhcpd', 'maas-machine']) {
      expect(MAAS_IDENTIFIERS).toContain(name);
    }
  });
});

describe('journals', () => {
  it('of a folder that was carried here are read by the real journalctl, ours and no others', async () => {
    if (!hasTool('journalctl') || !hasTool('unshare') || !hasFolder(JOURNALD)) return;
    const journalDir = realJournal();
    if (journalDir === null) {
      process.stderr.write('skipped: no mount namespace may be made here\n');
      return;
    }
    const host = { root: tree({}), live: false };
    const window = { since: '@1', until: '@4000000000' };
    const { of, text } = await collected({ journalDir, ...window }, host, signal, ['journals']);
    const [exported, json] = of('journals').filter(({ how }) => JSON.stringify(how).includes('maas-regiond'));
    expect([exported?.status, json?.status]).toEqual(['collected', 'collected']);
    expect(text('journals/maas.export')).toContain('MESSAGE=grubx64.efi requested by 192.0.2.9');
    const messages = text('journals/maas.json')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { MESSAGE: string }).MESSAGE);
    expect(messages).toEqual(['grubx64.efi requested by 192.0.2.9', 'DHCPDISCOVER from 02:00:00:00:00:01 via eth0']);
    // The same journal outside its time: nothing, and that is said.
    const before = await collected({ journalDir, since: '@1', until: '@2' }, host, signal, ['journals']);
    for (const entry of before.of('journals')) {
      expect(entry).toMatchObject({ status: 'empty', reason: 'it printed nothing' });
    }
  });

  it('of another root are looked for below it', async () => {
    if (!hasTool('journalctl') || !hasTool('unshare') || !hasFolder(JOURNALD)) return;
    const journalDir = realJournal();
    if (journalDir === null) return;
    const root = tree({});
    mkdirSync(join(root, 'var/log'), { recursive: true });
    cpSync(journalDir, join(root, 'var/log/journal'), { recursive: true });
    const { text } = await collected({ since: '@1', until: '@4000000000' }, { root }, signal, ['journals']);
    expect(text('journals/maas.export')).toContain('DHCPDISCOVER');
  });

  it('that are damaged, or none, are an entry', async () => {
    if (!hasTool('journalctl')) return;
    const journalDir = folder();
    writeFileSync(join(journalDir, 'system.journal'), Buffer.alloc(4096, 0x41));
    const { of } = await collected({ journalDir }, { root: tree({}) }, signal, ['journals']);
    for (const entry of of('journals')) {
      expect(entry).toMatchObject({ status: 'truncated', reason: expect.stringContaining('damaged') as string });
    }
  });

  it('without journalctl are missing', async () => {
    const { of } = await collected({}, { root: tree({}), live: true, toolFolders: [folder()] }, signal, ['journals']);
    expect(of('journals').every(({ status }) => status === 'missing')).toBe(true);
    expect(about(of('journals').slice(0, 1), 'journalctl').reason).toMatch(/not installed/);
  });

  it('of a folder that is not there are wrong usage', async () => {
    await expect(collected({ ...words(), journalDir: '/nonexistent' }, {})).rejects.toThrow(/--journal-dir/);
  });
});
