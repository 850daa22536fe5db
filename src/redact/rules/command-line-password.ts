import { matches, type TextRule } from './rule.ts';

export const commandLinePassword: TextRule = {
  id: 'command-line-password',
  title: 'Password in a command line',
  kind: 'secret',
  about: 'Options of tools in logs of processes and shells: `ipmitool -P`, `ipmipower -p`, `curl -u user:password`, `mysql -p…`, `sshpass -p`, `wget --password=`, `openssl -passin pass:`, `smbclient -U user%password`, `--password VALUE` and its kin of any tool, `echo user:password | chpasswd`.',
  hints: ['ipmi', 'curl', 'sshpass', 'mysql', '--p', '--t', '--s', '--a', '-pass', 'pass:', 'chpasswd', 'smb', 'ldap', 'redfish', 'racadm', 'wsman', 'fence_', 'hponcfg', '-passphrase', '--ht'],
  find: matches([
    /((?<![\w-])--?(?:[a-z]{1,20}[_-]){0,3}(?:password|passwd|passphrase|pass|secret|token|api-?key|access-key|secret-key|auth-key|psk|credentials?)(?:[ \t]{1,4}|=)["']?)((?!-)[^\s"']{1,1024})/gi,
    /((?<![\w-])ipmitool[ \t][^\r\n]{0,200}?[ \t]-[PKY][ \t]{0,4}["']?)([^\s"']{1,256})/g,
    /((?<![\w-])(?:ipmi-?(?:power|console|chassis|oem|sensors|sel|fru|raw|config)|bmc-(?:config|info|device)|racadm|fence_\w{1,32}|sshpass|wsman|amttool|sqlcmd)[ \t][^\r\n]{0,200}?[ \t]?-[pP][ \t]{0,4}["']?)([^\s"']{1,256})/g,
    /((?<![\w-])(?:curl|wget|http|lwp-request)[ \t][^\r\n]{0,300}?[ \t](?:-u|--user|--proxy-user|-U)[ \t=]{1,4}["']?[^\s"':]{0,128}:)([^\s"']{1,512})/g,
    /((?<![\w-])(?:mysql|mysqldump|mysqladmin|mariadb)[ \t][^\r\n]{0,200}?[ \t]-p)([^\s"'-][^\s"']{0,256})/g,
    /((?<![\w-])(?:smbclient|smbget|rpcclient|net)[ \t][^\r\n]{0,200}?-U[ \t]{0,4}["']?[^\s"'%]{1,128}%)([^\s"']{1,256})/g,
    /((?<![\w-])ldap(?:search|modify|add|passwd|whoami)[ \t][^\r\n]{0,300}?[ \t]-w[ \t]{1,4}["']?)([^\s"']{1,256})/g,
    /((?<![\w-])-pass(?:in|out|word)?[ \t]{1,4}(?:pass:)?["']?)((?!file:|env:|fd:|stdin)[^\s"'-][^\s"']{0,256})/g,
    /((?<![\w-])(?:echo|printf)[ \t]{1,4}(?:-[en]{1,2}[ \t]{1,4})?["']?[\w.-]{1,64}:)([^\s"'|]{1,256})(?=["']?[ \t]{0,8}\|[ \t]{0,8}(?:sudo[ \t]{1,4})?(?:\/usr)?(?:\/sbin\/)?chpasswd)/g,
  ]),
  samples: [
    'ipmitool -I lanplus -H 10.0.0.9 -U maas -P «Xy7!kqpw» power status',
    'ipmipower -h bmc1 -u maas -p «Xy7kqpw» --stat',
    'curl -k -u root:«calvin99» https://bmc/redfish/v1',
    'sshpass -p «hunter2» ssh admin@sw1',
    'virsh --password «hunter2» list',
    'tool --api-key=«abcd1234» run',
    "echo 'ubuntu:«passw0rd»' | chpasswd",
  ],
  quiet: ['curl -u', 'ipmitool -H x power status', 'run with --password-file', 'mkdir -p /tmp/x', 'ssh -p 22 host'],
  worst: ['ipmitool ', 'curl a', '--a-', 'mysql  ', 'echo a:'],
};
