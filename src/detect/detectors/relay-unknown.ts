import { REQUESTS } from '../../flow/dhcp4/kinds.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientKey, clientText, frame } from '../dhcp4/words.ts';
import { option82Text } from '../relay/option82.ts';

interface Facts {
  relay: number;
  mac: number;
  clients: Distinct;
  text: string;
}

export const relayUnknown: Detector = {
  id: 'relay-unknown',
  title: 'A relay that the profile does not know',
  severity: 'medium',
  about:
    "Requests come with the address of a relay that is not declared. Somebody added a router that forwards DHCP, or somebody asks a server in another network's name: whoever can send with a relay address of his choice gets leases of that network.",
  fires: ['a request with a relay address that is not among the relays of the profile'],
  quiet: [
    'no profile, or one without relays',
    'a relay address that is unknown while its link selection (82.5) or server override (82.11) is declared: a loopback',
    'renewals by unicast, and firmware that puts its own address there on port 4011',
    'replies: they repeat what was asked',
  ],
  needs: ['ipv4', 'mac', 'options'],
  references: ['RFC 2131 2', 'RFC 3527', 'RFC 5107'],
  proof:
    'In the lab relays, servers and clients are real (ISC dhcrelay and dhcpd). The profile that does not know one of them is hand-made.',
  remedy: {
    runbook: '',
    steps: [
      'Find out whose address it is: `ip route get <giaddr>` on the rack, `show ip arp <address>` on the router that leads there.',
      "If it belongs here, add it to the profile's `relays`. If not, shut its port down, and let the server refuse relays that it does not know.",
    ],
    verify: ['rackwitness analyze --profile <profile>: no finding.'],
  },
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  const cases = new Cases<Facts>(
    'relay-unknown',
    () => ({ relay: 0, mac: -1, clients: new Distinct('relay-unknown.clients'), text: '' }),
    tell,
  );
  const message = (m: Dhcp4Message, emit: EmitFinding): void => {
    if (m.reply || m.giaddr === 0 || m.copy || m.proxy || !m.link.startsWith('g') || m.dstPort !== 67) return;
    if (site.relay(m.giaddr) !== 'unauthorised') return;
    if ([m.linkSelection, m.serverIdOverride].some((address) => address > 0 && site.relay(address) === 'authorised'))
      return;
    const one = cases.open(`${m.giaddr}`, () => ({ relay: ipv4Text(m.giaddr) }), m.segment);
    const { facts } = one;
    facts.relay = m.giaddr;
    facts.mac = m.ethSrc;
    facts.clients.add(clientKey(m));
    if (facts.text === '' && m.relayAgent !== '') facts.text = option82Text(m.relayAgent);
    cases.note(one, m.time, () => [frame(m, `${m.kind} of ${clientText(m)} through ${ipv4Text(m.giaddr)}`)], emit);
  };
  return {
    on: { 'dhcp4-message': ({ message: m }, emit) => message(m, emit) },
    messages: { kinds: REQUESTS, relayed: true },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function tell({ facts, count }: Case<Facts>): Telling {
  const from = facts.mac < 0 ? '' : ` (from ${macText(facts.mac)})`;
  const text = facts.text === '' ? '' : `, with Option 82 ${facts.text}`;
  return {
    confidence: confidence('certain', ['the profile lists the relays of this site, and this one is not among them']),
    message: `${count} request${count === 1 ? '' : 's'} of ${facts.clients.text('client')} (${facts.clients.list(3)}) came through the relay ${ipv4Text(facts.relay)}${from}, which the profile does not know${text}.`,
    causes: ['a relay was added or renumbered, and the profile is older', "somebody asks in another network's name"],
  };
}
