import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CertificateFact } from '../../src/collect/facts.ts';
import { hasTool } from '../support/needs.ts';
import { collected, folder, NOW, tree } from './scene.ts';

const signal = new AbortController().signal;
const HTTP = '/var/snap/maas/x1/http';

describe('certificates', () => {
  it('give their facts and never a key', async () => {
    if (!hasTool('openssl', 'version')) return;
    const at = folder();
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj']
        .concat('/O=Site\n\u202e/CN=maas.example', '-addext', 'subjectAltName=DNS:maas.example,IP:192.0.2.1')
        .concat('-keyout', join(at, 'key.pem'), '-out', join(at, 'cert.pem')),
      { stdio: 'ignore' },
    );
    const cert = readFileSync(join(at, 'cert.pem'), 'latin1');
    const key = readFileSync(join(at, 'key.pem'), 'latin1');
    const root = tree({
      [`${HTTP}/regiond-nginx-cert.pem`]: cert,
      [`${HTTP}/regiond-nginx-key.pem`]: key,
      [`${HTTP}/both.pem`]: `${key}${cert}${cert}`,
      [`${HTTP}/broken.pem`]: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      [`${HTTP}/none.pem`]: 'nothing',
    });
    symlinkSync('x1', join(root, 'var/snap/maas/current'));
    const { of, text, out } = await collected({}, { root }, signal, ['certificates']);
    expect(of('certificates')).toMatchObject([{ status: 'collected' }]);
    const facts = JSON.parse(text('host/certificates.json')) as CertificateFact[];
    const by = (name: string): CertificateFact[] => facts.filter(({ path }) => path.endsWith(name));
    const [one] = by('cert.pem');
    expect(one).toMatchObject({ number: 1, selfIssued: true, key: 'ec prime256v1', keyInSameFile: false });
    expect(one?.names).toBe('DNS:maas.example, IP Address:192.0.2.1');
    expect(one?.subject).not.toMatch(/[\n\u202e]/);
    expect(Date.parse(one?.notAfter ?? '') - Date.parse(one?.notBefore ?? '')).toBe(30 * 86_400_000);
    expect(one?.daysLeft).toBe(Math.floor((Date.parse(one?.notAfter ?? '') / 1000 - NOW) / 86_400));
    expect(by('both.pem')).toMatchObject([{ number: 1, keyInSameFile: true }, { number: 2 }]);
    expect(by('broken.pem')).toMatchObject([{ reason: 'not a certificate (X.509)' }]);
    expect(by('none.pem')).toMatchObject([{ reason: 'no certificate in it' }]);
    expect(by('-key.pem')).toMatchObject([{ reason: expect.stringMatching(/^private-key/) as string }]);
    for (const name of ['host/certificates.json', 'manifest.json']) {
      const line = key.split('\n')[1] ?? 'absent';
      expect(readFileSync(join(out, name), 'latin1')).not.toContain(line);
    }
  });
});
