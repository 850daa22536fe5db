import { authorizationHeader } from './authorization-header.ts';
import { base64Content } from './base64-content.ts';
import { bootFile } from './boot-file.ts';
import { certificate } from './certificate.ts';
import { circuitId } from './circuit-id.ts';
import { cloudKey } from './cloud-key.ts';
import { commandLinePassword } from './command-line-password.ts';
import { cookie } from './cookie.ts';
import { cryptHash } from './crypt-hash.ts';
import { defanged } from './defanged.ts';
import { dhcpClientName } from './dhcp-client-name.ts';
import { domainName } from './domain-name.ts';
import { duid } from './duid.ts';
import { email } from './email.ts';
import { forgeToken } from './forge-token.ts';
import { hexDump } from './hex-dump.ts';
import { highEntropy } from './high-entropy.ts';
import { hostName } from './host-name.ts';
import { journalCursor } from './journal-cursor.ts';
import { jwt } from './jwt.ts';
import { keyValueSecret } from './key-value-secret.ts';
import { leaseUid } from './lease-uid.ts';
import { maasApiKey } from './maas-api-key.ts';
import { maasMachine } from './maas-machine.ts';
import { maasSystemId } from './maas-system-id.ts';
import { macaroon } from './macaroon.ts';
import { machineId } from './machine-id.ts';
import { networkDeviceSecret } from './network-device-secret.ts';
import { oauthParameters } from './oauth-parameters.ts';
import { passwordPhrase } from './password-phrase.ts';
import { powerParameters } from './power-parameters.ts';
import { preseedPassword } from './preseed-password.ts';
import { privateKey } from './private-key.ts';
import { radiusSecret } from './radius-secret.ts';
import { remoteId } from './remote-id.ts';
import type { TextRule } from './rule.ts';
import { serialNumber } from './serial-number.ts';
import { snmpCommunity } from './snmp-community.ts';
import { sshFingerprint } from './ssh-fingerprint.ts';
import { sshPublicKey } from './ssh-public-key.ts';
import { syslogHost } from './syslog-host.ts';
import { tsigKey } from './tsig-key.ts';
import { url } from './url.ts';
import { urlHost } from './url-host.ts';
import { urlUserinfo } from './url-userinfo.ts';
import { userName } from './user-name.ts';
import { vaultToken } from './vault-token.ts';
import { vendorClass } from './vendor-class.ts';
import { vlanName } from './vlan-name.ts';
import { wifiPsk } from './wifi-psk.ts';
import { wireguardKey } from './wireguard-key.ts';

/**
 * Every rule of text. Where two claim one place, the first has it; secrets come before all that identifies, and among
 * both the more certain before the less.
 */
export const RULES: readonly TextRule[] = [
  privateKey,
  certificate,
  maasApiKey,
  oauthParameters,
  authorizationHeader,
  cookie,
  jwt,
  macaroon,
  vaultToken,
  cloudKey,
  forgeToken,
  cryptHash,
  urlUserinfo,
  snmpCommunity,
  commandLinePassword,
  powerParameters,
  wifiPsk,
  radiusSecret,
  tsigKey,
  networkDeviceSecret,
  preseedPassword,
  sshPublicKey,
  wireguardKey,
  keyValueSecret,
  passwordPhrase,
  highEntropy,
  base64Content,
  hexDump,
  leaseUid,
  duid,
  machineId,
  journalCursor,
  sshFingerprint,
  serialNumber,
  circuitId,
  remoteId,
  syslogHost,
  dhcpClientName,
  maasMachine,
  maasSystemId,
  userName,
  email,
  urlHost,
  defanged,
  hostName,
  domainName,
  bootFile,
  url,
  vlanName,
  vendorClass,
];
