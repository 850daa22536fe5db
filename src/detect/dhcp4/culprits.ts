import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Server4 } from './servers.ts';

/** Servers known by name on one link or another: far more than any site has, few enough for a flood of invented ones. */
const SERVERS = 1024;

/**
 * One culprit, one name: a server is seen with its MAC (an OFFER on the link), without it (behind a relay, in answer to
 * a renewal), from another vantage, or only named by a client. Whatever came first gives the finding its subject; the
 * rest joins it.
 */
export class Culprits {
  private readonly known: BoundedMap<number, { subject: Server4; mac: number }>;

  constructor(name: string) {
    this.known = new BoundedMap(name, SERVERS);
  }

  /** The server under the name that its finding goes by: equal for all sights of one culprit. */
  resolve(seen: Server4): Server4 {
    if (seen.address <= 0) return seen;
    const one = this.known.get(seen.address);
    if (one === undefined) {
      this.known.set(seen.address, { subject: seen, mac: seen.mac });
      return seen;
    }
    if (seen.mac < 0 || seen.mac === one.mac) return one.subject;
    if (one.mac < 0) {
      one.mac = seen.mac;
      return one.subject;
    }
    // Another machine under the same address is another culprit.
    return seen;
  }

  /** The MAC learned for a culprit, for sentences. */
  macOf(server: Server4): number {
    if (server.mac >= 0) return server.mac;
    return this.known.peek(server.address)?.mac ?? -1;
  }

  limits(): LimitReached[] {
    const limit = this.known.limit();
    return limit === undefined ? [] : [limit];
  }
}

/** Key of a culprit's case. */
export function culpritKey(server: Server4): string {
  return `${server.address}/${server.mac}`;
}
