import type { Address } from './envelope.ts';

/**
 * What a hello of VRRP, CARP, HSRP or GLBP says of one virtual router: an address or MAC address that moves between
 * machines by design, and is no conflict while its hellos say so.
 */
export interface VirtualRouter {
  /** VRRP and CARP virtual router id, HSRP and GLBP group. */
  group: number;
  /** Higher wins; VRRP 0 gives up, 255 owns the address. CARP: -1. */
  priority: number;
  /** The sender answers for the addresses now. */
  active: boolean;
  /** 48-bit number; by the protocol's rule unless the hello names it. */
  virtualMac: number;
  /** Empty where the hello does not say (CARP, HSRP learning). */
  addresses: readonly Address[];
}
