import { describe, expect, it } from 'vitest';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { exportMap, openMap } from '../../src/redact/map/encrypt.ts';
import { identityMap, parseMap, type IdentityMap } from '../../src/redact/map/identity-map.ts';
import { restoreText } from '../../src/redact/map/restore.ts';
import { parseSosMap } from '../../src/redact/map/sos.ts';
import { CaseIdentities } from '../../src/redact/case-identities.ts';
import { macText } from '../../src/wire/values.ts';
import { identitiesOf, ip, ip6, learned, mac, planWith } from './core.ts';

const ABOUT = {
  tier: 'auditor',
  policy: { name: 'auditor', digest: 'sha256:0' },
  files: [['capture-001.pcapng', '/srv/a.pcap']] as [string, string][],
};
const ORIGINAL = [
  'node rack-7 (rack-7.dc.example.org) at 10.20.30.77 has 52:54:00:ab:cd:0e, 5254.00ab.cd0e and 525400abcd0e;',
  'it asked for pxelinux.cfg/0A141E4D, then pxelinux.cfg/01-52-54-00-ab-cd-0e, from 2001:db8::5 and fe80::5054:ff:feab:cd0e.',
  'RACK-7 is ip-10-20-30-77; 77.30.20.10.in-addr.arpa; 0a11223344556677889a5254000a0b0c',
].join('\n');

async function redacted(): Promise<{ text: string; map: IdentityMap }> {
  const identities = await identitiesOf((l) => {
    l.mac(mac('52:54:00:ab:cd:0e'));
    l.ipv4(ip('10.20.30.77'));
    l.subnet4(ip('10.20.30.0'), 24);
    l.name('rack-7.dc.example.org');
  });
  const serial = identities.text('serial', 'PF2 AB/77') ?? '';
  const text = `${identities.text('text', ORIGINAL) ?? ''}\nserial ${serial}.`;
  return { text, map: identityMap(identities.ledger, ABOUT) };
}

describe('the private map', () => {
  it('puts every original back, in every spelling', async () => {
    const { text, map } = await redacted();
    for (const original of ['10.20.30.77', '52:54:00', 'rack-7', 'cd0e', '0A141E4D', 'RACK', 'PF2 AB'])
      expect(text).not.toContain(original);
    expect(restoreText(text, map)).toBe(`${ORIGINAL}\nserial PF2 AB/77.`);
  });
  it('leaves alone what is no pseudonym', async () => {
    const { map } = await redacted();
    const text = 'vendor says: upgrade 10.99.99.99 and aa:bb:cc:dd:ee:ff, rack-9, version 1.2.3';
    expect(restoreText(text, map)).toBe(text);
  });
  it('opens for its recipient, and for nobody else', async () => {
    const { map } = await redacted();
    const [identity, other] = [await generateIdentity(), await generateIdentity()];
    const bytes = await exportMap(map, [await identityToRecipient(identity)]);
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    expect(Buffer.from(bytes).includes('rack-7')).toBe(false);
    expect(await openMap(bytes, `# created\n${identity}\n`)).toEqual(map);
    await expect(openMap(bytes, other)).rejects.toThrow(/does not open/);
    await expect(exportMap(map, [])).rejects.toThrow(/only written encrypted/);
    await expect(exportMap(map, [identity])).rejects.toThrow(/secret key/);
    const refused: unknown = await exportMap(map, [identity]).catch((error: unknown) => error);
    expect(String(refused)).not.toContain(identity);
  });
  it('is read strictly', () => {
    for (const text of [
      '',
      '{}',
      '{"schema":"rackwitness.map/2"}',
      '{"schema":"rackwitness.map/1","tier":"x","policy":{},"files":[],"identities":{"mac":[["a"]]}}',
      '{"schema":"rackwitness.map/1","tier":"x","policy":{},"files":[],"identities":{"colour":[]}}',
    ]) {
      expect(() => parseMap(text)).toThrow(/no private map/);
    }
  });
});

describe('maps of sos', () => {
  const MAP = JSON.stringify({
    hostname_map: { 'rack-7': 'host0' },
    ip_map: { '10.20.30.77': '100.0.0.1', '10.0.0.0/8': '100.0.0.0/8' },
    mac_map: { '52:54:00:ab:cd:0e': '53:4f:53:00:00:01', '01:52:54:00:ab:cd': '53:4f:53:00:00:02' },
    ipv6_map: { version: 1, networks: {} },
    username_map: { alice: 'obfuscateduser0' },
  });
  it('are fixed exceptions, with a warning', async () => {
    const fixed = parseSosMap(MAP);
    const plan = { ...(await planWith(learned())), fixed };
    const identities = new CaseIdentities(plan);
    expect(macText(identities.mac(mac('52:54:00:ab:cd:0e')) ?? 0)).toBe('53:4f:53:00:00:01');
    expect(identities.ipv4(ip('10.20.30.77'))).toBe(ip('100.0.0.1'));
    expect(identities.text('hostname', 'rack-7')).toBe('host0');
    expect(identities.text('username', 'alice')).toBe('obfuscateduser0');
    expect(identities.warnings().join()).toMatch(/5 pseudonyms come from an imported map: they are sequential/);
    expect(identities.ipv6(ip6('2001:db8::1'))).toBeDefined();
  });
  it('are read strictly', () => {
    for (const text of ['', '[]', '{}', '{"other": 1}']) expect(() => parseSosMap(text)).toThrow(/no map of sos/);
  });
});
