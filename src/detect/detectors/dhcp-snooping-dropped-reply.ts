import type { Exchange4 } from '../../flow/dhcp4/types.ts';
import { placeOf } from '../../flow/vantages/places.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { Emission } from '../finding.ts';
import { roomOf } from '../dhcp4/room.ts';
import { serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientText, discoverNote, replyNote } from '../dhcp4/words.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import { kindsText, portText, startDrops, type DropWords } from '../relay/drops.ts';
import { lineNote, lossesOf, type Loss } from '../relay/losses.ts';
import { SEE_SNOOPING, TRUST_RACK, TWO_POINTS } from '../relay/remedies.ts';
import { costOf, spokenConfidence, spokenDrops, type SpokenDropWords } from '../switch/drops.ts';
import { withSpoken } from '../switch/spoken.ts';
import { lineSentence } from '../switch/words.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';

/** Servers whose offers nobody takes, at a single vantage. */
const SERVERS = 64;

/** The client still asks so long after an OFFER (microseconds): firmware waits for others for a second or two. */
const ASKED_ON = 2.5e6;

const ALTERNATIVES = [
  "the rack's port (or an uplink on the way) is not trusted by DHCP snooping, so the switch drops every server message that comes in there",
  'another filter between the two points drops UDP from port 67: a VLAN or port ACL, a hypervisor or wireless filter',
];

export const dhcpSnoopingDroppedReply: Detector = {
  id: 'dhcp-snooping-dropped-reply',
  title: "A switch drops the server's DHCP replies",
  severity: 'high',
  about:
    "The server's OFFERs or ACKs are seen near the server and never arrive near the client, while the client's questions pass. That is what DHCP snooping does on a port that nobody marked as trusted: machines find no server although it answers each of them (runbook RB-2).",
  fires: [
    'a DHCP reply is seen at one vantage and not at another where the client was heard and the reply would have passed, both captures running, no relay between',
    'with one vantage near the server: its OFFERs to two DISCOVERs or more are followed by no REQUEST of any kind (a hypothesis, `possible`)',
    'with a line of the switch that names the server and the untrusted port: certain',
    'with one vantage anywhere: such a line while the capture ran, of a server that the site authorises (certain) or that no profile judges (likely)',
  ],
  quiet: [
    'a reply that is unicast to another port than where the vantage is',
    'an OFFER that the client chose, wherever it was seen',
    'a relay between the points (relay-one-way)',
    'other replies pass between the same two points: the loss of one message, which the report lists',
    'a server that the site does not authorise, or, without a profile, one whose drop left nobody without an answer: then snooping does its work',
    'a vantage at the client that shows the OFFERs (dhcp-offer-ignored), or one that ends before',
    "MAAS's own probe, ProxyDHCP",
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['Cisco: DHCP snooping, trusted and untrusted ports', 'RFC 2131 4.1'],
  proof:
    "The lab's guarding switch is a script between two interfaces that drops by the same rule; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: 'RB-2',
    steps: [SEE_SNOOPING, TRUST_RACK, 'Leave all access ports untrusted: trusting them would let a rogue server in.'],
    verify: [TWO_POINTS, WATCH_STEP],
  },
  start,
};

const WORDS: Omit<DropWords, 'takes'> = {
  id: 'dhcp-snooping-dropped-reply',
  severity: 'high',
  kinds: ['reply'],
  lines: ['snooping-untrusted-server', 'snooping-drop'],
  atLeast: 1,
  station: ({ last }) => last.ethSrc,
  address: (loss) => serverOfLoss(loss).address,
  subject: (loss) => serverSubject(serverOfLoss(loss)),
  signature: () => '',
  message: ({ first, clients, kinds, last, missing, lines }, losses) => {
    const server = first === undefined ? 'a server' : serverText(serverOfLoss(first));
    const from = losses.name(last?.capture ?? -1);
    return `${kindsText(kinds)} messages of ${server} to ${clients.text('client')} (${clients.list(3)}) pass ${from} and never arrive at ${losses.missingAt(missing)}: a switch between drops server messages${portText(lines)}, while the clients' questions come through.`;
  },
  causes: ({ lines }) => (lines.length > 0 ? ALTERNATIVES.slice(0, 1) : [...ALTERNATIVES]),
  wouldDecide: () => [
    'a capture on the next link between the two points: which device the reply enters and does not leave',
  ],
};

function serverOfLoss({ message, last }: Loss): Server4 {
  const address = message.serverId > 0 ? message.serverId : typeof last.ipSrc === 'number' ? last.ipSrc : -1;
  return { address, mac: last.giaddr === 0 ? last.ethSrc : -1 };
}

interface Hypothesis {
  server: Server4;
  exchanges: Exchange4[];
}

/** Of the server that a line names by MAC address (Cisco) or by IP address (HPE). */
function serverOfLine({ mac, ip }: SwitchLine): Server4 {
  return { address: typeof ip === 'number' && ip > 0 ? ip : -1, mac: mac > 0 ? mac : -1 };
}

function namedText(server: Server4): string {
  if (server.address > 0) return serverText(server);
  return server.mac < 0 ? 'a DHCP server' : `the DHCP server ${macText(server.mac)}`;
}

