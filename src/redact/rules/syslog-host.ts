import { HOST, matches, type TextRule } from './rule.ts';

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const BSD = `[*.]?(?:\\d{4} )?${MONTH} {1,2}\\d{1,2}(?: \\d{4})? \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?: [A-Z]{3,5})?:?`;
const ISO = '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?';
const UNIX = '\\d{9,10}\\.\\d{6}';
/** Also one that holds letters beyond ASCII: nothing forbids it to those who write logs. */
const ANY_HOST = HOST.replaceAll('A-Za-z0-9', 'A-Za-z0-9\\u00a1-\\uffff');
/** A level or a module stands there as well: what is in brackets, or ends in a colon, is no host. */
const NAME = `(?!\\d{1,3}(?:\\.\\d{1,3}){3} )(?!(?:INFO|DEBUG|WARN|WARNING|ERROR|CRITICAL|FATAL|TRACE|NOTICE|UTC|GMT|GET|POST) )(${ANY_HOST})`;

export const syslogHost: TextRule = {
  id: 'syslog-host',
  title: 'Host of a log line',
  kind: 'hostname',
  about:
    'HOSTNAME of RFC 3164 4.1.2 and RFC 5424 6.2.4, and of journalctl: what stands between the time and the program.',
  hints: [':'],
  find: matches([
    new RegExp(
      `(^(?:<\\d{1,3}>(?:\\d )?)?(?:${BSD}|${ISO}|${UNIX}) )${NAME}(?= [^\\s:\\[]{1,128}(?:\\[[^\\]\\s]{1,32}\\])?:(?: |$))`,
      'gm',
    ),
    new RegExp(`(^<\\d{1,3}>1 (?:${ISO}|-) )(${ANY_HOST})(?= )`, 'gm'),
    // A message that a collector wrapped in its own header has two.
    new RegExp(
      `(^(?:${BSD}|${ISO}) \\S{1,255} (?:${BSD}|${ISO}) )${NAME}(?= [^\\s:\\[]{1,128}(?:\\[[^\\]\\s]{1,32}\\])?:)`,
      'gm',
    ),
    new RegExp(`(^(?:<\\d{1,3}>)?(?:${BSD}|${ISO}) )${NAME}(?= %[A-Z][A-Z0-9_-]{1,60}-\\d-|:? \\d{1,10}: )`, 'gm'),
  ]),
  samples: [
    'Nov 22 15:47:25 «rack-7» dhcpd[812]: DHCPDISCOVER',
    '<34>1 2026-10-11T22:14:15.003Z «db3.example.com» su - ID47 - failed',
    '2022-09-29T15:04:07.795515-05:00 «neuromancer» maas.node: [info] x',
    'Nov 22 15:47:25 «leaf1» 2210: Nov 22 15:47:24: %SYS-5-CONFIG_I: x',
    'Nov 22 15:47:25 «node4» kernel: x',
    'Nov 22 15:47:25 «müllerbüro-7» kernel: x',
  ],
  quiet: [
    '2023-07-25 07:23:28 maasserver.rpc: [info] x',
    '2023-07-25T07:23:28.730Z [regiond] 2023-07-25 07:23:28 m: x',
    'Nov 22 15:47:25 10.0.0.1 dhcpd: x',
    '2026-01-01 10:00:00 INFO main: x',
  ],
  worst: ['Nov 22 15:47:25 ', 'Nov 22 15:47:25 a.', '<1>1 - a'],
};
