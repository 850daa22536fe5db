import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, RACK } from '../support/access-port.ts';

const DISCARDING = 0x0c;
const LEARNING = 0x1c;
const FORWARDING = 0x3c;

/** BPDUs every 2 s until `end`. */
function bpdus(port: AccessPort, end: number, flags: (t: number) => number, version: number): AccessPort {
  for (let t = 0; t < end; t += 2) port.at(t).bpdu({ version, flags: flags(t) });
  return port;
}

describe('stp-port-delay fires', () => {
  it('for certain where the port says that it does not forward', () => {
    const port = bpdus(new AccessPort(), 40, (t) => (t < 15 ? DISCARDING : t < 30 ? LEARNING : FORWARDING), 2);
    for (const t of [1, 5, 13, 29, 35]) port.at(t).discover();
    const { ids, findings } = port.at(35.5).replies4(2).judged();
    expect(ids).toEqual(['stp-port-delay']);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { client: CLIENT },
      last: { confidence: { level: 'certain' } },
    });
    expect(findings[0]?.last.message).toContain('4 DISCOVERs lost');
  });

  it('high where the machine gave up before', () => {
    const port = bpdus(new AccessPort(), 40, (t) => (t < 30 ? DISCARDING : FORWARDING), 2);
    expect(port.boots(CLIENT, 1, 3).judged().findings[0]?.severity).toBe('high');
  });

  it('on plain STP by its timers: silence for two forward delays, then answers', () => {
    const port = bpdus(new AccessPort(), 50, (t) => (t >= 30 ? 1 : 0), 0);
    for (const t of [1, 5, 13, 29]) port.at(t).discover();
    port.at(31).passes(RACK, '198.51.100.2').at(34).discover().replies4(2);
    const { ids, findings } = port.judged();
    expect(ids).toEqual(['stp-port-delay']);
    expect(findings[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'likely' } } });
    expect(findings[0]?.last.confidence.reasons.join()).toContain('topology change');
  });
});

describe('stp-port-delay stays quiet', () => {
  it('on an edge port: it forwards at once, whatever BPDUs it sends', () => {
    const port = bpdus(new AccessPort(), 40, () => FORWARDING, 2);
    expect(port.at(1).discover().replies4(2).judged().ids).toEqual([]);
    const plain = bpdus(new AccessPort(), 60, () => 0, 0);
    expect(plain.at(1).discover().at(2).replies4(2).judged().ids).toEqual([]);
  });

  it('on a slow server behind a port that forwards', () => {
    const port = bpdus(new AccessPort(), 60, () => 0, 0)
      .at(3)
      .passes();
    for (const t of [1, 5, 13, 29]) port.at(t).discover();
    expect(port.at(34).discover().replies4(2).judged().ids).toEqual([]);
  });

  it('where the first frame comes at a time of its own', () => {
    const port = bpdus(new AccessPort(), 90, () => 0, 0);
    for (const t of [1, 5, 13, 29]) port.at(t).discover();
    expect(port.at(75).discover().replies4(2).judged().ids).toEqual([]);
  });

  it('on a capture that ends before: a coverage entry', () => {
    const { ids, coverage } = bpdus(new AccessPort(), 14, () => 0, 0)
      .at(1)
      .discover()
      .at(5)
      .discover()
      .at(13)
      .discover()
      .judged();
    expect(ids).toEqual([]);
    expect(coverage.flatMap(({ undecided }) => undecided)).toEqual(['stp-port-delay']);
  });
});
