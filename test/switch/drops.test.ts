import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { dhcpSnoopingBindingStale } from '../../src/detect/detectors/dhcp-snooping-binding-stale.ts';
import { dhcpSnoopingDroppedClient } from '../../src/detect/detectors/dhcp-snooping-dropped-client.ts';
import { dhcpSnoopingDroppedReply } from '../../src/detect/detectors/dhcp-snooping-dropped-reply.ts';
import { portSecurityViolation } from '../../src/detect/detectors/port-security-violation.ts';
import { sourceGuardDrop } from '../../src/detect/detectors/source-guard-drop.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import type { FindingState } from '../../src/detect/run.ts';
import type { FlowEvent } from '../../src/flow/events.ts';
import { parseIpv4 } from '../../src/wire/values.ts';
import { judged } from './bench.ts';

const STAMP = 'Nov 22 2026 12:44:42.000 UTC';
const AT = 1_795_351_482;
const CLIENT = 0x525400bb0001;
const LEASE = parseIpv4('198.51.100.100');
const SERVER = parseIpv4('198.51.100.2');
const RACK: Profile = {
  schema: 'rackwitness.profile/1',
  dhcp: { servers: [{ addresses: ['198.51.100.2'], macs: ['02:16:3e:00:00:01'] }] },
};
const OTHERS: Profile = {
  schema: 'rackwitness.profile/1',
  dhcp: { servers: [{ addresses: ['198.51.100.9'], macs: ['02:16:3e:00:00:09'] }] },
};

const snooped = (mnemonic: string, text: string): string =>
  `12: sw1: ${STAMP}: %DHCP_SNOOPING-5-DHCP_SNOOPING_${mnemonic}: DHCP_SNOOPING drop message ${text}`;
const OFFER_LINE = snooped('UNTRUSTED_PORT', 'on untrusted port, message type: DHCPOFFER, MAC sa: 0216.3e00.0001');
const OFFER_LINE_CX = `2026-11-22T12:44:42.000000+00:00 sw1 dhcpv4-snoopd[2771]: Event|8201|LOG_WARN|AMM|1/1|Server 198.51.100.2 packet received on untrusted port 1/1/24 dropped.`;
const OPTION82_LINE = snooped(
  'NONZERO_GIADDR',
  'with non-zero giaddr or option82 value on untrusted port, message type: DHCPDISCOVER, MAC sa: 5254.00bb.0001',
);
const RELEASE_LINE = snooped(
  'FAKE_INTERFACE',
  'with mismatched source interface the binding is not updated message type: DHCPRELEASE, MAC sa: 5254.00bb.0001',
);

/** A DHCP message as detectors hear of it. */
function message(kind: string, frame: number, more: object = {}): FlowEvent {
  const time = AT * 1e6 + frame * 1000;
  const told = {
    kind,
    sight: { capture: 0, file: 0, frame, sec: AT, nsec: frame * 1e6 },
    time,
    segment: 0,
    chaddr: CLIENT,
    ethSrc: CLIENT,
    ipSrc: 0,
    yiaddr: 0,
    serverId: -1,
    relayAgent: '',
    copy: false,
    proxy: false,
    reply: kind === 'OFFER' || kind === 'ACK',
    ...more,
  };
  return { type: 'dhcp4-message', message: told, exchange: undefined, time } as unknown as FlowEvent;
}

const ASKED = [message('DISCOVER', 1), message('DISCOVER', 5)];
const ANSWERED = [...ASKED, message('OFFER', 6, { ethSrc: 0x02163e000009 })];
/** As a port sees it that unicast replies do not pass. */
const CHOSE = [...ASKED, message('REQUEST', 7, { serverId: SERVER })];

function told([one, ...rest]: readonly FindingState[]): [string, string] | undefined {
  expect(rest).toEqual([]);
  return one === undefined ? undefined : [one.severity, one.last.confidence.level];
}

