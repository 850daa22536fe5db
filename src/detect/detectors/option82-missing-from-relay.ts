import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { clientKey, clientText, frame } from '../dhcp4/words.ts';
import { option82Text } from '../relay/option82.ts';
import { RELAY_CONFIG } from '../relay/remedies.ts';

/** Relay addresses watched: the interfaces of a large site's routers. */
const RELAYS = 4096;
const EVIDENCE = 4;

interface Watch {
  inserted: Dhcp4Message | undefined;
  lacking: Dhcp4Message[];
  lacks: number;
  clients: Distinct;
}

export const option82MissingFromRelay: Detector = {
  id: 'option82-missing-from-relay',
  title: 'A relay does not insert Option 82',
  severity: 'medium',
  about:
    'This relay puts Option 82 into what it forwards, or is declared to, and here it did not. A server that chooses pools or hosts by Option 82 gives such a client the wrong address or none.',
  fires: [
    'a DISCOVER or REQUEST with a relay address and without Option 82, from a relay that the profile declares to insert it (medium)',
    'the same from a relay address whose other requests in these captures carry it (low: it may depend on the interface)',
  ],
  quiet: [
    'a relay that never inserts it, or is declared not to',
    'renewals (ciaddr set), unicast past the relay or not',
    'requests that came to the relay with an Option 82 of a switch',
    "firmware's own address in giaddr on port 4011, and requests that the capture cut",
  ],
  needs: ['ipv4', 'mac', 'options', 'circuit-id'],
  references: ['RFC 3046 2.1'],
  proof: 'In the lab relays, servers and clients are real (ISC dhcrelay and dhcpd).',
  remedy: {
    runbook: '',
    steps: [
      RELAY_CONFIG,
      'Cisco: `ip dhcp relay information option` globally, and no `no ip dhcp relay information option-insert` on this interface; Juniper `set forwarding-options dhcp-relay relay-option-82`; ISC dhcrelay `-a`.',
    ],
    verify: ['A new boot behind this relay: the request at the server carries Option 82.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const relays = new BoundedMap<number, Watch>('option82-missing-from-relay.relays', RELAYS);

  const message = (m: Dhcp4Message): void => {
    if (m.reply || m.giaddr === 0 || m.ciaddr !== 0 || !m.link.startsWith('g') || !m.whole) return;
    if (m.kind !== 'DISCOVER' && m.kind !== 'REQUEST') return;
    let watch = relays.get(m.giaddr);
    if (watch === undefined) {
      watch = { inserted: undefined, lacking: [], lacks: 0, clients: new Distinct('option82-missing.clients') };
      relays.set(m.giaddr, watch);
    }
    if (m.relayAgentCount > 0) {
      watch.inserted ??= m;
      return;
    }
    watch.lacks += 1;
    watch.clients.add(clientKey(m));
    if (watch.lacking.length < EVIDENCE) watch.lacking.push(m);
  };

  const end = (emit: EmitFinding): void => {
    for (const [relay, { inserted, lacking, lacks, clients }] of relays.entries()) {
      const declared = context.site.relayInsertsOption82(relay);
      const [first] = lacking;
      if (first === undefined || declared === false || (declared === undefined && inserted === undefined)) continue;
      const address = ipv4Text(relay);
      const reasons = declared === true ? ['the profile says that this relay inserts Option 82'] : [];
      if (inserted !== undefined) reasons.push('other requests with this relay address carry it');
      emit({
        subject: { relay: address },
        severity: declared === true ? 'medium' : 'low',
        confidence: confidence(
          declared === true ? 'certain' : 'likely',
          reasons,
          declared === true ? [] : ['the profile: whether this relay inserts Option 82 on every interface'],
        ),
        message: `The relay ${address} forwarded ${lacks} request${lacks === 1 ? '' : 's'} of ${clients.text('client')} (${clients.list(3)}) without Option 82${inserted === undefined ? '' : ', which it put into others'}.`,
        segment: first.segment,
        time: lacking.at(-1)?.time ?? first.time,
        evidence: [
          ...(inserted === undefined
            ? []
            : [
                frame(
                  inserted,
                  `${inserted.kind} of ${clientText(inserted)} with Option 82: ${option82Text(inserted.relayAgent)}`,
                ),
              ]),
          ...lacking.map((one) => frame(one, `${one.kind} of ${clientText(one)} without Option 82`)),
        ],
        count: lacks,
        causes: [
          'the relay was reconfigured or restarted without inserting it, or inserts it on some interfaces only',
          'two relays share the address (first-hop redundancy), and only one of them inserts it',
        ],
      });
    }
  };

  return {
    on: { 'dhcp4-message': ({ message: m }) => message(m) },
    messages: { kinds: ['DISCOVER', 'REQUEST'], relayed: true },
    end,
    limits: () => [relays.limit() ?? []].flat(),
  };
}
