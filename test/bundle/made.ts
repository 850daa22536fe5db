import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rackwitness, type Outcome } from '../cli/run.ts';
import { SAMPLES } from '../support/samples.ts';

export const CLOCK = '2026-11-22T15:47:26Z';

/** What stands in the inputs and may stand in no redacted output. */
export const PLANTED = [
  'rack-sfo-03',
  'corp-zebra',
  '52:54:00:ab:cd:ef',
  '525400abcdef',
  '10.22.33.44',
  'quagmire',
  'hunter2-hunter2',
  '020000000102',
] as const;

const JOURNAL = `__CURSOR=s=0639dca5b8f04d0fa9e7d0a3a5e0a1b2;i=1;b=4a7e2d7c0f9d4b5c8f10a5b2c3d4e5f6;m=1;t=1;x=1
__REALTIME_TIMESTAMP=1795352048394000
_BOOT_ID=4a7e2d7c0f9d4b5c8f10a5b2c3d4e5f6
_HOSTNAME=rack-sfo-03.corp-zebra.example.net
_SYSTEMD_UNIT=snap.maas.pebble.service
SYSLOG_IDENTIFIER=dhcpd
_PID=123
MESSAGE=DHCPOFFER on 10.22.33.44 to 52:54:00:ab:cd:ef via eth0
PRIORITY=6

__REALTIME_TIMESTAMP=1795352049394000
_HOSTNAME=rack-sfo-03.corp-zebra.example.net
SYSLOG_IDENTIFIER=sshd
_PID=124
MESSAGE=Accepted publickey for quagmire from 10.22.33.44 port 50022 ssh2

`;
const LOG = `2026-11-22T15:40:00.000000+00:00 rack-sfo-03 dhcpd[77]: DHCPACK on 10.22.33.44 to 52:54:00:ab:cd:ef via eth0
2026-11-22T15:40:01.000000+00:00 rack-sfo-03 sshd[78]: Accepted publickey for quagmire from 10.22.33.44 port 50022 ssh2
2026-11-22T15:40:02.000000+00:00 rack-sfo-03 maas[79]: password=hunter2-hunter2
`;
const CONFIG = `option domain-name "corp-zebra.example.net";
subnet 10.22.33.0 netmask 255.255.255.0 { range 10.22.33.40 10.22.33.90; }
host node { hardware ethernet 52:54:00:ab:cd:ef; fixed-address 10.22.33.44; }
`;

/** A capture of the samples in which two servers answer. */
export const CAPTURES = ['client.pcap', 'rack.pcap'].map((name) => join(SAMPLES, 'rogue-wins', name));

/** Inputs with planted identifiers, under names that a bundle may not have, and the keys of a case. */
export interface CaseInputs {
  where: string;
  caseKey: string;
  signKey: string;
  publicKey: string;
  capture: string;
  /** Options that name all inputs. */
  sources: string[];
  approval: string[];
}

export function caseInputs(where: string): CaseInputs {
  const raw = join(where, 'rack-sfo-03 quagmire');
  mkdirSync(raw, { recursive: true });
  rackwitness(['keygen', '--out', join(where, 'keys')]);
  rackwitness(['keygen', '--out', join(where, 'case'), '--case-key']);
  const put = (name: string, bytes: string | Buffer): string => {
    writeFileSync(join(raw, name), bytes);
    return join(raw, name);
  };
  const capture = put('rack-sfo-03 "x\'\n\u001b[31m$(id)\u202e.pcap', readFileSync(CAPTURES[0] ?? ''));
  const sources = [
    ...['--capture', capture, '--capture', put('-quagmire.pcap', readFileSync(CAPTURES[1] ?? ''))],
    ...['--journal', put('corp-zebra journal', JOURNAL)],
    ...['--log', put('10.22.33.44.log', LOG)],
    ...['--config', put('dhcpd.conf', CONFIG)],
  ];
  return {
    where,
    caseKey: join(where, 'case', 'case-key'),
    signKey: join(where, 'keys', 'signing-key.pem'),
    publicKey: join(where, 'keys', 'signing-key.pub.pem'),
    capture,
    sources,
    approval: ['--purpose', 'audit', '--legal-basis', 'contract', '--recipients', 'auditor', '--approver', 'the ciso'],
  };
}

/** `bundle` with everything that it needs, and more. */
export function bundled(inputs: CaseInputs, out: string, more: readonly string[] = []): Outcome {
  const { caseKey, signKey, sources, approval } = inputs;
  const how = ['--policy', 'auditor', '--key-file', caseKey, '--sign-key', signKey, '--clock', CLOCK, '--out', out];
  return rackwitness(['bundle', '--case', 'case-17', ...sources, ...approval, ...how, ...more]);
}

/** Which of some words stand in a bundle, in its payload and tag files. */
export function wordsIn(path: string, words: readonly string[]): string[] {
  const tar = gunzipSync(readFileSync(path)).toString('latin1').toLowerCase();
  return words.filter((word) => tar.includes(word.toLowerCase()));
}