describe('dhcp-snooping-dropped-client by the word of the switch', () => {
  const by = (log: string, events: FlowEvent[] = []): Promise<FindingState[]> =>
    judged(dhcpSnoopingDroppedClient, { log, events });

  it('is certain, and high where the client is seen to wait', async () => {
    const found = await by(OPTION82_LINE, ASKED);
    expect(told(found)).toEqual(['high', 'certain']);
    expect(found[0]?.subject).toEqual({ rule: 'relay-information', device: 'sw1' });
    expect(found[0]?.last.message).toBe('sw1 drops DHCP messages of 1 client (52:54:00:bb:00:01).');
    expect(found[0]?.firstEvidence.map(({ kind }) => kind)).toEqual(['line', 'frame']);
    expect(found[0]?.last.remedy?.steps[0]).toContain('allow-untrusted');
  });

  it('is medium where nothing is seen of the client, and low where it was answered all the same', async () => {
    expect(told(await by(OPTION82_LINE))).toEqual(['medium', 'certain']);
    expect(told(await by(OPTION82_LINE, ANSWERED))).toEqual(['low', 'certain']);
    expect(told(await by(OPTION82_LINE, CHOSE))).toEqual(['low', 'certain']);
  });

  it('looks at all clients where the line names none', async () => {
    const line = 'W 11/22/26 12:44:42 00852 dhcp-snoop: Client packet destined to untrusted port 24 dropped.';
    expect(told(await by(line, ASKED))).toEqual(['high', 'certain']);
    expect(told(await by(line, CHOSE))).toEqual(['low', 'certain']);
    expect((await by(line))[0]?.subject).toMatchObject({ rule: 'client-message', port: '24' });
  });

  it('is quiet without a line, on RELEASE, on a server, and on lines of another day', async () => {
    expect(await by('', ASKED)).toEqual([]);
    expect(await by(RELEASE_LINE, ASKED)).toEqual([]);
    expect(await by(OFFER_LINE, ASKED)).toEqual([]);
    const told = { log: OPTION82_LINE, events: ASKED, covered: '2026-11-24T12:00:00Z' };
    expect(await judged(dhcpSnoopingDroppedClient, told)).toEqual([]);
  });
});

describe('dhcp-snooping-dropped-reply by the word of the switch', () => {
  const by = (log: string, events: FlowEvent[], profile?: Profile): Promise<FindingState[]> =>
    judged(dhcpSnoopingDroppedReply, { log, events, ...(profile === undefined ? {} : { site: siteOf(profile) }) });

  it('is likely without a profile, where a client waits', async () => {
    const found = await by(OFFER_LINE, ASKED);
    expect(told(found)).toEqual(['high', 'likely']);
    expect(found[0]?.subject).toEqual({ mac: '02:16:3e:00:00:01', device: 'sw1' });
    expect(found[0]?.last.causes?.at(-1)).toContain('rogue');
  });

  it('is certain of a server of the site, named by MAC address or by IP address', async () => {
    expect(told(await by(OFFER_LINE, ASKED, RACK))).toEqual(['high', 'certain']);
    const [one] = await by(OFFER_LINE_CX, ASKED, RACK);
    expect(one?.last.confidence.level).toBe('certain');
    expect(one?.subject).toEqual({ server: '198.51.100.2', device: 'sw1', port: '1/1/24' });
    expect(one?.last.message).toBe('sw1 port 1/1/24 drops the replies of 198.51.100.2: the port is not trusted.');
  });

  it('is quiet where snooping did its work: a server that the site does not know, or that nobody missed', async () => {
    expect(await by(OFFER_LINE, ASKED, OTHERS)).toEqual([]);
    expect(await by(OFFER_LINE_CX, ASKED, OTHERS)).toEqual([]);
    expect(await by(OFFER_LINE, ANSWERED)).toEqual([]);
    expect(await by(OFFER_LINE, CHOSE)).toEqual([]);
  });
});

