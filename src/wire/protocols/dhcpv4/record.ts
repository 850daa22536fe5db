import type { Fault, Span } from '../../fault.ts';
import type { RecordBase } from '../../protocol.ts';

/** Places in `Dhcp4Record.options` that one option takes. */
export const STRIDE = 4;

/** Where an option was found: the options field, or a header field that option 52 lent to options (RFC 2131 4.1). */
export const AREA = { options: 0, file: 1, sname: 2 } as const;

/** How field paths name the options of each area. */
export const AREA_NAMES = ['options', 'fileOptions', 'snameOptions'] as const;

/**
 * A DHCPv4 or BOOTP message (RFC 951, RFC 2131 2): numbers as on the wire, and offsets into the bytes that it was decoded
 * from. Option values are read by the functions of `read.ts`, which take those same bytes.
 */
export interface Dhcp4Record extends RecordBase {
  protocol: 'dhcpv4';
  cut?: undefined;
  /** 1 BOOTREQUEST, 2 BOOTREPLY. */
  op: number;
  /** Hardware type of the IANA ARP parameters: 1 Ethernet, 32 InfiniBand. */
  htype: number;
  /** Length of the hardware address; RFC 4390 lets InfiniBand clients send 0. */
  hlen: number;
  hops: number;
  xid: number;
  secs: number;
  /** Bit 15 is B: answers are to be broadcast. */
  flags: number;
  /** Unsigned 32-bit numbers; 0 as on the wire. */
  ciaddr: number;
  yiaddr: number;
  siaddr: number;
  giaddr: number;
  /** The first `hlen` (at most 16) bytes of chaddr. */
  chaddr: Span;
  /** chaddr as a 48-bit number when htype is 1 and hlen is 6; else -1. */
  chaddrMac: number;
  /** The 64 bytes of sname; length 0 when they hold options (option 52). */
  sname: Span;
  /** The 128 bytes of file; length 0 when they hold options. */
  file: Span;
  /** The magic cookie (RFC 2132 2: 0x63825363), whatever stands in its place, or -1 when the message ends before it. */
  cookie: number;
  /** Option 52: 1 file, 2 sname, 3 both hold options; 0 none. */
  overload: number;
  /** Option 53 (RFC 2132 9.6); -1 when it is absent or unreadable. */
  messageType: number;
  /** Option 60 begins with `PXEClient`: only then are the sub-options of option 43 those of PXE 2.1. */
  pxe: boolean;
  /**
   * The options in the order of parsing (options, file, sname), without PAD and END: code, offset of the value, its
   * length, area (`AREA`), and so on. Repeated codes are all here.
   */
  options: readonly number[];
  /** Offset just after the END option of the options field, or where reading stopped. What follows is padding. */
  optionsEnd: number;
  /** Offset of an option whose length passes the end of its area, which is therefore not in `options`; -1 none. */
  brokenOption: number;
  /** False when the options field was cut or broken before its END: an absent option may have stood in what is lost. */
  optionsWhole: boolean;
  faults: readonly Fault[];
}
