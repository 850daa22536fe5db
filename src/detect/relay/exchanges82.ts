import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';

/** A reply, and the requests on its own segment that it may answer. */
export interface Answered82 {
  reply: Dhcp4Message;
  requests: readonly Dhcp4Message[];
}

/**
 * Replies of servers in an exchange with the requests that they answer: same transaction id and segment, before them.
 * Left out is what no server needs to echo into: ProxyDHCP, INFORM, LEASEQUERY, and what the capture cut; and whole
 * exchanges without any Option 82, which are nearly all.
 */
export function answered82(exchange: Exchange4): Answered82[] {
  if (!carries82(exchange)) return [];
  const { phase } = exchange;
  if (phase === 'inform' || phase === 'leasequery' || phase === 'proxy' || phase === 'bootp') return [];
  return [...exchange.offers, ...exchange.acks].flatMap((reply) => {
    if (reply.proxy || !reply.whole || reply.copy) return [];
    const asked = reply.kind === 'OFFER' ? exchange.discovers : [...exchange.requests, ...exchange.discovers];
    const requests = asked.filter(
      (one) => one.xid === reply.xid && one.segment === reply.segment && one.time <= reply.time && one.whole,
    );
    const own = requests.filter((one) => (reply.kind === 'ACK' ? one.kind === 'REQUEST' : true));
    const list = own.length > 0 ? own : requests;
    return list.length === 0 ? [] : [{ reply, requests: list }];
  });
}

function carries82({ discovers, offers, requests, acks }: Exchange4): boolean {
  for (const m of offers) if (m.relayAgentCount > 0) return true;
  for (const m of acks) if (m.relayAgentCount > 0) return true;
  for (const m of discovers) if (m.relayAgentCount > 0) return true;
  for (const m of requests) if (m.relayAgentCount > 0) return true;
  return false;
}

/** The same answer was seen on this segment in another form: both sides of a relay or switch come by here. */
export function otherForm(exchange: Exchange4, reply: Dhcp4Message, differs: (one: Dhcp4Message) => boolean): boolean {
  return [...exchange.offers, ...exchange.acks].some(
    (one) =>
      one !== reply &&
      one.segment === reply.segment &&
      one.kind === reply.kind &&
      one.xid === reply.xid &&
      one.server === reply.server &&
      one.yiaddr === reply.yiaddr &&
      differs(one),
  );
}

/** The client got nothing out of it, though it asked again after an answer. */
export function inVain(exchange: Exchange4): boolean {
  const { ackCount, requestCount, discoverCount, lastDiscover, offers } = exchange;
  if (ackCount > 0 || requestCount > 0) return false;
  const [offer] = offers;
  return discoverCount > 1 && offer !== undefined && lastDiscover > offer.time;
}
