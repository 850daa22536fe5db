import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, SWITCH } from '../support/access-port.ts';

const MI = '0102030405060708090a0b0c';

describe('macsec-without-key fires', () => {
  it('on DISCOVERs in clear while the other side sends protected frames', () => {
    const port = new AccessPort();
    for (let i = 1; i < 10; i += 1) port.at(3 * i).macsec(SWITCH, i);
    const { ids, findings } = port.boots(CLIENT, 1).judged();
    expect(ids).toEqual(['macsec-without-key']);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      subject: { client: CLIENT, port: SWITCH },
      last: { confidence: { level: 'likely' } },
    });
  });

  it('with less confidence where the other side only offers to agree on a key', () => {
    const port = new AccessPort();
    for (let i = 1; i < 16; i += 1) port.at(2 * i).mka(SWITCH, { mi: MI, mn: i, ckn: '6162', keyServer: true });
    const { ids, findings } = port.boots(CLIENT, 1).judged();
    expect(ids).toEqual(['macsec-without-key']);
    expect(findings[0]?.last.confidence.level).toBe('possible');
  });
});

describe('macsec-without-key stays quiet', () => {
  it('where the DISCOVER is answered, or frames in clear come from others', () => {
    const port = (): AccessPort => {
      const one = new AccessPort();
      for (let i = 1; i < 10; i += 1) one.at(3 * i).macsec(SWITCH, i);
      return one;
    };
    expect(port().at(1).discover().replies4(2).judged().ids).toEqual([]);
    expect(port().boots(CLIENT, 1).at(31).passes().judged().ids).toEqual([]);
  });

  it('where both sides send protected frames, and where nobody asks for an address', () => {
    const port = new AccessPort();
    for (let i = 1; i < 10; i += 1)
      port
        .at(3 * i)
        .macsec(SWITCH, i)
        .macsec(CLIENT, i);
    expect(port.boots(CLIENT, 1).judged().ids).toEqual([]);
    expect(new AccessPort().macsec(SWITCH, 1).at(30).macsec(SWITCH, 2).judged().ids).toEqual([]);
  });
});
