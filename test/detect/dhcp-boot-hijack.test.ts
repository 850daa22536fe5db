import { describe, expect, test } from 'vitest';
import { dhcpBootHijack } from '../../src/detect/detectors/dhcp-boot-hijack.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import {
  ADDRESS,
  BY_FLAG,
  client,
  DECLARED,
  evidenceOf,
  judge,
  nak,
  NO_PROMISE,
  only,
  PEER,
  PEER_SAYS,
  PROFILE,
  PXE,
  pxeClient,
  RACK,
  RACK_PROMISE,
  ROGUE,
  ROGUE_PROMISE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const rogueAddress = 0x0a0000c8;
const ROGUE_PROXY: Fields = {
  ...ROGUE_SAYS,
  proxy: true,
  yiaddr: 0,
  leaseTime: -1,
  promise: { ...NO_PROMISE, vendorClass: 'PXEClient', nextServer: ROGUE, bootFile: 'evil.efi' },
};

function hijacked(trial: Trial, n = 0): void {
  const lease = rogueAddress + n;
  const who = pxeClient(n);
  trial.send('DISCOVER', n, who);
  trial.send('OFFER', n + 0.1, { ...who, ...ROGUE_SAYS, yiaddr: lease });
  trial.send('OFFER', n + 0.2, who);
  trial.send('REQUEST', n + 0.3, { ...who, serverId: ROGUE, requested: lease });
  trial.send('ACK', n + 0.4, { ...who, ...ROGUE_SAYS, yiaddr: lease });
  trial.fetch(n + 0.6, { client: lease, server: ROGUE, file: 'evil.efi' });
}

