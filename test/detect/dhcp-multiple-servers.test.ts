import { describe, expect, test } from 'vitest';
import { dhcpMultipleServers } from '../../src/detect/detectors/dhcp-multiple-servers.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import {
  DECLARED,
  judge,
  only,
  PEER,
  PEER_PROMISE,
  PEER_SAYS,
  RACK_MAC,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

function bothOffer(trial: Trial, second: Fields): void {
  trial.send('DISCOVER', 0);
  trial.send('OFFER', 0.1);
  trial.send('OFFER', 0.2, second);
}

test('fires low on what looks like an HA pair, and says what would decide', () => {
  const finding = only(judge(dhcpMultipleServers, (trial) => bothOffer(trial, PEER_SAYS)));
  expect(finding.severity).toBe('low');
  expect(finding.subject['servers']).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(finding.last.message).toContain('nextServer');
  expect(finding.last.confidence.wouldDecide).toHaveLength(3);
});

test('fires on two authorised servers that are not declared a pair', () => {
  const site = siteOf(undefined, ['10.0.0.1', '10.0.0.2']);
  const finding = only(judge(dhcpMultipleServers, (trial) => bothOffer(trial, PEER_SAYS), { site }));
  expect(finding.last.confidence.reasons.join()).toContain('not declared as one HA group');
});

describe('quiet', () => {
  test.each<[string, Fields]>([
    ['another network (dhcp-servers-conflict)', ROGUE_SAYS],
    ['another subnet', { ...PEER_SAYS, yiaddr: 0x0a000164 }],
    ['one machine with two identifiers', { ...PEER_SAYS, serverId: PEER, ethSrc: RACK_MAC, serverMac: RACK_MAC }],
    ['ProxyDHCP', { ...PEER_SAYS, proxy: true, yiaddr: 0 }],
    ['a repeated offer', {}],
  ])('%s', (_what, second) => {
    expect(judge(dhcpMultipleServers, (trial) => bothOffer(trial, second)).findings).toEqual([]);
  });

  test('a declared HA group', () => {
    expect(judge(dhcpMultipleServers, (trial) => bothOffer(trial, PEER_SAYS), { site: DECLARED }).findings).toEqual([]);
  });

  test('a server that the site does not authorise', () => {
    const site = siteOf(undefined, ['10.0.0.1']);
    expect(
      judge(dhcpMultipleServers, (trial) => bothOffer(trial, { ...PEER_SAYS, promise: PEER_PROMISE }), { site })
        .findings,
    ).toEqual([]);
  });
});
