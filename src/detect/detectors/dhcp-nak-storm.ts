import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';
import { named, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientHere, clientKey, replyNote, requestNote } from '../dhcp4/words.ts';

/** Clients whose NAKs are counted at a time. */
const CLIENTS = 8192;
/** NAKs to one client without an ACK between: one after a move is normal, two may be two old leases. */
const NAKS = 3;
/** … within this time (microseconds): a client that starts over waits seconds, and 64 s at most. */
const WITHIN = 300e6;

/** A client that is refused again and again. */
interface Loop {
  naks: number;
  since: number;
  evidence: EvidenceNote[];
}

interface Facts {
  server: Server4;
  clients: Distinct;
  requested: Distinct;
  text: string;
}

export const dhcpNakStorm: Detector = {
  id: 'dhcp-nak-storm',
  title: 'Clients refused again and again',
  severity: 'high',
  about:
    'A DHCP server answers one NAK after the other to the same clients, so that they never get an address. The client asks for something that the server cannot give (another subnet, an address outside the pool, a record of another server), and starts over with the same wish.',
  fires: [
    'three NAKs or more to one client within five minutes with no ACK between, by a server that the client had asked',
  ],
  quiet: [
    'one NAK each to many clients: a network was renumbered, or a rack was moved',
    'a NAK and then an ACK',
    'NAKs by a server that was not asked (dhcp-nak-by-other-server)',
    'copies of one NAK',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time'],
  references: ['RFC 2131 3.1 step 5, 4.3.2'],
  remedy: {
    runbook: '',
    steps: [
      'Read the server\'s reason: `journalctl -u snap.maas.pebble -t dhcpd` or `journalctl -u maas-dhcpd` on the rack; "wrong network" means that the client asks from another subnet than its relay or VLAN says.',
      "Check the access port's VLAN against the subnet of the address that the client wants, and the relay's giaddr.",
      "In MAAS check that the address lies in a range of this subnet and is not reserved for another MAC; drop the client's old lease.",
    ],
    verify: [WATCH_STEP],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-nak-storm', newFacts, tell);
  const loops = new BoundedMap<number | string, Loop>('dhcp-nak-storm.clients', CLIENTS);

  const onNak = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    const server = serverOf(m);
    if (!named(server) || (exchange !== undefined && otherWasAsked(m, exchange, server))) return;
    const key = clientHere(m);
    const known = loops.get(key);
    const request = exchange?.requests.at(-1);
    const notes = [...(request === undefined ? [] : [requestNote(request)]), replyNote(m)];
    if (known === undefined || m.time - known.since > WITHIN) {
      loops.set(key, { naks: 1, since: m.time, evidence: notes });
      return;
    }
    known.naks += 1;
    if (known.naks < NAKS) {
      known.evidence.push(...notes);
      return;
    }
    const one = cases.open(`${m.link}/${server.address}/${server.mac}`, () => serverSubject(server), m.segment);
    one.facts.server = server;
    one.facts.clients.add(clientKey(m));
    if (request !== undefined)
      one.facts.requested.add(ipv4Text(request.requested > 0 ? request.requested : request.ciaddr));
    if (m.text !== '') one.facts.text = safeText(m.text.slice(0, 80));
    const evidence = [...known.evidence, ...notes];
    known.evidence = [];
    cases.note(one, m.time, () => evidence, emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (m.copy || m.proxy) return;
        if (m.kind === 'NAK') onNak(m, exchange, emit);
        else if (m.kind === 'ACK' && loops.size > 0) loops.delete(clientHere(m));
      },
    },
    messages: { kinds: ['NAK', 'ACK'] },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...[loops.limit() ?? []].flat()],
  };
}

/** The client had asked somebody else, or somebody else said ACK: that is the other detector's. */
function otherWasAsked(m: Dhcp4Message, exchange: Exchange4, server: Server4): boolean {
  if (exchange.phase === 'selecting') return exchange.chosen > 0 && exchange.chosen !== server.address;
  return exchange.acks.some((ack) => !ack.proxy && serverOf(ack).address !== server.address && ack.xid === m.xid);
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    clients: new Distinct('dhcp-nak-storm.told'),
    requested: new Distinct('dhcp-nak-storm.requested', 16),
    text: '',
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const said = facts.text === '' ? '' : ` It says "${facts.text}".`;
  const wish = facts.requested.size === 0 ? '' : ` for ${facts.requested.first(3).join(', ')}`;
  return {
    confidence: confidence('certain', [`${NAKS} NAKs or more to one client with no ACK between`]),
    message: `${serverText(facts.server)} refuses ${facts.clients.text('client')} again and again${wish} (${count + NAKS - 1} NAKs or more, no ACK between).${said}`,
    causes: [
      'the client asks for an address of another subnet: wrong VLAN on its port, or a relay with the wrong giaddr',
      'the server has no record of the lease: a restored or emptied lease file, or a peer that is out of step',
    ],
  };
}
