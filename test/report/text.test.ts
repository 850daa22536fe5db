import { describe, expect, it } from 'vitest';
import type { Analysis, CaptureReport, EvidenceReport, FindingReport } from '../../src/report/analysis.ts';
import { faultLines, unreadLines } from '../../src/report/captures.ts';
import { wrap } from '../../src/report/page.ts';
import { textReport } from '../../src/report/text.ts';
import { EXAMPLE, FINDING } from './example.ts';

describe('the text report', () => {
  it('says first what happened, then proves it, then says what to do and what it could not see', () => {
    expect(textReport(EXAMPLE)).toMatchInlineSnapshot(`
      "COMPROMISED  52:54:00:bb:00:01 booted evil.0 from 198.51.100.66, which the profile does not name

      CRITICAL  A machine was sent to a boot server that is not of this site              dhcp-boot-hijack
        when       2026-11-22 10:04:05.123450 to 10:04:09.123459 UTC, 14 times
        who        client 52:54:00:bb:00:01, server 198.51.100.66, files evil.0, on client.pcap vlan 10
        why        certain (0.98): the profile names another boot server; the client fetched evil.0 from
                   it
        proof      client.pcap frame 12  10:04:05.123450  OFFER 0 from 198.51.100.66 names evil.0
                   client.pcap frame 13  10:04:05.123451  OFFER 1 from 198.51.100.66 names evil.0
                   client.pcap frame 14  10:04:05.123452  OFFER 2 from 198.51.100.66 names evil.0
                   client.pcap frame 15  10:04:05.123453  OFFER 3 from 198.51.100.66 names evil.0
                   client.pcap frame 16  10:04:05.123454  OFFER 4 from 198.51.100.66 names evil.0
                   client.pcap frame 17  10:04:05.123455  OFFER 5 from 198.51.100.66 names evil.0
                   … 7 more …
                   client.pcap frame 21  10:04:05.123459  OFFER 9 from 198.51.100.66 names evil.0
        cause      a DHCP server was started by hand
        do         1. shut the port
                   2. reinstall the machine
        verify     analyze a new capture
        weakened   by capture-drops (below)
        to decide  the hash of evil.0
        see        RB-1; RFC 2131 4.3.1

      Also found
        info: 52:54:00:bb:00:01 booted evil.0 from 198.51.100.66, which the profile does not name
          [dhcp-no-offer]

      Servers
        DHCP 198.51.100.66 02:16:3e:66:66:66: unauthorised; 2 messages, client.pcap frames 12 to 14,
          client.pcap vlan 10
          promises next server 198.51.100.66, routers 198.51.100.66, boot file evil.0
        TFTP 198.51.100.2: not declared; named by others, not seen

      Boots
        52:54:00:bb:00:01 (x86 BIOS), boot 2: stopped at boot file: the file was not there
          known as uuid 00112233-4455-6677-8899-aabbccddee01
          before, from 10:04:01.000000: stopped at kernel
          link           ok          first frame of the machine (client.pcap frame 1, 10:04:01.000000)
          802.1X         not seen
          boot file      FAILED      evil.0 from 198.51.100.66: refused by the server (2 tries, 512 bytes,
                                     client.pcap frames 15 to 20, 10:04:06.000000 to 10:04:07.000000)

      Lost between vantage points
        OFFER to 52:54:00:bb:00:01: last seen at rack (client.pcap frame 12, 10:04:05.123450), never at
          client; the recorder there dropped 3 frames

      What this vantage could not see
        unicast replies to others do not pass here (2 times) [client.pcap]
          undecided: dhcp-no-offer
          weakens: dhcp-boot-hijack

      Signs that a capture is not as it was recorded
        2 blocks are not in the capture [client.pcap; frames-removed, low, possible]
          client.pcap frame 15  10:04:06.000000  2 of 9 blocks
          or: the recorder lost them

      Switch texts
        switch.log (log): cisco-ios; 4 lines, 2 records, 1 unknown, 2026-11-22 10:04:05 to 2026-11-22
          10:04:08 UTC
          times are likely: no year is written: in 2026 it lies nearest to the captures
          1 lines longer than 8 KiB: only their beginning was looked at
          unknown line 4: \\x1b[2Junknown

      Captures
        client.pcap at client: 27 frames, 5123 bytes, pcap little-endian microseconds, ETHERNET,
          2026-11-22 10:04:01.000000 to 10:05:01.000000 UTC
          damage at byte 5100, after frame 27: the last record is cut
          interface 0 dropped 3 frames
          sha256 abababababababababababababababababababababababababababababababab
        messages: dhcpv4 4 (DISCOVER 1, OFFER 2, ACK 1)
        limit reached: exchanges holds 65536, 12 left out
        not all could be read: what is said here holds for what was read
      "
    `);
  });

  it('stays within 100 columns where words allow', () => {
    for (const line of textReport(EXAMPLE).split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('has colour only when told so, and the same words', () => {
    const colored = textReport(EXAMPLE, { color: true });
    expect(colored).toContain('\u001b[');
    // oxlint-disable-next-line no-control-regex -- the very codes that are looked for
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(textReport(EXAMPLE));
    expect(textReport(EXAMPLE)).not.toContain('\u001b');
  });

  it('lets no outside text reach the terminal as it is', () => {
    const evil = '\u001b]0;owned\u0007\u202e\nINJECTED';
    const spoiled = JSON.parse(
      JSON.stringify(EXAMPLE, (_key, value: unknown) => (typeof value === 'string' ? `${value}${evil}` : value)),
    ) as Analysis;
    const known: Analysis = {
      ...spoiled,
      verdict: { ...spoiled.verdict, state: 'fault' },
      findings: spoiled.findings.map((finding) => ({
        ...finding,
        severity: 'high',
        evidence: finding.evidence.map((one) => ({
          ...one,
          kind: 'frame' as const,
          capture: evil,
          frame: 1,
          time: evil,
          note: evil,
        })),
      })),
      servers: spoiled.servers.map((server) => ({ ...server, kind: 'dhcpv4' })),
    };
    const text = textReport(known);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text).not.toMatch(/^INJECTED/m);
  });

  it('points at evidence and remedies that stand above, and gives what is new', () => {
    const [first] = FINDING.evidence;
    const another = {
      kind: 'frame',
      capture: 'client.pcap',
      frame: 40,
      time: '2026-11-22T10:04:30.000000Z',
      note: 'new',
    };
    const second: FindingReport = {
      ...FINDING,
      id: 'dhcp-rogue-server',
      title: 'Rogue DHCP server',
      message: 'another sentence',
      evidence: [...FINDING.evidence.slice(0, 3), another as EvidenceReport],
      omitted: 0,
    };
    const text = textReport({ ...EXAMPLE, findings: [FINDING, second] });
    const part = text.slice(text.lastIndexOf('another sentence'));
    expect(part).toContain('  proof      as above: client.pcap frames 12, 13, 14\n');
    expect(part).toContain('client.pcap frame 40  10:04:30.000000  new');
    expect(part).toContain('  do         as for dhcp-boot-hijack\n');
    expect(part).toContain('  verify     as for dhcp-boot-hijack\n');
    expect(part.split('OFFER 0 from')).toHaveLength(1);
    // The overview names both, and the culprit once.
    expect(text).toMatch(/^ {2}CRITICAL {2}A machine .*: client …$/m);
    expect(text).toMatch(/^ {2}CRITICAL {2}Rogue DHCP server: the same$/m);
    // One piece that stands above is said again: shorter than to look for it.
    const one = textReport({ ...EXAMPLE, findings: [FINDING, { ...second, evidence: [first as EvidenceReport] }] });
    expect(one.split('OFFER 0 from')).toHaveLength(3);
  });

  it('never points at evidence that was left out above', () => {
    const [second] = FINDING.evidence.slice(7);
    const later = { ...FINDING, id: 'dhcp-rogue-server', evidence: [second, second] as EvidenceReport[], omitted: 0 };
    const text = textReport({ ...EXAMPLE, findings: [FINDING, later] });
    expect(text.slice(text.indexOf('dhcp-rogue-server'))).toContain('OFFER 7 from');
  });

  it('gives evidence in order of time, and a long note once', () => {
    const at = (frame: number, second: number): EvidenceReport => ({
      kind: 'frame',
      capture: 'client.pcap',
      frame,
      time: `2026-11-22T10:04:0${second}.000000Z`,
      note: 'OFFER of 198.51.100.209 by 198.51.100.66',
    });
    const text = textReport({ ...EXAMPLE, findings: [{ ...FINDING, evidence: [at(9, 9), at(2, 2)], omitted: 0 }] });
    expect(text).toMatch(/frame 2 .*OFFER of 198.51.100.209 by 198.51.100.66\n.*frame 9 .*the same as frame 2\n/);
  });

  it('shows a handful of boots, those that stopped first, and counts the others', () => {
    const [boot] = EXAMPLE.boots;
    if (boot === undefined) throw new Error('the example has no boot');
    const boots = Array.from({ length: 30 }, (_, i) => ({ ...boot, state: i < 20 ? 'undecided' : 'stopped' }) as const);
    const text = textReport({ ...EXAMPLE, boots });
    expect(text.match(/^ {2}52:54:00:bb:00:01 \(x86 BIOS\), boot 2: stopped/gm)).toHaveLength(6);
    expect(text).toContain('… and 24 more boots; 10 stopped, 20 undecided in all; decode --what boots has them');
  });

  it('names a capture that could not be read, without a place in it', () => {
    const unread = {
      ...EXAMPLE.captures[0],
      name: 'x.pcap',
      faults: [{ code: 'not-found', offset: 0, afterFrame: 0, message: '/x.pcap does not exist: check the path' }],
    } as CaptureReport;
    const text = textReport({ ...EXAMPLE, captures: [unread] });
    expect(text).toMatch(/^ {4}\/x\.pcap does not exist: check the path$/m);
    expect(faultLines([unread])).toEqual(['/x.pcap does not exist: check the path']);
    expect(unreadLines(EXAMPLE.captures)).toEqual([]);
    expect(faultLines(EXAMPLE.captures)).toEqual([
      'client.pcap: damage at byte 5100, after frame 27: the last record is cut',
    ]);
  });

  it('is bounded, and says what it left out', () => {
    const many: Analysis = { ...EXAMPLE, findings: Array.from({ length: 1000 }, () => ({ ...FINDING })) };
    const text = textReport(many);
    expect(text.split('\n').length).toBeLessThan(1000);
    expect(text).toContain('… and 876 more findings; --format json has them');
  });

  it('gives dates where captures lie on several days', () => {
    const [capture] = EXAMPLE.captures;
    const days: Analysis = {
      ...EXAMPLE,
      captures: [...EXAMPLE.captures, { ...capture!, name: 'next.pcap', lastTime: '2026-11-23T00:00:01.000000Z' }],
    };
    expect(textReport(days)).toContain('client.pcap frame 12  2026-11-22 10:04:05.123450');
    expect(textReport(EXAMPLE)).toContain('client.pcap frame 12  10:04:05.123450');
  });
});

describe('wrapping', () => {
  it('breaks at spaces, keeps long words whole and escapes', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcdefghij', 'k']);
    expect(wrap('', 4)).toEqual(['']);
    expect(wrap('a\u0000b', 9)).toEqual(['a\\x00b']);
  });
});
