import { count, ip, IPV4, type LineRule, mac, MAC, message, PORT, vlan } from '../../dialect.ts';
import type { SwitchLineKind, SwitchReason } from '../../line.ts';
import { clockStamp } from '../../stamp.ts';
import { said } from './xe.ts';

const TYPE = '(DHCP[A-Z]{1,20}|[A-Z]{1,20})';
/** Fields of an inspected ARP message: sender, target, and the time with its zone. */
const ARP_TUPLE = `\\(\\[${MAC}/${IPV4}/${MAC}/${IPV4}/([^\\]]{1,40})\\]\\)`;

/** A message that DHCP snooping dropped; the line does not name the port. */
function snooped(mnemonic: string, rest: string, kind: SwitchLineKind, reason: SwitchReason, sample: string): LineRule {
  return {
    ...said(mnemonic, `.{0,40}drop message ${rest},? message type: ${TYPE},? MAC sa: ${MAC}`),
    sample,
    read: (m) => ({ kind, reason, message: message(m[1]), mac: mac(m[2]) }),
  };
}

function inspected(mnemonic: string, reason: SwitchReason): LineRule {
  return {
    ...said(mnemonic, `(\\d{1,7}) Invalid ARPs \\((Req|Res)\\) on ${PORT}, vlan (\\d{1,4})\\.(?: {0,2}${ARP_TUPLE})?`),
    sample: `%SW_DAI-4-${mnemonic}: 1 Invalid ARPs (Req) on Ethernet1/4, vlan 1.([0001.0001.0001/10.0.0.1/0000.0000.0000/0.0.0.0/01:53:21 UTC Fri Jan 23 2015])`,
    read: (m) => ({
      kind: 'dai-drop',
      reason,
      count: count(m[1]),
      message: m[2] === 'Req' ? 'request' : 'reply',
      port: m[3] ?? '',
      vlan: vlan(m[4]),
      mac: mac(m[5]),
      ip: ip(m[6]),
      targetMac: mac(m[7]),
      targetIp: ip(m[8]),
      stamp: clockStamp(m[9] ?? ''),
    }),
  };
}

export const SNOOPING: readonly LineRule[] = [
  snooped(
    'DHCP_SNOOPING_UNTRUSTED_PORT',
    'on untrusted port',
    'snooping-untrusted-server',
    'untrusted-port',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 5254.00aa.bb01',
  ),
  {
    ...said(
      'DHCP_SNOOPING_MATCH_MAC_FAIL',
      `.{0,40}drop message because the chaddr doesn't match source mac,? message type: ${TYPE},? chaddr: ${MAC},? MAC sa: ${MAC}`,
    ),
    sample:
      "%DHCP_SNOOPING-5-DHCP_SNOOPING_MATCH_MAC_FAIL: DHCP_SNOOPING drop message because the chaddr doesn't match source mac, message type: DHCPDISCOVER, chaddr: 5254.0011.2233, MAC sa: 5254.00aa.bb01",
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'chaddr-mismatch',
      message: message(m[1]),
      chaddr: mac(m[2]),
      mac: mac(m[3]),
    }),
  },
  snooped(
    'DHCP_SNOOPING_FAKE_INTERFACE',
    'with mismatched source interface,? the binding is not updated',
    'snooping-drop',
    'other-port',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_FAKE_INTERFACE: DHCP_SNOOPING drop message with mismatched source interface the binding is not updated message type: DHCPRELEASE, MAC sa: 5254.00aa.bb01',
  ),
  snooped(
    'DHCP_SNOOPING_NONZERO_GIADDR',
    'with non-zero giaddr or option82 value on untrusted port',
    'snooping-drop',
    'relay-information',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_NONZERO_GIADDR: DHCP_SNOOPING drop message with non-zero giaddr or option82 value on untrusted port, message type: DHCPDISCOVER, MAC sa: 5254.0008.d3e0',
  ),
  {
    ...said('DHCP_SNOOPING_ERRDISABLE_WARNING', `DHCP Snooping received (\\d{1,9}) DHCP packets on interface ${PORT}`),
    sample:
      '%DHCP_SNOOPING-4-DHCP_SNOOPING_ERRDISABLE_WARNING: DHCP Snooping received 16 DHCP packets on interface Gi1/0/7',
    read: (m) => ({ kind: 'snooping-rate-limit', reason: 'rate', count: count(m[1]), port: m[2] ?? '' }),
  },
  {
    ...said('DHCP_SNOOPING_RATE_LIMIT_EXCEEDED', `The interface ${PORT} is receiving more than the threshold set`),
    sample:
      '%DHCP_SNOOPING-4-DHCP_SNOOPING_RATE_LIMIT_EXCEEDED: The interface GigabitEthernet1/0/7 is receiving more than the threshold set',
    read: (m) => ({ kind: 'snooping-rate-limit', reason: 'rate', port: m[1] ?? '' }),
  },
  {
    ...said('INVALID_RELEASE_OR_DECLINE_PKT', `The interface ${PORT} has received a DHCP Release/Decline packet`),
    sample:
      '%DHCP_SNOOPING-4-INVALID_RELEASE_OR_DECLINE_PKT: The interface GigabitEthernet1/0/7 has received a DHCP Release/Decline packet with no existing binding entry for it',
    read: (m) => ({ kind: 'snooping-drop', reason: 'no-binding', port: m[1] ?? '' }),
  },
  {
    ...said('AGENT_OPERATION_SUCCEEDED', 'DHCP snooping database '),
    sample: '%DHCP_SNOOPING-6-AGENT_OPERATION_SUCCEEDED: DHCP snooping database Write succeeded.',
    read: () => undefined,
  },
];

