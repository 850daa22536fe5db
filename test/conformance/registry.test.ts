import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { SEVERITIES } from '../../src/detect/finding.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import { ClaimTables } from '../../src/wire/claims.ts';
import type { Protocol } from '../../src/wire/protocol.ts';
import { PROTOCOLS } from '../../src/wire/registry.ts';
import { names, sources } from './sources.ts';

const protocols: readonly Protocol[] = PROTOCOLS;
const tests = sources('test');

describe('the registry of protocols', () => {
  it('is sorted, and no name stands twice', () => {
    const listed = protocols.map(({ name }) => name);
    expect(listed, 'sort the list in src/wire/registry.ts').toEqual([...new Set(listed)].sort());
  });

  it('holds every file and folder of protocols/', () => {
    const [registry] = sources('src/wire').filter(({ path }) => path === 'src/wire/registry.ts');
    const missing = names('src/wire/protocols').filter(
      (name) => !registry?.text.includes(`./protocols/${name.endsWith('.ts') ? name : `${name}/`}`),
    );
    expect(missing, 'add its line to src/wire/registry.ts').toEqual([]);
  });

  it('gives each number to one protocol', () => {
    expect(
      () => new ClaimTables(protocols),
      'two protocols claim one number: one of them must give it up',
    ).not.toThrow();
  });

  it.each(protocols.map((protocol) => [protocol.name, protocol] as const))('%s says what it is', (_name, protocol) => {
    expect(protocol.title).not.toBe('');
    expect(protocol.spec, 'name the RFC or standard').not.toEqual([]);
    expect(new Set(protocol.kinds).size, 'a kind stands twice').toBe(protocol.kinds.length);
    expect(Object.keys(protocol.claims), 'it claims nothing, so nothing reaches it').not.toEqual([]);
    const tested = tests.some(
      ({ path, text }) => path.includes('/wire/') && text.includes(`protocols/${protocol.name}`),
    );
    const shared = tests.some(({ path, text }) => path.includes('/wire/') && text.includes(`'${protocol.name}'`));
    expect(tested || shared, `write test/wire/protocols/${protocol.name}.test.ts`).toBe(true);
  });
});

describe('the registry of detectors', () => {
  it('is sorted, and no id stands twice', () => {
    const ids = DETECTORS.map(({ id }) => id);
    expect(ids, 'sort the list in src/detect/registry.ts').toEqual([...new Set(ids)].sort());
  });

  it('holds every file of detectors/, under the name of its id', () => {
    const files = names('src/detect/detectors').map((name) => name.replace(/\.ts$/, ''));
    const ids = DETECTORS.map(({ id }) => id);
    expect(
      files.filter((file) => !ids.includes(file)),
      'add its line to src/detect/registry.ts',
    ).toEqual([]);
    expect(
      ids.filter((id) => !files.includes(id)),
      'a detector is one file (or folder) named after its id',
    ).toEqual([]);
  });

  it('has all that the issue asks for', () => {
    const ids = new Set(DETECTORS.map(({ id }) => id));
    expect(
      WANTED.filter((id) => !ids.has(id)),
      'ids never change and never go',
    ).toEqual([]);
  });

  it.each(DETECTORS.map((detector) => [detector.id, detector] as const))(
    '%s says what it is',
    (id, detector: Detector) => {
      expect(id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      expect(SEVERITIES).toContain(detector.severity);
      expect(detector.title, 'a title is a line').toMatch(/^[A-Z].{4,90}[^.]$/);
      expect(detector.about.length, 'two or three sentences for the person who must act').toBeGreaterThan(60);
      expect(detector.fires, 'say when it speaks').not.toEqual([]);
      expect(detector.quiet, 'say when it stays quiet though it looks alike').not.toEqual([]);
      expect(detector.needs, 'say which kinds of field it needs').not.toEqual([]);
      expect(new Set(detector.needs).size).toBe(detector.needs.length);
      expect(detector.references, 'give its source').not.toEqual([]);
      expect(detector.remedy.steps, 'say what to do').not.toEqual([]);
      expect(detector.remedy.verify, 'say how to see that it helped').not.toEqual([]);
    },
  );

  it.each(DETECTORS.map(({ id }) => id))('%s has a test of its own', (id) => {
    const tested = tests.some(
      ({ path, text }) =>
        path.startsWith('test/detect/') &&
        (path.includes(id) || text.includes(`/${id}.ts'`) || text.includes(`'${id}'`)),
    );
    expect(tested, `write test/detect/detectors/${id}.test.ts: it fires, it stays quiet`).toBe(true);
  });
});

/** Finding ids that were promised. */
const WANTED = [
  'address-moved',
  'arp-conflict',
  'arp-gratuitous-storm',
  'arp-inspection-drop',
  'arp-probe-dropped',
  'arp-spoof',
  'arp-unanswered',
  'dhcp-ack-differs-from-offer',
  'dhcp-boot-hijack',
  'dhcp-boot-options-missing',
  'dhcp-decline-conflict',
  'dhcp-duplicate-address',
  'dhcp-malformed',
  'dhcp-multiple-servers',
  'dhcp-nak-by-other-server',
  'dhcp-nak-storm',
  'dhcp-no-offer',
  'dhcp-offer-ignored',
  'dhcp-pool-exhausted',
  'dhcp-request-unanswered',
  'dhcp-rogue-proxydhcp',
  'dhcp-rogue-server',
  'dhcp-server-id-spoofed',
  'dhcp-servers-conflict',
  'dhcp-snooping-binding-stale',
  'dhcp-snooping-dropped-client',
  'dhcp-snooping-dropped-reply',
  'dhcp-snooping-rate-limited',
  'dhcp-starvation',
  'dhcpv6-no-reply',
  'dhcpv6-rogue-server',
  'dot1x-blocks-boot',
  'dot1x-no-authenticator',
  'dot1x-rejected',
  'gateway-impersonated',
  'lacp-suspended',
  'mac-flooding',
  'mac-moved',
  'macsec-without-key',
  'mka-mismatch',
  'mtu-mismatch',
  'nd-dad-conflict',
  'nd-dad-denial',
  'nd-inspection-drop',
  'nd-redirect-spoof',
  'nd-spoof',
  'option82-changed-in-reply',
  'option82-duplicated',
  'option82-leaked-to-client',
  'option82-malformed',
  'option82-missing-from-relay',
  'option82-not-echoed',
  'option82-without-giaddr',
  'port-security-violation',
  'ra-conflict',
  'ra-guard-drop',
  'ra-guard-evasion',
  'ra-rogue-router',
  'relay-hops-exceeded',
  'relay-one-way',
  'relay-reply-misdirected',
  'relay-unknown',
  'source-guard-drop',
  'stp-port-delay',
  'tftp-missing-file',
  'tftp-reply-wrong-source',
  'tftp-rogue-server',
  'tftp-stalled',
  'vlan-mismatch',
];
