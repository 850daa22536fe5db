import { describe, expect, it } from 'vitest';
import { analyzeFrames, ids } from '../support/captured.ts';
import { TftpScene } from '../support/tftp.ts';

describe('tftp-missing-file', () => {
  it('fires when the only name is refused and nothing follows', async () => {
    const scene = new TftpScene();
    scene.read(0, 'grubx64.efi');
    scene.error(0.01, 1, 'File not found');
    scene.goesOn(20);
    const analysis = await analyzeFrames(scene.frames);
    expect(ids(analysis)).toEqual(['tftp-missing-file']);
    const [finding] = analysis.findings;
    expect(finding?.severity).toBe('medium');
    expect(finding?.subject).toEqual({ server: '10.0.0.1', file: 'grubx64.efi' });
    expect(finding?.evidence.map((one) => (one.kind === 'frame' ? one.frame : 0))).toEqual([1, 2]);
  });

  it('is quiet when a later name of the list succeeds', async () => {
    const scene = new TftpScene();
    for (let i = 0; i < 9; i += 1) {
      scene.read(i, `pxelinux.cfg/C000020${i}`, 2100 + i);
      scene.error(i + 0.01, 1, 'File not found', 2100 + i);
    }
    scene.whole(10, 'pxelinux.cfg/default', 1, 2200);
    scene.goesOn(60);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });

  it('is quiet on optional files alone', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'grub.cfg', 1, 2300);
    for (const [i, name] of ['command.lst', 'fs.lst', 'crypto.lst', 'terminal.lst'].entries()) {
      scene.read(1 + i, `/grub/x86_64-efi/${name}`, 2400 + i);
      scene.error(1.01 + i, 1, 'File not found', 2400 + i);
    }
    scene.goesOn(60);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });

  it('leaves a list of names open when the capture ends with it', async () => {
    const scene = new TftpScene();
    scene.read(0, 'pxelinux.cfg/01-52-54-00-00-00-64');
    scene.error(0.01, 1, 'File not found');
    const analysis = await analyzeFrames(scene.frames);
    expect(ids(analysis)).toEqual([]);
    expect(analysis.verdict.state).toBe('undecided');
    expect(analysis.coverage.map(({ id }) => id)).toContain('loader-undecided');
  });

  it('is quiet on errors that are no refusal of a file', async () => {
    const scene = new TftpScene();
    scene.read(0, 'boot.efi', 2070, undefined, { blksize: '1468', tsize: '0' });
    scene.abort(0.01, 8, 'User aborted the transfer');
    scene.whole(1, 'boot.efi', 3, 2071);
    scene.goesOn(60);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });

  it('shows hostile names escaped', async () => {
    const scene = new TftpScene();
    scene.read(0, 'a\u001b[2Jb\u202e.efi');
    scene.error(0.01, 1, '\u001b]0;x\u0007');
    scene.goesOn(20);
    const text = JSON.stringify(await analyzeFrames(scene.frames));
    for (const raw of ['\u001b', '\\u001b', '\u202e']) expect(text).not.toContain(raw);
  });
});
