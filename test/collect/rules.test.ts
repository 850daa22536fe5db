import { describe, expect, it } from 'vitest';
import { approvalOf } from '../../src/collect/approval.ts';
import { blankBytes, blankSecrets } from '../../src/collect/blank.ts';
import { clockOf } from '../../src/collect/clock.ts';
import { excluded, EXCLUSIONS } from '../../src/collect/exclude.ts';
import { mayHold, windowOf } from '../../src/collect/window.ts';
import { NO_APPROVAL, NOW } from './scene.ts';

const DAY = 86_400;

describe('what is never opened', () => {
  it.each([
    ['maas-configuration', '/var/snap/maas/current/regiond.conf', '/etc/maas/rackd.conf', '/etc/maas/regiond.conf.bak'],
    ['maas-secret', '/var/snap/maas/common/maas/secret', '/var/lib/maas/secret'],
    ['maas-command', '/root/.maascli.db', '/home/x/snap/maas/1/.maascli.db'],
    ['maas-database', '/var/lib/postgresql/16/main/base/1', '/backup/maas.sql.gz', '/var/lib/x.sqlite3'],
    ['preseed', '/var/lib/cloud/instance/user-data.txt', '/var/snap/maas/current/preseeds/curtin_userdata'],
    [
      'private-key',
      '/var/lib/maas/http/regiond-nginx-key.pem',
      '/root/.x/id_ed25519',
      '/etc/ssl/private/a.pem',
      '/x/y.KEY',
    ],
    ['dns-key', '/etc/bind/rndc.conf', '/var/snap/maas/current/bind/session.key', '/etc/bind/named.conf.rndc.maas'],
    [
      'credentials',
      '/etc/apt/auth.conf',
      '/etc/apt/auth.conf.d/x',
      '/root/.netrc',
      '/root/.ssh/config',
      '/etc/chrony/chrony.keys',
    ],
    ['accounts', '/etc/shadow', '/etc/gshadow-', '/etc/sudoers.d/x'],
    ['named-secret', '/opt/API-Token.txt', '/x/PASSWORDS', '/x/my secret.yaml'],
    ['kernel-memory', '/dev/sda', '/proc/kcore', '/proc/self/environ', '/proc/1/environ', '/var/crash/x'],
  ])('%s', (id, ...paths) => {
    for (const path of paths) expect([path, excluded(path)?.id]).not.toEqual([path, undefined]);
    expect(
      EXCLUSIONS.some((rule) => rule.id === id && paths.some((path) => rule.pattern.test(path.toLowerCase()))),
    ).toBe(true);
  });

  it.each([
    '/var/snap/maas/common/log/regiond.log',
    '/var/snap/maas/common/log/rackd.log.1',
    '/var/snap/maas/common/maas/dhcpd.conf',
    '/var/lib/maas/dhcp/dhcpd.leases',
    '/var/log/maas/rsyslog/node/2026-01-10/messages',
    '/etc/resolv.conf',
    '/etc/bind/named.conf.options',
    '/var/snap/maas/current/http/regiond-nginx-cert.pem',
    '/proc/1234/net/bonding/bond0',
    '/etc/apt/apt.conf.d/90proxy',
  ])('but not %s', (path) => {
    expect(excluded(path)).toBeUndefined();
  });

  it('is decided in linear time', () => {
    for (const unit of ['/', 'a/', 'password', '.key', '/maas/', '-', '.', '/named.conf.rndc']) {
      const begun = performance.now();
      excluded(unit.repeat(8192 / unit.length));
      expect([unit, performance.now() - begun < 500]).toEqual([unit, true]);
    }
  });
});

describe('secrets in configuration', () => {
  it.each([
    ['  secret "c2VjcmV0";', '  secret "********";'],
    ['omapi secret c2VjcmV0;', 'omapi secret ********;'],
    ['password: "open sesame"', 'password: "***********"'],
    ["  psk = 'x y'", "  psk = '***'"],
    ['{"api_key": "abc", "name": "x"}', '{"api_key": "***", "name": "x"}'],
    ['database_pass: hunter2', 'database_pass: *******'],
    ['Acquire::http::Proxy "http://joe:pw@h:3128/";', 'Acquire::http::Proxy "http://joe:**@h:3128/";'],
    ['Authorization: Basic am9lOnB3', 'Authorization: **************'],
  ])('%s', (before, after) => {
    expect(blankSecrets(before).text).toBe(after);
    expect(blankSecrets(after)).toEqual({ text: after, blanked: {} });
  });

  it('keeps what only looks alike', () => {
    for (const text of [
      'secretary: Ann',
      'compass: north',
      'http://h:3128/',
      'subnet 192.0.2.0 netmask 255.255.255.0 {}',
    ]) {
      expect(blankSecrets(text).text).toBe(text);
    }
  });

  it('blanks private keys, also one without its end', () => {
    const pem = (end: string): string => `x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n${end}`;
    expect(blankSecrets(pem('-----END RSA PRIVATE KEY-----\ny'))).toEqual({
      text: 'x\n-----BEGIN RSA PRIVATE KEY-----\n****\n****\n-----END RSA PRIVATE KEY-----\ny',
      blanked: { 'private-key-block': 1 },
    });
    expect(blankSecrets(pem('')).text).toBe('x\n-----BEGIN RSA PRIVATE KEY-----\n****\n****\n');
  });

  it('leaves every other byte as it was', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    expect(blankBytes(bytes, false).bytes.equals(bytes)).toBe(true);
  });

  it('takes linear time on whatever is repeated', () => {
    for (const unit of [
      'secret "',
      'password=',
      '://a:',
      '-----BEGIN PRIVATE KEY-----',
      'authorization:',
      'secret\t',
      "token: '",
    ]) {
      const begun = performance.now();
      blankSecrets(unit.repeat(Math.floor(1_000_000 / unit.length)));
      expect([unit, performance.now() - begun < 3_000]).toEqual([unit, true]);
    }
  });
});

