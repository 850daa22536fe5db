/** The lines that logs are planted with. */
import { RULES } from '../../../src/redact/rules/registry.ts';
import { isVocabulary } from '../../../src/redact/pseudonyms/vocabulary.ts';
import { ip6, mac, utf8 } from '../../support/bytes.ts';
import { text } from './marks.ts';
import type { Mark } from './planter.ts';
import { MACHINES, type Machine } from './site.ts';
import * as spell from './spelling.ts';

/** A line as a program writes it, and what of it is planted. */
export interface Line {
  what: string;
  pitfall: number;
  line: string;
  marks: Mark[];
}

function line(what: string, pitfall: number, words: string, ...marks: Mark[]): Line {
  return { what, pitfall, line: words, marks: marks.map((mark) => ({ ...mark, carrier: 'text' })) };
}

/** Every spelling of a machine's addresses, in a line that says nothing else. */
function spellings(m: Machine): Line[] {
  const of = (
    kind: 'mac' | 'ipv4' | 'ipv6' | 'uuid',
    pitfall: number,
    spelled: string,
    value: string,
    before = 'seen ',
    after = ' again',
  ): Line =>
    line(
      spelled,
      pitfall,
      `Nov 22 15:47:25 ${m.name} dhcpd[812]: ${before}${value}${after}`,
      text(kind, value, spelled),
    );
  const address = m.mac;
  const link = `fe80::${spell.euiText(address)}`;
  return [
    of('mac', 1, 'colons', address),
    of('mac', 1, 'colons, upper case', address.toUpperCase()),
    of('mac', 1, 'dashes', spell.dashed(address)),
    of('mac', 1, 'dashes, upper case', spell.dashed(address).toUpperCase()),
    of('mac', 1, 'Cisco dots', spell.dotted(address)),
    of('mac', 1, 'Cisco dots, upper case', spell.dotted(address).toUpperCase()),
    of('mac', 1, 'groups with dashes', spell.dashedGroups(address)),
    of('mac', 1, 'bare', spell.bare(address)),
    of('mac', 1, 'bare, upper case', spell.bare(address).toUpperCase()),
    of('mac', 1, '0x', spell.bare(address), '0x'),
    of('mac', 1, 'short octets', spell.short(address)),
    of('mac', 1, '01- boot file', spell.dashed(address), 'pxelinux.cfg/01-', ' requested'),
    of('mac', 1, 'grub.cfg-', address, '/grub/grub.cfg-', ' not found'),
    of('mac', 1, 'BOOTIF', spell.dashed(address), 'BOOTIF=01-'),
    of('mac', 1, 'in a host name', spell.dashed(address), 'node-', '.maas offered'),
    of('mac', 1, 'in MAAS- client id', address, 'uid 00:MAAS-'),
    of('mac', 1, 'with its hardware type', address, 'uid 01:'),
    of('mac', 1, 'DUID-LLT', address, 'duid 00:01:00:01:2a:3b:4c:5d:'),
    of('mac', 1, 'DUID-LL', address, 'duid 00:03:00:01:'),
    of('mac', 1, 'DUID-LLT, bare', `000100012a3b4c5d${spell.bare(address)}`, 'duid '),
    of('mac', 1, 'EUI-64 in fe80', spell.euiText(address), 'fe80::', '%eth0'),
    of('mac', 1, 'EUI-64, bare', spell.hexOf(spell.eui64(address)), 'port guid '),
    of('mac', 1, 'EUI-64, colons', spell.hexOf(spell.eui64(address)).replace(/(..)(?=.)/g, '$1:'), 'guid '),
    of('mac', 1, 'solicited-node group', spell.solicited(address), 'NS for '),
    of('mac', 1, '33:33:ff destination', spell.hexOf(spell.group(address)).replace(/(..)(?=.)/g, '$1:')),
    of('mac', 1, 'UUID tail', m.uuid, 'system '),
    of('mac', 1, 'octal escapes', spell.octal(address), 'uid "', '"'),
    of('mac', 1, 'percent-encoded', address.replaceAll(':', '%3A'), 'GET /boot?mac=', ' HTTP/1.1'),
    of('mac', 1, 'in a query', address, 'GET /boot?mac=', ' HTTP/1.1'),
    of('mac', 16, 'base64 of its bytes', spell.base64(mac(address)), 'id '),
    of('ipv4', 2, 'dotted', m.ip),
    of('ipv4', 2, 'with a port', m.ip, 'from ', ':67'),
    of('ipv4', 2, 'with a prefix length', m.ip, 'inet ', '/24'),
    of('ipv4', 2, 'zero-padded', spell.ipPadded(m.ip)),
    of('ipv4', 2, 'dashed', spell.ipDashed(m.ip), 'host ', '--24.maas-internal'),
    of('ipv4', 2, 'ip- host name', spell.ipDashed(m.ip), 'ip-', '.ec2.internal'),
    of('ipv4', 2, 'hexadecimal boot file', spell.ipHex(m.ip), 'pxelinux.cfg/'),
    of('ipv4', 2, 'hexadecimal boot file, 7 digits', `pxelinux.cfg/${spell.ipHex(m.ip).slice(0, 7)}`, 'RRQ '),
    of('ipv4', 2, 'hexadecimal boot file, 5 digits', `pxelinux.cfg/${spell.ipHex(m.ip).slice(0, 5)}`, 'RRQ '),
    of('ipv4', 2, 'mapped, dotted', m.ip, '::ffff:'),
    of('ipv4', 2, 'mapped, hexadecimal', spell.ipMappedHex(m.ip)),
    of('ipv4', 2, 'reverse name', spell.ipReversed(m.ip), 'PTR ', '.in-addr.arpa.'),
    of('ipv4', 2, 'in a URL', m.ip, 'http://', ':5248/images/'),
    of('ipv4', 2, 'header', m.ip, 'X-Forwarded-For: ', ''),
    of('ipv4', 16, 'base64 of its text', spell.base64(utf8(`addr=${m.ip}`)), 'blob '),
    of('ipv6', 2, 'shortest', m.ip6),
    of('ipv6', 2, 'upper case', m.ip6.toUpperCase()),
    of('ipv6', 2, 'full', spell.ip6Full(m.ip6)),
    of('ipv6', 2, 'bracketed', m.ip6, 'http://[', ']:5248/'),
    of('ipv6', 2, 'with a prefix length', m.ip6, 'inet6 ', '/64'),
    of('ipv6', 2, 'bare', spell.hexOf(ip6(m.ip6)), 'if_inet6 ', ' 02 40 00 80 ens3'),
    of('ipv6', 2, 'ip6.arpa', spell.ip6Reversed(m.ip6), 'PTR ', '.ip6.arpa.'),
    of('ipv6', 2, 'link-local', link),
    of('uuid', 13, 'dashes', m.uuid),
    of('uuid', 13, 'upper case', m.uuid.toUpperCase()),
    of('uuid', 13, 'braces', m.uuid, '{', '}'),
    of('uuid', 13, 'bare', m.uuid.replaceAll('-', ''), 'uuid '),
  ];
}

