import { dhcp4 } from './dhcp4/exchanges.ts';
import { dhcp6 } from './dhcp6/dhcp6.ts';
import type { Flow } from './flow.ts';
import { link } from './link/link.ts';
import { neighbours } from './neighbours/neighbours.ts';
import { transfers } from './transfers/transfers.ts';

/** Every flow, in the order in which a record passes them: those whose events others wait for come first. */
export const FLOWS: readonly Flow[] = [dhcp4, dhcp6, neighbours, link, transfers];
