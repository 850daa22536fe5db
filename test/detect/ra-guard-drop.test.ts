import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, judgeEvents, lostMessage, RACK, switchLine } from '../support/access-port.ts';
import { concat, keyMac, mac, ndOption, u32 } from '../support/packets.ts';
import type { FlowEvent } from '../../src/flow/events.ts';

const ID = 'ra-guard-drop';
const HOST = 'fe80::100';
const ROUTER = 'fe80::1';

function solicitsRouters(port: AccessPort): AccessPort {
  return port.nd(133, HOST, 'ff02::2', CLIENT, '33:33:00:00:00:02', concat(u32(0), ndOption(1, mac(CLIENT))));
}

/** The host asks every 4 s, the router answers each time. */
function deaf(times: number): AccessPort {
  const port = new AccessPort();
  for (let i = 0; i < times; i += 1) {
    solicitsRouters(port.at(4 * i));
    port.at(4 * i + 0.3).routes(RACK, ROUTER, { prefixes: ['2001:db8::'] });
  }
  return port;
}

const lost = (times: number): FlowEvent[] => Array.from({ length: times }, (_v, i) => lostMessage('nd', 'RA', i));

describe('ra-guard-drop fires', () => {
  it('as a hypothesis where a host solicits on after each advertisement', () => {
    const { ids, findings } = deaf(3).judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'possible' } } });
  });

  it('likely with captures at two points, and for certain where the switch says so', () => {
    expect(judgeEvents(lost(2))[0]).toMatchObject({
      detector: { id: ID },
      severity: 'high',
      last: { confidence: { level: 'likely' } },
    });
    const lines = [switchLine({ kind: 'ra-guard-drop', mac: keyMac(RACK) })];
    expect(judgeEvents([], { lines })[0]).toMatchObject({
      detector: { id: ID },
      last: { confidence: { level: 'certain' } },
    });
  });

  it('only as information where the profile says that this is no router', () => {
    expect(deaf(3).judged({ routers: [{ address: 'fe80::2' }] }).findings[0]?.severity).toBe('info');
  });
});

describe('ra-guard-drop stays quiet', () => {
  it('on one repetition, and on a host that hears it', () => {
    expect(deaf(2).judged().ids).toEqual([]);
    const port = solicitsRouters(new AccessPort()).at(1).routes(RACK, ROUTER);
    for (let i = 1; i < 9; i += 1) port.at(10 * i).routes(RACK, ROUTER);
    expect(port.judged().ids).toEqual([]);
  });

  it('without any router, and on a router that says goodbye', () => {
    const alone = new AccessPort();
    for (let i = 0; i < 5; i += 1) solicitsRouters(alone.at(4 * i));
    expect(alone.judged().ids).toEqual([]);
    const gone = new AccessPort();
    for (let i = 0; i < 5; i += 1)
      solicitsRouters(gone.at(4 * i))
        .at(4 * i + 1)
        .routes(RACK, ROUTER, { lifetime: 0 });
    expect(gone.judged().ids).toEqual([]);
  });

  it('on one loss', () => {
    expect(judgeEvents(lost(1))).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], { lines: [switchLine({ kind: 'ra-guard-drop', mac: keyMac(RACK) })], during: false }),
    ).toEqual([]);
  });
});