describe('dhcp-snooping-binding-stale by the word of the switch', () => {
  it('is certain of a RELEASE against its binding, and quiet on other drops', async () => {
    const found = await judged(dhcpSnoopingBindingStale, { log: RELEASE_LINE });
    expect(told(found)).toEqual(['medium', 'certain']);
    expect(found[0]?.subject).toEqual({ client: '52:54:00:bb:00:01', device: 'sw1' });
    expect(await judged(dhcpSnoopingBindingStale, { log: `${OPTION82_LINE}\n${OFFER_LINE}`, events: ASKED })).toEqual(
      [],
    );
  });
});

describe('source-guard-drop by the table of the switch', () => {
  const table = (ip: string, mac = '52:54:00:BB:00:01'): string =>
    [
      'sw1#show ip source binding',
      'MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface',
      '------------------  ---------------  ----------  -------------  ----  --------------------',
      `${mac}   ${ip}    infinite    static         1     GigabitEthernet1/0/7`,
    ].join('\n');
  const read = (sources: object[], couldSeeReplies = true): FlowEvent => {
    const time = (AT + 2) * 1e6;
    const sight = { capture: 0, file: 0, frame: 20, sec: AT + 2, nsec: 0 };
    const transfer = {
      clientMac: CLIENT,
      client: LEASE,
      firstTime: time,
      segment: 0,
      sources,
      couldSeeReplies,
      request: sight,
      requestCount: 5,
    };
    const end = sources.length === 0 ? 'unanswered' : 'complete';
    return { type: 'transfer-end', transfer, end, time } as unknown as FlowEvent;
  };
  const ACK = message('ACK', 8, { yiaddr: LEASE });
  const by = (show: string, events: FlowEvent[], detector: Detector = sourceGuardDrop): Promise<FindingState[]> =>
    judged(detector, { show, events });

  it('is likely where the table binds the machine to another address and its reads go unanswered', async () => {
    const found = await by(table('198.51.100.77'), [ACK, read([])]);
    expect(told(found)).toEqual(['high', 'likely']);
    expect(found[0]?.subject).toEqual({ client: '52:54:00:bb:00:01', address: '198.51.100.100' });
    expect(found[0]?.last.message).toContain('binds it to 198.51.100.77');
  });

  it('is likely where the table binds its address to another machine', async () => {
    const [one] = await by(table('198.51.100.100', '52:54:00:BB:00:02'), [ACK, read([])]);
    expect(one?.last.message).toContain('binds 198.51.100.100 to 52:54:00:bb:00:02');
  });

  it('is quiet where the table allows the lease, knows nothing of it, or something came back', async () => {
    expect(await by(table('198.51.100.100'), [ACK, read([])])).toEqual([]);
    expect(await by(table('198.51.100.3', '52:54:00:BB:00:03'), [ACK, read([])])).toEqual([]);
    expect(await by(table('198.51.100.77'), [ACK, read([{}])])).toEqual([]);
    expect(await by(table('198.51.100.77'), [ACK, read([], false)])).toEqual([]);
    expect(await by(table('198.51.100.77'), [read([])])).toEqual([]);
    expect(await by('', [ACK, read([])])).toEqual([]);
  });
});

describe('port-security-violation of a crowd', () => {
  const refused = (n: number): string =>
    `${n}: sw1: ${STAMP}: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 5254.0014.000${n} on port GigabitEthernet1/0/7.`;

  it('is one finding of the port, and one each of a few', async () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, n) => refused(n + 1)).join('\n');
    expect(await judged(portSecurityViolation, { log: lines(4) })).toHaveLength(4);
    const [one, ...rest] = await judged(portSecurityViolation, { log: lines(6) });
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ subject: { device: 'sw1', port: 'GigabitEthernet1/0/7' }, count: 6 });
    expect(one?.last.message).toContain('refuses 6 addresses (52:54:00:14:00:01, ');
  });
});
