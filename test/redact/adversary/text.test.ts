import { describe, expect, it } from 'vitest';
import { PLACEHOLDER } from '../../../src/redact/rules/rule.ts';
import type { Action, Kind } from '../../../src/redact/kinds.ts';
import { redactOne } from '../text/case.ts';

const MAC = '52:54:00:c3:9a:71';
const LINE = `Nov 22 12:54:08 zebrafish-ctl dhcpd[3]: DHCPACK on 10.66.77.88 to ${MAC} (zebrafish-ctl) via br0\n`;
const AUDITOR: Partial<Record<Kind, Action>> = { email: 'pseudonym', text: 'pseudonym' };
const PUBLIC: Partial<Record<Kind, Action>> = { text: 'drop', username: 'drop', url: 'drop', 'vlan-name': 'drop' };

/** Redacts under two policies: none of the originals may stand in what is written, and the gate's reading agrees. */
async function gone(text: string, name: string, originals: readonly string[]): Promise<string> {
  let shown = '';
  for (const actions of [PUBLIC, AUDITOR]) {
    const { text: out, checked } = await redactOne(text, name, actions);
    for (const one of originals) expect(out.toLowerCase()).not.toContain(one.toLowerCase());
    expect(checked.hits).toEqual([]);
    shown = out;
  }
  return shown;
}

describe('fields that a format keeps', () => {
  const values = {
    scope: 'zebrafish.acme.com',
    family: MAC,
    method: '10.66.77.88',
    protocol: 'password=Hunter2Hunter2',
    message_id: 'alice.smith@acme.com',
    SYSLOG_IDENTIFIER: 'agent-10.66.77.88',
  };
  const originals = ['zebrafish', 'c3:9a:71', '66.77.88', 'Hunter2', 'alice'];

  it('hold no address, name or secret in JSON', async () => {
    await gone(`${JSON.stringify(values)}\n`, 'a.json', originals);
  });

  it('nor in YAML', async () => {
    const lines = Object.entries(values).map(([key, value]) => `${key}: ${value}\n`);
    await gone(lines.join(''), 'a.yaml', originals);
  });

  it('nor in CSV', async () => {
    const quoted = Object.values(values).map((value) => `"${value}"`);
    await gone(`${Object.keys(values).join(',')}\n${quoted.join(',')}\n`, 'a.csv', originals);
  });

  it('nor in a journal, whose programs may be named as a host', async () => {
    const entry = `__REALTIME_TIMESTAMP=1763816400123456\n_HOSTNAME=zebrafish-ctl\n_COMM=zebrafish-ctl\nSYSLOG_IDENTIFIER=agent-10.66.77.88\nMESSAGE=x\n\n`;
    await gone(entry, 'a.export', ['zebrafish', '66.77.88']);
  });

  it('keep what says nothing of a site', async () => {
    const text = `${JSON.stringify({ level: 'error', family: 'inet6', method: 'GET', MESSAGE_ID: 'fc2e22bc6ee647b6b90729ab34a250b1' })}\n`;
    for (const actions of [AUDITOR]) expect((await redactOne(text, 'a.json', actions)).text).toBe(text);
  });
});

describe('keys and names of structured files', () => {
  it('of a secret object are rewritten too', async () => {
    const keys = { [MAC]: 'x', '10.66.77.88': ['y'], 'db7.acme.com': 'z' };
    await gone(`${JSON.stringify({ password: keys })}\n`, 'a.json', ['c3:9a', '66.77', 'acme']);
    await gone(`passwords:\n  ${MAC}: x\n  db7.acme.com: y\n`, 'a.yaml', ['c3:9a', 'acme']);
  });

  it('anchors, aliases and tags of YAML are numbered, and comments behind an alias are rewritten', async () => {
    const text = 'a: &zebrafish-anchor 1\nb: *zebrafish-anchor # on 10.66.77.88\nc: !zebrafish 2\n';
    const out = await gone(text, 'a.yaml', ['zebrafish', '66.77.88']);
    expect(out).toMatch(/^a: &(\S+) 1\nb: \*\1 # on /);
  });
});

describe('addresses in disguise', () => {
  it.each([
    ['a dump of tcpdump', '\t0x0000:  5254 00c3 9a71 5254 0011 2233 0800 4500  RT...qRT.."3..E.', ['00c3 9a71']],
    ['a dump of Wireshark', '0010  0a 42 4d 58 c0 00 02 01  .BMX....', ['0a 42 4d 58', 'BMX']],
    ['bytes of C', '{0x52, 0x54, 0x00, 0xc3, 0x9a, 0x71}', ['0xc3, 0x9a']],
    ['defanged', '10[.]66[.]77[.]88 and 52[:]54[:]00[:]c3[:]9a[:]71', ['[.]77[.]88', '[:]9a[:]71']],
    ['coloured', '52:54:00:\u001b[31mc3:9a:71\u001b[0m zebra\u001b[1mfish-ctl', ['c3:9a:71', 'fish-ctl']],
    ['parted by nothing visible', '52:54:00:\u200bc3:9a:71 zebrafish\u200b-ctl', ['c3:9a:71', 'zebrafish']],
  ])('%s', async (_what, line, originals) => {
    await gone(`${LINE}${line}\n`, 'a.log', originals);
  });
});

describe('names', () => {
  it('beyond ASCII are one name in all of a case, and pass the gate', async () => {
    const text = `Nov 22 12:54:08 müllerbüro-7 dhcpd[3]: up\n${LINE}müllerbüro-7 again\n`;
    const out = await gone(text, 'a.log', ['müllerbüro', 'llerb']);
    const first = out.split('\n')[0]?.split(' ')[3] ?? '';
    expect(first).not.toBe(PLACEHOLDER);
    expect(out.split('\n')[2]).toBe(`${first} again`);
  });

  it('of hosts in XML, of users in .netrc and after curl -u', async () => {
    const lines = [
      '<host name="zebrafish-ctl"/>',
      'machine a.test login alicesmith password x',
      'curl -u alicesmith:x a',
    ];
    await gone(`${lines.join('\n')}\n`, 'a.log', ['zebrafish', 'alicesmith']);
  });
});
