import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, judgeEvents, lostMessage, RACK, switchLine } from '../support/access-port.ts';
import { keyMac } from '../support/packets.ts';

const ID = 'nd-inspection-drop';
const HOST = 'fe80::100';
const ROUTER = 'fe80::1';
const lost = (times: number, kind = 'NS') => Array.from({ length: times }, (_v, i) => lostMessage('nd', kind, i));

/** The router advertises itself, unicast to the host is seen, and its solicitations go unanswered. */
function solicits(port = new AccessPort()): AccessPort {
  port
    .routes(RACK, ROUTER, { prefixes: ['2001:db8::'] })
    .at(1)
    .solicits(RACK, ROUTER, HOST, { ip: HOST, mac: CLIENT });
  for (let i = 0; i < 4; i += 1) port.at(5 + i).solicits(CLIENT, HOST, ROUTER);
  return port
    .at(6.5)
    .routes(RACK, ROUTER, { prefixes: ['2001:db8::'] })
    .at(20)
    .routes(RACK, ROUTER, { prefixes: ['2001:db8::'] });
}

describe('nd-inspection-drop fires', () => {
  it('as a hypothesis from one point: the router is alive and does not answer', () => {
    const { ids, findings } = solicits().judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { station: CLIENT },
      last: { confidence: { level: 'possible' } },
    });
  });

  it('likely with captures at two points, and for certain where the switch says so', () => {
    expect(judgeEvents(lost(3))[0]).toMatchObject({
      detector: { id: ID },
      severity: 'high',
      last: { confidence: { level: 'likely' } },
    });
    const lines = [switchLine({ kind: 'nd-drop', mac: keyMac(CLIENT) })];
    expect(judgeEvents([], { lines })[0]).toMatchObject({
      detector: { id: ID },
      last: { confidence: { level: 'certain' } },
    });
  });
});

describe('nd-inspection-drop stays quiet', () => {
  it('where it is answered', () => {
    expect(solicits().at(9).advertises(RACK, ROUTER, 'RSO', { ip: HOST, mac: CLIENT }).judged().ids).toEqual([]);
  });

  it('on a target that is not heard, and on duplicate address detection', () => {
    const port = new AccessPort().solicits(RACK, ROUTER, HOST, { ip: HOST, mac: CLIENT });
    for (let i = 0; i < 4; i += 1)
      port
        .at(5 + i)
        .solicits(CLIENT, HOST, 'fe80::77')
        .dad(CLIENT, 'fe80::101');
    expect(port.at(20).routes(RACK, ROUTER).judged().ids).toEqual([]);
  });

  it('on two losses', () => {
    expect(judgeEvents(lost(2))).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(judgeEvents([], { lines: [switchLine({ kind: 'nd-drop', mac: keyMac(CLIENT) })], during: false })).toEqual(
      [],
    );
  });
});
