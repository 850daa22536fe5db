/** MACsec and native VLANs: the other end of the cable is played by a script. */
import type { Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { udhcpc } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { pause } from '../verbs/network.ts';
import { PROFILE } from './segment.ts';

const SWITCH = '02:16:3e:00:00:5b';
const MACHINE = '52:54:00:bb:00:01';
const EMULATED: readonly string[] = [
  'the other end of the cable is a script: its MACsec frames and integrity check values are random bytes',
];
/** A machine and a switch port, one cable between. */
const CABLE = {
  nodes: { client: {}, port: {} },
  links: [{ a: ['client', 'eth0'], b: ['port', 'eth0'], mac: MACHINE }],
  captures: [at('client', 'client')],
  profile: PROFILE,
} as const;
const CKN = '6162636465666768';

function found(id: string, mustNot: readonly string[] = []): Expectation[] {
  return [false, true].map((profile) => ({
    captures: ['client.pcap'],
    profile,
    verdict: 'fault',
    must: [id],
    mustNot,
  }));
}

function silent(mustNot: readonly string[]): Expectation[] {
  return [false, true].map((profile) => ({ captures: ['client.pcap'], profile, quiet: true, mustNot }));
}

const withoutKey: Scenario = {
  ...CABLE,
  name: 'link-macsec-without-key',
  title: 'A machine asks in clear on a link where the other end sends MACsec frames',
  about: 'The port protects what it sends; the DISCOVERs of the machine are in clear and nobody answers them.',
  emulated: EMULATED,
  steps: [
    actor('port', 'link.py', ['macsec', '--mac', SWITCH, '--count', '2']),
    udhcpc('client', { outcome: 'none', tries: 4, every: 3 }),
    actor('port', 'link.py', ['macsec', '--mac', SWITCH, '--count', '2']),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'macsec', atLeast: 4 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 3 },
  ],
  expect: found('macsec-without-key', ['mka-mismatch', 'lacp-suspended']),
  notAsserted: 'That dhcp-no-offer is said beside it: it is the symptom.',
};

const mka: Scenario = {
  ...CABLE,
  name: 'link-mka-mismatch',
  title: 'Two ends of a cable offer MACsec under different key names',
  about: 'Both send key agreement hellos for ten seconds and neither has a live peer: the key names differ.',
  emulated: ['both ends are scripts: their integrity check values are random bytes'],
  steps: [
    actor('port', 'link.py', ['mka', '--mac', SWITCH, '--member', '01'.repeat(12), '--ckn', CKN, '--count', '2']),
    actor('client', 'link.py', ['mka', '--mac', MACHINE, '--member', '02'.repeat(12), '--ckn', '7a7a', '--count', '3']),
    actor('port', 'link.py', ['mka', '--mac', SWITCH, '--member', '01'.repeat(12), '--ckn', CKN, '--count', '3']),
    actor('client', 'link.py', ['mka', '--mac', MACHINE, '--member', '02'.repeat(12), '--ckn', '7a7a', '--count', '1']),
  ],
  shows: [{ capture: 'client.pcap', filter: 'mka', atLeast: 8 }],
  expect: found('mka-mismatch', ['macsec-without-key']),
  notAsserted: 'Nothing beyond it.',
};

const native: Scenario = {
  ...CABLE,
  name: 'link-vlan-mismatch',
  title: 'Two ends of a trunk advertise different native VLANs by CDP',
  about: 'Untagged frames are VLAN 10 at the one end and VLAN 20 at the other.',
  twin: 'link-vlan-equal',
  emulated: ['both ends are scripts that send CDP'],
  steps: [
    actor('port', 'link.py', [
      'cdp',
      '--mac',
      SWITCH,
      '--device',
      'sw1',
      '--port',
      'Gi0/1',
      '--vlan',
      '10',
      '--count',
      '2',
    ]),
    actor('client', 'link.py', [
      'cdp',
      '--mac',
      MACHINE,
      '--device',
      'sw2',
      '--port',
      'Gi0/24',
      '--vlan',
      '20',
      '--count',
      '2',
    ]),
    pause(1, 'nothing more'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'cdp.native_vlan == 10' },
    { capture: 'client.pcap', filter: 'cdp.native_vlan == 20' },
  ],
  expect: found('vlan-mismatch'),
  notAsserted: 'Nothing beyond it.',
};

const equal: Scenario = {
  ...CABLE,
  name: 'link-vlan-equal',
  title: 'Two ends of a trunk advertise one native VLAN by CDP',
  about: 'The same, with VLAN 10 at both ends.',
  emulated: ['both ends are scripts that send CDP'],
  steps: [
    actor('port', 'link.py', [
      'cdp',
      '--mac',
      SWITCH,
      '--device',
      'sw1',
      '--port',
      'Gi0/1',
      '--vlan',
      '10',
      '--count',
      '2',
    ]),
    actor('client', 'link.py', [
      'cdp',
      '--mac',
      MACHINE,
      '--device',
      'sw2',
      '--port',
      'Gi0/24',
      '--vlan',
      '10',
      '--count',
      '2',
    ]),
  ],
  shows: [{ capture: 'client.pcap', filter: 'cdp.native_vlan == 10', atLeast: 4 }],
  expect: silent(['vlan-mismatch']),
  notAsserted: 'Nothing beyond silence.',
};

export const LINK_MACSEC: readonly Scenario[] = [withoutKey, mka, native, equal];
