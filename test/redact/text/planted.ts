import { RULES } from '../../../src/redact/rules/registry.ts';
import { isVocabulary } from '../../../src/redact/pseudonyms/vocabulary.ts';

/** Lines as their programs write them; what identifies or is secret stands between « and ». */
const LOGS = `
Nov 22 15:47:25 «rack-7» dhcpd[812]: DHCPDISCOVER from «52:54:00:12:34:56» («fun-zebra») via eth0
Nov 22 15:47:26 «rack-7» dhcpd[812]: DHCPOFFER on «10.20.30.40» to «52:54:00:12:34:56» («fun-zebra») via eth0
Nov 22 15:47:26 «rack-7» dhcpd[812]: DHCPREQUEST for «10.20.30.40» («10.20.30.1») from «52:54:00:12:34:56» («fun-zebra») via eth0: unknown lease
Nov 22 15:47:27 «rack-7» dhcpd[812]: Added new forward map from «fun-zebra.rack9.example.org» to «10.20.30.40»
Nov 22 15:47:27 «rack-7» dhcpd[812]: Advertise NA: address «2001:db8:77::1234» to client with duid «00:01:00:01:2a:3b:4c:5d:52:54:00:12:34:56» iaid = 1 valid for 600 seconds
Nov 22 15:48:00 «rack-7» sshd[99]: Accepted publickey for «alice» from «10.20.30.9» port 51234 ssh2: ED25519 SHA256:«nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8»
Nov 22 15:48:01 «rack-7» sudo[100]:    «alice» : TTY=pts/0 ; PWD=/home/«alice» ; USER=root ; COMMAND=/usr/bin/ipmitool -H «10.20.30.250» -U maas -P «Zx9!vault8» power status
Nov 22 15:48:02 «rack-7» kernel: DMI: «Dell Inc. PowerEdge R640/0H28RR, BIOS 2.11.2»
Nov 22 15:48:03 «rack-7» systemd[1]: Hostname set to <«fun-zebra»>.
Nov 22 15:48:04 «rack-7» in.tftpd[9]: RRQ from «10.20.30.40» filename «site-blue/loaderA7.efi»
2026-11-22T15:49:00.000001+00:00 «neuromancer» maas.node: [info] «swift-crab»: Status transition from COMMISSIONING to TESTING
2026-11-22 15:49:01 provisioningserver.rackdservices.tftp: [info] pxelinux.cfg/01-«52-54-00-12-34-56» requested by «10.20.30.40»
2026-11-22 15:49:02 regiond: [info] ::ffff:«10.20.30.40» GET /MAAS/metadata/latest/by-id/«4y3h7n»/?op=get_preseed HTTP/1.1 --> 200 OK
2026-11-22 15:49:03 maasserver.api: [debug] Authorization: OAuth realm="", oauth_nonce="«84720195512»", oauth_consumer_key="«Hd9sKx72LqWv8TzRb1»", oauth_token="«Pm4nYc6JfGu3Xe5QaZ»", oauth_signature="«%26s8DkfJ3nWq7RtYv2BxLc9ZpMh4GuEa6T»"
2026-11-22 15:49:04 cli: maas login admin http://localhost:5240/MAAS/ «Hd9sKx72LqWv8TzRb1:Pm4nYc6JfGu3Xe5QaZ:s8DkfJ3nWq7RtYv2BxLc9ZpMh4GuEa6T»
2026-11-22 15:49:05 power: {'power_address': '«10.20.30.250»', 'power_pass': '«Zx9!vault8»', 'power_user': '«bmcuser7»', 'system_id': '«4y3h7n»'}
cloud-init[712]: ci-info: | ens3 | True | «10.20.30.40» | 255.255.255.0 | global | «52:54:00:12:34:56» |
cloud-init[712]: Cloud-init v. 24.1 running 'modules:final' at Sun, 22 Nov 2026 15:50:00 +0000. Datasource DataSourceMAAS [http://«region1.corp9.example.org»:5240/MAAS/metadata/]
curtin: Running command ['curtin', 'apt-config'] with proxy http://«proxyuser:pr0xypass9»@«10.20.30.2»:8000/
1795362445.123    100 «10.20.30.40» TCP_MISS/200 1234 GET http://«mirror5.corp9.example.org»/ubuntu/pool/ «gina» HIER_DIRECT/«10.20.30.3» text/html
«10.20.30.40» - «frank» [22/Nov/2026:15:51:00 +0000] "GET /MAAS/ HTTP/1.1" 200 5124 "-" "«python-requests/2.25 sitebot»"
%SYS-5-CONFIG_I: Configured from console by «netops1» on vty0 («10.20.30.77»)
enable secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»
snmp-server community «S3cretRO9» RO 10
radius-server host «10.20.30.5» auth-port 1812 key 7 «13061E010803AA»
arp «10.20.30.40» «5254.0012.3456» ARPA
 description «Uplink to customer Bluth row 7»
link/ether «52:54:00:12:34:56» brd ff:ff:ff:ff:ff:ff
inet «10.20.30.40»/24 brd 10.20.30.255 scope global ens3
tcp ESTAB 0 0 «10.20.30.40»:22 «10.20.30.9»:51234 users:(("sshd",pid=99,fd=4))
ip saddr «10.20.30.40» tcp dport 22 accept comment "jump host of «alice»"
BOOTIF=01-«52-54-00-12-34-56» iscsi_initiator=«iqn.1993-08.org.debian:01:abcdef99»
key "omapi9" { algorithm hmac-md5; secret "«Yf2BqkPVyTnC0HZ0qLq+jw==»"; };
ubuntu:«$6$rounds=4096$saltsalt$Kz5Gh0XbNq9hM0sJ7Q.O3T6z1uJrY2k»:19000:0:99999:7:::
d-i passwd/root-password password «insecure77»
export AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»
curl -H 'X-Vault-Token: «hvs.CAESIJ8fhK2bqWm9vX3n0LZl1QkRr7s»' https://«vault3.corp9.example.org»/v1/secret
the machine «fun-zebra» of «alice» was down, its board CZJ12345AB too; «Zx9!vault8» did not work
Serial Number: «CZJ12345AB»
mail to «alice.smith@corp9.example.org» bounced
Machine ID: «4d9ef0f2c8a1461ba4a1a8bf0a2b5c6d»
EUI-64 address «fe80::5054:ff:fe12:3456» and group ff02::1:ff«12:3456»
`
  .trim()
  .split('\n');

export interface Planted {
  lines: string[];
  /** Values that may not survive. */
  values: string[];
}

/** Every line of the samples of every rule, and the logs above. */
export function planted(): Planted {
  const marked = [...LOGS, ...RULES.flatMap(({ samples }) => samples.filter((sample) => !sample.includes('\n')))];
  const values = new Set<string>();
  const lines = marked.map((line) => {
    for (const [, value = ''] of line.matchAll(/«([^»]*)»/g)) if (tells(value)) values.add(value);
    return line.replace(/[«»]/g, '');
  });
  return { lines, values: [...values] };
}

/** Of pieces whose words are all the vocabulary's, or that are too short to be told from chance, nothing is asked. */
function tells(value: string): boolean {
  return (
    value.length >= 4 && !(value.match(/[A-Za-z0-9_-]+/g) ?? []).every((word) => word.length < 3 || isVocabulary(word))
  );
}

/** Values that stand in a text, in either case, as they are. */
export function survivors(text: string, values: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return values.filter((value) => lower.includes(value.toLowerCase()));
}
