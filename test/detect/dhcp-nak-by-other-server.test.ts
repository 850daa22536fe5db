import { describe, expect, test } from 'vitest';
import { dhcpNakByOtherServer } from '../../src/detect/detectors/dhcp-nak-by-other-server.ts';
import {
  ADDRESS,
  client,
  evidenceOf,
  judge,
  nak,
  only,
  PEER,
  PEER_SAYS,
  RACK,
  ROGUE,
  ROGUE_SAYS,
  type Trial,
} from '../support/events4.ts';

const REFUSES = nak(ROGUE_SAYS);

describe('fires', () => {
  test('on one NAK to a REQUEST that names another server', () => {
    const finding = only(
      judge(dhcpNakByOtherServer, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('REQUEST', 0.2, { serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 0.3);
        trial.send('NAK', 0.4, { ...REFUSES, text: 'go\u001b[2Jaway' });
      }),
    );
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ server: '10.0.0.66', mac: '52:54:00:00:00:42' });
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('asked of 10.0.0.1');
    expect(finding.last.message).toContain('go\\x1b[2Jaway');
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual([
      'DISCOVER',
      'OFFER',
      'REQUEST',
      'ACK',
      'NAK',
    ]);
  });

  test('also where the honest rack is the one that refuses: it is named as what it does, not as rogue', () => {
    const finding = only(
      judge(dhcpNakByOtherServer, (trial) => {
        trial.send('REQUEST', 0, { serverId: ROGUE, requested: ADDRESS });
        trial.send('NAK', 0.1, { ...nak({}), text: 'wrong server-ID' });
      }),
    );
    expect(finding.subject['server']).toBe('10.0.0.1');
    expect(finding.last.message).not.toContain('rogue');
  });

  test.each([true, false])('on NAK and ACK to one INIT-REBOOT, in either order (NAK first: %s)', (first) => {
    const finding = only(
      judge(dhcpNakByOtherServer, (trial) => {
        trial.send('REQUEST', 0, { requested: ADDRESS });
        if (first) trial.send('NAK', 0.1, REFUSES);
        trial.send('ACK', 0.2);
        if (!first) trial.send('NAK', 0.3, REFUSES);
      }),
    );
    expect(finding.subject['server']).toBe('10.0.0.66');
    expect(finding.last.confidence.level).toBe('likely');
  });

  test('on a NAK to a renewal that was sent to another server', () => {
    only(
      judge(dhcpNakByOtherServer, (trial) => {
        trial.send('REQUEST', 0, { ciaddr: ADDRESS, ipSrc: ADDRESS, ipDst: RACK, ethDst: 0x525400000001 });
        trial.send('NAK', 0.1, REFUSES);
      }),
    );
  });

  test('many clients are one finding', () => {
    const finding = only(
      judge(dhcpNakByOtherServer, (trial) => {
        for (let n = 0; n < 6; n += 1) {
          trial.send('REQUEST', n, client(n, { serverId: RACK, requested: ADDRESS }));
          trial.send('NAK', n + 0.1, { ...client(n), ...REFUSES });
        }
      }),
    );
    expect(finding.count).toBe(6);
    expect(finding.last.message).toContain('6 clients');
  });
});

test.each<[string, (trial: Trial) => void]>([
  [
    'the server that was asked',
    (trial) => {
      trial.send('REQUEST', 0, { serverId: RACK, requested: ADDRESS });
      trial.send('NAK', 0.1, nak({}));
    },
  ],
  [
    'a NAK to INIT-REBOOT that nobody contradicts',
    (trial) => {
      trial.send('REQUEST', 0, { requested: ADDRESS });
      trial.send('NAK', 0.1, REFUSES);
    },
  ],
  [
    'INIT-REBOOT acknowledged by a peer',
    (trial) => {
      trial.send('REQUEST', 0, { requested: ADDRESS });
      trial.send('ACK', 0.1, PEER_SAYS);
    },
  ],
  [
    "a multihomed server's other address",
    (trial) => {
      trial.send('REQUEST', 0, { serverId: RACK, requested: ADDRESS });
      trial.send('NAK', 0.1, nak({ ...PEER_SAYS, ipSrc: RACK }));
    },
  ],
  [
    "a relay's override of the identifier",
    (trial) => {
      const relayed = { giaddr: 0x0a0100fe, serverIdOverride: 0x0a0100fe };
      trial.send('REQUEST', 0, { ...relayed, serverId: 0x0a0100fe, requested: ADDRESS });
      trial.send('NAK', 0.1, { ...nak({}), giaddr: 0x0a0100fe, serverMac: -1, dstPort: 67 });
    },
  ],
  [
    'a client that turned to the other server',
    (trial) => {
      trial.send('DISCOVER', 0);
      trial.send('OFFER', 0.1, PEER_SAYS);
      trial.send('REQUEST', 0.2, { serverId: PEER, requested: ADDRESS });
      trial.send('REQUEST', 4, { serverId: RACK, requested: ADDRESS });
      trial.send('NAK', 4.1, nak(PEER_SAYS));
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpNakByOtherServer, play).findings).toEqual([]);
});
