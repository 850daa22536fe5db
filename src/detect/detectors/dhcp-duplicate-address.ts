import { BoundedMap } from '../../flow/bounded.ts';
import { comparePromises } from '../../flow/dhcp4/compare.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { timeOf, type Sight } from '../../flow/sight.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { roomOf } from '../dhcp4/room.ts';
import { named, serverOf, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, clientText, replyNote } from '../dhcp4/words.ts';
import type { Standings } from '../dhcp4/standings.ts';
import type { Site } from '../site.ts';

/** Leases followed: a large site's. */
const LEASES = 8192;
/** Addresses leased twice at the same time. */
const DISPUTES = 512;

/** An address and who was told that it is theirs. */
interface Lease {
  client: number | string;
  chaddr: number;
  server: Server4;
  ack: Dhcp4Message;
  /** Microseconds. */
  expiry: number;
}

/** Two valid leases of one address. */
interface Dispute {
  key: number | string;
  address: number;
  segment: number;
  leases: readonly [Lease, Lease];
  /** Each one's use of the address after the second ACK. */
  uses: [Sight | undefined, Sight | undefined];
  /** The one that used it first, again, after the other did: no handover between two ports of one machine. */
  again: Sight | undefined;
  /** Who used it last, and when (microseconds); -1 nobody. */
  user: -1 | 0 | 1;
  since: number;
  strangers: boolean;
}

interface Facts {
  dispute: Dispute | undefined;
}

export const dhcpDuplicateAddress: Detector = {
  id: 'dhcp-duplicate-address',
  title: 'One address leased to two clients',
  severity: 'high',
  about:
    'Two machines hold a valid lease of one address. Both lose connections at random, a deployment fails midway. Two servers lease one pool without knowing of each other, or one server lost its leases.',
  fires: [
    'one address ACKed to two clients with overlapping validity, by servers that are no HA peers',
    'the same by one server or by servers that agree, and both clients are then seen to use the address in turn (ARP, renewal, a fetch): one, the other, the first again',
  ],
  quiet: [
    'one hardware address with two client ids: the ROM, then the installer with a DUID',
    'a lease that was released, declined, has expired, or whose client was given another address',
    'the members of a bond: MAAS gives every parent MAC of a bond the same address, and one of them uses it at a time',
    'an HA pair, and one server, as long as only one client uses the address, or one after the other',
    'an ACK without lease time: its validity is unknown',
  ],
  needs: ['ipv4', 'mac', 'lease', 'time'],
  references: ['RFC 2131 1.6, 4.3.1'],
  remedy: {
    runbook: '',
    steps: [
      'Take one of the two clients off (`show mac address-table address <mac>`), let it ask for a new lease.',
      'Find out why both servers lease this address: overlapping dynamic ranges, a second server on the VLAN (see dhcp-rogue-server), an HA pair whose partners do not talk (TCP 647 and 847), a lease file that was emptied or restored.',
      'In MAAS, Subnets, the subnet: dynamic and reserved ranges must not overlap with what another server leases.',
    ],
    verify: ['`arping -D -I <rack-if> <address>` gets one answer only.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site } = context;
  const room = roomOf(context);
  const cases = new Cases<Facts>('dhcp-duplicate-address', () => ({ dispute: undefined }), tell);
  const leases = new BoundedMap<number | string, Lease>('dhcp-duplicate-address.leases', LEASES);
  const heldBy = new BoundedMap<number | string, { link: string; key: number | string }>(
    'dhcp-duplicate-address.clients',
    LEASES,
  );
  const disputes = new BoundedMap<number, Dispute>('dhcp-duplicate-address.disputes', DISPUTES);

  const granted = (m: Dhcp4Message, emit: EmitFinding): void => {
    const server = serverOf(m);
    if (m.leaseTime < 0 || !named(server)) return;
    const client = clientKey(m);
    const key = room.addressOn(m.link, m.yiaddr);
    const known = leases.get(key);
    const expiry = m.leaseTime === 0xffffffff ? Infinity : m.time + m.leaseTime * 1e6;
    if (known !== undefined && known.client === client) {
      known.ack = m;
      known.expiry = expiry;
      known.server = server;
      return;
    }
    const before = heldBy.get(client);
    // With a new address the old one is given up.
    if (before !== undefined && before.link === m.link && leases.peek(before.key)?.client === client)
      leases.delete(before.key);
    heldBy.set(client, { link: m.link, key });
    const lease: Lease = { client, chaddr: m.chaddr, server, ack: m, expiry };
    leases.set(key, lease);
    if (known === undefined || known.expiry <= m.time) return;
    const strangers = areStrangers(site, room.standings, known, lease);
    const running = disputes.get(m.yiaddr);
    if (running?.key === key && running.leases.every((one) => one.client === client || one.client === known.client))
      return;
    const dispute: Dispute = {
      key,
      address: m.yiaddr,
      segment: m.segment,
      leases: [known, lease],
      uses: [undefined, undefined],
      again: undefined,
      user: -1,
      since: 0,
      strangers,
    };
    disputes.set(m.yiaddr, dispute);
    if (strangers) say(dispute, m.time, emit);
  };

  const given = (m: Dhcp4Message): void => {
    const address = m.kind === 'RELEASE' ? m.ciaddr : m.requested;
    const key = room.addressOn(m.link, address);
    if (leases.peek(key)?.client === clientKey(m)) leases.delete(key);
    const dispute = disputes.get(address);
    if (dispute?.leases.some((one) => one.client === clientKey(m)) === true) disputes.delete(address);
  };

  /** A station was seen with the address. */
  const used = (address: number, client: number | string, sight: Sight, time: number, emit: EmitFinding): void => {
    const dispute = disputes.get(address);
    if (dispute === undefined) return;
    const which = dispute.leases.findIndex((one) => one.client === client) === 0 ? 0 : 1;
    if (dispute.leases[which].client !== client || dispute.again !== undefined) return;
    const at = timeOf(sight);
    // An answer may be told of later than it was sent: what lies before the other's use is no return.
    if (at < dispute.since) return;
    const before = dispute.user;
    dispute.user = which;
    dispute.since = at;
    if (dispute.uses[which] === undefined) dispute.uses[which] = sight;
    else if (before !== which) dispute.again = sight;
    else return;
    if (dispute.again !== undefined || dispute.strangers) say(dispute, time, emit);
  };

  const say = (dispute: Dispute, time: number, emit: EmitFinding): void => {
    const one = cases.open(String(dispute.key), () => ({ address: ipv4Text(dispute.address) }), dispute.segment);
    one.facts.dispute = dispute;
    const evidence: EvidenceNote[] = dispute.leases.map(({ ack }) => replyNote(ack));
    dispute.uses.forEach((sight, i) => {
      const client = clientText(dispute.leases[i === 0 ? 0 : 1].ack);
      if (sight !== undefined)
        evidence.push({ kind: 'frame', sight, note: `${client} uses ${ipv4Text(dispute.address)}` });
    });
    if (dispute.again !== undefined) {
      evidence.push({
        kind: 'frame',
        sight: dispute.again,
        note: `${ipv4Text(dispute.address)} is used by the first again`,
      });
    }
    cases.note(one, time, () => evidence, emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m }, emit) => {
        if (m.copy) return;
        if (m.kind === 'ACK') {
          if (m.yiaddr !== 0 && !m.proxy) granted(m, emit);
        } else if (m.kind === 'RELEASE' || m.kind === 'DECLINE') given(m);
        else if (m.kind === 'REQUEST' && m.ciaddr !== 0 && disputes.size > 0)
          used(m.ciaddr, clientKey(m), m.sight, m.time, emit);
      },
      'address-claimed': ({ address, claimant, kind, time }, emit) => {
        if (disputes.size === 0 || typeof address !== 'number' || kind === 'weak') return;
        used(address, claimant.mac, claimant.last, time, emit);
      },
      'transfer-request': ({ transfer, time }, emit) => {
        if (disputes.size === 0 || typeof transfer.client !== 'number') return;
        used(transfer.client, transfer.clientMac, transfer.request, time, emit);
      },
    },
    messages: { kinds: ['ACK', 'RELEASE', 'DECLINE', 'REQUEST'] },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...[leases.limit() ?? [], disputes.limit() ?? []].flat()],
  };
}