/** Names and secrets, in the lines that their programs write. */
function names(m: Machine): Line[] {
  const fqdn = `${m.name}.bluthworks.example`;
  const host = text('hostname', m.name);
  const user = text('username', m.user);
  const secret = text('secret', m.secret);
  const domain = text('domain', 'bluthworks');
  return [
    line('syslog host', 13, `Nov 22 15:47:25 ${m.name} kernel: link up`, host),
    line('dhcpd client name', 13, `DHCPACK on 10.77.133.9 to 52:54:00:31:42:53 (${m.name}) via eth0`, host),
    line('forward map', 13, `Added new forward map from ${fqdn} to 10.77.133.9`, host, domain),
    line('a name in passing', 13, `nothing was heard of ${m.name} since`, host),
    line(
      'upper-case name',
      13,
      `NETBIOS ${m.name.toUpperCase()} joined`,
      text('hostname', m.name.toUpperCase(), 'upper case'),
    ),
    line('reversed labels', 16, `uid example.bluthworks.${m.name} seen`, text('hostname', m.name, 'reversed labels')),
    line(
      'kernel command line',
      13,
      `Command line: BOOT_IMAGE=/${m.file} root=http:// cloud-config-url=http://${fqdn}/x`,
      host,
      text('filename', m.file),
    ),
    line('TFTP request', 13, `in.tftpd[9]: RRQ from 10.77.133.9 filename ${m.file}`, text('filename', m.file)),
    line('serial number', 13, `Serial Number: ${m.serial}`, text('serial', m.serial)),
    line('asset tag', 13, `"serial_number": "${m.serial}"`, text('serial', m.serial)),
    line('ssh login', 13, `sshd[99]: Accepted publickey for ${m.user} from 10.77.133.9 port 51234 ssh2`, user),
    line('sudo', 13, `sudo[100]:  ${m.user} : TTY=pts/0 ; PWD=/home/${m.user} ; USER=root ; COMMAND=/bin/ls`, user),
    line('home directory', 13, `open /home/${m.user}/.ssh/known_hosts`, user),
    line(
      'mail address',
      13,
      `mail to ${m.user}@bluthworks.example bounced`,
      text('email', `${m.user}@bluthworks.example`),
    ),
    line('relay circuit', 13, `agent.circuit-id "${m.circuit}"`, text('circuit-id', m.circuit)),
    line('relay remote', 13, `agent.remote-id "${m.remote}"`, text('remote-id', m.remote)),
    line('VLAN name', 13, `vlan 77 name ${m.vlan}`, text('vlan-name', m.vlan)),
    line('password key', 13, `password=${m.secret}`, secret),
    line(
      'power password',
      13,
      `power: {'power_address': '10.77.133.9', 'power_pass': '${m.secret}', 'power_user': '${m.user}'}`,
      secret,
      user,
    ),
    line('ipmitool', 13, `ipmitool -I lanplus -H 10.77.133.9 -U ${m.user} -P ${m.secret} power status`, secret, user),
    line(
      'OAuth header',
      13,
      `Authorization: OAuth oauth_token="${m.secret}", oauth_signature="%26${m.secret}"`,
      secret,
    ),
    line(
      'MAAS API key',
      13,
      `maas login admin http://localhost:5240/MAAS/ Hd9sKx72LqWv8TzRb1:Pm4nYc6JfGu3Xe5QaZ:${m.serial}fJ3nWq7RtYv2BxLc9ZpMh4`,
      text('secret', 'Hd9sKx72LqWv8TzRb1'),
      text('secret', 'Pm4nYc6JfGu3Xe5QaZ'),
      text('secret', `${m.serial}fJ3nWq7RtYv2BxLc9ZpMh4`),
    ),
    line('URL with userinfo', 13, `proxy http://${m.user}:${m.secret}@10.77.133.9:8000/`, user, secret),
    line('SNMP community', 13, `snmp-server community ${m.secret} RO 10`, secret),
    line('RADIUS key', 13, `radius-server host 10.77.133.9 auth-port 1812 key ${m.secret}`, secret),
    line('Wi-Fi passphrase', 13, `wpa_passphrase=${m.secret}`, secret),
    line('bearer token', 13, `Authorization: Bearer ${m.secret}${m.serial}`, text('secret', m.secret)),
    line('Redfish', 13, `curl -u ${m.user}:${m.secret} https://10.77.133.9/redfish/v1/Systems`, secret, user),
    line(
      'TSIG key',
      13,
      `key "omapi" { algorithm hmac-md5; secret "${spell.base64(utf8(m.secret + m.serial))}"; };`,
      text('secret', spell.base64(utf8(m.secret + m.serial))),
    ),
    line(
      'crypt hash',
      13,
      `root:$6$rounds=4096$${m.serial}$Kz5Gh0XbNq9hM0sJ7Q.O3T6z1uJrY2k:19000:0:99999:7:::`,
      text('secret', `${m.serial}$Kz5Gh0XbNq9hM0sJ7Q`),
    ),
    line('preseed', 13, `d-i passwd/root-password password ${m.secret}`, secret),
    line('a secret in passing', 13, `and ${m.secret} did not work either`, secret),
  ];
}

/** The samples of the text rules: what they mark, they must take away. */
function samples(): Line[] {
  return RULES.flatMap(({ id, kind, samples: all }) =>
    all
      .filter((sample) => !/[\n\r]/.test(sample))
      .map((sample) => {
        const values = [...sample.matchAll(/«([^»]*)»/g)]
          .map(([, value = '']) => value)
          .filter((value) => tells(value));
        return line(`rule ${id}`, 13, sample.replace(/[«»]/g, ''), ...values.map((value) => text(kind, value, 'text')));
      }),
  );
}

/** What is common words or a few letters cannot be told from what else a line says. */
function tells(value: string): boolean {
  const words = value.match(/[A-Za-z0-9_-]+/g) ?? [];
  return value.length >= 6 && !isVocabulary(value) && !words.every((word) => word.length < 4 || isVocabulary(word));
}

/** Every line, for every machine. */
export function logLines(): Line[] {
  return [...MACHINES.flatMap((m) => [...spellings(m), ...names(m)]), ...samples()];
}
