import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import type { NetworkField } from '../../flow/dhcp4/compare.ts';
import type { Dhcp4Message, Exchange4, Promise4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { rivals, type Rival } from '../dhcp4/rivals.ts';
import { pairSubject, serverOf, serverText, type Server4 } from '../dhcp4/servers.ts';
import { addressesText, clientKey, discoverNote, quoted, replyNote, requestNote } from '../dhcp4/words.ts';

interface Facts {
  /** In order of appearance. */
  servers: readonly [Server4, Server4] | undefined;
  clients: Distinct;
  differences: string[];
  fields: readonly NetworkField[];
  oneSided: boolean;
  supporting: string[];
  chosen: Map<number, Distinct>;
  authorised: boolean;
}

export const dhcpServersConflict: Detector = {
  id: 'dhcp-servers-conflict',
  title: 'DHCP servers contradict each other',
  severity: 'medium',
  about:
    'Two DHCP servers answer the same DISCOVER with different networks or boot files. One of them is misconfigured or foreign; which one a client gets is chance. Without a profile the capture alone does not say which of them belongs here.',
  fires: [
    "two servers answer the same DISCOVER (client, xid, and so 60, 77 and 93) with different network promises: mask, routers or DNS as sets, 121/249, 252, domain, boot file's base name, or addresses of different subnets",
    'the same with BOOTP replies and Rapid Commit',
  ],
  quiet: [
    'an HA pair: only 54, siaddr, the host in 66, 67 or a URL, the order of DNS or NTP, or another free address of the subnet differs (dhcp-multiple-servers)',
    'a server that the site does not authorise: dhcp-rogue-server names it',
    'one server twice: a repeated offer, two relays, two identifiers of one exchange that differ in nothing',
    'ProxyDHCP beside DHCP',
    "answers to different DISCOVERs: iPXE's second request rightly gets another file",
    'two VLANs, or both sides of a relay',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time', 'options', 'domain', 'filename'],
  references: ['RFC 2131 3.1, 4.3.1', 'RFC 2132', 'RFC 3442'],
  remedy: {
    runbook: '',
    steps: [
      'Say which server belongs to this VLAN: MAAS, Subnets, the VLAN, "DHCP" names the racks that serve it; `ps`/`ss -lunp sport = :67` on the others.',
      'Stop the other one, or take its port off the VLAN: `show mac address-table address <mac>` (Cisco), `show ethernet-switching table | match <mac>` (Juniper), `show mac-address <mac>` (ArubaOS-Switch).',
      "If both are meant to serve, give them one configuration (ISC failover, a Kea HA pair, or MAAS's primary and secondary rack on the VLAN).",
      'Write the authorised servers into a profile; a third one is then named at once.',
    ],
    verify: [WATCH_STEP],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { standings } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-servers-conflict', newFacts, tell);

  const offered = (m: Dhcp4Message, exchange: Exchange4, emit: EmitFinding): void => {
    for (const rival of rivals(m, exchange)) {
      if (rival.difference.network.length === 0 && !rival.otherSubnet) continue;
      const server = serverOf(m);
      const both = [standings.of(m, server), standings.of(rival.reply, rival.server)];
      if (both.includes('unauthorised')) continue;
      const one = cases.open(keyOf(m, rival.server, server), () => pairSubject(rival.server, server), m.segment);
      const { facts } = one;
      if (facts.servers === undefined) {
        facts.servers = [rival.server, server];
        facts.authorised = both.every((standing) => standing === 'authorised');
        facts.fields = rival.difference.network;
        facts.oneSided = !rival.otherSubnet && rival.difference.oneSided.length === rival.difference.network.length;
        facts.differences = differences(rival, m);
        facts.supporting = [...supporting(rival.reply), ...supporting(m)];
      }
      facts.clients.add(clientKey(m));
      const [discover] = exchange.discovers;
      cases.note(
        one,
        m.time,
        () => [...(discover === undefined ? [] : [discoverNote(discover)]), replyNote(rival.reply), replyNote(m)],
        emit,
      );
    }
  };

  /** What the client made of it. */
  const chose = (m: Dhcp4Message, exchange: Exchange4): void => {
    const offers = exchange.offers.filter((one) => !one.proxy);
    const [first] = offers;
    if (first === undefined || offers.length < 2) return;
    for (const other of offers) {
      const one = cases.get(keyOf(first, serverOf(first), serverOf(other)));
      if (one === undefined) continue;
      let by = one.facts.chosen.get(m.serverId);
      if (by === undefined && one.facts.chosen.size < 2) {
        by = new Distinct('dhcp-servers-conflict.chosen');
        one.facts.chosen.set(m.serverId, by);
      }
      by?.add(clientKey(m));
      cases.add(one, () => [requestNote(m)]);
    }
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (exchange === undefined || m.copy || exchange.offers.length + exchange.acks.length < 2) return;
        if (m.reply) offered(m, exchange, emit);
        else if (m.kind === 'REQUEST' && m.serverId > 0) chose(m, exchange);
      },
    },
    messages: { kinds: [...REPLIES, 'REQUEST'] },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function keyOf(m: Dhcp4Message, a: Server4, b: Server4): string {
  const [low, high] = a.address < b.address ? [a, b] : [b, a];
  return `${m.segment}/${m.link}/${low.address}/${high.address}`;
}

function newFacts(): Facts {
  return {
    servers: undefined,
    clients: new Distinct('dhcp-servers-conflict.clients'),
    differences: [],
    fields: [],
    oneSided: false,
    supporting: [],
    chosen: new Map(),
    authorised: false,
  };
}

/** Each contradiction in words, both sides. */
function differences(rival: Rival, m: Dhcp4Message): string[] {
  const [a, b] = [rival.reply.promise, m.promise];
  if (a === undefined || b === undefined) return [];
  const list = rival.difference.network.map(
    (field) => `${NAMES[field]} ${valueText(a, field)} against ${valueText(b, field)}`,
  );
  if (rival.otherSubnet)
    list.push(`addresses of different subnets (${ipv4Text(rival.reply.yiaddr)} and ${ipv4Text(m.yiaddr)})`);
  return list;
}

const NAMES: Record<NetworkField, string> = {
  mask: 'subnet mask',
  routers: 'router',
  dns: 'DNS',
  routes: 'classless routes',
  proxyAutoConfig: 'proxy configuration',
  domain: 'domain',
  domainSearch: 'search list',
  bootFile: 'boot file',
};

function valueText(promise: Promise4, field: NetworkField): string {
  const value = promise[field];
  if (typeof value === 'number') return value < 0 ? 'none' : ipv4Text(value);
  if (typeof value !== 'string') return value.length === 0 ? 'none' : addressesText(value);
  if (value === '') return 'none';
  return field === 'routes' ? `hex ${value.slice(0, 40)}` : quoted(value);
}

/** What points to a foreign server but proves nothing (`judgement.md`). */
function supporting(m: Dhcp4Message): string[] {
  const { promise } = m;
  const server = serverOf(m);
  const who = serverText(server);
  const list: string[] = [];
  if (
    promise !== undefined &&
    server.address > 0 &&
    promise.nextServer === server.address &&
    promise.routers.includes(server.address) &&
    promise.dns.includes(server.address)
  ) {
    list.push(`${who} names itself as router, resolver and boot server`);
  }
  if (m.whole && m.serverId < 0 && m.kind !== 'BOOTREPLY') list.push(`${who} leaves out the server identifier`);
  if (m.whole && m.leaseTime < 0 && m.kind !== 'BOOTREPLY') list.push(`${who} leaves out the lease time`);
  return list;
}

function tell({ facts }: Case<Facts>): Telling {
  const [first, second] = facts.servers ?? [];
  if (first === undefined || second === undefined) throw new TypeError('a conflict without its two servers');
  const chosen = [...facts.chosen].map(([address, by]) => `${by.text('client')} chose ${ipv4Text(address)}`).join(', ');
  const reasons = ['both answered the same DISCOVER, so that their answers should agree', ...facts.supporting];
  if (facts.authorised) reasons.push('both are authorised: their configurations differ');
  return {
    confidence: confidence(
      facts.oneSided && facts.fields.every((field) => field === 'domain' || field === 'domainSearch')
        ? 'possible'
        : 'likely',
      reasons,
      facts.authorised
        ? []
        : [
            'a profile, or --authorized-server, that says which of them belongs here',
            'ISC failover between the two on TCP 647 or 847: then they are one HA pair',
            'size or hash of the boot file that each of them serves',
          ],
    ),
    message: `${serverText(first)} and ${serverText(second)} answer the same DISCOVER with different promises: ${facts.differences.join('; ')} (${facts.clients.text('client')}${chosen === '' ? '' : `; ${chosen}`}). One of them does not belong here or is misconfigured.`,
    ...(facts.fields.includes('routes')
      ? { causes: ['classless routes (121, 249) send chosen traffic elsewhere: route injection'] }
      : {}),
  };
}
