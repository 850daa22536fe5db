import { assigned, HOST, matches, type TextRule } from './rule.ts';

const KEYS =
  '(?:(?:host[_-]?name|fqdn|hname|sysname|nodename|servername|server_name|domain_name|node_name|machine_name|computer_?name|ddns-(?:fwd|rev)-name|search_?domains?)|(?<![A-Za-z.-])(?:host|DNSDomain|DNS|node|machine|ansible_host|rhost))';

const byKey = matches(
  [
    ...assigned(KEYS).slice(0, 3),
    new RegExp(`(${KEYS}(?:\\\\?["'])?[ \\t]{0,4}[=:][ \\t]{0,4})(${HOST})(?![\\w.-]*[(/\\\\])`, 'gi'),
    new RegExp(
      `((?<![\\w-])(?:host-name|client-hostname|ddns-(?:host|domain)name|domain-name|domain-search|tftp-server-name|server-name|next-server|ddns-(?:fwd|rev)-name|dhcp-server-host|nis-domain|netbios-node)[ \\t]{1,8}=?[ \\t]{0,8}"?)(${HOST})`,
      'gi',
    ),
    new RegExp(
      `(^[ \\t]{0,16}(?:set system host-name|hostname|switchname|sysname|ip domain[- ]name|ip domain-list|domain|host|shared-network|failover peer|zone)[ \\t]{1,8}"?)(${HOST})(?="?[ \\t]*[;{\\r]?[ \\t]*\\r?$)`,
      'gim',
    ),
    new RegExp(`(^[ \\t]{0,16}(?:search|domain)[ \\t]{1,8}(?:${HOST}[ \\t]{1,4}){0,5}?)(${HOST})`, 'gm'),
    new RegExp(
      `((?:Hostname set to|[Ss]et(?:ting)? (?:the )?(?:static |transient )?hostname to|hostname (?:is|to)|Static hostname:|Transient hostname:|client provides name:|[Nn]ode name:)[ \\t]{1,8}["'<]{0,2})(${HOST})`,
      'g',
    ),
    // XML: libvirt, switches, inventories.
    new RegExp(
      `(<(?:host|node|machine|server|computer|domain|system|device)[ \\t][^<>]{0,256}?(?<![\\w-])name=["'])(${HOST})`,
      'gi',
    ),
    new RegExp(`(<(?:host|(?:host|node|computer|system|sys|device)[_-]?name|fqdn)>)(${HOST})(?=</)`, 'gi'),
  ],
  named,
);
const listed = matches(new RegExp(`(, ?")(${HOST})(?=")`, 'g'), named);

export const hostName: TextRule = {
  id: 'host-name',
  title: 'Host and domain names by their key',
  kind: 'hostname',
  about:
    '`hostname=`, `fqdn:`, `host=`, `rhost=`; dhcpd `option host-name "…"`, `client-hostname`, `ddns-hostname`, `domain-name`, `domain-search`, `host NAME {`, `set ddns-fwd-name`; `hostname NAME` of a switch; netplan and resolv.conf `search`.',
  hints: ['host', 'name', 'node', 'machine', 'dns', 'search', 'domain'],
  find(text, found) {
    byKey(text, found);
    // Every name of a search list.
    if (text.includes('domain-search')) listed(text, found);
  },
  samples: [
    'hostname=«node-17»',
    '{"fqdn": "«node1.rack.example.com»", "x": 1}',
    '  client-hostname "«fun-zebra»";',
    'set ddns-fwd-name = "«n1.example.org»";',
    'host «blade3» { hardware ethernet 52:54:00:12:34:56; }'.replace(' { hardware ethernet 52:54:00:12:34:56; }', ' {'),
    'hostname «leaf-sw-2»',
    '<host id="3" name="«blade3»"><sysName>«leaf-sw-2»</sysName>',
    'systemd[1]: Hostname set to <«node4»>.',
    'option domain-name "«corp.example.org»";',
    'option domain-search "«a1.example.org»", "«b2.example.org»";',
  ],
  quiet: ['host: ', 'hostname lookup failed', 'host key verification failed', 'nameserver 10.0.0.1'],
  worst: ['hostname', 'host=a.', 'search a ', 'host a', 'a.host', 'domain-search a, "'],
};

/** Words that stand where a name could. */
function named(value: string): boolean {
  return (
    value.length > 1 &&
    !/^(?:localhost|none|null|true|false|unknown|no|yes|dhcp|any|key|lookup|is|not|unset|\d+)$/i.test(value)
  );
}
