import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp6Message, Exchange6 } from '../../flow/dhcp6/types.ts';
import { addressText, macText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { client6Text, duidText, promiseDifferences, server6Text } from '../dhcp6/words.ts';
import type { EvidenceNote, Subject } from '../finding.ts';

/** Server DUIDs and relays remembered. */
const SEEN = 4_096;

export const dhcpv6RogueServer: Detector = {
  id: 'dhcpv6-rogue-server',
  title: 'Rogue DHCPv6 server',
  severity: 'high',
  about:
    'A machine answers DHCPv6 that must not. Whoever takes its answer may get a wrong resolver or boot file, so that its names and its boot are in foreign hands. Find its switch port and shut it.',
  fires: [
    'an ADVERTISE, REPLY or RECONFIGURE by a server that neither the profile nor --authorized-server lists',
    "an authorised server's DUID from another MAC address, on a link where that server itself speaks from its own",
    'a REPLY by another server than the one that the REQUEST, RENEW, RELEASE or DECLINE names',
    'two servers that promise one SOLICIT or INFORMATION-REQUEST nothing in common: resolvers, networks, search domains or boot files; medium, and no culprit is named',
  ],
  quiet: [
    'two servers (DUIDs) that promise the same, or differ in preference, in the host of the boot URL or in one of several resolvers',
    "a relay agent's address and MAC address in front of an authorised DUID",
    'REBIND, CONFIRM and INFORMATION-REQUEST answered by any server; Rapid Commit',
  ],
  needs: ['duid', 'ipv6', 'mac', 'xid', 'time'],
  references: ['RFC 8415 18.2.10', 'RFC 8415 18.3', 'RFC 7610'],
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of its MAC address and shut it.',
      'Turn on DHCPv6 guard (RFC 7610) on every port but those of the servers and relays.',
      'Renew the leases of clients that took its answer, and reinstall what booted from it.',
    ],
    verify: ['A new capture of a boot shows answers of the authorised servers only.'],
  },
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  /** MAC addresses that sent relayed messages towards a server: what they hand to clients is another's. */
  const relays = new BoundedMap<string, true>('dhcpv6-rogue-server.relays', SEEN);
  /** DUIDs that were seen authorised: by link where the server's own MAC address was seen, and anywhere. */
  const trusted = new BoundedMap<string, true>('dhcpv6-rogue-server.trusted', SEEN);

  const unauthorised = (m: Dhcp6Message): string => {
    const mac = m.relayed || relays.has(`${m.sight.capture}/${m.ethSrc}`) ? -1 : m.ethSrc;
    const seen = { duid: m.server, address: m.ipSrc, mac };
    const standing = site.dhcp6Server(seen);
    if (standing === 'unknown') return '';
    if (standing === 'authorised') {
      trusted.set(m.server, true);
      if (mac >= 0) trusted.set(`${m.link}/${m.server}`, true);
      return '';
    }
    // The same words in a relay's mouth, or known by the MAC address that the DUID was made from.
    const byDuid =
      trusted.has(m.server) ||
      site.dhcp6Server({ ...seen, mac: -1 }) === 'authorised' ||
      (m.serverDuidMac >= 0 && site.dhcp6Server({ ...seen, mac: m.serverDuidMac }) === 'authorised');
    if (!byDuid) return 'it is not among the authorised servers';
    if (m.server !== '' && mac >= 0 && trusted.has(`${m.link}/${m.server}`)) {
      return `it uses the DUID of an authorised server, which itself speaks on this link from another MAC address`;
    }
    return '';
  };

  const answered = (m: Dhcp6Message, exchange: Exchange6 | undefined, emit: EmitFinding): void => {
    const charge = unauthorised(m);
    if (charge !== '') {
      emit({
        ...base(m, exchange),
        confidence: confidence('certain', [charge, ...supporting(m)]),
        message: `${server6Text(m)} answers DHCPv6, and ${charge}: ${m.kind} to ${client6Text(m)}${offered(m)}.`,
      });
      return;
    }
    if (exchange === undefined) return;
    if (m.kind === 'REPLY' && m.server !== '' && exchange.chosen !== '' && m.server !== exchange.chosen) {
      emit({
        ...base(m, exchange),
        confidence: confidence(
          'likely',
          [
            `the client named ${duidText(exchange.chosen)}, and another server answered (RFC 8415 18.3.2)`,
            ...supporting(m),
          ],
          ["a profile, or --authorized-server, that says which servers are the site's"],
        ),
        message: `${server6Text(m)} answered a ${exchange.kind} of ${client6Text(exchange)} that names another server${offered(m)}.`,
      });
      return;
    }
    contradicted(m, exchange, emit);
  };

  const contradicted = (m: Dhcp6Message, exchange: Exchange6, emit: EmitFinding): void => {
    const list = m.kind === 'ADVERTISE' ? exchange.advertises : exchange.replies;
    if (
      m.promise === undefined ||
      m.server === '' ||
      (exchange.kind !== 'SOLICIT' && exchange.kind !== 'INFORMATION-REQUEST')
    ) {
      return;
    }
    // Where the site is declared, both are authorised: that is the site's own affair.
    if (site.dhcp6Server({ duid: m.server, address: m.ipSrc, mac: -1 }) !== 'unknown') return;
    for (const other of list) {
      if (other === m || other.server === m.server || other.server === '' || other.promise === undefined) continue;
      const differences = promiseDifferences(other.promise, m.promise);
      if (differences.length === 0) continue;
      emit({
        subject: { servers: [other.server, m.server].map(duidText).sort() },
        severity: 'medium',
        confidence: confidence(
          'possible',
          [
            `one ${exchange.kind} drew two answers that have nothing in common: ${differences.join('; ')}`,
            ...supporting(m),
          ],
          ["a profile, or --authorized-server, that says which servers are the site's"],
        ),
        message: `${server6Text(other)} and ${server6Text(m)} promise ${client6Text(exchange)} different networks: ${differences.join('; ')}.`,
        segment: m.segment,
        time: m.time,
        evidence: [
          ...asked(exchange),
          { kind: 'frame', sight: other.sight, note: `${other.kind} of ${duidText(other.server)}` },
          { kind: 'frame', sight: m.sight, note: `${m.kind} of ${duidText(m.server)}` },
        ],
        causes: ['a rogue server', 'two servers of the site that are configured differently'],
      });
      return;
    }
  };

  return {
    on: {
      'dhcp6-message': ({ message: m, exchange }, emit) => {
        if (m.kind === 'ADVERTISE' || m.kind === 'REPLY' || m.kind === 'RECONFIGURE') answered(m, exchange, emit);
        else if (m.relayed && m.ethSrc >= 0) relays.set(`${m.sight.capture}/${m.ethSrc}`, true);
      },
    },
    limits: () => [relays.limit(), trusted.limit()].filter((limit) => limit !== undefined),
  };
}

