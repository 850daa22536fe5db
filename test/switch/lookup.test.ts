import { describe, expect, it } from 'vitest';
import type { FlowEvent } from '../../src/flow/events.ts';
import { NO_SWITCH_TEXT } from '../../src/flow/switch/empty.ts';
import { SwitchLookup } from '../../src/flow/switch/lookup.ts';
import { portKey } from '../../src/flow/switch/ports.ts';
import { parseAddress, parseMac } from '../../src/wire/values.ts';
import { records } from './texts.ts';

const RACK = parseMac('52:54:00:aa:bb:01');
const NODE = parseMac('52:54:00:14:00:01');

const SHOW = [
  'sw1#show mac address-table',
  'Vlan    Mac Address       Type        Ports',
  '----    -----------       --------    -----',
  '  10    5254.00aa.bb01    DYNAMIC     Gi1/0/7',
  '  10    5254.0014.0001    DYNAMIC     Gi1/0/24',
  '  10    5254.0014.0002    DYNAMIC     Gi1/0/24',
  'sw2#show mac address-table',
  'Vlan    Mac Address       Type        Ports',
  '----    -----------       --------    -----',
  '  10    5254.0014.0001    DYNAMIC     Gi1/0/3',
  'sw2#show ip dhcp snooping binding',
  'MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface',
  '------------------  ---------------  ----------  -------------  ----  --------------------',
  '52:54:00:14:00:01   10.0.10.50       3600        dhcp-snooping   10   GigabitEthernet1/0/3',
  '52:54:00:14:00:09   10.0.10.59       3600        dhcp-snooping   10   GigabitEthernet1/0/9',
].join('\n');

function drop(stamp: string, message = 'DHCPOFFER', mac = '5254.00aa.bb01'): string {
  return `${stamp}: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: ${message}, MAC sa: ${mac}`;
}

function seen(kind: string, time: string, mac: number): FlowEvent {
  const micro = Date.parse(time) * 1000;
  const sight = { capture: 0, file: 0, frame: 1, sec: Math.floor(micro / 1e6), nsec: (micro % 1e6) * 1000 };
  const message = { kind, sight, time: micro, ethSrc: mac, ipSrc: -1, reply: kind === 'OFFER' };
  return { type: 'dhcp4-message', message, exchange: undefined, time: micro } as unknown as FlowEvent;
}

describe('where a station is', () => {
  it('is the port with the fewest stations: the others lead to it', async () => {
    const text = new SwitchLookup(await records(SHOW, 'show'));
    expect(text.portOf(NODE)).toMatchObject({ device: 'sw2', port: 'Gi1/0/3', vlan: 10 });
    expect(text.portOf(RACK)).toMatchObject({ device: 'sw1', port: 'Gi1/0/7' });
  });

  it('is what a binding says where no MAC table does, and open for strangers and other VLANs', async () => {
    const text = new SwitchLookup(await records(SHOW, 'show'));
    expect(text.portOf(parseMac('52:54:00:14:00:09'))).toMatchObject({ port: 'GigabitEthernet1/0/9' });
    expect(text.portOf(parseMac('52:54:00:14:00:99'))).toBeUndefined();
    expect(text.portOf(NODE, 20)).toBeUndefined();
  });

  it('has a binding by MAC and by address', async () => {
    const text = new SwitchLookup(await records(SHOW, 'show'));
    expect(text.bindingFor({ mac: NODE })).toMatchObject({ ip: parseAddress('10.0.10.50') });
    expect(text.bindingFor({ ip: parseAddress('10.0.10.50') }, 10)).toMatchObject({ mac: NODE });
    expect(text.bindingFor({ mac: NODE }, 11)).toBeUndefined();
  });
});

describe('the question for lines', () => {
  it('is answered by MAC, port in any spelling, kind, VLAN and time', async () => {
    const lines = await records(
      [
        drop('Nov 22 2026 12:44:42.000 UTC'),
        drop('Nov 22 2026 12:54:42.000 UTC'),
        'Nov 22 2026 12:44:42.000 UTC: %PM-4-ERR_DISABLE: bpduguard error detected on Gi1/0/7, putting Gi1/0/7 in err-disable state',
      ].join('\n'),
    );
    const text = new SwitchLookup(lines);
    const time = Date.parse('2026-11-22T12:44:43Z') * 1000;
    expect(text.linesFor({ mac: RACK }).map(({ line }) => line)).toEqual([1, 2]);
    expect(text.linesFor({ mac: RACK, time }).map(({ line }) => line)).toEqual([1]);
    expect(text.linesFor({ mac: RACK, time: time + 60e6, slack: 120e6 }).map(({ line }) => line)).toEqual([1]);
    expect(text.linesFor({ mac: RACK, kinds: ['dai-drop'] })).toEqual([]);
    expect(text.linesFor({ port: 'GigabitEthernet1/0/7' }).map(({ line }) => line)).toEqual([3]);
    expect(text.linesFor({ kinds: ['err-disable', 'snooping-untrusted-server'] }).map(({ line }) => line)).toEqual([
      1, 2, 3,
    ]);
    expect(text.linesFor({})).toEqual([]);
  });

  it('gives 256 lines at most', async () => {
    const lines = await records(Array.from({ length: 300 }, () => drop('Nov 22 2026 12:44:42.000 UTC')).join('\n'));
    expect(new SwitchLookup(lines).linesFor({ mac: RACK })).toHaveLength(256);
  });

  it('has no answer without switch text', () => {
    expect(NO_SWITCH_TEXT.empty).toBe(true);
    expect(new SwitchLookup([]).empty).toBe(true);
    expect(NO_SWITCH_TEXT.linesFor({ mac: RACK })).toEqual([]);
  });
});

