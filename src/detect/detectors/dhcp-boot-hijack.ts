import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import type { Transfer } from '../../flow/transfers/types.ts';
import { addressText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote, Remedy, Severity } from '../finding.ts';
import { bootOrder, isPromisedFile, Redirects, type BootOrder } from '../dhcp4/boot.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import type { Charge } from '../dhcp4/charges.ts';
import { culpritKey, Culprits } from '../dhcp4/culprits.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { REBUILD, rogueRemedy } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { bootText, clientKey, clientText, discoverNote, quoted, replyNote, requestNote } from '../dhcp4/words.ts';

/** Clients whose boot orders are remembered: a large site's machines between lease and fetch. */
const CLIENTS = 16_384;
/** Orders remembered of one client: two servers, and the second stage of each. */
const ORDERS = 4;

interface Facts {
  server: Server4;
  mac: number;
  charge: Charge | undefined;
  told: Distinct;
  leased: Distinct;
  fetched: Distinct;
  /** Of the first fetch: protocol, file, whence. */
  fetch: string;
  boot: string;
}

/** What one server told a client to boot. `charged` is the case of a culprit, undefined for a server without fault. */
interface Order {
  boot: BootOrder;
  charged: string | undefined;
  server: number;
}

/** One client as its boot goes on. */
interface Boot {
  key: number | string;
  name: string;
  orders: Order[];
}

export const dhcpBootHijack: Detector = {
  id: 'dhcp-boot-hijack',
  title: 'Network boot taken over',
  severity: 'high',
  about:
    'A server that must not tells booting machines what to boot. Once a machine has fetched that file it runs foreign software with full control, and whatever is installed from there is not to be trusted.',
  fires: [
    'high: a rogue DHCP or ProxyDHCP server (by the profile, or by decisive behaviour) gives a PXE or HTTP-boot client a boot file, boot server or boot menu',
    'critical: a client that it told so is then seen to fetch from the server it named (TFTP RRQ or HTTP GET)',
    "high: a reply in an authorised server's name names a boot server or boot file that the profile does not allow",
  ],
  quiet: [
    "iPXE's second request, which rightly gets another file: only replies to equal 60, 77 and 93 are compared",
    'the members of an HA pair, each naming itself as next-server',
    'a bare siaddr without file: home routers and dnsmasq fill it in for everybody',
    'a client that is no network boot and fetches nothing',
    'without a profile: two servers that contradict each other (dhcp-servers-conflict), or that share an identifier (dhcp-server-id-spoofed)',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time', 'filename', 'url', 'vendor-class'],
  references: ['RFC 2131 4.3.1', 'RFC 2132 9.4, 9.5', 'RFC 4578', 'RFC 5970'],
  remedy: rogueRemedy(-1, [REBUILD]),
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site } = context;
  const { charges } = roomOf(context);
  const redirects = new Redirects(site);
  const culprits = new Culprits('dhcp-boot-hijack.servers');
  const cases = new Cases<Facts>('dhcp-boot-hijack', newFacts, tell);
  /** Clients that a culprit told what to boot; by hardware address, and by the address that they were given. */
  const boots = new BoundedMap<number | string, Boot>('dhcp-boot-hijack.clients', CLIENTS);
  const byAddress = new BoundedMap<number, Boot>('dhcp-boot-hijack.addresses', CLIENTS);

  const replied = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    let charge = charges.charge(m, exchange);
    // Of two who share an identifier, either may be the honest one: dhcp-server-id-spoofed speaks.
    if (charge?.kind === 'one-of-two') charge = undefined;
    if (m.promise === undefined || m.maasProbe) return;
    if (charge === undefined && site.declared && m.clientClass.pxe) charge = redirects.of(m);
    if (charge === undefined) {
      if (boots.size > 0) honest(m);
      return;
    }
    const boot = bootOrder(m.promise);
    if (boot === undefined) return;
    const one = open(m, charge);
    const key = clientKey(m);
    let client = boots.get(key);
    if (client === undefined) {
      client = { key, name: clientText(m), orders: [] };
      boots.set(key, client);
      for (const offer of exchange?.offers ?? []) {
        const other = offer === m || charged(cases, offer) ? undefined : bootOrder(offer.promise);
        if (other !== undefined) remember(client, { boot: other, charged: undefined, server: offer.server });
      }
    }
    remember(client, { boot, charged: one.key, server: charge.server.address });
    if (m.yiaddr !== 0) byAddress.set(m.yiaddr, client);
    if (!m.clientClass.pxe) return;
    one.facts.told.add(key);
    if (m.kind === 'ACK' && m.yiaddr !== 0) one.facts.leased.add(key);
    if (one.facts.boot === '') one.facts.boot = bootText(m.promise);
    cases.note(one, m.time, () => orderEvidence(m, exchange), emit);
  };

  /** What a server without fault says to a client that a culprit spoke to: it may have named the same place. */
  const honest = (m: Dhcp4Message): void => {
    const client = boots.get(clientKey(m));
    if (client === undefined) return;
    if (m.kind === 'ACK' && m.yiaddr !== 0) byAddress.set(m.yiaddr, client);
    const boot = bootOrder(m.promise);
    if (boot !== undefined) remember(client, { boot, charged: undefined, server: m.server });
  };

  const open = (m: Dhcp4Message, charge: Charge): Case<Facts> => {
    const server = culprits.resolve(charge.server);
    const one = cases.open(culpritKey(server), () => serverSubject(server), m.segment);
    one.facts.server = server;
    one.facts.mac = culprits.macOf(server);
    one.facts.charge ??= charge;
    return one;
  };

  const fetched = (transfer: Transfer, time: number, emit: EmitFinding): void => {
    if (transfer.write || typeof transfer.client !== 'number' || typeof transfer.server !== 'number') return;
    const client = byAddress.get(transfer.client) ?? boots.get(transfer.clientMac);
    if (client === undefined) return;
    const order = lure(client, transfer.server, transfer.file);
    const one = order?.charged === undefined ? undefined : cases.get(order.charged);
    if (one === undefined) return;
    const { facts } = one;
    const first = facts.fetched.size === 0;
    if (!facts.fetched.add(client.key)) return;
    facts.told.add(client.key);
    const whence = addressText(transfer.server);
    const what = `${transfer.protocol === 'http' ? 'HTTP GET' : 'TFTP read'} of ${quoted(transfer.file)}`;
    if (first) facts.fetch = `${quoted(transfer.file)} from ${whence}`;
    const note = `${what} by ${client.name} from ${whence}`;
    cases.note(one, time, () => [{ kind: 'frame', sight: transfer.request, note }], emit, first);
  };

  return {
    on: {
      'dhcp4-message': ({ message, exchange }, emit) => {
        if (message.reply && !message.copy) replied(message, exchange, emit);
      },
      'transfer-request': ({ transfer, time }, emit) => {
        if (boots.size > 0) fetched(transfer, time, emit);
      },
    },
    messages: { kinds: REPLIES },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...culprits.limits(), ...[boots.limit() ?? [], byAddress.limit() ?? []].flat()],
  };
}

