import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, SWITCH } from '../support/access-port.ts';

const calls = (port = new AccessPort()): AccessPort => port.at(0).eapolStart().at(30).eapolStart().at(60).eapolStart();

describe('dot1x-no-authenticator fires', () => {
  it('low where the machine goes on without', () => {
    const { ids, findings } = calls().at(1).lldp(SWITCH, { port: '7' }).at(70).discover().replies4(2).judged();
    expect(ids).toEqual(['dot1x-no-authenticator']);
    expect(findings[0]).toMatchObject({
      severity: 'low',
      subject: { client: CLIENT },
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('3 times');
  });

  it('medium where its DISCOVERs go unanswered too', () => {
    const port = calls().at(1).bpdu({ version: 2, flags: 0x3c }).boots(CLIENT, 61);
    expect(port.judged().findings.find((one) => one.detector.id === 'dot1x-no-authenticator')?.severity).toBe('medium');
  });
});

describe('dot1x-no-authenticator stays quiet', () => {
  it('where an authenticator speaks, even late', () => {
    expect(calls().at(61).identityRequest(1).at(70).passes().judged().ids).toEqual([]);
  });

  it('on a single start', () => {
    expect(new AccessPort().eapolStart().at(1).lldp(SWITCH, { port: '7' }).at(20).passes().judged().ids).toEqual([]);
  });

  it('where nothing of the other side is seen: a coverage entry', () => {
    const { ids, coverage } = calls().at(70).discover().judged();
    expect(ids).toEqual([]);
    expect(coverage.flatMap(({ undecided }) => undecided)).toContain('dot1x-no-authenticator');
  });
});
