import { describe, expect, it } from 'vitest';
import { siteOf } from '../../src/index.ts';
import { analyzeFrames, ids } from '../support/captured.ts';
import { OTHER, SERVER, TftpScene } from '../support/tftp.ts';

const SITE = siteOf({ schema: 'rackwitness.profile/1', tftp: { servers: [SERVER.ip] } });

describe('tftp-rogue-server', () => {
  it('fires when the profile does not list the server', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'boot.efi', 2, 2070, OTHER);
    const analysis = await analyzeFrames(scene.frames, { site: SITE });
    expect(ids(analysis)).toEqual(['tftp-rogue-server']);
    expect(analysis.findings[0]?.subject).toEqual({ server: OTHER.ip, mac: OTHER.mac });
    expect(analysis.findings[0]?.confidence.level).toBe('certain');
  });

  it('is quiet on the listed server', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'boot.efi', 2);
    expect(ids(await analyzeFrames(scene.frames, { site: SITE }))).toEqual([]);
  });

  it('fires when a second machine answers one request, early or late', async () => {
    for (const late of [false, true]) {
      const scene = new TftpScene();
      scene.read(0, 'boot.efi');
      scene.data(0.01, 1, 100, 2070, OTHER);
      if (late) scene.ack(0.02, 1, 2070, OTHER);
      scene.data(0.05, 1, 512);
      scene.goesOn(1);
      const analysis = await analyzeFrames(scene.frames);
      expect(ids(analysis), `late ${late}`).toEqual(['tftp-rogue-server']);
      expect(analysis.findings[0]?.subject).toMatchObject({ server: OTHER.ip });
    }
  });

  it('is quiet when one machine answers a repeated request from two ports', async () => {
    const scene = new TftpScene();
    scene.read(0, 'boot.efi');
    scene.read(1, 'boot.efi');
    scene.data(1.01, 1, 100, 2070, SERVER, 40_000);
    scene.data(1.02, 1, 100, 2070, SERVER, 40_001);
    scene.ack(1.03, 1);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });

  it('names nobody where no DHCP answer and no profile says whom to ask', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'boot.efi', 2, 2070, OTHER);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });
});
