import { describe, expect, test } from 'vitest';
import { bootFileBase, compareAnswers, comparePromises, urlHost } from '../../../src/flow/dhcp4/compare.ts';
import type { Promise4 } from '../../../src/flow/dhcp4/types.ts';
import { NO_PROMISE, PEER, RACK, RACK_PROMISE, ROGUE, message } from './scene.ts';

const EQUAL = { network: [], naming: [], order: [], other: [], oneSided: [] };
const compare = (change: Partial<Promise4>) => comparePromises(RACK_PROMISE, { ...RACK_PROMISE, ...change });

describe('promises', () => {
  test('equal ones, the same object or not, do not differ', () => {
    expect(comparePromises(RACK_PROMISE, RACK_PROMISE)).toEqual(EQUAL);
    expect(compare({})).toEqual(EQUAL);
  });

  test.each([
    ['mask', { mask: 0xffff0000 }],
    ['routers', { routers: [ROGUE] }],
    ['routers', { routers: [0x0a0000fe, ROGUE] }],
    ['dns', { dns: [RACK] }],
    ['routes', { routes: '180a01000a000042' }],
    ['proxyAutoConfig', { proxyAutoConfig: 'http://10.0.0.66/wpad.dat' }],
    ['domain', { domain: 'evil.example' }],
    ['domainSearch', { domainSearch: 'evil.example' }],
    ['bootFile', { bootFile: 'evil.efi' }],
  ] as const)('%s contradicts', (field, change) => {
    expect(compare(change)).toMatchObject({ network: [field], naming: [], order: [], other: [] });
  });

  test('what one side leaves out is told apart', () => {
    expect(compare({ routers: [] }).oneSided).toEqual(['routers']);
    expect(compare({ routes: '18' }).oneSided).toEqual(['routes']);
    expect(compare({ routers: [ROGUE] }).oneSided).toEqual([]);
  });

  test('an HA pair: each names itself, and lists in its own order', () => {
    const peer = {
      dns: [PEER, RACK],
      ntp: [PEER],
      nextServer: PEER,
      serverName: '10.0.0.2',
      tftpServers: [PEER],
    };
    expect(compare(peer)).toEqual({
      network: [],
      naming: ['nextServer', 'serverName', 'tftpServers', 'ntp'],
      order: ['dns'],
      other: [],
      oneSided: [],
    });
  });

  test("an HA pair's boot URLs differ in their host alone", () => {
    const a = {
      ...RACK_PROMISE,
      bootFile: 'http://10.0.0.1:5248/images/bootx64.efi',
      pathPrefix: 'http://10.0.0.1:5248/',
    };
    const b = { ...a, bootFile: 'http://10.0.0.2:5248/images/bootx64.efi', pathPrefix: 'http://10.0.0.2:5248/' };
    expect(comparePromises(a, b)).toEqual({ ...EQUAL, naming: ['bootFileHost', 'pathPrefixHost'] });
    const c = { ...b, bootFile: 'http://10.0.0.2:5248/evil.efi', pathPrefix: 'http://10.0.0.2:5248/x/' };
    expect(comparePromises(a, c)).toMatchObject({ network: ['bootFile'], other: ['pathPrefix'] });
  });

  test('names compare without case and the final dot, repeated addresses as sets', () => {
    expect(compare({ domain: 'MAAS.', dns: [RACK, PEER, PEER] })).toEqual({ ...EQUAL, order: ['dns'] });
  });

  test('a ProxyDHCP and a DHCP server differ in all: they are not to be compared', () => {
    expect(comparePromises(RACK_PROMISE, NO_PROMISE).network.length).toBeGreaterThan(3);
  });
});

describe('answers', () => {
  test('add what only messages say', () => {
    const a = message('OFFER', 0, 1, {});
    const b = message('OFFER', 0, 2, { serverId: PEER, yiaddr: 0x0a000065, leaseTime: 30 });
    expect(compareAnswers(a, a)).toEqual(EQUAL);
    expect(compareAnswers(a, b)).toEqual({ ...EQUAL, naming: ['serverId'], other: ['address', 'leaseTime'] });
    const nak = message('NAK', 0, 3, { serverId: PEER });
    expect(compareAnswers(a, nak).network).toEqual([]);
  });
});

test('the base name of a boot file', () => {
  expect(
    [
      'lpxelinux.0',
      '/grub/bootx64.efi',
      'http://10.0.0.1:5248/a/bootx64.efi?x=/y#z',
      'boot\\x64\\wdsnbp.com',
      'http://10.0.0.1',
      'dir/',
      '',
    ].map(bootFileBase),
  ).toEqual(['lpxelinux.0', 'bootx64.efi', 'bootx64.efi', 'wdsnbp.com', '', '', '']);
});

test('the host of a URL', () => {
  expect(
    ['http://10.0.0.1:5248/x', 'tftp://user@rack/x', 'http://rack', 'lpxelinux.0', '/a://b', '://x/'].map(urlHost),
  ).toEqual(['10.0.0.1:5248', 'rack', 'rack', '', '', '']);
});