describe('fires', () => {
  test('high when a rogue tells a PXE client what to boot', () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          trial.send('DISCOVER', 0, pxeClient(1));
          trial.send('OFFER', 0.1, { ...pxeClient(1), ...ROGUE_SAYS });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ server: '10.0.0.66', mac: '52:54:00:00:00:42' });
    expect(finding.last.message).toContain('boot file "evil.efi", next-server 10.0.0.66');
    expect(finding.last.message).toContain('no fetch is seen here');
    expect(finding.last.confidence.wouldDecide.join()).toContain('whether it fetched');
  });

  test('critical when the client fetches it, with the fetch as evidence', () => {
    const finding = only(judge(dhcpBootHijack, (trial) => hijacked(trial), { site: DECLARED }));
    expect(finding.severity).toBe('critical');
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('took over the boot of 1 machine');
    const evidence = evidenceOf(finding);
    expect(evidence[0]).toContain('DISCOVER');
    expect(evidence.at(-1)).toContain('TFTP read of "evil.efi"');
    expect(finding.last.remedy?.steps.join()).toContain('deploy it again');
  });

  test('thirty boots are one critical finding', () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          for (let n = 0; n < 30; n += 1) hijacked(trial, n);
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('critical');
    expect(finding.last.message).toContain('took over the boot of 30 machines: it told 30 clients');
    expect(finding.last.message).toContain('30 fetched');
  });

  test('by HTTP from a URL, and by --authorized-server alone', () => {
    const http = {
      ...ROGUE_SAYS,
      promise: { ...NO_PROMISE, vendorClass: 'HTTPClient', bootFile: 'http://10.0.0.77:8080/x/evil.efi' },
    };
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          trial.dora(0, pxeClient(1), http);
          trial.fetch(1, { client: rogueAddress, server: 0x0a00004d, file: '/x/evil.efi', protocol: 'http' });
        },
        { site: BY_FLAG },
      ),
    );
    expect(finding.severity).toBe('critical');
    expect(evidenceOf(finding).at(-1)).toContain('HTTP GET');
  });

  test("a rogue ProxyDHCP: the address is the rack's, the boot file is its own", () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          const who = pxeClient(1);
          trial.send('DISCOVER', 0, who);
          trial.send('OFFER', 0.1, { ...who, promise: { ...RACK_PROMISE, bootFile: '', nextServer: -1 } });
          trial.send('OFFER', 0.2, { ...who, ...ROGUE_PROXY });
          trial.send('REQUEST', 0.3, { ...who, serverId: RACK, requested: ADDRESS });
          trial.send('ACK', 0.4, { ...who, promise: { ...RACK_PROMISE, bootFile: '', nextServer: -1 } });
          trial.fetch(1, { client: ADDRESS, server: ROGUE, file: 'evil.efi' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('critical');
    expect(finding.subject['server']).toBe('10.0.0.66');
  });

  test('firmware that fetches after the OFFER alone', () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          trial.send('DISCOVER', 0, pxeClient(1));
          trial.send('OFFER', 0.1, { ...pxeClient(1), ...ROGUE_SAYS });
          trial.fetch(1, { client: rogueAddress, server: ROGUE, file: 'evil.efi' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('critical');
  });

  test("the rogue's file on the honest server", () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          const who = pxeClient(1);
          trial.send('DISCOVER', 0, who);
          trial.send('OFFER', 0.1, who);
          trial.send('OFFER', 0.2, {
            ...who,
            ...ROGUE_SAYS,
            promise: { ...ROGUE_PROMISE, nextServer: RACK, bootFile: 'old-and-broken.efi' },
          });
          trial.fetch(1, { client: rogueAddress, server: RACK, file: 'old-and-broken.efi' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('critical');
  });

  test('without a profile: a server that acknowledges what was asked of another', () => {
    const finding = only(
      judge(dhcpBootHijack, (trial) => {
        const who = pxeClient(1);
        trial.send('DISCOVER', 0, who);
        trial.send('OFFER', 0.1, who);
        trial.send('REQUEST', 0.2, { ...who, serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 0.3, { ...who, ...ROGUE_SAYS, yiaddr: ADDRESS });
        trial.fetch(1, { client: ADDRESS, server: ROGUE, file: 'evil.efi' });
      }),
    );
    expect(finding.severity).toBe('critical');
    expect(finding.last.confidence.reasons[0]).toContain('names 10.0.0.1 and not it');
  });

  test("in an authorised server's name, to a boot server or file that the profile does not allow", () => {
    const site = siteOf({
      ...PROFILE,
      tftp: { servers: ['10.0.0.1'] },
      boot: [{ architectures: [7], files: ['bootx64.efi'] }],
    });
    const to = (promise: Fields['promise']) =>
      judge(dhcpBootHijack, (trial) => trial.dora(0, pxeClient(1), { promise }), { site });
    expect(only(to({ ...RACK_PROMISE, nextServer: ROGUE })).last.confidence.reasons[0]).toContain(
      'no boot server of the profile',
    );
    expect(only(to({ ...RACK_PROMISE, bootFile: 'evil.efi' })).last.confidence.reasons[0]).toContain('"evil.efi"');
    expect(to({ ...RACK_PROMISE, bootFile: 'bootx64.efi' }).findings).toEqual([]);
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    [
      "the site's own boot",
      (trial) => {
        trial.dora(0, pxeClient(1));
        trial.fetch(1, { client: ADDRESS, server: RACK, file: 'lpxelinux.0' });
      },
    ],
    [
      'an HA pair, each naming itself',
      (trial) => {
        trial.dora(0, pxeClient(1));
        trial.dora(5, pxeClient(2), PEER_SAYS);
        trial.fetch(6, { client: 0x0a000065, server: PEER, file: 'lpxelinux.0' });
      },
    ],
    [
      "iPXE's second request, which gets another file",
      (trial) => {
        trial.dora(0, pxeClient(1));
        trial.dora(5, pxeClient(1, { xid: 0x99, clientClass: { ...PXE, userClass: 'iPXE', key: 'ipxe' } }), {
          promise: { ...RACK_PROMISE, bootFile: 'http://10.0.0.1:5248/ipxe.cfg' },
        });
      },
    ],
    [
      "a rogue's bare siaddr",
      (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.1, { ...pxeClient(1), ...ROGUE_SAYS, promise: { ...ROGUE_PROMISE, bootFile: '' } });
      },
    ],
    ["a rogue's boot file for a client that is no network boot", (trial) => trial.dora(0, client(1), ROGUE_SAYS)],
    [
      'a rogue that only refuses',
      (trial) => {
        trial.send('REQUEST', 0, { ...pxeClient(1), requested: ADDRESS });
        trial.send('NAK', 0.1, { ...pxeClient(1), ...nak(ROGUE_SAYS) });
      },
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpBootHijack, play, { site: DECLARED }).findings).toEqual([]);
  });

  test('a rogue that lost: the client fetched from the rack, so nothing was taken over', () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          const who = pxeClient(1);
          trial.send('DISCOVER', 0, who);
          trial.send('OFFER', 0.1, who);
          trial.send('OFFER', 0.2, { ...who, ...ROGUE_SAYS });
          trial.send('REQUEST', 0.3, { ...who, serverId: RACK, requested: ADDRESS });
          trial.send('ACK', 0.4, who);
          trial.fetch(1, { client: ADDRESS, server: RACK, file: 'lpxelinux.0' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('high');
  });

  test("a rogue that sends the client to the rack itself: the rack's own file is nobody's harm", () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          const who = pxeClient(1);
          trial.send('DISCOVER', 0, who);
          trial.send('OFFER', 0.1, who);
          trial.send('OFFER', 0.2, { ...who, ...ROGUE_SAYS, promise: { ...ROGUE_PROMISE, nextServer: RACK } });
          trial.fetch(1, { client: rogueAddress, server: RACK, file: 'lpxelinux.0' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('high');
  });

  test('another client that fetches from the same address', () => {
    const finding = only(
      judge(
        dhcpBootHijack,
        (trial) => {
          trial.send('DISCOVER', 0, pxeClient(1));
          trial.send('OFFER', 0.1, { ...pxeClient(1), ...ROGUE_SAYS });
          trial.fetch(1, { client: 0x0a000001, server: ROGUE, file: 'evil.efi' });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.severity).toBe('high');
  });

  test('without a profile: two servers that contradict each other, or that share an identifier', () => {
    expect(
      judge(dhcpBootHijack, (trial) => {
        hijacked(trial);
        trial.send('DISCOVER', 20, pxeClient(3));
        trial.send('OFFER', 20.1, pxeClient(3));
        trial.send('OFFER', 20.2, { ...pxeClient(3), ...ROGUE_SAYS, serverId: RACK, server: RACK, ipSrc: RACK });
        trial.fetch(21, { client: ADDRESS, server: RACK, file: 'lpxelinux.0' });
      }).findings,
    ).toEqual([]);
  });
});