/** Two servers that do not know of each other: the site says so, or they promise different networks. */
function areStrangers(site: Site, standings: Standings, a: Lease, b: Lease): boolean {
  if (a.server.address === b.server.address) return false;
  if ([a, b].some((one) => standings.of(one.ack, one.server) === 'unauthorised')) return true;
  if (site.samePeers(a.server.address, b.server.address)) return false;
  const [first, second] = [a.ack.promise, b.ack.promise];
  return first !== undefined && second !== undefined && comparePromises(first, second).network.length > 0;
}

function tell({ facts }: Case<Facts>): Telling {
  const { dispute } = facts;
  if (dispute === undefined) throw new TypeError('a duplicate without its leases');
  const [a, b] = dispute.leases;
  const both = dispute.uses.every((sight) => sight !== undefined);
  const reasons = ['the first lease was neither released nor declined, and had not expired, when the second was given'];
  if (both) reasons.push('both clients were seen using the address after that');
  if (dispute.strangers) reasons.push(`${serverText(a.server)} and ${serverText(b.server)} are no HA peers`);
  return {
    confidence: confidence(
      both ? 'certain' : 'likely',
      reasons,
      both ? [] : ['ARP on the segment after the second ACK: whether both use the address'],
    ),
    message: `${ipv4Text(dispute.address)} was leased to ${clientText(a.ack)} by ${serverText(a.server)} and to ${clientText(b.ack)} by ${serverText(b.server)} at the same time${both ? '; both use it' : ''}.`,
  };
}
