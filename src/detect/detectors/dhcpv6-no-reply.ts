import { BoundedMap } from '../../flow/bounded.ts';
import type { Exchange6 } from '../../flow/dhcp6/types.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { client6Text } from '../dhcp6/words.ts';

/** Clients without an answer, links with servers, and clients that DHCPv4 served. */
const REMEMBERED = 16_384;
/** How long (microseconds) the capture must run on after the last request: RFC 8415 7.6, the first timeouts are 1 s. */
const WAIT_US = 2e6;

export const dhcpv6NoReply: Detector = {
  id: 'dhcpv6-no-reply',
  title: 'DHCPv6 requests go unanswered',
  severity: 'medium',
  about:
    'A client asks for a DHCPv6 lease or for boot information again and again, and no server answers, though this capture would show it. The client comes up without IPv6 configuration, or its boot over IPv6 fails.',
  fires: [
    'two requests or more without an answer, where this vantage sees what is sent to the client (or to its relay) and the capture runs on for 2 s',
    'medium where a router tells hosts to use DHCPv6 (M or O flag) or a server answers others on this link; low where nothing else shows that DHCPv6 is meant to work',
  ],
  quiet: [
    'this vantage could not have seen the answer: `replies-not-visible` in coverage',
    'the client was answered later',
    'nothing shows DHCPv6 on this link and DHCPv4 served the client: firmware and systems ask on IPv4-only links too',
    'RENEW, CONFIRM, RELEASE and DECLINE, which the client follows up by other means',
  ],
  needs: ['duid', 'mac', 'xid', 'time'],
  references: ['RFC 8415 18.2', 'RFC 4861 4.2'],
  remedy: {
    runbook: '',
    steps: [
      'Check that the DHCPv6 server runs and serves this link; behind a router, that the relay agent is configured.',
      'Check that no switch port or firewall drops UDP 546 and 547 to ff02::1:2.',
    ],
    verify: ['A new capture at the client shows ADVERTISE or REPLY.'],
  },
  start,
};

function start({ coverage }: DetectorContext): DetectorRun {
  const waiting = new BoundedMap<string, { exchange: Exchange6; count: number; until: number }>(
    'dhcpv6-no-reply.clients',
    REMEMBERED,
  );
  const served = new BoundedMap<string, true>('dhcpv6-no-reply.links', REMEMBERED);
  const managed = new BoundedMap<number, { managed: boolean; other: boolean }>('dhcpv6-no-reply.segments', REMEMBERED);
  const byDhcp4 = new BoundedMap<number, true>('dhcpv6-no-reply.dhcp4', REMEMBERED);

  const keyOf = (x: Exchange6): string => `${x.capture}/${x.link}/${x.client === '' ? x.clientMac : x.client}`;

  const tell = (x: Exchange6, count: number, until: number, emit: EmitFinding): void => {
    const flags = managed.get(x.segment);
    const router =
      flags !== undefined && (x.kind === 'INFORMATION-REQUEST' ? flags.other || flags.managed : flags.managed);
    const server = served.has(`${x.capture}/${x.link}`);
    const meant = router || server;
    if (!meant && x.clientMac >= 0 && byDhcp4.has(x.clientMac)) return;
    if (!x.couldSeeReplies) {
      coverage.add({
        id: 'replies-not-visible',
        capture: x.capture,
        segment: x.segment,
        message: `Answers to DHCPv6 clients are not seen at this vantage: ${client6Text(x)} asked ${count} times.`,
        undecided: ['dhcpv6-no-reply'],
      });
      return;
    }
    emit({
      subject: { client: client6Text(x) },
      severity: meant ? 'medium' : 'low',
      confidence: confidence(
        meant ? 'likely' : 'possible',
        [
          'this vantage sees what is sent to the client',
          ...(router ? ['a router of this segment tells hosts to use DHCPv6'] : []),
          ...(server ? ['a server answers others on this link'] : []),
        ],
        meant ? ['the log of the DHCPv6 server'] : ['whether DHCPv6 is meant to work on this link'],
      ),
      message: `${client6Text(x)} sent ${count} ${x.kind} messages and got no answer.`,
      segment: x.segment,
      time: x.firstTime,
      evidence: [
        ...x.requests.map((m) => ({ kind: 'frame' as const, sight: m.sight, note: m.kind })),
        { kind: 'absence', capture: x.capture, from: x.firstTime, to: until, expected: 'ADVERTISE or REPLY' },
      ],
      count,
      causes: [
        'no DHCPv6 server or relay on this link',
        'a filter that drops DHCPv6',
        'a server without a pool for this link',
      ],
    });
  };

  return {
    on: {
      'dhcp4-message': ({ message }) => {
        if ((message.kind === 'ACK' || message.kind === 'OFFER') && message.chaddr >= 0)
          byDhcp4.set(message.chaddr, true);
      },
      'router-advertised': ({ router, changed }) => {
        const { content } = router;
        if (!changed || content === undefined) return;
        const before = managed.get(router.segment);
        managed.set(router.segment, {
          managed: content.managed || before?.managed === true,
          other: content.otherConfig || before?.other === true,
        });
      },
      'dhcp6-message': ({ message: m, exchange }) => {
        if (m.kind !== 'ADVERTISE' && m.kind !== 'REPLY') return;
        served.set(`${m.sight.capture}/${m.link}`, true);
        if (exchange !== undefined) waiting.delete(keyOf(exchange));
      },
      'dhcp6-exchange': ({ exchange: x, end, time }) => {
        if (end === 'answered' || !ASKS.has(x.kind) || x.lastRequest === 0) return;
        const key = keyOf(x);
        const before = waiting.get(key);
        const count = (before?.count ?? 0) + x.requestCount;
        waiting.set(key, { exchange: before?.exchange ?? x, count, until: time });
        if (before !== undefined) before.exchange.couldSeeReplies ||= x.couldSeeReplies;
      },
    },
    messages: { kinds: ['ACK', 'OFFER'] },
    end: (emit) => {
      for (const { exchange, count, until } of waiting.values()) {
        if (count < 2 || until - exchange.lastRequest < WAIT_US) continue;
        tell(exchange, count, until, emit);
      }
    },
    limits: () =>
      [waiting.limit(), served.limit(), managed.limit(), byDhcp4.limit()].filter((limit) => limit !== undefined),
  };
}

const ASKS: ReadonlySet<string> = new Set(['SOLICIT', 'REQUEST', 'REBIND', 'INFORMATION-REQUEST']);
