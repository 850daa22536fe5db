import type { Disagreement } from './compare.ts';

/** Where tshark and we do not agree on one capture, and why that may stay. */
export interface Difference {
  /** The end of the capture's path. */
  capture: string;
  what: Disagreement['what'];
  protocol: string;
  /** Absent: any. */
  frames?: readonly number[];
  reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    capture: 'malformed/client.pcap',
    what: 'only-our-message',
    protocol: 'dhcpv4',
    frames: [11],
    reason: 'a hardware address length of 255: tshark gives up before the first field, we keep what was sent',
  },
  {
    capture: 'malformed/rack.pcap',
    what: 'only-our-message',
    protocol: 'dhcpv4',
    frames: [13],
    reason: 'a hardware address length of 255: tshark gives up before the first field, we keep what was sent',
  },
  ...[
    'tftp-rogue-server/client.pcap',
    'tftp-rogue-server/rack.pcap',
    'tftp-wrong-source/client.pcap',
    'tftp-wrong-source/rack.pcap',
  ].map((capture): Difference => ({
    capture,
    what: 'only-our-message',
    protocol: 'tftp',
    reason:
      'a transfer with another address than the one that was asked: tshark knows only that one, we know TFTP by its shape',
  })),
  {
    capture: 'arp-who-has-radiotap.pcap',
    what: 'missing-message',
    protocol: 'arp',
    reason: '802.11 with radiotap is no link type that is read; the coverage says so',
  },
  {
    capture: 'arp-oobr.pcap',
    what: 'only-our-message',
    protocol: 'arp',
    frames: [1166],
    reason: 'hardware type 19 is ATM for tshark, which then fails; the lengths are those of Ethernet and we read on',
  },
  {
    capture: 'bootp_asan.pcap',
    what: 'missing-message',
    protocol: 'dhcpv4',
    reason: 'a first fragment without the rest, which is never read as a message here',
  },
  {
    capture: 'bootp_asan-2.pcap',
    what: 'missing-message',
    protocol: 'dhcpv4',
    reason: 'a first fragment without the rest, which is never read as a message here',
  },
  {
    capture: 'dhcp6_reconf_asan.pcap',
    what: 'missing-message',
    protocol: 'dhcpv6',
    reason: 'a first fragment without the rest, which is never read as a message here',
  },
  {
    capture: 'dns-badlabel.pcap',
    what: 'differs',
    protocol: 'dns',
    reason: 'a name that never ends within 255 bytes: tshark says so, we keep its bytes and say so as a fault',
  },
  {
    capture: 'dns-badlabel.pcap',
    what: 'missing',
    protocol: 'dns',
    reason: 'tshark reads on behind a name that is no name',
  },
  {
    capture: 'dns-zlip-1.pcap',
    what: 'only-our-message',
    protocol: 'dns',
    reason: 'an empty datagram to port 53: we say that its header is cut',
  },
  {
    capture: 'wireshark-lldp.pcap',
    what: 'only-ours',
    protocol: 'lldp',
    frames: [1],
    reason: 'tshark stops at a Time To Live that stands twice; we read on to the End of LLDPDU',
  },
];

/** The reason why a disagreement may stay; undefined when it may not. */
export function reasonFor(path: string, one: Disagreement): string | undefined {
  return DIFFERENCES.find(
    ({ capture, what, protocol, frames }) =>
      path.endsWith(capture) &&
      what === one.what &&
      one.protocol.split('/').includes(protocol) &&
      (frames === undefined || frames.includes(one.frame)),
  )?.reason;
}
