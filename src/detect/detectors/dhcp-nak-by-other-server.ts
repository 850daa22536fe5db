import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { culpritKey, Culprits } from '../dhcp4/culprits.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { refusalRemedy } from '../dhcp4/remedies.ts';
import { named, sameServer, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, replyNote, requestNote, story } from '../dhcp4/words.ts';

interface Facts {
  server: Server4;
  mac: number;
  clients: Distinct;
  /** Whom the clients had asked, or who acknowledged the same request. */
  others: Distinct;
  selecting: boolean;
  text: string;
}

export const dhcpNakByOtherServer: Detector = {
  id: 'dhcp-nak-by-other-server',
  title: 'A server refuses what another server granted',
  severity: 'high',
  about:
    'A DHCP server answers NAK to a REQUEST that was meant for another server. The client drops its lease and starts over; one such server can keep a whole segment from booting. It is a server that believes itself authoritative for a network that it does not serve, or an attack.',
  fires: [
    'a NAK to a SELECTING REQUEST by a server that this REQUEST does not name (one is enough)',
    'a NAK to an INIT-REBOOT or REBINDING REQUEST that another server acknowledges',
    'a NAK to a unicast renewal by another server than the one that was asked',
  ],
  quiet: [
    'a NAK by the server that was asked: the lease is gone, or the client moved to another network',
    'a NAK to INIT-REBOOT that nobody contradicts',
    'INIT-REBOOT or REBINDING acknowledged by an HA peer',
    "a relay's override of the identifier (RFC 5107), a multihomed server that answers from its other address",
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['RFC 2131 3.1 step 4, 3.2, 4.3.2'],
  remedy: refusalRemedy(-1),
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-nak-by-other-server', newFacts, tell);
  const culprits = new Culprits('dhcp-nak-by-other-server.servers');

  const contradicted = (
    nak: Dhcp4Message,
    other: number,
    exchange: Exchange4,
    emit: EmitFinding,
    time: number,
  ): void => {
    const server = culprits.resolve(serverOf(nak));
    const one = cases.open(culpritKey(server), () => serverSubject(server), nak.segment);
    const { facts } = one;
    facts.server = server;
    facts.mac = culprits.macOf(server);
    facts.clients.add(clientKey(nak));
    facts.others.add(ipv4Text(other));
    facts.selecting ||= exchange.phase === 'selecting';
    if (nak.text !== '') facts.text = safeText(nak.text.slice(0, 80));
    const request = exchange.requests.at(-1);
    const first = one.count === 0;
    cases.note(
      one,
      time,
      () => (first ? story(exchange) : [...(request === undefined ? [] : [requestNote(request)]), replyNote(nak)]),
      emit,
    );
  };

  const onNak = (nak: Dhcp4Message, exchange: Exchange4, emit: EmitFinding): void => {
    const server = serverOf(nak);
    if (!named(server)) return;
    if (exchange.phase === 'selecting') {
      const { chosen } = exchange;
      const relayed = exchange.requests.some((one) => one.serverIdOverride > 0);
      const meant = exchange.requests.some((one) => one.serverId === server.address || one.serverId === nak.ipSrc);
      if (chosen > 0 && !relayed && !meant && server.address > 0) contradicted(nak, chosen, exchange, emit, nak.time);
      return;
    }
    if (exchange.phase === 'renewing') {
      const asked =
        exchange.requests.find((one) => one.giaddr === 0 && one.ipDst > 0 && one.ipDst !== 0xffffffff)?.ipDst ?? -1;
      if (asked > 0 && asked !== server.address && asked !== nak.ipSrc && nak.giaddr === 0) {
        contradicted(nak, asked, exchange, emit, nak.time);
      }
      return;
    }
    const ack = exchange.acks.find((one) => contradicts(nak, one, exchange));
    if (ack !== undefined) contradicted(nak, serverOf(ack).address, exchange, emit, nak.time);
  };

  const onAck = (ack: Dhcp4Message, exchange: Exchange4, emit: EmitFinding): void => {
    if (exchange.phase !== 'init-reboot' && exchange.phase !== 'rebinding') return;
    const nak = exchange.naks.find((one) => contradicts(one, ack, exchange));
    if (nak !== undefined) contradicted(nak, serverOf(ack).address, exchange, emit, ack.time);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (exchange === undefined || exchange.nakCount === 0 || m.copy || m.proxy) return;
        if (m.kind === 'NAK') onNak(m, exchange, emit);
        else if (m.kind === 'ACK') onAck(m, exchange, emit);
      },
    },
    messages: { kinds: ['NAK', 'ACK'] },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...culprits.limits()],
  };
}

/** ACK and NAK of different servers to one request (no repetition of it between them). */
function contradicts(nak: Dhcp4Message, ack: Dhcp4Message, exchange: Exchange4): boolean {
  if (exchange.phase !== 'init-reboot' && exchange.phase !== 'rebinding') return false;
  const [a, b] = [serverOf(nak), serverOf(ack)];
  if (!named(a) || !named(b) || ack.xid !== nak.xid || ack.proxy) return false;
  return !sameServer(a, b) && nak.ipSrc !== b.address;
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    mac: -1,
    clients: new Distinct('dhcp-nak-by-other-server.clients'),
    others: new Distinct('dhcp-nak-by-other-server.others', 16),
    selecting: false,
    text: '',
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const who = serverText({ address: facts.server.address, mac: facts.mac });
  const others = facts.others.first(3).join(', ');
  const reason = facts.selecting
    ? `the REQUEST names ${others}; it is no other server's to answer (RFC 2131 4.3.2)`
    : `${others} was asked, or acknowledged the same request`;
  const said = facts.text === '' ? '' : ` It says "${facts.text}".`;
  return {
    confidence: confidence(
      facts.selecting ? 'certain' : 'likely',
      [reason],
      ['a profile, or --authorized-server: whether the one that refuses belongs here'],
    ),
    message: `${who} refuses (NAK) what ${facts.clients.text('client')} asked of ${others}, and so takes the lease from ${facts.clients.size === 1 ? 'it' : 'them'}.${said}`,
    causes: [
      'a server that is authoritative for another network stands on this segment',
      'the honest server refuses an address that a rogue leased: look at who else made an offer before any port is shut',
      'dnsmasq with dhcp-authoritative beside another server: it refuses every REQUEST that names the other',
      'an attack that keeps clients from booting',
    ],
    remedy: refusalRemedy(facts.mac),
  };
}
