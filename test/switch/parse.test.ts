import { describe, expect, it } from 'vitest';
import { macText } from '../../src/wire/values.ts';
import { records, understood } from './texts.ts';

const IOS = ['Vlan    Mac Address       Type        Ports', '----    -----------       --------    -----'];
const ROW = '  10    0050.56aa.bbcc    DYNAMIC     Gi1/0/7';

async function kinds(...lines: string[]): Promise<string[]> {
  return (await understood(lines.join('\n'), 'show')).map(({ is }) => is);
}

describe('a text', () => {
  it('may hold several dialects and switches', async () => {
    const text = [
      'Nov 22 12:44:42 sw1 9: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 5254.00aa.bb01',
      '2026-11-22T12:44:42.208123+00:00 cx1 dhcpv4-snoopd[2771]: Event|8201|LOG_WARN|AMM|1/1|Server 10.0.10.9 packet received on untrusted port 1/1/7 dropped.',
      'Nov 22 12:44:42  ex1 eswd[12]: ESWD_STP_STATE_CHANGE_INFO: STP state for interface ge-0/0/45.0 context id 0 changed from FORWARDING to BLOCKING',
    ].join('\r\n');
    expect((await records(text)).map(({ dialect, device, line }) => [dialect, device, line])).toEqual([
      ['cisco-ios', 'sw1', 1],
      ['hpe-aos-cx', 'cx1', 2],
      ['juniper-ex', 'ex1', 3],
    ]);
  });

  it('tells by its prompts which switch a table is of', async () => {
    const text = [
      'sw1#sh mac add',
      ...IOS,
      ROW,
      'admin@ex1> show something',
      'sw2(config)# do sh mac add',
      ...IOS,
      ROW,
    ];
    expect((await records(text.join('\n'), 'show')).map(({ device }) => device)).toEqual(['sw1', 'sw2']);
  });

  it('may have been paged', async () => {
    const wiped = `${'\b'.repeat(9)}        ${'\b'.repeat(9)}`;
    const text = [...IOS, ROW, ` --More-- ${wiped}${ROW.trimStart()}`, '---(more 40%)---', ROW].join('\n');
    const rows = await records(text, 'show');
    expect(rows.map(({ mac, line }) => [macText(mac), line])).toEqual([
      ['00:50:56:aa:bb:cc', 3],
      ['00:50:56:aa:bb:cc', 4],
      ['00:50:56:aa:bb:cc', 6],
    ]);
  });
});

describe('rows', () => {
  it('count under their header only', async () => {
    expect(await kinds(ROW)).toEqual(['unknown']);
    expect(await kinds(...IOS, ROW)).toEqual(['known', 'known', 'record']);
    expect(await kinds(...IOS, ROW, 'sw1#show other', ROW)).toEqual(['known', 'known', 'record', 'known', 'unknown']);
  });

  it('of a table that is not known are not those of the one before', async () => {
    const heading = 'Vlan    Mac Address       Type        Something else';
    expect(await kinds(...IOS, ROW, heading, '----    -----------', ROW)).toEqual([
      'known',
      'known',
      'record',
      'unknown',
      'known',
      'unknown',
    ]);
    expect(await kinds(...IOS, ROW, '', heading, ROW)).toEqual(['known', 'known', 'record', 'unknown', 'unknown']);
  });

  it('go on after a log line that the console printed between them', async () => {
    const log = '*Nov 22 12:44:42.208: %LINK-3-UPDOWN: Interface GigabitEthernet4/13, changed state to down';
    expect(await kinds(...IOS, ROW, log, ROW)).toEqual(['known', 'known', 'record', 'record', 'record']);
  });

  it('of a log are none', async () => {
    expect((await understood([...IOS, ROW].join('\n'), 'log')).map(({ is }) => is)).toEqual([
      'unknown',
      'known',
      'unknown',
    ]);
  });
});
