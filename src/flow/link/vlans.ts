import type { Envelope } from '../../wire/envelope.ts';
import type { Dhcp4Record } from '../../wire/protocols/dhcpv4/index.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';

/** Transactions whose VLANs are compared: those of the last minutes of a large site. */
const TRANSACTIONS = 8_192;
/** Captures that are followed. */
const CAPTURES = 1_024;
/** VLANs of one transaction that are kept: a relay's two sides, and one that is wrong. */
const EACH = 4;

interface Seen {
  vlan: number;
  segment: number;
  sight: Sight;
  /** Of a reply, its server. */
  server: number;
  /** Without a relay: only then must both be on one VLAN. */
  direct: boolean;
}

interface Transaction {
  capture: number;
  mac: number;
  requests: Seen[];
  replies: Seen[];
  time: number;
}

/** DHCP messages whose answers came on another VLAN. Looked at only in captures that show more than one. */
export class VlanCrossings {
  private readonly transactions = new BoundedMap<string, Transaction>('link.vlan-transactions', TRANSACTIONS);
  /** The VLAN of a capture's DHCP; -2 several. */
  private readonly vlans = new BoundedMap<number, number>('link.vlan-captures', CAPTURES);

  on(r: Dhcp4Record, e: Envelope): void {
    const known = this.vlans.get(e.capture);
    if (known === undefined) this.vlans.set(e.capture, e.vlan);
    else if (known >= 0 && known !== e.vlan) this.vlans.set(e.capture, -2);
    // The first messages of the first VLAN are passed over, so that captures of one VLAN cost nothing.
    if (known !== -2 || r.chaddrMac < 0) return;
    const key = `${e.capture}/${r.xid}/${r.chaddrMac}`;
    let one = this.transactions.get(key);
    if (one === undefined) {
      one = { capture: e.capture, mac: r.chaddrMac, requests: [], replies: [], time: 0 };
      this.transactions.set(key, one);
    }
    one.time = e.time;
    const list = r.op === 1 ? one.requests : one.replies;
    if (list.length >= EACH || list.some(({ segment }) => segment === e.segment)) return;
    const server = r.op === 2 && typeof e.ipSrc === 'number' ? e.ipSrc : -1;
    list.push({ vlan: e.vlan, segment: e.segment, sight: sightOf(e), server, direct: r.giaddr === 0 });
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const { capture, mac, requests, replies, time } of this.transactions.values()) {
      const [request] = requests;
      const [reply] = replies;
      if (capture !== at.capture || request === undefined || reply === undefined) continue;
      // A relay, or a copy of both sides: the two meet somewhere.
      if ([...requests, ...replies].some((one) => !one.direct)) continue;
      if (replies.some((one) => requests.some(({ vlan }) => vlan === one.vlan))) continue;
      emit({
        type: 'vlan-crossed',
        capture,
        segment: request.segment,
        mac,
        requestVlan: request.vlan,
        replyVlan: reply.vlan,
        server: reply.server,
        request: request.sight,
        reply: reply.sight,
        time,
      });
    }
  }

  limits(): LimitReached[] {
    return [this.transactions.limit(), this.vlans.limit()].filter((limit) => limit !== undefined);
  }
}
