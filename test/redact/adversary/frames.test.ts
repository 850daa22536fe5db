import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FrameRedactor } from '../../../src/redact/frames/stream.ts';
import { buildDhcp4, type Message4 } from '../../support/dhcp4.ts';
import { BROADCAST, pcapFile, udp4Frame, utf8, type Bytes } from '../../support/packets.ts';
import { identitiesOf } from '../core.ts';
import { inFolder, redactCase } from '../frames/case.ts';

const MAC = '52:54:00:c3:9a:71';

function asks(message: Message4): Bytes {
  const payload = buildDhcp4({ chaddr: MAC, ...message, options: [[53, [1]], ...(message.options ?? [])] });
  const to = { srcMac: MAC, dstMac: BROADCAST, src: '0.0.0.0', dst: '255.255.255.255', sport: 68, dport: 67 };
  return udp4Frame(to, payload);
}

/** The written capture's bytes, and what the gate found in it. */
async function redacted(frame: Bytes, policy = 'auditor'): Promise<{ bytes: Buffer; hits: number }> {
  return inFolder(async (folder) => {
    const path = join(folder, 'in.pcap');
    writeFileSync(path, pcapFile([{ time: 1_763_816_400, bytes: frame }]));
    const { files } = await redactCase([path], folder, policy);
    return { bytes: readFileSync(files[0]?.path ?? ''), hits: files[0]?.checked.count ?? -1 };
  });
}

/** Of the one frame of a pcap file with Ethernet, IPv4 and UDP before the message. */
const MESSAGE = 24 + 16 + 14 + 20 + 8;

describe('a transaction id that firmware makes of the MAC address', () => {
  it.each([
    ['its last three bytes', 0x9bc39a71, (m: Buffer) => [0x9b, m[3], m[4], m[5]]],
    ['its last four bytes', 0x00c39a71, (m: Buffer) => [m[2], m[3], m[4], m[5]]],
    ['the other way round', 0x719ac300, (m: Buffer) => [m[5], m[4], m[3], m[2]]],
  ])('is made of the pseudonym: %s', async (_what, xid, expected) => {
    for (const policy of ['auditor', 'vendor-support', 'public']) {
      const { bytes, hits } = await redacted(asks({ xid }), policy);
      const mac = bytes.subarray(MESSAGE + 28, MESSAGE + 34);
      expect([...bytes.subarray(MESSAGE + 4, MESSAGE + 8)]).toEqual(expected(mac));
      expect(bytes.includes(Buffer.from('c39a71', 'hex'))).toBe(false);
      expect(hits).toBe(0);
    }
  });

  it('is kept where it is not', async () => {
    const { bytes } = await redacted(asks({ xid: 0x12345678 }));
    expect(bytes.readUInt32BE(MESSAGE + 4)).toBe(0x12345678);
  });

  it('is so in a stream as well', async () => {
    const frame = asks({ xid: 0x9bc39a71 });
    const record = new FrameRedactor(await identitiesOf(), { linkType: 1, snapLength: 65_535 }).frame(
      1_763_816_400,
      0,
      frame,
      frame.length,
    );
    expect(Buffer.from(record).includes(Buffer.from('c39a71', 'hex'))).toBe(false);
  });
});

describe('a vendor class that is kept', () => {
  it.each([
    ['ends with a zero byte', [60, 'ACME at 10.66.77.99 52:54:00:aa:bb:cc\0'], ['66.77.99', 'aa:bb:cc']],
    ['holds a serial number', [60, 'ACME SGH12345XY 2.1'], ['SGH12345XY']],
    ['holds one behind a length', [77, [5, ...utf8('iPXE-'), 10, ...utf8('SGH12345XY')]], ['SGH12345XY']],
    [
      'holds a MAC address as it is',
      [124, [0, 0, 1, 55, 12, ...utf8('ACME'), 2, 3, 4, 5, 6, 7, 0, 1]],
      ['\x02\x03\x04\x05\x06\x07'],
    ],
    ['names a host by its key', [60, 'ACME hostname=unicornbox'], ['unicornbox']],
  ] as const)('%s', async (_what, [code, value], originals) => {
    const { bytes, hits } = await redacted(asks({ options: [[code, typeof value === 'string' ? value : [...value]]] }));
    for (const original of originals) expect(bytes.includes(Buffer.from(original, 'latin1'))).toBe(false);
    expect(hits).toBe(0);
    if (code === 60) expect(bytes.includes('ACME')).toBe(true);
  });
});