export const INSPECTION: readonly LineRule[] = [
  inspected('DHCP_SNOOPING_DENY', 'no-binding'),
  inspected('ACL_DENY', 'acl'),
  inspected('INVALID_ARP', 'invalid-packet'),
  {
    ...said('PACKET_RATE_EXCEEDED', `(\\d{1,9}) packets received in \\d{1,9} milliseconds on ${PORT}`),
    sample: '%SW_DAI-4-PACKET_RATE_EXCEEDED: 31 packets received in 812 milliseconds on Fa0/3.',
    read: (m) => ({ kind: 'dai-rate-limit', reason: 'rate', count: count(m[1]), port: m[2] ?? '' }),
  },
];

/** Protocols of `%SISF-4-PAK_DROP` by the part before `::`. */
const FIRST_HOP: ReadonlyMap<string, SwitchLineKind> = new Map([
  ['NDP', 'nd-drop'],
  ['ARP', 'dai-drop'],
  ['DHCPv6', 'snooping-drop'],
  ['DHCPv4', 'snooping-drop'],
] as const);

function firstHop(protocol: string): SwitchLineKind | undefined {
  return protocol === 'NDP::RA' ? 'ra-guard-drop' : FIRST_HOP.get(protocol.split('::')[0] ?? '');
}

/**
 * First hop security (RA guard, ND inspection, DHCP guard): the fields are named, `A G V I P` in older releases, `IP VLAN
 * MAC I/F P` in later ones.
 */
export const FIRST_HOP_SECURITY: readonly LineRule[] = [
  {
    ...said(
      '%SISF-4-PAK_DROP',
      `Message dropped (?:A|IP)=([0-9A-Fa-f:.-]{1,45})(?: G=[^ ]{1,45})? (?:V|VLAN)=(\\d{1,4})(?: MAC=${MAC})? (?:I|I/F)=${PORT} P=([\\w:-]{1,24})(?: Reason=(.{1,120}))?`,
    ),
    sample:
      '%SISF-4-PAK_DROP: Message dropped A=FE80::A8BB:CCFF:FE01:F600 G=- V=10 I=Et0/0 P=NDP::RA Reason=Message unauthorized on port',
    read(m) {
      const kind = firstHop(m[5] ?? '');
      if (kind === undefined) return undefined;
      return {
        kind,
        reason: /unauthorized on port/i.test(m[6] ?? '') ? 'untrusted-port' : '',
        detail: m[6] ?? '',
        ip: ip(m[1]),
        vlan: vlan(m[2]),
        mac: mac(m[3]),
        port: m[4] ?? '',
        message: (m[5] ?? '').split('::')[1] ?? '',
      };
    },
  },
];