function subjectOf(m: Dhcp6Message): Subject {
  return m.server === '' ? { address: addressText(m.ipSrc) } : { duid: m.server };
}

function base(m: Dhcp6Message, exchange: Exchange6 | undefined) {
  return {
    subject: subjectOf(m),
    segment: m.segment,
    time: m.time,
    evidence: [
      ...(exchange === undefined ? [] : asked(exchange)),
      {
        kind: 'frame' as const,
        sight: m.sight,
        note: `${m.kind} of ${m.server === '' ? addressText(m.ipSrc) : duidText(m.server)}`,
      },
    ],
  };
}

function asked(exchange: Exchange6): EvidenceNote[] {
  const [request] = exchange.requests;
  return request === undefined
    ? []
    : [{ kind: 'frame', sight: request.sight, note: `${request.kind} of ${client6Text(exchange)}` }];
}

function supporting(m: Dhcp6Message): string[] {
  return [
    ...(m.preference === 255 ? ['preference 255: the client must take it at once'] : []),
    ...(m.server === '' ? ['it gives no server identifier, which RFC 8415 demands'] : []),
    ...(m.promise !== undefined && typeof m.ipSrc === 'string' && m.promise.dns.includes(m.ipSrc)
      ? ['it names itself as resolver']
      : []),
  ];
}

function offered({ promise, ethSrc }: Dhcp6Message): string {
  if (promise === undefined) return '';
  const parts = [
    ...promise.dns.slice(0, 2).map((address) => `resolver ${addressText(address)}`),
    ...(promise.bootFileUrl === '' ? [] : [`boot file ${safeText(promise.bootFileUrl)}`]),
  ];
  return parts.length === 0 ? '' : `, promising ${parts.join(', ')}${ethSrc < 0 ? '' : ` (from ${macText(ethSrc)})`}`;
}
