import { compareAnswers, type Difference } from '../../flow/dhcp4/compare.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { named, serverOf, type Server4 } from './servers.ts';

/** Another server's answer to the very question that a reply answers. */
export interface Rival {
  reply: Dhcp4Message;
  server: Server4;
  difference: Difference;
  /** The two addresses lie in different subnets, by their own masks. */
  otherSubnet: boolean;
}

/**
 * The earlier answers of other DHCP servers to the same DISCOVER (or BOOTREQUEST): same client and xid, hence the same
 * 60, 77 and 93. ProxyDHCP promises no network and is nobody's rival here.
 */
export function rivals(reply: Dhcp4Message, exchange: Exchange4): Rival[] {
  const list = reply.kind === 'OFFER' ? exchange.offers : firstAnswers(reply, exchange);
  if (list.length < 2 || reply.proxy) return [];
  const server = serverOf(reply);
  if (!named(server)) return [];
  const found: Rival[] = [];
  for (const other of list) {
    if (other === reply) break;
    if (other.xid !== reply.xid || other.proxy || other.promise === undefined) continue;
    const rival = serverOf(other);
    // One address: one server, or an impostor, which dhcp-server-id-spoofed tells.
    if (!named(rival) || rival.address === server.address) continue;
    if (found.some((one) => one.server.address === rival.address)) continue;
    found.push({
      reply: other,
      server: rival,
      difference: compareAnswers(other, reply),
      otherSubnet: otherSubnet(other, reply),
    });
  }
  return found;
}

/** ACKs and BOOTREPLYs that answer a first question: Rapid Commit and BOOTP. */
function firstAnswers(reply: Dhcp4Message, exchange: Exchange4): readonly Dhcp4Message[] {
  if (reply.kind === 'BOOTREPLY') return exchange.acks;
  if (reply.kind !== 'ACK' || !reply.rapidCommit || exchange.phase !== 'selecting') return [];
  return [...exchange.offers, ...exchange.acks.filter((ack) => ack.rapidCommit)];
}

function otherSubnet(a: Dhcp4Message, b: Dhcp4Message): boolean {
  const mask = a.promise?.mask ?? -1;
  if (mask < 0 || mask !== b.promise?.mask || a.yiaddr === 0 || b.yiaddr === 0) return false;
  return ((a.yiaddr ^ b.yiaddr) & mask) !== 0;
}
