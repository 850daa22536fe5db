import { assigned, matches, says, type TextRule } from './rule.ts';

export const wifiPsk: TextRule = {
  id: 'wifi-psk',
  title: 'Wi-Fi and 802.1X keys',
  kind: 'secret',
  about:
    'psk, wep_key, sae_password, wpa passphrases and private_key_passwd of wpa_supplicant.conf and hostapd.conf, NetworkManager and netplan, MACsec CAK and MKA keys.',
  hints: [
    'psk',
    'wep',
    'wpa',
    'sae',
    'eap',
    'cak',
    'private_key_passwd',
    'key-string',
    'wireless-key',
    'passphrase',
    'preshared',
  ],
  find: matches(
    [
      ...assigned(
        '(?<![A-Za-z])(?:psk|passphrase|psk_passphrase|sae_password|wep[_-]?key\\d?|preshared[_-]?key|private_key_passwd|private_key2_passwd|eap_password|(?:mka[_-]?)?cak)',
      ),
      /((?<![\w-])(?:wpa-psk|wpa-preshared-key|wpa-passphrase|wireless-key|wpa-psk ascii \d|key-string|mka cak)[ \t]{1,8}(?:\d[ \t]{1,4})?["']?)([^\s"']{4,256})/gi,
    ],
    says,
  ),
  samples: [
    '  psk="«correct horse battery»"',
    'sae_password=«hunter22»',
    'wpa_passphrase=«s3cr3tpass»',
    'key-string 7 «0822455D0A16»',
    'mka_cak=«000102030405060708090a0b0c0d0e0f»',
  ],
  quiet: ['key_mgmt=WPA-PSK', 'psk-file missing'],
  worst: ['psk        ', 'wpa_psk', 'key-string 7 '],
};
