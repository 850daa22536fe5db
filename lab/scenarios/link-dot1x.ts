/** 802.1X: a port that asks for a login before it lets a machine boot. */
import type { Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { udhcpc } from '../verbs/clients.ts';
import { ip, pause, waitLog } from '../verbs/network.ts';
import { authenticator, linkUp, openPorts, shutPort, supplicant } from '../verbs/link.ts';
import { dhcpd } from '../verbs/services.ts';
import { client, DORA, PROFILE, RACK, RACK_DHCP } from './segment.ts';
import { log, quietBeside, SAID, says, told } from './switch-words.ts';

const MAC = '52:54:00:bb:00:01';
const DOTTED = '5254.00bb.0001';
const DOT1X: readonly string[] = ['dot1x-blocks-boot', 'dot1x-rejected', 'dot1x-no-authenticator'];
const EMULATED: readonly string[] = ['a filter rule opens and shuts the port'];

const unauthorised: Scenario = {
  name: 'link-dot1x-no-login',
  title: 'A switch port asks for an 802.1X login and firmware cannot give it',
  about:
    'hostapd asks for an identity on the port; the machine has no supplicant and sends DISCOVERs into a port that is shut. The rack sees nothing.',
  twin: 'link-dot1x-login',
  emulated: EMULATED,
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1, { down: true }) },
  before: [shutPort('sw', 'p-client')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    authenticator('sw', 'p-client'),
    ip('client', 'link set dev eth0 up'),
    linkUp('sw', 'p-client', MAC),
    udhcpc('client', { outcome: 'none', tries: 5, every: 3 }),
    pause(4, 'the authenticator asks again'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'eap.code == 1 and eap.type == 1', atLeast: 2 },
    { capture: 'client.pcap', filter: 'eap.code == 2', atMost: 0 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 },
    { capture: 'rack.pcap', filter: 'dhcp', atMost: 0 },
  ],
  // The switch gives up after its last request.
  switchLogs: [log(says('client.pcap', 'eap.code == 1', SAID.noLogin(DOTTED), { most: 1, after: 10 }))],
  expect: [
    ...told('dot1x-blocks-boot', [['client.pcap']], ['switch.log'], {
      verdict: 'fault',
      mustNot: ['dot1x-rejected', 'dot1x-no-authenticator'],
    }),
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['dot1x-blocks-boot'],
      mustNot: ['dot1x-rejected', 'dot1x-no-authenticator', 'lacp-suspended', 'stp-port-delay'],
    })),
    { captures: ['rack.pcap'], quiet: true },
  ],
  notAsserted: 'That dhcp-no-offer is said beside it: it is the symptom.',
};

const login: Scenario = {
  name: 'link-dot1x-login',
  title: 'A machine logs in by 802.1X and gets its address',
  about: 'hostapd asks, wpa_supplicant answers by EAP-MD5, the port opens, and the DISCOVER is answered.',
  emulated: EMULATED,
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  before: [shutPort('sw', 'p-client')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    authenticator('sw', 'p-client'),
    supplicant('client', 'secret'),
    linkUp('sw', 'p-client', MAC),
    waitLog('wpa-client', /CTRL-EVENT-EAP-SUCCESS/, 15),
    openPorts('sw'),
    udhcpc('client'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'eap.code == 3' }, ...DORA('client.pcap')],
  switchLogs: [log(says('client.pcap', 'eap.code == 3', SAID.login(DOTTED), { most: 1 }))],
  expect: [
    ...['client.pcap', 'rack.pcap'].flatMap((file) =>
      [false, true].map((profile) => ({
        captures: [file],
        profile,
        verdict: 'nothing-found' as const,
        quiet: true,
        mustNot: DOT1X,
      })),
    ),
    ...quietBeside([['client.pcap'], ['rack.pcap']], ['switch.log']),
  ],
  notAsserted: 'Nothing beyond silence.',
};

const rejected: Scenario = {
  name: 'link-dot1x-rejected',
  title: 'The 802.1X login of a machine is refused',
  about: 'wpa_supplicant has a wrong password; hostapd answers with EAP failure, the port stays shut.',
  twin: 'link-dot1x-login',
  emulated: EMULATED,
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  before: [shutPort('sw', 'p-client')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    authenticator('sw', 'p-client'),
    supplicant('client', 'wrong'),
    linkUp('sw', 'p-client', MAC),
    waitLog('wpa-client', /CTRL-EVENT-EAP-FAILURE/, 15),
    udhcpc('client', { outcome: 'none', tries: 3, every: 3 }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'eap.code == 4' },
    { capture: 'client.pcap', filter: 'eap.code == 3', atMost: 0 },
  ],
  switchLogs: [log(says('client.pcap', 'eap.code == 4', SAID.refused(DOTTED), { most: 2 }))],
  expect: [
    ...told('dot1x-rejected', [['rack.pcap']], ['switch.log'], {
      verdict: 'fault',
      mustNot: ['dot1x-no-authenticator'],
    }),
    // The port's own EAP failure is certain without a word of the switch.
    ...told('dot1x-rejected', [['client.pcap']], ['switch.log'], { verdict: 'fault', surer: [] }),
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['dot1x-rejected'],
      mustNot: ['dot1x-blocks-boot', 'dot1x-no-authenticator'],
    })),
    { captures: ['rack.pcap'], quiet: true },
  ],
  notAsserted: 'That dhcp-no-offer is said beside it: it is the symptom.',
};

const nobodyAsks: Scenario = {
  name: 'link-dot1x-no-authenticator',
  title: 'A machine calls for an 802.1X authenticator that is not there',
  about:
    'wpa_supplicant sends EAPOL starts, half a minute apart, to a port without 802.1X; DHCP works meanwhile. Harmless, and worth a word.',
  twin: 'link-dot1x-login',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: [at('client', 'client')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    supplicant('client', 'secret'),
    udhcpc('client'),
    pause(37, 'the supplicant starts again after 30 s'),
    udhcpc('client'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'eapol.type == 1', atLeast: 2 }, ...DORA('client.pcap')],
  expect: [false, true].map((profile) => ({
    captures: ['client.pcap'],
    profile,
    quiet: true,
    must: ['dot1x-no-authenticator'],
    mustNot: ['dot1x-blocks-boot', 'dot1x-rejected'],
  })),
  notAsserted: 'The verdict: a low finding makes none.',
};

export const LINK_DOT1X: readonly Scenario[] = [unauthorised, login, rejected, nobodyAsks];
