import { ACCOUNT, assigned, matches, type TextRule } from './rule.ts';
import { isPerson } from './accounts.ts';

export const userName: TextRule = {
  id: 'user-name',
  title: 'Accounts',
  kind: 'username',
  about:
    'sshd, PAM, sudo, su, cron, logind, useradd and audit messages; `user=`, `uid=1000(name)`, `acct=`; switch logins; HTTP log users; home directories; `user@host`. Accounts that every system has (root, daemon, www-data, ubuntu …) stay.',
  hints: [
    'user',
    'uid',
    'login',
    'logname',
    'acct',
    'sudo',
    'tty',
    'cmd (',
    'cron',
    'for ',
    'su:',
    'su[',
    '/home/',
    '/users/',
    'account',
    'owner',
    '@',
    ' - ',
    'by ',
    'hier_',
    'tcp_',
    'none/',
    'requester',
    'principal',
    'nick',
  ],
  find: matches(
    [
      ...assigned(
        '(?:user(?:[_-]?name)?|login|logname|acct|account|owner|ruser|tuser|uname|sudo_user|created_by|modified_by|requester|principal|remote_user|nick)',
      ).slice(0, 3),
      new RegExp(
        `((?:(?:user(?:[_-]?name)?|login|logname|acct|account|owner|ruser|uname|sudo_user|principal|remote_user))[ \\t]{0,4}[=:][ \\t]{0,4})(${ACCOUNT})(?![\\w=:/\\\\])`,
        'gi',
      ),
      new RegExp(`((?<![\\w-])(?:uid|gid|groups|auid)=\\d{1,10}\\()(${ACCOUNT})(?=\\))`, 'g'),
      new RegExp(
        `((?:invalid user |illegal user |[Ff]or user |by user |of user |new user:? name=|[Uu]ser:? |[Uu]sername |[Ll]ogin (?:for|of|by) |[Aa]ccount )["'<(]{0,2})(?!name|id|is |not|has|was|from|on|in|unknown|session|agent|data|space|mode|with|for|to|of|and|account|manager|logged|slice|service|runtime|process|group|database|request|can|does|must|input|defined|level|limit|service|lookup|script|land)(${ACCOUNT})(?=["'>).,;:]{0,3}(?: |$|\\())`,
        'gm',
      ),
      new RegExp(`((?:Accepted|Failed|Postponed) [\\w/-]{1,32} for (?:invalid user )?)(${ACCOUNT})(?= from )`, 'g'),
      new RegExp(
        `((?:Disconnected from|Connection (?:closed|reset) by|Disconnecting) (?:authenticating|invalid) user )(${ACCOUNT})(?= )`,
        'g',
      ),
      new RegExp(`(session (?:opened|closed) for user )(${ACCOUNT})`, 'g'),
      new RegExp(`(session opened for user [^\\r\\n]{1,128} by )(${ACCOUNT})(?=\\()`, 'g'),
      new RegExp(`(sudo(?:\\[\\d{1,10}\\])?:[ \\t]{1,64})(${ACCOUNT})(?= : )`, 'g'),
      new RegExp(`((?<![\\w-])su(?:\\[\\d{1,10}\\])?: (?:FAILED SU )?\\(to \\S{1,64}\\) )(${ACCOUNT})`, 'g'),
      new RegExp(`((?<![\\w-])su(?:\\[\\d{1,10}\\])?: (?:FAILED SU )?\\(to )(${ACCOUNT})(?=\\))`, 'g'),
      new RegExp(`((?<![\\w-])CRON(?:\\[\\d{1,10}\\])?: \\()(${ACCOUNT})(?=\\) )`, 'gi'),
      /(passwd\/(?:username|user-fullname)[ \t]{1,8}string[ \t]{1,8})(\S[^\r\n]{0,128})/g,
      new RegExp(`(LOGIN ON \\S{1,32} BY )(${ACCOUNT})`, 'g'),
      // Cisco-like: `Configured from console by admin on vty0`, `Login Success [user: admin]`.
      new RegExp(`((?:from \\S{1,32} by |\\[user: ?))(${ACCOUNT})(?= on |\\]| \\()`, 'g'),
      new RegExp(
        `((?<![\\w-])username[ \\t]{1,4})(${ACCOUNT})(?=[ \\t]{1,4}(?:privilege|role|secret|password|nopassword|sshkey|view|algorithm))`,
        'gi',
      ),
      new RegExp(
        `((?:/home|/Users|/var/spool/cron/crontabs|/var/mail|/run/user|C:\\\\\\\\?Users)[/\\\\]{1,2})(${ACCOUNT})`,
        'g',
      ),
      // Combined log format: host, identity, user.
      new RegExp(`(^\\S{1,255} (?:-|\\S{1,64}) )(?!-)(${ACCOUNT})(?= \\[\\d\\d/)`, 'gm'),
      // squid access.log: the user stands before the hierarchy code.
      new RegExp(
        `( (?:GET|POST|CONNECT|HEAD|PUT|OPTIONS|DELETE) \\S{1,4096} )(?!-)(${ACCOUNT})(?= [A-Z_]{4,40}/)`,
        'g',
      ),
      new RegExp(`((?<![\\w.@-]))(${ACCOUNT.replace('@', '')})(?=@[A-Za-z0-9_-]{1,63}(?:[:~$# ]|$))`, 'gm'),
    ],
    isPerson,
  ),
  samples: [
    'sshd[1]: Accepted publickey for «alice» from 10.0.0.9 port 51234 ssh2',
    'sshd[1]: Failed password for invalid user «bob» from 10.0.0.9',
    'sshd[1]: Invalid user «oracle9» from 10.0.0.9',
    'pam_unix(sudo:session): session opened for user root(uid=0) by «carol»(uid=1000)',
    'sudo:    «alice» : TTY=pts/0 ; PWD=/home/«alice» ; USER=root ; COMMAND=/bin/ls',
    'systemd-logind[9]: New session 3 of user «alice».',
    'uid=1000(«alice») gid=1000(«alice»)',
    'CRON[77]: («dave») CMD (ls)',
    '10.0.0.9 - «frank» [10/Oct/2026:13:55:36 -0700] "GET / HTTP/1.0" 200 2326',
    '1732290445.123    100 10.0.0.5 TCP_MISS/200 1234 GET http://a/ «gina» HIER_DIRECT/1.2.3.4 text/html',
    '%SYS-5-CONFIG_I: Configured from console by «netops» on vty0',
    '{"user": "«alice»"}',
    'useradd[3]: new user: name=«hank», UID=1001',
  ],
  quiet: [
    'Failed password for root from 10.0.0.9',
    'user unknown',
    'User session started',
    '10.0.0.9 - - [10/Oct/2026:13:55:36 -0700] "GET"',
    'for user root',
    'uid=0(root)',
  ],
  worst: ['user ', 'user=', 'for user a.', 'a@', 'aaaa.', '/home/a', 'session opened for user ', ' GET a', 'sudo: '],
};
