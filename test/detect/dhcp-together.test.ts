import { describe, expect, test } from 'vitest';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import { DetectorBench } from '../../src/detect/run.ts';
import type { Site } from '../../src/detect/site.ts';
import { UNDECLARED } from '../../src/detect/profile/site.ts';
import {
  ADDRESS,
  client,
  DECLARED,
  judge,
  PEER_SAYS,
  pxeClient,
  RACK,
  ROGUE,
  ROGUE_PROMISE,
  ROGUE_SAYS,
  Trial,
  type Fields,
} from '../support/events4.ts';
import { secondsAt } from '../flow/dhcp4/scene.ts';

/** All detectors over one scene, as `severity id` in the order of the registry. */
function all(play: (trial: Trial) => void, site: Site = UNDECLARED, until = 300) {
  const trial = new Trial();
  play(trial);
  trial.end(until);
  const bench = new DetectorBench(DETECTORS, { site, coverage: new CoverageNotes() });
  for (const event of trial.events) bench.on(event);
  bench.end();
  const findings = bench.findings();
  return { bench, findings, told: findings.map((one) => `${one.severity} ${one.detector.id}`).sort() };
}

function takeover(trial: Trial, boots: number): void {
  for (let n = 0; n < boots; n += 1) {
    const who = pxeClient(n);
    const lease = 0x0a0000c8 + n;
    trial.send('DISCOVER', n, who);
    trial.send('OFFER', n + 0.1, { ...who, ...ROGUE_SAYS, yiaddr: lease });
    trial.send('OFFER', n + 0.2, { ...who, yiaddr: ADDRESS + n });
    trial.send('REQUEST', n + 0.3, { ...who, serverId: ROGUE, requested: lease });
    trial.send('ACK', n + 0.4, { ...who, ...ROGUE_SAYS, yiaddr: lease });
    trial.fetch(n + 0.6, { client: lease, server: ROGUE, file: 'evil.efi' });
  }
}

describe('what an incident responder reads', () => {
  test('one rogue that takes over thirty boots: one critical finding and its server, nothing derived', () => {
    const { findings, told } = all((trial) => takeover(trial, 30), DECLARED);
    expect(told).toEqual(['critical dhcp-boot-hijack', 'high dhcp-rogue-server']);
    expect(findings.every((one) => one.subject['server'] === '10.0.0.66')).toBe(true);
  });

  test('the same without a profile: one contradiction, nobody accused', () => {
    expect(all((trial) => takeover(trial, 30)).told).toEqual(['medium dhcp-servers-conflict']);
  });

  test('a healthy day of an HA pair with PXE boots, renewals and a probe: nothing but the pair', () => {
    const day = (trial: Trial): void => {
      for (let n = 0; n < 40; n += 1) {
        const who = pxeClient(n);
        trial.send('DISCOVER', n, who);
        trial.send('OFFER', n + 0.1, { ...who, yiaddr: ADDRESS + n });
        trial.send('OFFER', n + 0.2, { ...who, ...PEER_SAYS, yiaddr: ADDRESS + 100 + n });
        trial.send('REQUEST', n + 0.3, { ...who, serverId: RACK, requested: ADDRESS + n });
        trial.send('ACK', n + 0.4, { ...who, yiaddr: ADDRESS + n });
        trial.fetch(n + 0.6, { client: ADDRESS + n, server: RACK, file: 'lpxelinux.0' });
        const renewal: Fields = { ...who, xid: 0x9000 + n, ciaddr: ADDRESS + n, ipSrc: ADDRESS + n, ipDst: RACK };
        trial.send('REQUEST', n + 100, renewal);
        trial.send('ACK', n + 100.1, {
          ...renewal,
          ipSrc: RACK,
          ipDst: ADDRESS + n,
          yiaddr: ADDRESS + n,
          serverMac: -1,
        });
      }
      const probe = client(900, { maasProbe: true });
      for (const at of [200, 202, 204, 208]) {
        trial.send('DISCOVER', at, probe);
        trial.send('OFFER', at + 0.1, probe);
      }
    };
    expect(all(day, DECLARED).told).toEqual([]);
    expect(all(day).told).toEqual(['low dhcp-multiple-servers']);
  });

  test('two vantages of one rogue: named at the rack, seen at the client, one finding', () => {
    const at = (capture: number): Fields => ({
      segment: capture,
      sight: { capture, file: 0, frame: capture + 1, sec: secondsAt(0) / 1e6, nsec: 0 },
    });
    const { findings } = all((trial) => {
      trial.send('REQUEST', 0, { ...client(1), ...at(0), serverId: ROGUE, requested: ADDRESS });
      trial.send('DISCOVER', 0, { ...client(1), ...at(1) });
      trial.send('OFFER', 0.1, { ...client(1), ...at(1), ...ROGUE_SAYS });
    }, DECLARED);
    const rogues = findings.filter((one) => one.detector.id === 'dhcp-rogue-server');
    expect(rogues).toHaveLength(1);
    expect(rogues[0]?.last.message).toContain('1 OFFER to 1 client');
  });
});

describe('hostile input', () => {
  test('a flood of invented servers stays bounded and says what was lost', () => {
    const { bench, findings } = all((trial) => {
      for (let n = 0; n < 3000; n += 1) {
        const address = 0x0b000000 + n;
        const by = { serverId: address, server: address, ipSrc: address, ethSrc: n + 1, serverMac: n + 1 };
        trial.send('DISCOVER', n / 10, client(n % 50, { xid: n }));
        trial.send('OFFER', n / 10 + 0.05, { ...client(n % 50, { xid: n }), ...by });
      }
    }, DECLARED);
    expect(findings.filter((one) => one.detector.id === 'dhcp-rogue-server').length).toBeLessThanOrEqual(512);
    expect(bench.limits().map(({ name }) => name)).toContain('dhcp-rogue-server');
  });

  test('outside text is shown, never obeyed', () => {
    const promise = { ...ROGUE_PROMISE, bootFile: `\u001b]0;x\u0007${'A'.repeat(5000)}`, domain: '\u202eevil' };
    const { findings } = all((trial) => trial.dora(0, pxeClient(1), { ...ROGUE_SAYS, promise }), DECLARED);
    const text = findings.map((one) => JSON.stringify([one.last.message, one.firstEvidence, one.subject])).join('');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text).not.toContain('A'.repeat(200));
  });
});

test('every detector of DHCP stands in the registry under its id, and says what it needs', () => {
  const ids = DETECTORS.map(({ id }) => id);
  expect(ids).toEqual([...ids].sort());
  const dhcp = DETECTORS.filter(({ id }) => id.startsWith('dhcp-') && !id.startsWith('dhcp-snooping-'));
  expect(dhcp).toHaveLength(18);
  for (const one of dhcp) {
    expect(one.fires.length).toBeGreaterThan(0);
    expect(one.quiet.length).toBeGreaterThan(0);
    expect(one.remedy.steps.length).toBeGreaterThan(0);
    expect(one.remedy.verify.length).toBeGreaterThan(0);
    expect(judge(one, () => {}).findings).toEqual([]);
  }
});
