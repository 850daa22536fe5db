import type { Protocol } from './protocol.ts';
import { arp } from './protocols/arp.ts';
import { cdp } from './protocols/cdp.ts';
import { dhcpv4 } from './protocols/dhcpv4/index.ts';
import { dhcpv6 } from './protocols/dhcpv6/index.ts';
import { dns } from './protocols/dns.ts';
import { eapol } from './protocols/eapol/index.ts';
import { glbp } from './protocols/glbp.ts';
import { hsrp } from './protocols/hsrp.ts';
import { http } from './protocols/http.ts';
import { icmp } from './protocols/icmp.ts';
import { icmp6Error } from './protocols/icmp6-error.ts';
import { lacp } from './protocols/lacp.ts';
import { lldp } from './protocols/lldp/index.ts';
import { macsec } from './protocols/macsec.ts';
import { nd } from './protocols/nd/index.ts';
import { stp } from './protocols/stp.ts';
import { tftp } from './protocols/tftp.ts';
import { vrrp } from './protocols/vrrp.ts';

/** Every protocol, sorted by name: one line each. The place in this list is its number in the claim tables (from 1). */
export const PROTOCOLS = [
  arp,
  cdp,
  dhcpv4,
  dhcpv6,
  dns,
  eapol,
  glbp,
  hsrp,
  http,
  icmp,
  icmp6Error,
  lacp,
  lldp,
  macsec,
  nd,
  stp,
  tftp,
  vrrp,
] as const;

type RecordOf<P> = P extends Protocol<infer R> ? R : never;

/** Any record; `protocol` tells them apart. */
export type WireRecord = RecordOf<(typeof PROTOCOLS)[number]>;
