import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { Subject } from '../finding.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientKey, clientText, frame, linkSubject, replyNote } from '../dhcp4/words.ts';

interface Facts {
  server: number;
  addresses: Distinct;
  clients: Distinct;
  sources: Distinct;
}

export const dhcpDeclineConflict: Detector = {
  id: 'dhcp-decline-conflict',
  title: 'Client declines an address that is in use',
  severity: 'medium',
  about:
    'A client got an address, probed it and found that somebody else uses it. The server leases what is already taken: a fixed address inside the dynamic range, or two servers that lease one pool.',
  fires: ['a DECLINE: the client found the address in use'],
  quiet: ['a RELEASE, or a NAK', 'copies of one DECLINE, and its retransmission: counted once an address and client'],
  needs: ['ipv4', 'mac', 'time'],
  references: ['RFC 2131 3.1 step 5, 4.3.3', 'RFC 5227 2.1.1'],
  remedy: {
    runbook: '',
    steps: [
      'Find who uses the address: `arping -D -I <rack-if> <address>` on the rack, then `show ip arp <address>` and `show mac address-table address <mac>` on the switches.',
      'In MAAS reserve what is fixed (Subnets, the subnet, "Reserved ranges") or take it out of the dynamic range; Devices lists what MAAS knows.',
      'If a second DHCP server leases the same pool, see dhcp-servers-conflict and dhcp-rogue-server.',
    ],
    verify: ['`arping -D` finds the address free, and the next lease of it is kept.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>('dhcp-decline-conflict', newFacts, tell);

  const declined = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    const address = m.requested > 0 ? m.requested : m.ciaddr;
    const server = m.serverId > 0 ? m.serverId : -1;
    const subject = (): Subject => (server > 0 ? { server: ipv4Text(server) } : linkSubject(m.link, m.segment));
    const one = cases.open(`${m.link}/${server}`, subject, m.segment);
    const { facts } = one;
    facts.server = server;
    facts.sources.add(String(m.ethSrc));
    const fresh = facts.clients.add(`${clientKey(m)}/${address}`);
    if (address > 0) facts.addresses.add(ipv4Text(address));
    if (!fresh) return;
    const ack = exchange?.lease;
    cases.note(
      one,
      m.time,
      () => [
        ...(ack === undefined ? [] : [replyNote(ack)]),
        frame(m, `DECLINE of ${ipv4Text(address) || 'its address'} by ${clientText(m)}`),
      ],
      emit,
    );
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }, emit) => {
        if (m.kind === 'DECLINE' && !m.copy) declined(m, exchange, emit);
      },
    },
    messages: { kinds: ['DECLINE'] },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function newFacts(): Facts {
  return {
    server: -1,
    addresses: new Distinct('dhcp-decline-conflict.addresses'),
    clients: new Distinct('dhcp-decline-conflict.clients'),
    sources: new Distinct('dhcp-decline-conflict.sources'),
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const whose = facts.server > 0 ? `${ipv4Text(facts.server)} leased` : 'A server leased';
  const shown = facts.addresses.first(5).join(', ');
  const more = facts.addresses.size > 5 ? ` and ${facts.addresses.size - 5} more` : '';
  // One station that declines address after address is no victim of that many conflicts.
  const flood = count >= 8 && facts.sources.size === 1;
  return {
    confidence: confidence(
      flood ? 'possible' : 'likely',
      ['a client declines only after it probed the address and somebody answered (RFC 5227)'],
      ["ARP on the client's segment at that time: who answered the probe", "the server's ping check and lease log"],
    ),
    message: `${whose} ${shown === '' ? 'an address' : `${shown}${more}`}, which the client found in use and declined (${count} DECLINE${count === 1 ? '' : 's'}).`,
    causes: flood
      ? ['one station declines address after address: an attack that empties the pool (see dhcp-starvation)']
      : [
          'a fixed address inside the dynamic range',
          'a second DHCP server that leases the same pool',
          'a host that kept an expired lease',
        ],
  };
}
