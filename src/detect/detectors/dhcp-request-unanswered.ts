import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote, Severity, Subject } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';
import { serverOf } from '../dhcp4/servers.ts';
import { longEnough, noteEndsEarly, noteUnseen } from '../dhcp4/silence.ts';
import { clientHere, clientKey, clientText, linkSubject, linkText, replyNote, requestNote } from '../dhcp4/words.ts';

/** Requests without an answer at one time. */
const CLIENTS = 8192;
/** Clients whose last lease was seen, and from whom: a large site's. */
const LEASES = 16_384;

/** What stays open where the answer could not be seen. */
const UNDECIDED = ['dhcp-request-unanswered'];

type Kind = 'selecting' | 'renewing' | 'rebinding';

interface Unanswered {
  client: number | string;
  name: string;
  capture: number;
  link: string;
  segment: number;
  kind: Kind;
  /** Who was asked, -1 everybody. */
  server: number;
  requests: number;
  firstTime: number;
  lastTime: number;
  until: number;
  evidence: EvidenceNote[];
}

interface Facts {
  kind: Kind;
  server: number;
  where: string;
  clients: Distinct;
  requests: number;
  longest: number;
}

export const dhcpRequestUnanswered: Detector = {
  id: 'dhcp-request-unanswered',
  title: 'DHCP REQUEST without an answer',
  severity: 'high',
  about:
    'A client accepted an offer, or wants to keep its address, and the server neither grants nor refuses it. The boot hangs between OFFER and ACK, or the lease runs out.',
  fires: [
    'high: a SELECTING REQUEST repeated for five seconds (once: ten) without ACK or NAK, where the offer of the chosen server was seen here',
    'medium: renewals or rebinding without answer, where frames of that server to this client were seen here before',
  ],
  quiet: [
    "no sight of that server's frames to the client (a third port, the other server's port): a coverage entry",
    'a capture that ends before the retry: a coverage entry',
    'a client that gets its ACK later; REBINDING answered by any HA peer',
    'INIT-REBOOT: a server without a record must stay silent (RFC 2131 4.3.2)',
    "INFORM, BOOTP, LEASEQUERY, questions on port 4011, a losing server's silence",
    'a chosen server that the site does not authorise (dhcp-rogue-server)',
  ],
  needs: ['mac', 'ipv4', 'xid', 'time'],
  references: ['RFC 2131 3.1, 4.3.2, 4.4.5'],
  remedy: {
    runbook: 'RB-2',
    steps: [
      "Read the server's log for this client (`journalctl -u snap.maas.pebble -t dhcpd`, or maas-dhcpd): did the REQUEST arrive, was an ACK sent?",
      'On the switch: `show ip dhcp snooping statistics`, `show logging | include DHCP_SNOOPING` (Cisco), `show dhcp-snooping stats` (ArubaOS-Switch); a rate limit or a binding on another port drops REQUEST or ACK.',
      'In an HA pair see that the failover partners agree (`omshell`, or the log: "peer holds all free leases", "communications-interrupted").',
    ],
    verify: [WATCH_STEP, 'REQUEST is followed by ACK.'],
  },
  start,
};

