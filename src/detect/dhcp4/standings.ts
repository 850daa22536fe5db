import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import type { Site, Standing } from '../site.ts';
import { named, type Server4 } from './servers.ts';

/** Servers whose standing is remembered: far more than any site has; a flood of invented ones is only looked up again. */
const SERVERS = 1024;

/** What the site says of senders of replies, remembered by server: every reply asks. */
export class Standings {
  private readonly site: Site;
  private readonly known = new BoundedMap<number, { mac: number; standing: Standing }>('dhcp4.standings', SERVERS);

  constructor(site: Site) {
    this.site = site;
  }

  /** By the role in which it spoke. */
  of(reply: Dhcp4Message, server: Server4): Standing {
    if (!this.site.declared || !named(server)) return 'unknown';
    if (reply.proxy) return this.site.proxyDhcp(server);
    const standing = this.dhcp(server);
    // A proxying relay puts itself into option 54.
    if (standing === 'unauthorised' && reply.giaddr !== 0 && this.site.relay(server.address) === 'authorised') {
      return 'authorised';
    }
    return standing;
  }

  private dhcp(server: Server4): Standing {
    const known = this.known.get(server.address);
    if (known !== undefined && known.mac === server.mac) return known.standing;
    const standing = this.site.dhcp4Server(server);
    this.known.set(server.address, { mac: server.mac, standing });
    return standing;
  }
}
