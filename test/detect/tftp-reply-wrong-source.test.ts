import { describe, expect, it } from 'vitest';
import { siteOf } from '../../src/index.ts';
import { analyzeFrames, ids } from '../support/captured.ts';
import { CLIENT, SERVER, TftpScene } from '../support/tftp.ts';

const SECOND = { ip: '10.0.0.2', mac: SERVER.mac };

function answeredBySecond(): TftpScene {
  const scene = new TftpScene();
  scene.read(0, 'boot.efi');
  scene.data(0.01, 1, 100, 2070, SECOND);
  scene.ack(0.02, 1, 2070, SECOND);
  return scene;
}

describe('tftp-reply-wrong-source', () => {
  it('fires when the answer comes from an address that was not asked', async () => {
    const analysis = await analyzeFrames(answeredBySecond().frames);
    expect(ids(analysis)).toEqual(['tftp-reply-wrong-source']);
    expect(analysis.findings[0]?.severity).toBe('medium');
    expect(analysis.findings[0]?.subject).toEqual({ asked: SERVER.ip, answered: SECOND.ip });
    expect(analysis.findings[0]?.message).toContain(CLIENT.ip);
  });

  it('is no rogue though the profile lists only the address that was asked', async () => {
    const site = siteOf({ schema: 'rackwitness.profile/1', tftp: { servers: [SERVER.ip] } });
    expect(ids(await analyzeFrames(answeredBySecond().frames, { site }))).toEqual(['tftp-reply-wrong-source']);
  });

  it('is quiet when the asked address answers, from any port', async () => {
    const scene = new TftpScene();
    scene.whole(0, 'boot.efi', 3);
    expect(ids(await analyzeFrames(scene.frames))).toEqual([]);
  });
});
