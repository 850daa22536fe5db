import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  dhcpv4,
  fileText,
  optionIpv4,
  optionIpv4List,
  optionText,
  optionU32,
  optionU8List,
  optionValue,
  snameText,
} from '../../../src/wire/protocols/dhcpv4/index.ts';
import type { Dhcp4Record } from '../../../src/wire/protocols/dhcpv4/index.ts';
import { ipv4Text } from '../../../src/wire/values.ts';
import { record4 } from '../../support/dhcp4.ts';
import { hasFolder, hasTool } from '../../support/needs.ts';

/** The optional folder of real captures beside the project. */
const CORPUS = new URL('../../../../shared/corpus/core-permissive', import.meta.url).pathname;
const SAMPLES = new URL('../../../samples', import.meta.url).pathname;

const CAPTURES = [
  join(CORPUS, 'PcapPlusPlus/Tests/Packet++Test/PacketExamples/Dhcp1.pcap'),
  join(CORPUS, 'PcapPlusPlus/Tests/Packet++Test/PacketExamples/Dhcp2.pcap'),
  join(CORPUS, 'netboot/dhcp4/testdata/dhcp.pcap'),
  join(CORPUS, 'netboot/pcap/testdata/usec.pcap'),
  join(CORPUS, 'suricata-verify/tests/dhcp-option-52-overload/input.pcap'),
  join(CORPUS, 'suricata-verify/tests/dhcp-option-52-overload-both/input.pcap'),
  join(CORPUS, 'tcpdump/tests/dhcp-option-108.pcapng'),
  join(CORPUS, 'tcpdump/tests/dhcp-rfc3004.pcap'),
  join(CORPUS, 'tcpdump/tests/dhcp-rfc4388.pcap'),
  join(CORPUS, 'zeek/testing/btest/Traces/dhcp/dhcp.pcap'),
  join(CORPUS, 'zeek/testing/btest/Traces/dhcp/dhcp_ack_subscriber_id_and_agent_remote_id.pcap'),
  join(CORPUS, 'zeek/testing/btest/Traces/dhcp/hw-type0.pcap'),
  join(SAMPLES, 'pxe-bios-ipxe/rack.pcap'),
];

type Read = (r: Dhcp4Record, bytes: Uint8Array) => string;

const list = (values: readonly (number | string)[]) => values.map(String).join(',');
const addresses =
  (code: number): Read =>
  (r, b) =>
    list(optionIpv4List(r, b, code).map(ipv4Text));
const address =
  (code: number): Read =>
  (r, b) =>
    ipv4Text(optionIpv4(r, b, code));
const number =
  (code: number): Read =>
  (r, b) =>
    list([optionU32(r, b, code)].filter((n) => n >= 0));
const text =
  (code: number): Read =>
  (r, b) =>
    optionText(r, b, code);

/** tshark's field, and the same of ours as it prints it. */
const FIELDS: readonly (readonly [field: string, read: Read])[] = [
  ['dhcp.type', (r) => String(r.op)],
  ['dhcp.hw.type', (r) => `0x${r.htype.toString(16).padStart(2, '0')}`],
  ['dhcp.hw.len', (r) => String(r.hlen)],
  ['dhcp.hops', (r) => String(r.hops)],
  ['dhcp.id', (r) => `0x${r.xid.toString(16).padStart(8, '0')}`],
  ['dhcp.secs', (r) => String(r.secs)],
  ['dhcp.flags', (r) => `0x${r.flags.toString(16).padStart(4, '0')}`],
  ['dhcp.ip.client', (r) => ipv4Text(r.ciaddr)],
  ['dhcp.ip.your', (r) => ipv4Text(r.yiaddr)],
  ['dhcp.ip.server', (r) => ipv4Text(r.siaddr)],
  ['dhcp.ip.relay', (r) => ipv4Text(r.giaddr)],
  ['dhcp.option.dhcp', (r) => list([r.messageType].filter((n) => n >= 0))],
  ['dhcp.option.type', (r) => list(r.options.filter((_, i) => i % 4 === 0))],
  ['dhcp.option.length', (r) => list(r.options.filter((_, i) => i % 4 === 2))],
  ['dhcp.option.subnet_mask', address(1)],
  ['dhcp.option.router', addresses(3)],
  ['dhcp.option.domain_name_server', addresses(6)],
  ['dhcp.option.hostname', text(12)],
  ['dhcp.option.domain_name', text(15)],
  ['dhcp.option.requested_ip_address', address(50)],
  ['dhcp.option.ip_address_lease_time', number(51)],
  ['dhcp.option.dhcp_server_id', address(54)],
  ['dhcp.option.request_list_item', (r, b) => list(optionU8List(r, b, 55))],
  ['dhcp.option.vendor_class_id', text(60)],
  ['dhcp.option.tftp_server_name', text(66)],
  ['dhcp.option.bootfile_name', text(67)],
  ['dhcp.file', (r, b) => fileText(r, b)],
  ['dhcp.server', (r, b) => snameText(r, b)],
];

/** tshark counts PAD and END as options, and shows the hardware type of option 61 under the header's name. */
function normal(field: string, value: string): string {
  if (field === 'dhcp.option.type') return list(value.split(',').filter((code) => code !== '0' && code !== '255'));
  if (field === 'dhcp.hw.type') return value.split(',')[0] ?? '';
  return value;
}

const sorted = (value: string) => list(value.split(',').toSorted());

const canRun = hasTool('tshark');
// Without the corpus the project's own samples remain.
hasFolder(CORPUS);

describe.skipIf(!canRun)('agreement with tshark', () => {
  it.each(CAPTURES.filter((file) => existsSync(file)).map((file) => [file.split('/').slice(-3).join('/'), file]))(
    '%s',
    (_name, file) => {
      const args = [
        '-r',
        file,
        '-Y',
        'dhcp && !icmp',
        '-T',
        'fields',
        '-E',
        'occurrence=a',
        '-E',
        'aggregator=,',
        '-e',
        'udp.payload',
      ];
      for (const [field] of FIELDS) args.push('-e', field);
      const answer = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const lines = answer.trimEnd().split('\n');
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        const [payload = '', ...theirs] = line.split('\t');
        const bytes = Uint8Array.from(Buffer.from(payload, 'hex'));
        const record = record4(bytes);
        for (const [i, [field, read]] of FIELDS.entries()) {
          const pair = [read(record, bytes), normal(field, theirs[i] ?? '')];
          // tshark goes into overloaded fields where it meets option 52, we after the options field (RFC 2131 4.1).
          const [ours, tsharks] = record.overload > 0 ? pair.map(sorted) : pair;
          expect([field, ours]).toEqual([field, tsharks]);
        }
        expect(dhcpv4.kinds).toContain(dhcpv4.kindOf(record));
        expect(optionValue(record, bytes, 0)).toBeUndefined();
      }
    },
  );
});