/** True when the sender of this offer is a culprit already. */
function charged(cases: Cases<Facts>, offer: Dhcp4Message): boolean {
  return cases.get(culpritKey({ address: offer.server, mac: offer.serverMac })) !== undefined;
}

function orderEvidence(m: Dhcp4Message, exchange: Exchange4 | undefined): EvidenceNote[] {
  const [discover] = exchange?.discovers ?? [];
  const request = m.kind === 'ACK' ? exchange?.requests.at(-1) : undefined;
  return [
    ...(discover === undefined ? [] : [discoverNote(discover)]),
    ...(request === undefined ? [] : [requestNote(request)]),
    replyNote(m),
  ];
}

/** The culprit's order that this fetch obeys. An honest server that named the same place for this file takes precedence. */
function lure(client: Boot, server: number, file: string): Order | undefined {
  const names = (order: Order): boolean => order.boot.servers.includes(server) || order.server === server;
  const charged = client.orders.find((order) => order.charged !== undefined && names(order));
  if (charged === undefined) return undefined;
  const honest = client.orders.some(
    (order) => order.charged === undefined && names(order) && !isPromisedFile(charged.boot.file, file),
  );
  const agreed = client.orders.some(
    (order) => order.charged === undefined && names(order) && isPromisedFile(order.boot.file, file),
  );
  return honest || agreed ? undefined : charged;
}

function remember(client: Boot, order: Order): void {
  const same = client.orders.findIndex(
    (known) => known.charged === order.charged && known.server === order.server && known.boot.file === order.boot.file,
  );
  if (same >= 0) return;
  client.orders.push(order);
  if (client.orders.length > ORDERS) client.orders.shift();
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    mac: -1,
    charge: undefined,
    told: new Distinct('dhcp-boot-hijack.told'),
    leased: new Distinct('dhcp-boot-hijack.leased'),
    fetched: new Distinct('dhcp-boot-hijack.fetched'),
    fetch: '',
    boot: '',
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const { charge, mac } = facts;
  if (charge === undefined) throw new TypeError('a hijack without its charge');
  const who = serverText({ address: facts.server.address, mac });
  const taken = facts.fetched.size > 0;
  const severity: Severity = taken ? 'critical' : 'high';
  const remedy: Remedy = rogueRemedy(mac, [REBUILD]);
  const reasons = [charge.reason];
  if (taken) reasons.push('clients that it told so fetched from where it sent them');
  const wouldDecide = [
    ...(taken ? [] : ["a capture at the client's port, or of its TFTP and HTTP traffic: whether it fetched the file"]),
    ...(charge.kind === 'not-authorised' || charge.level === 'certain'
      ? []
      : ['a profile with the MAC addresses of the servers and the boot files']),
  ];
  const what = facts.boot === '' ? 'what to boot' : `what to boot (${facts.boot})`;
  const message = taken
    ? `${who} took over the boot of ${facts.fetched.text('machine')}: it told ${facts.told.text('client')} ${what}, and ${facts.fetched.size === 1 ? 'one' : facts.fetched.size} fetched ${facts.fetch}.`
    : `${who} told ${facts.told.text('booting client')} ${what}${facts.leased.size > 0 ? `; ${facts.leased.text('client')} took its lease` : ''}; no fetch is seen here.`;
  return { severity, confidence: confidence(charge.level, reasons, wouldDecide), message, remedy };
}
