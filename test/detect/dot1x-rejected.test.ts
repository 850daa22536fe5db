import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, judgeEvents, switchLine } from '../support/access-port.ts';
import { keyMac } from '../support/packets.ts';

const MD5 = 4;
const NAK = 3;

function login(success: boolean, port = new AccessPort()): AccessPort {
  return port.identityRequest(1).eapResponse(1).eapRequest(2, MD5).eapResponse(2, MD5).eapEnds(success, 2);
}

describe('dot1x-rejected fires', () => {
  it('for certain on a failure that answers the station', () => {
    const { ids, findings } = login(false).at(5).boots(CLIENT, 5).judged();
    expect(ids).toEqual(['dot1x-rejected']);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      subject: { client: CLIENT },
      last: { confidence: { level: 'certain' } },
    });
    expect(findings[0]?.last.message).toContain('by MD5-Challenge');
  });

  it('with the method that the machine does not want', () => {
    const port = new AccessPort()
      .identityRequest(1)
      .eapResponse(1)
      .eapRequest(2, MD5)
      .eapResponse(2, NAK)
      .eapEnds(false, 2);
    expect(port.judged().findings[0]?.last.message).toContain('it was offered MD5-Challenge and wants another method');
  });

  it('medium where the machine gets an address all the same (a VLAN for the refused)', () => {
    expect(login(false).at(5).discover().replies4(2).judged().findings[0]?.severity).toBe('medium');
  });

  it("on the switch's own line", () => {
    const [one] = judgeEvents([], { lines: [switchLine({ kind: 'dot1x', reason: 'rejected', mac: keyMac(CLIENT) })] });
    expect(one).toMatchObject({ detector: { id: 'dot1x-rejected' }, severity: 'medium', subject: { client: CLIENT } });
    expect(one?.firstEvidence[0]).toMatchObject({ kind: 'line', line: 1 });
  });
});

describe('dot1x-rejected stays quiet', () => {
  it('on success, and on success after a failure', () => {
    expect(login(true).judged().ids).toEqual([]);
    expect(login(true, login(false).at(10)).judged().ids).toEqual([]);
  });

  it('on a failure that ends a silence, and on one that answers a logoff', () => {
    expect(new AccessPort().identityRequest(1).at(30).eapEnds(false, 1).judged().ids).toEqual([]);
    expect(
      new AccessPort().identityRequest(1).eapResponse(1).eapRequest(2, MD5).at(9).eapEnds(false, 2).judged().ids,
    ).toEqual([]);
    expect(login(true).at(5).eapolLogoff().eapEnds(false, 3).judged().ids).toEqual([]);
  });

  it('on a line that says that the login worked', () => {
    expect(
      judgeEvents([], { lines: [switchLine({ kind: 'dot1x', reason: 'accepted', mac: keyMac(CLIENT) })] }),
    ).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], {
        lines: [switchLine({ kind: 'dot1x', reason: 'rejected', mac: keyMac(CLIENT) })],
        during: false,
      }),
    ).toEqual([]);
  });
});
