import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, judgeEvents, SWITCH } from '../support/access-port.ts';

/** A port that asks every 3 s, and a machine that boots. */
function shut(port = new AccessPort(), to?: string): AccessPort {
  for (let i = 0; i < 8; i += 1) port.at(1 + 3 * i).identityRequest(i + 1, to);
  return port.boots(CLIENT, 2);
}

describe('dot1x-blocks-boot fires', () => {
  it('high on requests that nobody answers while DISCOVERs go out', () => {
    const { ids, findings } = shut().judged();
    expect(ids).toEqual(['dot1x-blocks-boot']);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      subject: { client: CLIENT, authenticator: SWITCH },
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('4 DISCOVERs');
    expect(findings[0]?.last.evidence.at(-1)).toMatchObject({ kind: 'absence', expected: `an OFFER to ${CLIENT}` });
  });

  it('for certain where the requests go to this very machine', () => {
    expect(shut(new AccessPort(), CLIENT).judged().findings[0]?.last.confidence.level).toBe('certain');
  });

  it('low where the fallback lets the machine in after all', () => {
    const port = shut().at(40).discover();
    expect(port.replies4(2).judged().findings[0]).toMatchObject({
      severity: 'low',
      detector: { id: 'dot1x-blocks-boot' },
    });
  });
});

describe('dot1x-blocks-boot stays quiet', () => {
  it('where frames of others come through: the port forwards', () => {
    expect(shut().at(31).passes().judged().ids).toEqual([]);
  });

  it('where the machine logs in, and its DISCOVERs come after', () => {
    const port = new AccessPort().identityRequest(1).at(1).identityRequest(2).eapResponse(2).eapEnds(true, 2);
    expect(port.boots(CLIENT, 3).judged().ids).toEqual([]);
  });

  it('where the answer comes at once', () => {
    const port = new AccessPort().identityRequest(1).at(3).identityRequest(2).at(4).discover().replies4(2);
    expect(port.at(20).identityRequest(3).judged().ids).toEqual([]);
  });

  it('where the requests go to another station, or one only was sent', () => {
    expect(shut(new AccessPort(), '52:54:00:bb:00:02').judged().ids).toEqual([]);
    expect(new AccessPort().identityRequest(1).boots().judged().ids).toEqual([]);
  });

  it('where there are no requests, and on a mirror of many ports', () => {
    expect(new AccessPort().boots().judged().ids).toEqual([]);
    const port = shut();
    for (let i = 0; i < 17; i += 1) port.at(33 + i).discover(`52:54:00:cc:00:${String(i + 10)}`);
    expect(port.judged().ids).toEqual([]);
  });

  it('on lines of a switch alone', () => {
    expect(judgeEvents([])).toEqual([]);
  });
});
