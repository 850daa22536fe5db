import type { OracleProtocol } from '../mapping.ts';
import { arp } from './arp.ts';
import { dhcpv4 } from './dhcpv4.ts';
import { dhcpv6 } from './dhcpv6.ts';
import { dns } from './dns.ts';
import { eapol } from './eapol.ts';
import { glbp, hsrp } from './redundancy.ts';
import { http } from './http.ts';
import { icmp } from './icmp.ts';
import { icmpv6 } from './neighbour.ts';
import { cdp, lacp, macsec, stp } from './link.ts';
import { lldp } from './lldp.ts';
import { tftp } from './tftp.ts';
import { vrrp } from './vrrp.ts';

/** Every protocol with a counterpart in tshark. */
export const ORACLE: readonly OracleProtocol[] = [
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
  icmpv6,
  lacp,
  lldp,
  macsec,
  stp,
  tftp,
  vrrp,
];

/** All layers of tshark that are asked for. */
export const LAYERS: ReadonlySet<string> = new Set(ORACLE.flatMap(({ layers }) => layers));
