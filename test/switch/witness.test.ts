import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import type { FindingState } from '../../src/detect/run.ts';
import { witness } from '../../src/detect/switch/witness.ts';
import { NO_SWITCH_TEXT } from '../../src/flow/switch/empty.ts';
import { SwitchLookup } from '../../src/flow/switch/lookup.ts';
import { records } from './texts.ts';

const NOON = Date.parse('2026-11-22T12:44:42Z') * 1000;

function finding(id: string, subject: FindingState['subject'], frames = 2): FindingState {
  const detector = DETECTORS.find((one) => one.id === id);
  if (detector === undefined) throw new Error(id);
  const note = (frame: number) =>
    ({ kind: 'frame', sight: { capture: 0, file: 0, frame, sec: 0, nsec: 0 }, note: '' }) as const;
  return {
    detector: detector satisfies Detector,
    key: '',
    subject,
    severity: 'high',
    last: {
      subject,
      confidence: { level: 'likely', score: 0.8, reasons: [], wouldDecide: [] },
      message: 'so it is.',
      segment: 0,
      time: NOON,
      evidence: [],
      causes: ['its own cause'],
    },
    firstEvidence: Array.from({ length: frames }, (_, i) => note(i + 1)),
    lastEvidence: [],
    evidenceCount: frames,
    count: 1,
    firstTime: NOON,
    lastTime: NOON + 10e6,
  };
}

async function told(log: string, one: FindingState): Promise<FindingState> {
  witness([one], new SwitchLookup(await records(log)));
  return one;
}

const OFFER =
  '1: sw1: Nov 22 2026 12:44:43.000 UTC: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 5254.00aa.bb01';

describe('what the switch adds to a finding', () => {
  it('is the cause and the remedy of an answer that did not come', async () => {
    const one = await told(OFFER, finding('dhcp-no-offer', { client: '52:54:00:14:00:01' }));
    expect(one.last.causes).toEqual([
      'sw1 dropped OFFER of 52:54:00:aa:bb:01: the port is not trusted (DHCP snooping)',
      'its own cause',
    ]);
    expect(one.last.remedy?.steps[0]).toContain('`ip dhcp snooping trust`');
    expect(one.lastEvidence.map(({ kind }) => kind)).toEqual(['line']);
    expect(one).toMatchObject({ severity: 'high', evidenceCount: 3, last: { confidence: { level: 'likely' } } });
  });

  it('is proof and no cause where the station itself is what is wrong', async () => {
    const one = await told(OFFER, finding('dhcp-rogue-server', { server: '10.0.10.9', mac: '52:54:00:aa:bb:01' }));
    expect(one.last.causes).toEqual(['its own cause']);
    expect(one.last.remedy?.steps.join(' ')).not.toContain('trust that port');
    expect(one.lastEvidence).toHaveLength(1);
  });

  it('is nothing for another message, another time, another station, or a time that is not known', async () => {
    const silent = [
      OFFER.replace('DHCPOFFER', 'DHCPACK'),
      OFFER.replace('12:44:43', '12:54:43'),
      OFFER.replace(' 2026 12:44:43.000 UTC', ' 12:44:43.000'),
      'no line of ours',
    ];
    for (const log of silent) {
      const one = await told(log, finding('dhcp-no-offer', { client: '52:54:00:14:00:01' }));
      expect(one.lastEvidence, log).toEqual([]);
    }
    const rogue = await told(OFFER, finding('dhcp-rogue-server', { mac: '52:54:00:aa:bb:02' }));
    expect(rogue.lastEvidence).toEqual([]);
  });

  it('takes the place of frames when a finding has many, and leaves six', async () => {
    const one = await told(`${OFFER}\n${OFFER}\n${OFFER}\n${OFFER}`, finding('dhcp-no-offer', { client: '' }, 8));
    expect(one.firstEvidence).toHaveLength(6);
    expect(one.lastEvidence).toHaveLength(4);
    expect(one.evidenceCount).toBe(12);
  });

  it('is nothing without switch text', () => {
    const one = finding('dhcp-no-offer', { client: '' });
    witness([one], NO_SWITCH_TEXT);
    expect(one.last.remedy).toBeUndefined();
  });
});