function spoken({ site, switchText }: DetectorContext): SpokenDropWords {
  return {
    id: 'dhcp-snooping-dropped-reply',
    ofServer: true,
    takes: (line) => line.kind === 'snooping-untrusted-server' && typeof line.ip === 'number',
    subject: (line) => serverSubject(serverOfLine(line)),
    judge(drop) {
      const [line] = drop.lines;
      const server = serverOfLine(line);
      const standing = site.dhcp4Server(server);
      const cost = costOf(drop);
      // Snooping did its work: it stopped a rogue, or one of which nobody here had need.
      if (standing === 'unauthorised' || (standing !== 'authorised' && cost === 'answered')) return undefined;
      const sure = standing === 'authorised';
      return {
        severity: cost === 'unanswered' ? 'high' : cost === 'answered' ? 'low' : 'medium',
        confidence: spokenConfidence(
          sure ? 'certain' : 'likely',
          drop,
          sure ? [] : ["a profile that names the site's DHCP servers: whether this one belongs to it"],
        ),
        message: `${drop.where} drops the replies of ${namedText(server)}: the port is not trusted.`,
        causes: [
          lineSentence(line, switchText),
          ...(sure
            ? []
            : ['the server is a rogue, and snooping did its work: then the machines lack a server of their own']),
        ],
      };
    },
    remedy: () => dhcpSnoopingDroppedReply.remedy,
  };
}

function start(context: DetectorContext): DetectorRun {
  return withSpoken(packets(context), spokenDrops(context, spoken(context)));
}

function packets(context: DetectorContext): DetectorRun {
  const losses = lossesOf(context);
  const { standings } = roomOf(context);
  const single = (context.vantages?.length ?? 1) < 2;
  const atClient = single && placeOf(context.vantages?.[0] ?? '') === 'client';
  const guesses = new BoundedMap<string, Hypothesis>('dhcp-snooping-dropped-reply.servers', SERVERS);
  const takes = (loss: Loss): boolean => {
    const server = serverOfLoss(loss);
    // Snooping drops all of a server or nothing: what lost one kind of reply is something else.
    if (loss.message.missing.every(({ capture }) => losses.repliesPassed(loss.last.capture, capture) > 0)) return false;
    return context.site.dhcp4Server({ address: server.address, mac: server.mac }) !== 'unauthorised';
  };
  const run = startDrops(context, { ...WORDS, takes });

  const closed = (exchange: Exchange4): void => {
    const server = offeredInVain(exchange);
    const [offer] = exchange.offers;
    if (server === undefined || offer === undefined || standings.of(offer, server) === 'unauthorised') return;
    const key = `${exchange.segment}/${server.address}/${server.mac}`;
    const known = guesses.get(key);
    if (known === undefined) guesses.set(key, { server, exchanges: [exchange] });
    else if (known.exchanges.length < 4) known.exchanges.push(exchange);
  };

  const guess = (emit: EmitFinding): void => {
    for (const { server, exchanges } of guesses.values()) {
      const [first] = exchanges;
      if (first === undefined) continue;
      const lines = losses.lines(server.mac, ['snooping-untrusted-server'], first.firstTime, server.address);
      emit(hypothesis(server, first, exchanges, lines.map(lineNote), portText(lines)));
    }
  };

  return {
    on: {
      ...run.on,
      ...(single && !atClient ? { 'dhcp4-exchange': ({ exchange }: { exchange: Exchange4 }) => closed(exchange) } : {}),
    },
    end: (emit) => {
      run.end?.(emit);
      guess(emit);
    },
    limits: () => [...(run.limits?.() ?? []), ...[guesses.limit() ?? []].flat()],
  };
}

/** The one server that offered again and again to a client that took nothing, seen on the server's own link. */
function offeredInVain(exchange: Exchange4): Server4 | undefined {
  const { offers, discoverCount, offerCount, requestCount, ackCount, nakCount, phase } = exchange;
  if (phase !== 'selecting' || exchange.maasProbe || exchange.giaddr !== 0) return undefined;
  if (requestCount + ackCount + nakCount > 0 || discoverCount < 2 || offerCount < 2) return undefined;
  const [offer] = offers;
  if (offer === undefined || exchange.lastDiscover - offer.time < ASKED_ON) return undefined;
  const server = serverOf(offer);
  const one = offers.every(
    (other) => !other.proxy && (other.promise?.ipv6Only ?? -1) < 0 && serverOf(other).address === server.address,
  );
  return one && server.mac >= 0 ? server : undefined;
}

function hypothesis(
  server: Server4,
  first: Exchange4,
  exchanges: readonly Exchange4[],
  lines: ReturnType<typeof lineNote>[],
  port: string,
): Emission {
  const [discover] = first.discovers;
  const client = discover === undefined ? 'a client' : clientText(discover);
  const offers = exchanges.reduce((sum, { offerCount }) => sum + offerCount, 0);
  const reasons = [`${offers} OFFERs were sent here, the client asked again after them and sent no REQUEST`];
  const said = lines.length > 0;
  if (said) reasons.push('a switch says in its own log that it dropped messages of this server');
  return {
    subject: serverSubject(server),
    severity: said ? 'high' : 'medium',
    confidence: said
      ? confidence('certain', reasons)
      : confidence('possible', reasons, [
          "a capture at the client's port at the same time: whether the OFFER arrives there",
          "the switch's log and DHCP snooping counters for the server's port",
        ]),
    message: said
      ? `A switch drops the OFFERs of ${serverText(server)}${port}: ${client} keeps asking and takes none of ${offers}.`
      : `The OFFERs of ${serverText(server)} to ${client} may be dropped on their way: it keeps asking and takes none of ${offers}; from here nobody can tell whether they arrive.`,
    segment: first.segment,
    time: first.lastTime,
    evidence: [...first.discovers.slice(0, 2).map(discoverNote), ...first.offers.slice(0, 2).map(replyNote), ...lines],
    count: exchanges.length,
    causes: said
      ? ALTERNATIVES.slice(0, 1)
      : [
          ...ALTERNATIVES,
          'the OFFER arrives and the client does not want it (see dhcp-offer-ignored): it misses an option, or waits for another server',
        ],
  };
}
