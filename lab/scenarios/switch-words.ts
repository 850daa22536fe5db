/**
 * What a guarding switch writes of the frames that a scenario shows: the sentences of docs/switch-text.md with the
 * scenario's own addresses, ports and times.
 */
import type { Expectation, SwitchLog, SwitchWords } from '../scenario.ts';

/** The port of the machine that a scenario is about, and of the rack. */
export const PORT = 'GigabitEthernet1/0/7';
export const RACK_PORT = 'GigabitEthernet1/0/24';

/** The log of a Cisco switch. */
export function log(...lines: SwitchLog['lines']): SwitchLog {
  return { file: 'switch.log', source: 'log', lines };
}

/** The log of an AOS-CX switch, as a collector stamps it. */
export function logOfCx(...lines: SwitchLog['lines']): SwitchLog {
  return { file: 'switch-cx.log', source: 'log', stamp: 'iso', lines };
}

/** What the switch writes a few milliseconds after each of the first frames that match. */
export function says(capture: string, filter: string, text: string, more: Partial<SwitchWords> = {}): SwitchWords {
  return { capture, filter, text, most: 8, after: 0.003, ...more };
}

/** Lines of a healthy switch: a port comes up, the database of bindings is written. */
export function healthy(capture: string): SwitchLog {
  const once = { most: 1 };
  return log(
    says(capture, 'frame', `%LINK-3-UPDOWN: Interface ${PORT}, changed state to up`, once),
    says(capture, 'frame', '%DHCP_SNOOPING-6-AGENT_OPERATION_SUCCEEDED: DHCP snooping database Write succeeded.', {
      ...once,
      after: 0.5,
    }),
  );
}

const DROP = '%DHCP_SNOOPING-5-DHCP_SNOOPING';

export const SAID = {
  untrustedOffer: `${DROP}_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: {eth.src|dotted}`,
  untrustedOfferCx:
    'dhcpv4-snoopd[2771]: Event|8201|LOG_WARN|AMM|1/1|Server {dhcp.option.dhcp_server_id} packet received on untrusted port 1/1/24 dropped.',
  otherHardware: `${DROP}_MATCH_MAC_FAIL: DHCP_SNOOPING drop message because the chaddr doesn't match source mac, message type: DHCPDISCOVER, chaddr: {dhcp.hw.mac_addr|dotted}, MAC sa: {eth.src|dotted}`,
  otherHardwareCx:
    'dhcpv4-snoopd[2771]: Event|8205|LOG_WARN|AMM|1/1|Client address {dhcp.hw.mac_addr} not equal to source MAC {eth.src} detected on port 1/1/7.',
  rate: '%DHCP_SNOOPING-4-DHCP_SNOOPING_ERRDISABLE_WARNING: DHCP Snooping received 11 DHCP packets on interface Gi1/0/7',
  rateShut: '%PM-4-ERR_DISABLE: dhcp-rate-limit error detected on Gi1/0/7, putting Gi1/0/7 in err-disable state',
  otherPort: `${DROP}_FAKE_INTERFACE: DHCP_SNOOPING drop message with mismatched source interface the binding is not updated message type: DHCPRELEASE, MAC sa: {eth.src|dotted}`,
  otherPortCx:
    'dhcpv4-snoopd[2771]: Event|8206|LOG_WARN|AMM|1/1|Binding for {dhcp.ip.client}:{dhcp.hw.mac_addr} exists on port 1/1/5. Dropping release request received for the binding on 1/1/7.',
  option82: `${DROP}_NONZERO_GIADDR: DHCP_SNOOPING drop message with non-zero giaddr or option82 value on untrusted port, message type: DHCPDISCOVER, MAC sa: {eth.src|dotted}`,
  option82Cx:
    'dhcpv4-snoopd[2771]: Event|8204|LOG_WARN|AMM|1/1|Received untrusted relay info from client {eth.src} on port 1/1/24.',
  arp: '%SW_DAI-4-DHCP_SNOOPING_DENY: 1 Invalid ARPs (Req) on Gi1/0/7, vlan 1.([{eth.src|dotted}/{arp.src.proto_ipv4}/0000.0000.0000/{arp.dst.proto_ipv4}/{frame.time_epoch|clock}])',
  probe:
    '%SW_DAI-4-INVALID_ARP: 1 Invalid ARPs (Req) on Gi1/0/7, vlan 1.([{eth.src|dotted}/{arp.src.proto_ipv4}/0000.0000.0000/{arp.dst.proto_ipv4}/{frame.time_epoch|clock}])',
  nd: '%SISF-4-PAK_DROP: Message dropped IP={ipv6.src} VLAN=1 MAC={eth.src|dotted} I/F=Gi1/0/7 P=NDP::NS',
  ra: '%SISF-4-PAK_DROP: Message dropped A={ipv6.src} G=- V=1 I=Gi1/0/24 P=NDP::RA Reason=Message unauthorized on port',
  login: (mac: string): string =>
    `%DOT1X-5-SUCCESS: Authentication successful for client (${mac}) on Interface Gi1/0/7 AuditSessionID 0C65633E00032EF22F9CBDFE`,
  noLogin: (mac: string): string =>
    `%AUTHMGR-7-RESULT: Authentication result 'no-response' from 'dot1x' for client (${mac}) on Interface Gi1/0/7 AuditSessionID 0C65633E00032EF22F9CBDFE`,
  refused: (mac: string): string =>
    `%DOT1X-5-FAIL: Authentication failed for client (${mac}) on Interface Gi1/0/7 AuditSessionID 0C65633E00032EF22F9CBDFE`,
  security: `%PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address {eth.src|dotted} on port ${PORT}.`,
  flap: '%SW_MATM-4-MACFLAP_NOTIF: Host {eth.src|dotted} in vlan 1 is flapping between port Gi1/0/7 and port Gi1/0/8',
} as const;

/** Each set of captures with each text, with the profile and without: the finding is there, and surer than without the text. */
export function told(
  id: string,
  sets: readonly (readonly string[])[],
  texts: readonly string[],
  more: Partial<Expectation> = {},
): Expectation[] {
  return sets.flatMap((captures) =>
    texts.flatMap((text) =>
      [false, true].map((profile) => ({
        captures,
        profile,
        switchLogs: [text],
        must: [id],
        surer: [id],
        ...more,
      })),
    ),
  );
}

/** A healthy network stays quiet beside the words of its switch. */
export function quietBeside(sets: readonly (readonly string[])[], texts: readonly string[]): Expectation[] {
  return sets.flatMap((captures) =>
    [false, true].map((profile) => ({ captures, profile, switchLogs: texts, quiet: true })),
  );
}