function start({ site, coverage }: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-request-unanswered', newFacts, tell);
  const pending = new BoundedMap<number | string, Unanswered>('dhcp-request-unanswered.clients', CLIENTS);
  /** Whose ACK the client got last: that server's frames to it pass here. */
  const leasedBy = new BoundedMap<number | string, number>('dhcp-request-unanswered.leases', LEASES);

  const onReply = (m: Dhcp4Message): void => {
    const key = clientHere(m);
    if (pending.size > 0) pending.delete(key);
    if (m.kind === 'ACK') leasedBy.set(key, m.server);
  };

  const closed = (exchange: Exchange4, time: number): void => {
    if (exchange.ackCount > 0 && exchange.phase !== 'selecting') return;
    const kind = kindOf(exchange);
    const [request] = exchange.requests;
    if (kind === undefined || request === undefined || exchange.maasProbe) return;
    if (exchange.nakCount > 0 || exchange.acks.some((ack) => !ack.proxy) || exchange.openedByReply) return;
    const key = clientHere(request);
    const asked = exchange.requests.at(-1) ?? request;
    const server = kind === 'selecting' ? exchange.chosen : kind === 'renewing' ? asked.ipDst : -1;
    if (kind === 'selecting' && server <= 0) return;
    if (server > 0 && site.dhcp4Server({ address: server, mac: -1 }) === 'unauthorised') return;
    const seen = kind === 'selecting' ? offered(exchange) : passes(leasedBy.get(key), server);
    if (!seen || !exchange.couldSeeReplies) {
      const wondering = exchange.requestCount > 1 && longEnough(exchange.requestCount, request.time, time);
      noteUnseen(coverage, request.sight.capture, exchange.segment, wondering ? UNDECIDED : []);
      return;
    }
    const offer = exchange.offers.find((one) => !one.proxy && serverOf(one).address === server);
    pending.set(key, {
      client: clientKey(request),
      name: clientText(request),
      capture: request.sight.capture,
      link: exchange.link,
      segment: exchange.segment,
      kind,
      server,
      requests: exchange.requestCount,
      firstTime: request.time,
      lastTime: exchange.lastRequest,
      until: time,
      evidence: [...(offer === undefined ? [] : [replyNote(offer)]), ...exchange.requests.slice(0, 2).map(requestNote)],
    });
  };

  const end = (emit: EmitFinding): void => {
    for (const one of pending.values()) {
      if (!longEnough(one.requests, one.firstTime, one.until)) {
        noteEndsEarly(coverage, one.capture, one.segment, UNDECIDED);
        continue;
      }
      const subject = (): Subject =>
        one.server > 0 ? { server: ipv4Text(one.server) } : linkSubject(one.link, one.segment);
      const file = cases.open(`${one.capture}/${one.link}/${one.server}`, subject, one.segment);
      const { facts } = file;
      if (file.count === 0 || one.kind === 'selecting') facts.kind = one.kind;
      facts.server = one.server;
      facts.where = linkText(one.link);
      facts.clients.add(one.client);
      facts.requests += one.requests;
      facts.longest = Math.max(facts.longest, one.until - one.firstTime);
      cases.note(
        file,
        one.lastTime,
        () => [
          ...one.evidence,
          {
            kind: 'absence',
            capture: one.capture,
            from: one.firstTime,
            to: one.until,
            expected: `an ACK or NAK to ${one.name}`,
          },
        ],
        emit,
      );
    }
    cases.end(emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message }) => {
        if ((message.kind === 'ACK' || message.kind === 'NAK') && !message.proxy && !message.copy) onReply(message);
      },
      'dhcp4-exchange': ({ exchange, time }) => closed(exchange, time),
    },
    messages: { kinds: ['ACK', 'NAK'] },
    end,
    limits: () => [...cases.limits(), ...[pending.limit() ?? [], leasedBy.limit() ?? []].flat()],
  };
}

function kindOf(exchange: Exchange4): Kind | undefined {
  const { phase } = exchange;
  if (phase === 'renewing' || phase === 'rebinding') return phase;
  return phase === 'selecting' && exchange.requestCount > 0 ? phase : undefined;
}

/** The offer of the chosen server was seen here: so would its ACK be. */
function offered(exchange: Exchange4): boolean {
  return exchange.offers.some((offer) => !offer.proxy && offer.server === exchange.chosen);
}

/** An ACK of that server (of any, when all were asked) to this client was seen here before. */
function passes(leasedBy: number | undefined, server: number): boolean {
  return leasedBy !== undefined && (server <= 0 || leasedBy === server);
}

function newFacts(): Facts {
  return {
    kind: 'selecting',
    server: -1,
    where: '',
    clients: new Distinct('dhcp-request-unanswered.told'),
    requests: 0,
    longest: 0,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const severity: Severity = facts.kind === 'selecting' ? 'high' : 'medium';
  const who = facts.server > 0 ? ipv4Text(facts.server) : `any server on ${facts.where}`;
  const what =
    facts.kind === 'selecting'
      ? 'took its offer'
      : facts.kind === 'renewing'
        ? 'asked it to renew a lease'
        : 'asked to keep a lease';
  return {
    severity,
    confidence: confidence(
      'likely',
      [
        `no ACK and no NAK for up to ${Math.round(facts.longest / 1e6)} s; this server's frames to these clients pass here`,
      ],
      ['a capture at the server: whether the REQUEST arrives and the ACK leaves', "the server's log"],
    ),
    message: `No answer from ${who} to ${facts.clients.text('client')} that ${what} (${facts.requests} REQUEST${facts.requests === 1 ? '' : 's'}).`,
    causes:
      facts.kind === 'selecting'
        ? [
            'the server stopped, or lost its failover partner, between OFFER and ACK',
            'a switch drops REQUEST or ACK (snooping, rate limit)',
            "the server's lease database is not writable",
          ]
        : [
            'the server is down or was moved; the client will rebind to any other',
            'a firewall between client and server drops unicast to port 67',
          ],
  };
}
