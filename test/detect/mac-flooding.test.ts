import { describe, expect, it } from 'vitest';
import { keyMac } from '../support/packets.ts';
import { AccessPort, judgeEvents, switchLine } from '../support/access-port.ts';

/** A MAC address for each number: with a vendor of its own, or one of few. */
function mac(n: number, vendors: number): string {
  const oui = (0x020000 + 7919 * (n % vendors)) & 0xfeffff;
  return (oui * 0x1000000 + n)
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?!$)/g, '$&:');
}

function crowd(count: number, seconds: number, vendors = count): AccessPort {
  const port = new AccessPort();
  for (let n = 0; n < count; n += 1) {
    port.at((seconds * n) / count).announces(mac(n, vendors), `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  }
  return port;
}

describe('mac-flooding fires', () => {
  it('on a thousand stations of a thousand vendors within seconds', () => {
    const { ids, findings } = crowd(1200, 6).judged();
    expect(ids).toEqual(['mac-flooding']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'high', last: { confidence: { level: 'likely' } } });
  });

  it('for certain, with the port, where the switch counts too many addresses', () => {
    const lines = [switchLine({ kind: 'port-security', reason: 'limit', mac: keyMac('02:00:00:00:00:05') })];
    const sight = { capture: 0, file: 0, frame: 1, sec: 1_700_000_000, nsec: 0 };
    const found = judgeEvents(
      [
        {
          type: 'station-flood',
          segment: 0,
          stations: 1000,
          span: 2e6,
          first: sight,
          last: sight,
          time: 1_700_000_000e6,
        },
      ],
      { lines },
    ).find(({ detector }) => detector.id === 'mac-flooding');
    expect(found).toMatchObject({
      subject: { segment: 0, port: 'Gi1/0/7' },
      last: { confidence: { level: 'certain' } },
    });
  });
});

describe('mac-flooding stays quiet', () => {
  it('on a thousand guests of few prefixes', () => {
    expect(crowd(1500, 6, 12).judged().ids).toEqual([]);
  });

  it('on as many over a longer time', () => {
    expect(crowd(1200, 60).judged().ids).toEqual([]);
  });
});