describe('the window', () => {
  it.each([
    ['2026-01-10T00:00:00Z', '', NOW - DAY / 2, NOW],
    ['2026-01-10T01:00:00+01:00', '', NOW - DAY / 2, NOW],
    ['2026-01-10', '', NOW - DAY / 2, NOW],
    ['90m', '', NOW - 5400, NOW],
    ['3d', '1d', NOW - 3 * DAY, NOW - DAY],
    ['@1', '@2', 1, 2],
    ['', '', NOW - DAY, NOW],
  ])('%s .. %s', (since, until, from, to) => {
    expect(windowOf(NOW, since, until)).toEqual({ since: from, until: to });
  });

  it.each([
    ['2026-01-10T00:00:00', ''],
    ['yesterday', ''],
    ['10', ''],
    ['', '-1h'],
    ['2026-13-40T00:00:00Z', ''],
    ['1h', '2h'],
    ['2026-01-11', ''],
  ])('refuses %s .. %s', (since, until) => {
    expect(() => windowOf(NOW, since, until)).toThrow(/give/);
  });

  it('holds live logs always, rotated ones by their last line, folders of a day by their name', () => {
    const window = { since: NOW - DAY, until: NOW };
    const old = NOW - 9 * DAY;
    expect(mayHold('/log/regiond.log', old, window)).toBe(true);
    expect(mayHold('/log/regiond.log.1', old, window)).toBe(false);
    expect(mayHold('/log/regiond.log.1', NOW - DAY / 2, window)).toBe(true);
    expect(mayHold('/log/regiond.log-20260101.gz', old, window)).toBe(false);
    expect(mayHold('/log/regiond.log-20260110.gz', NOW - 100, window)).toBe(true);
    expect(mayHold('/log/node/2026-01-10/messages', NOW, window)).toBe(true);
    expect(mayHold('/log/node/2026-01-08/messages', NOW, window)).toBe(true);
    expect(mayHold('/log/node/2026-01-01/messages', NOW, window)).toBe(false);
    expect(mayHold('/log/node/2026-01-20/messages', NOW, window)).toBe(false);
  });
});

describe('the clock', () => {
  const at = '2026-01-10T12:00:00Z';
  it('as each time service says it', () => {
    const sync = '       Server: 192.0.2.1 (ntp.example)\n       Offset: +1min 1.500s\n';
    expect(clockOf({ 'timesync-status.txt': sync, 'timedatectl.txt': 'NTPSynchronized=yes\n' }, at)).toEqual({
      source: 'systemd-timesyncd',
      synchronized: true,
      offsetSeconds: -61.5,
      reference: '192.0.2.1',
      asked: at,
    });
    expect(clockOf({ 'timedatectl.txt': 'NTP=yes\nNTPSynchronized=no\n' }, at)).toMatchObject({
      source: 'timedatectl',
      synchronized: false,
      offsetSeconds: null,
    });
    expect(clockOf({ 'chrony-tracking.csv': 'nonsense' }, at)).toMatchObject({ source: 'unknown', synchronized: null });
  });
});

describe('approval', () => {
  const window = { since: '2026-01-09T12:00:00Z', until: '2026-01-10T12:00:00Z' };
  const said = { ...NO_APPROVAL, by: 'A. Officer', ticket: 'INC-7', scope: 'rack-1' };
  it('that is required lists all that it lacks', () => {
    expect(() => approvalOf(NO_APPROVAL, window, false, true, [], window.until)).toThrow(
      /--approved-by, --ticket, --scope, --since: nothing was collected/,
    );
    expect(() => approvalOf({ ...said, ticket: ' ' }, window, true, true, [], window.until)).toThrow(/lacks --ticket:/);
  });
  it('records what was said, and the kinds of data', () => {
    const approval = approvalOf({ ...said, purpose: 'boot failures' }, window, true, true, ['mac'], window.until);
    expect(approval).toEqual({
      by: 'A. Officer',
      ticket: 'INC-7',
      scope: 'rack-1',
      window,
      purpose: 'boot failures',
      dataCategories: ['mac'],
      recorded: window.until,
    });
    expect(approvalOf(NO_APPROVAL, window, false, false, [], window.until)).toBeUndefined();
    expect(() => approvalOf({ ...said, retainUntil: 'soon' }, window, true, false, [], '')).toThrow(/--retain-until/);
  });
});
