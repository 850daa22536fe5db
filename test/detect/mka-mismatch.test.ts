import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, SWITCH } from '../support/access-port.ts';
import type { MkaFields } from '../support/link.ts';

const ONE = '0102030405060708090a0b0c';
const TWO = 'a1a2a3a4a5a6a7a8a9aaabac';

/** Both send their hellos for 20 s. */
function hellos(a: Partial<MkaFields>, b: Partial<MkaFields>, times = 10): AccessPort {
  const port = new AccessPort();
  for (let i = 1; i <= times; i += 1) {
    port.at(2 * i).mka(SWITCH, { mi: ONE, mn: i, ckn: '6162', ...a });
    port.at(2 * i + 1).mka(CLIENT, { mi: TWO, mn: i, ckn: '6162', ...b });
  }
  return port;
}

describe('mka-mismatch fires', () => {
  it('for certain on different key names', () => {
    const { ids, findings } = hellos({}, { ckn: '6163' }).judged();
    expect(ids).toEqual(['mka-mismatch']);
    expect(findings[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'certain' } } });
    expect(findings[0]?.last.message).toContain('they call their keys 6162 and 6163');
  });

  it('on one key name and two keys: nobody becomes a live peer', () => {
    const { findings } = hellos({}, {}).judged();
    expect(findings[0]).toMatchObject({
      subject: { stations: [SWITCH, CLIENT] },
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('they call it 6162 and it is not the same');
  });

  it('high where a machine waits for an address behind it', () => {
    expect(
      hellos({}, { ckn: '6163' })
        .boots('52:54:00:bb:00:05', 1)
        .judged()
        .findings.find((one) => one.detector.id === 'mka-mismatch')?.severity,
    ).toBe('high');
  });
});

describe('mka-mismatch stays quiet', () => {
  it('where they are live peers, at any time', () => {
    expect(hellos({ live: [TWO] }, { live: [ONE] }).judged().ids).toEqual([]);
    expect(
      hellos({}, {})
        .at(30)
        .mka(CLIENT, { mi: TWO, mn: 99, ckn: '6162', live: [ONE] })
        .judged().ids,
    ).toEqual([]);
  });

  it('after two hellos, and on one that speaks alone', () => {
    expect(hellos({}, { ckn: '6163' }, 2).judged().ids).toEqual([]);
    const port = new AccessPort();
    for (let i = 1; i < 9; i += 1) port.at(2 * i).mka(SWITCH, { mi: ONE, mn: i, ckn: '6162' });
    expect(port.judged().ids).toEqual([]);
  });
});
