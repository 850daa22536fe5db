import type { Analysis, FindingReport } from '../../src/report/analysis.ts';

const moment = (frame: number, time: string): { capture: string; frame: number; time: string } => ({
  capture: 'client.pcap',
  frame,
  time: `2026-11-22T10:04:0${time}Z`,
});

/** A finding with everything in it. */
export const FINDING: FindingReport = {
  id: 'dhcp-boot-hijack',
  key: 'dhcp-boot-hijack:[["client","52:54:00:bb:00:01"]]',
  severity: 'critical',
  confidence: {
    level: 'certain',
    score: 0.98,
    reasons: ['the profile names another boot server', 'the client fetched evil.0 from it'],
    wouldDecide: ['the hash of evil.0'],
  },
  title: 'A machine was sent to a boot server that is not of this site',
  message: '52:54:00:bb:00:01 booted evil.0 from 198.51.100.66, which the profile does not name',
  segment: 'client.pcap vlan 10',
  subject: { client: '52:54:00:bb:00:01', server: '198.51.100.66', files: ['evil.0'] },
  evidence: Array.from({ length: 10 }, (_, i) => ({
    kind: 'frame' as const,
    ...moment(12 + i, `5.12345${i}`),
    note: `OFFER ${i} from 198.51.100.66 names evil.0`,
  })),
  count: 14,
  firstTime: '2026-11-22T10:04:05.123450Z',
  lastTime: '2026-11-22T10:04:09.123459Z',
  causes: ['a DHCP server was started by hand'],
  remedy: { runbook: 'RB-1', steps: ['shut the port', 'reinstall the machine'], verify: ['analyze a new capture'] },
  references: ['RFC 2131 4.3.1'],
  omitted: 4,
};

/** An analysis with every kind of entry: what the schema and the text report must be able to hold. */
export const EXAMPLE: Analysis = {
  schema: 'rackwitness.analysis/1',
  tool: { name: 'rackwitness', version: '0.1.0' },
  complete: false,
  limits: [{ name: 'exchanges', cap: 65_536, lost: 12 }],
  verdict: { state: 'compromised', headline: FINDING.message },
  captures: [
    {
      name: 'client.pcap',
      vantage: 'client',
      format: 'pcap',
      variant: 'little-endian microseconds',
      linkTypes: [{ number: 1, name: 'ETHERNET' }],
      frames: 27,
      bytes: 5123,
      firstTime: '2026-11-22T10:04:01.000000Z',
      lastTime: '2026-11-22T10:05:01.000000Z',
      interfaces: [
        { id: 0, name: { hex: 'ff', text: '\\xff' }, linkType: 1, snapLength: 620, received: 30, dropped: 3 },
      ],
      faults: [{ code: 'truncated-record', offset: 5100, afterFrame: 27, message: 'the last record is cut' }],
      truncated: true,
      sha256: 'ab'.repeat(32),
      omitted: 0,
    },
  ],
  records: { dhcpv4: { total: 4, DISCOVER: 1, OFFER: 2, ACK: 1 } },
  servers: [
    {
      kind: 'dhcpv4',
      id: '198.51.100.66',
      addresses: ['198.51.100.66'],
      macs: ['02:16:3e:66:66:66'],
      segments: ['client.pcap vlan 10'],
      authorised: 'unauthorised',
      sight: 'seen',
      promised: [{ nextServer: '198.51.100.66', routers: ['198.51.100.66'], bootFile: 'evil.0' }],
      messages: 2,
      first: moment(12, '5.123450'),
      last: moment(14, '5.200000'),
      omitted: 0,
    },
    {
      kind: 'tftp',
      id: '198.51.100.2',
      addresses: ['198.51.100.2'],
      macs: [],
      segments: [],
      authorised: 'unknown',
      sight: 'named',
      promised: [],
      messages: 0,
      first: moment(12, '5.123450'),
      last: moment(12, '5.123450'),
      omitted: 0,
    },
  ],
  boots: [
    {
      machine: { macs: ['52:54:00:bb:00:01'], uuid: '', clientId: '' },
      segment: 'client.pcap vlan 10',
      architecture: '0',
      state: 'stopped',
      stoppedAt: 'boot-file',
      why: 'the file was not there',
      steps: [
        {
          name: 'boot-file',
          state: 'failed',
          tries: 2,
          bytes: 512,
          first: moment(15, '6.000000'),
          last: moment(20, '7.000000'),
          note: 'evil.0',
        },
      ],
      omitted: 0,
    },
  ],
  findings: [
    FINDING,
    {
      ...FINDING,
      id: 'dhcp-no-offer',
      key: 'dhcp-no-offer:[]',
      severity: 'info',
      evidence: [
        {
          kind: 'absence',
          capture: 'client.pcap',
          from: '2026-11-22T10:04:05.123450Z',
          to: '2026-11-22T10:04:30.123450Z',
          expected: 'OFFER',
        },
        { kind: 'line', log: 'switch.log', line: 3, time: '', note: 'DHCP_SNOOPING' },
      ],
      omitted: 0,
    },
  ],
  coverage: [
    {
      id: 'replies-not-visible',
      capture: 'client.pcap',
      segment: '',
      message: 'unicast replies to others do not pass here',
      undecided: ['dhcp-no-offer'],
      count: 2,
    },
  ],
  logs: [
    {
      name: 'switch.log',
      source: 'log',
      dialects: ['cisco-ios'],
      lines: 4,
      parsed: 2,
      unknown: 1,
      unknownLines: [{ line: 4, text: '\\x1b[2Junknown' }],
      cut: 1,
      truncated: false,
      firstTime: '2026-11-22T10:04:05.000000Z',
      lastTime: '2026-11-22T10:04:08.999999Z',
      timeSure: 'likely',
      timeReason: 'no year is written: in 2026 it lies nearest to the captures',
    },
  ],
  vantages: [
    {
      name: 'client',
      captures: ['client.pcap'],
      covered: { from: '2026-11-22T10:04:01.000000Z', to: '2026-11-22T10:05:01.000000Z', said: 'frames' },
      filter: 'port 67 or port 68',
      interface: 'eth0',
      dropped: 3,
      empty: false,
      clocks: [
        {
          with: 'rack',
          low: -0.000012,
          high: 0.000034,
          width: 0.000046,
          basis: 'both-directions',
          drift: { low: -1.5, high: 2 },
          steady: true,
          shared: { requests: 2, replies: 2, others: 1 },
        },
      ],
      omitted: 0,
    },
  ],
  lost: [
    {
      message: 'OFFER to 52:54:00:bb:00:01',
      lastSeen: { ...moment(12, '5.123450'), vantage: 'rack' },
      missingAt: [
        {
          vantage: 'client',
          from: '2026-11-22T10:04:05.123400Z',
          to: '2026-11-22T10:04:05.123500Z',
          clock: 'measured',
        },
      ],
      mayBeCaptureLoss: 'the recorder there dropped 3 frames',
    },
  ],
};