describe('frames and lines', () => {
  it('meet by station, message and time', async () => {
    const lines = await records([drop('Nov 22 2026 12:44:42.500 UTC'), drop('Nov 22 2026 13:44:42 UTC')].join('\n'));
    const text = new SwitchLookup(lines);
    text.on(seen('OFFER', '2026-11-22T12:44:42.400Z', RACK));
    text.on(seen('ACK', '2026-11-22T12:44:42.450Z', RACK));
    text.on(seen('OFFER', '2026-11-22T12:44:42.400Z', NODE));
    expect(lines.map((line) => text.framesFor(line).length)).toEqual([1, 0]);
  });

  it('tell the zone of a log that has none: two lines that match', async () => {
    const lines = await records(
      ['Nov 22 14:44:42.500', 'Nov 22 14:44:46.500', 'Nov 22 15:00:00.000'].map((stamp) => drop(stamp)).join('\n'),
    );
    const text = new SwitchLookup(lines);
    expect(lines.map(({ time }) => time?.sure)).toEqual(['possible', 'possible', 'possible']);
    text.on(seen('OFFER', '2026-11-22T12:44:42.400Z', RACK));
    expect(lines[0]?.time?.sure, 'one match may be chance').toBe('possible');
    text.on(seen('OFFER', '2026-11-22T12:44:46.400Z', RACK));
    expect(lines.map(({ time }) => time?.sure)).toEqual(['likely', 'likely', 'likely']);
    expect(lines[0]?.time?.from).toBe(Date.parse('2026-11-22T12:44:42.500Z') * 1000);
    expect(lines[0]?.time?.reason).toContain('2 lines match frames at UTC+2');
  });

  it('tell no zone where the matches contradict each other, or another message was sent', async () => {
    const lines = await records([drop('Nov 22 14:44:42.500'), drop('Nov 22 14:44:46.500')].join('\n'));
    const text = new SwitchLookup(lines);
    text.on(seen('OFFER', '2026-11-22T12:44:42.400Z', RACK));
    text.on(seen('OFFER', '2026-11-22T11:44:46.400Z', RACK));
    text.on(seen('ACK', '2026-11-22T12:44:46.400Z', RACK));
    expect(lines.map(({ time }) => time?.sure)).toEqual(['possible', 'possible']);
  });

  it('lie apart where no capture ran', async () => {
    const lines = await records([drop('Nov 22 2026 12:44:42 UTC'), drop('Nov 21 2026 12:44:42 UTC')].join('\n'));
    const text = new SwitchLookup(lines);
    expect(
      lines.map((line) => text.during(line)),
      'before a capture is known',
    ).toEqual([true, true]);
    const from = Date.parse('2026-11-22T12:40:00Z') * 1000;
    text.covered(from, from + 60e6);
    expect(lines.map((line) => text.during(line))).toEqual([true, false]);
  });
});

describe('a port', () => {
  it.each([
    ['Gi1/0/7', 'GigabitEthernet1/0/7'],
    ['Eth1/7', 'Ethernet1/7'],
    ['Po1', 'port-channel1'],
    ['Twe1/0/1', 'TwentyFiveGigE1/0/1'],
    ['ge-0/0/7', 'ge-0/0/7.0'],
    ['Te 0/2', 'TenGigabitEthernet 0/2'],
  ])('%s is %s', (a, b) => {
    expect(portKey(a)).toBe(portKey(b));
  });

  it.each([
    ['Gi1/0/7', 'Gi1/0/70'],
    ['Gi1/0/7', 'Te1/0/7'],
    ['Twe1/0/1', 'Two1/0/1'],
    ['ge-0/0/7', 'xe-0/0/7'],
    ['1/1/7', '1/17'],
    ['A7', 'B7'],
  ])('%s is not %s', (a, b) => {
    expect(portKey(a)).not.toBe(portKey(b));
  });

  it('is trusted where a table says so', async () => {
    const text = new SwitchLookup(
      await records(
        [
          'sw1#show ip dhcp snooping',
          'Interface                  Trusted    Allow option    Rate limit (pps)',
          '-----------------------    -------    ------------    ----------------',
          'GigabitEthernet1/0/1       yes        yes             unlimited',
          'GigabitEthernet1/0/2       no         no              15',
        ].join('\n'),
        'show',
      ),
    );
    expect(text.trustOf('Gi1/0/1')).toBe('trusted');
    expect(text.trustOf('Gi1/0/2', 'sw1')).toBe('untrusted');
    expect(text.trustOf('Gi1/0/2', 'sw9')).toBeUndefined();
    expect(text.trustOf('Gi1/0/3')).toBeUndefined();
  });
});
