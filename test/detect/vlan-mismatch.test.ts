import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, judgeEvents, STRANGER, SWITCH, switchLine } from '../support/access-port.ts';

describe('vlan-mismatch fires', () => {
  it('on two ends that advertise different native VLANs', () => {
    const { ids, findings } = new AccessPort()
      .lldp(SWITCH, { port: '7', vlan: 10 })
      .at(5)
      .cdp(STRANGER, { device: 'sw2', port: 'Gi0/1', nativeVlan: 20 })
      .judged();
    expect(ids).toEqual(['vlan-mismatch']);
    expect(findings[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'likely' } } });
    expect(findings[0]?.last.message).toContain('02:16:3e:00:00:5b 7 in 10, sw2 Gi0/1 in 20');
  });

  it('on an answer that comes on another VLAN than the question', () => {
    const port = new AccessPort().discover('52:54:00:bb:00:09', [30]).replies4(2, '52:54:00:bb:00:09', { vlans: [30] });
    port.at(1).discover('52:54:00:bb:00:09', [10]);
    port
      .at(3)
      .discover(CLIENT, [10])
      .at(3.5)
      .replies4(2, CLIENT, { vlans: [20] });
    const { ids, findings } = port.judged();
    expect(ids).toEqual(['vlan-mismatch']);
    expect(findings[0]?.subject).toEqual({ client: CLIENT, vlans: ['VLAN 10', 'VLAN 20'] });
    expect(findings[0]?.last.confidence.level).toBe('likely');
  });

  it("on the switch's own line", () => {
    const [one] = judgeEvents([], { lines: [switchLine({ kind: 'vlan-mismatch' })] });
    expect(one).toMatchObject({ detector: { id: 'vlan-mismatch' }, last: { confidence: { level: 'certain' } } });
  });
});

describe('vlan-mismatch stays quiet', () => {
  it('on equal VLANs, on an end that says nothing, and on one device with two protocols', () => {
    const other = (vlan?: number): AccessPort =>
      new AccessPort()
        .lldp(SWITCH, { port: '7', vlan: 10 })
        .lldp(STRANGER, { port: 'eth0', ...(vlan === undefined ? {} : { vlan }) });
    expect(other(10).judged().ids).toEqual([]);
    expect(other().judged().ids).toEqual([]);
    const both = new AccessPort()
      .lldp(SWITCH, { port: '7', vlan: 10 })
      .cdp(SWITCH, { device: 'sw1', port: '7', nativeVlan: 20 });
    expect(both.judged().ids).toEqual([]);
  });

  it('on a mirror of several ports', () => {
    const port = new AccessPort()
      .lldp(SWITCH, { port: '7', vlan: 10 })
      .lldp('02:16:3e:00:00:5c', { port: '8', vlan: 10 });
    expect(port.lldp('02:16:3e:00:00:5d', { port: '9', vlan: 20 }).judged().ids).toEqual([]);
  });

  it('on both sides of a tagging port, and on two VLANs that are served each', () => {
    const port = new AccessPort();
    for (const vlan of [10, 20]) {
      const mac = `52:54:00:bb:01:${vlan}`;
      port.discover(mac, [vlan], vlan).replies4(2, mac, { vlans: [vlan], xid: vlan });
    }
    port.at(2).discover(CLIENT, [10], 7).at(2.1).discover(CLIENT, [], 7);
    port
      .at(2.5)
      .replies4(2, CLIENT, { vlans: [], xid: 7 })
      .at(2.6)
      .replies4(2, CLIENT, { vlans: [10], xid: 7 });
    expect(port.judged().ids).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(judgeEvents([], { lines: [switchLine({ kind: 'vlan-mismatch' })], during: false })).toEqual([]);
  });
});
