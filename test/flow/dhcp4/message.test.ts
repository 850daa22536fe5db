import { describe, expect, test } from 'vitest';
import { MessageReader } from '../../../src/flow/dhcp4/message.ts';
import type { Dhcp4Message } from '../../../src/flow/dhcp4/types.ts';
import type { Envelope } from '../../../src/wire/envelope.ts';
import { buildDhcp4, hex, type Message4, type Option4 } from '../../support/dhcp4.ts';
import { envelope, record } from './bytes.ts';

const RACK = 0x0a000001;
const CLIENT = '52:54:00:00:0c:01';
const reader = new MessageReader();

function read(fields: Message4, place: Partial<Envelope> = {}): Dhcp4Message {
  const e = envelope(buildDhcp4({ chaddr: CLIENT, xid: 0x1001, ...fields }), place);
  return reader.read(record(e), e);
}

const fromServer: Partial<Envelope> = {
  ethSrc: 0x525400000001,
  ethDst: 0x525400000c01,
  ipSrc: RACK,
  ipDst: 0x0a000064,
  srcPort: 67,
  dstPort: 68,
};
const OFFER: Message4 = {
  op: 2,
  yiaddr: '10.0.0.100',
  siaddr: '10.0.0.1',
  file: 'lpxelinux.0',
  options: [
    [53, [2]],
    [54, [10, 0, 0, 1]],
    [51, [0, 0, 2, 88]],
    [1, [255, 255, 255, 0]],
    [3, [10, 0, 0, 254]],
    [6, [10, 0, 0, 1, 10, 0, 0, 2]],
    [15, 'maas'],
    [42, [10, 0, 0, 1]],
  ],
};
const withOptions = (fields: Message4, ...options: Option4[]): Message4 => ({
  ...fields,
  options: [...(fields.options ?? []), ...options],
});

describe('facts of a request', () => {
  test('a PXE DISCOVER', () => {
    const m = read(
      {
        flags: 0x8000,
        secs: 4,
        options: [
          [53, [1]],
          [50, [10, 0, 0, 100]],
          [60, 'PXEClient:Arch:00007:UNDI:003016'],
          [93, [0, 7]],
          [97, [0, ...Array.from({ length: 16 }, (_, i) => i)]],
          [77, 'iPXE'],
        ],
      },
      { segment: 3, frame: 12 },
    );
    expect(m).toMatchObject({
      kind: 'DISCOVER',
      sight: { frame: 12 },
      link: 's3',
      client: '1:525400000c01',
      chaddr: 0x525400000c01,
      xid: 0x1001,
      secs: 4,
      broadcast: true,
      requested: 0x0a000064,
      serverId: -1,
      reply: false,
      server: -1,
      serverMac: -1,
      proxy: false,
      whole: true,
      clientClass: {
        vendorClass: 'PXEClient:Arch:00007:UNDI:003016',
        userClass: 'iPXE',
        architectures: [7],
        pxe: true,
      },
    });
    expect(m.promise).toBeUndefined();
  });

  test('option 97 alone makes a PXE client; a plain one shares one class', () => {
    expect(
      read({
        options: [
          [53, [1]],
          [97, [0, ...new Uint8Array(16)]],
        ],
      }).clientClass,
    ).toMatchObject({ pxe: true, key: '//' });
    expect(read({ options: [[53, [1]]] }).clientClass).toBe(read({ options: [[53, [3]]] }).clientClass);
  });

  test('classes are one object also when their options stand in another order', () => {
    const a = read({
      options: [
        [53, [1]],
        [60, 'x'],
        [77, 'y'],
      ],
    });
    const b = read({
      options: [
        [77, 'y'],
        [60, 'x'],
        [53, [1]],
      ],
    });
    expect(a.clientClass).toBe(b.clientClass);
    expect(a.clientClass).not.toBe(
      read({
        options: [
          [53, [1]],
          [60, 'x'],
          [77, 'z'],
        ],
      }).clientClass,
    );
  });
});

describe('identity', () => {
  const client = (id: string, fields: Message4 = {}) =>
    read({
      ...fields,
      options: [
        [53, [1]],
        [61, hex(id)],
      ],
    }).client;
  test('option 61, but not where it repeats chaddr, and not one byte', () => {
    expect(client('ff00010203')).toBe('ff00010203');
    expect(client('01 525400000c01')).toBe('1:525400000c01');
    expect(client('01 525400000c02')).toBe('01525400000c02');
    expect(client('01')).toBe('1:525400000c01');
  });

  test('InfiniBand without chaddr (RFC 4390) is known by option 61, else by nothing but its xid', () => {
    const infiniband = { htype: 32, hlen: 0, xid: 0xabc };
    expect(client('00ffaa', infiniband)).toBe('00ffaa');
    expect(read({ ...infiniband, options: [[53, [1]]] }).client).toBe(`32:x${0xabc}`);
    expect(reader.seat).toBe(`x${0xabc}`);
  });

  test("MAAS's own probe", () => {
    expect(
      read({
        options: [
          [53, [1]],
          [61, [0, ...Buffer.from(`MAAS-${CLIENT}`)]],
        ],
      }).maasProbe,
    ).toBe(true);
    expect(
      read({
        options: [
          [53, [1]],
          [61, `MAAS-${CLIENT}`],
        ],
      }).maasProbe,
    ).toBe(false);
  });
});

describe('facts of a reply', () => {
  test('an OFFER', () => {
    const m = read(OFFER, fromServer);
    expect(m).toMatchObject({
      kind: 'OFFER',
      yiaddr: 0x0a000064,
      serverId: RACK,
      server: RACK,
      serverMac: 0x525400000001,
      leaseTime: 600,
      proxy: false,
    });
    expect(m.promise).toEqual({
      mask: 0xffffff00,
      routers: [0x0a0000fe],
      dns: [RACK, RACK + 1],
      ntp: [RACK],
      routes: '',
      proxyAutoConfig: '',
      domain: 'maas',
      domainSearch: '',
      nextServer: RACK,
      serverName: '',
      bootFile: 'lpxelinux.0',
      tftpServers: [],
      vendorClass: '',
      vendorOptions: '',
      pxeBootServers: [],
      configFile: '',
      pathPrefix: '',
      ipv6Only: -1,
    });
  });

  test('every promised value, and the long options behind it', () => {
    const m = read(
      {
        op: 2,
        yiaddr: '10.0.0.100',
        options: [
          [53, [5]],
          [54, [10, 0, 0, 1]],
          [121, hex('180a01000a0000fe')],
          [252, 'http://10.0.0.66/wpad.dat\0'],
          [119, hex('046d61617300')],
          [66, 'tftp.maas'],
          [67, 'http://10.0.0.1:5248/bootx64.efi'],
          [150, [10, 0, 0, 1, 10, 0, 0, 2]],
          [60, 'PXEClient'],
          [43, hex('0601080807000102 0a000042 0a000043 ff')],
          [209, 'pxelinux.cfg/default'],
          [210, 'http://10.0.0.1:5248/'],
          [108, [0, 0, 7, 8]],
        ],
      },
      fromServer,
    );
    expect(m.promise).toMatchObject({
      routes: '180a01000a0000fe',
      proxyAutoConfig: 'http://10.0.0.66/wpad.dat',
      domainSearch: 'maas',
      nextServer: -1,
      serverName: 'tftp.maas',
      bootFile: 'http://10.0.0.1:5248/bootx64.efi',
      tftpServers: [RACK, RACK + 1],
      vendorClass: 'PXEClient',
      vendorOptions: '06010808070001020a0000420a000043ff',
      configFile: 'pxelinux.cfg/default',
      pathPrefix: 'http://10.0.0.1:5248/',
      ipv6Only: 1800,
    });
    expect(
      read(withOptions({ op: 2, yiaddr: '10.0.0.1' }, [53, [5]], [249, hex('00')]), fromServer).promise?.routes,
    ).toBe('00');
  });

  test('equal promises are one object, whatever is the client’s own and in whatever order the options stand', () => {
    const a = read(OFFER, fromServer);
    const own = read(
      withOptions(
        { ...OFFER, yiaddr: '10.0.0.101', chaddr: '52:54:00:00:0c:02', xid: 9 },
        [61, 'abc'],
        [58, [0, 0, 1, 0]],
      ),
      fromServer,
    );
    expect(own.promise).toBe(a.promise);
    const turned = read({ ...OFFER, options: [...(OFFER.options ?? [])].reverse() }, fromServer);
    expect(turned.promise).toBe(a.promise);
    for (const other of [
      { ...OFFER, siaddr: '10.0.0.2' },
      { ...OFFER, file: 'x' },
      { ...OFFER, sname: 'x' },
      withOptions(OFFER, [121, hex('00')]),
      withOptions(OFFER, [252, 'x']),
      withOptions(OFFER, [108, [0, 0, 0, 0]]),
    ]) {
      expect(read(other, fromServer).promise).not.toBe(a.promise);
    }
  });

  test('a split option is put together (RFC 3396)', () => {
    const m = read(
      {
        ...OFFER,
        file: '',
        options: [
          [53, [2]],
          [67, 'boot'],
          [67, 'x64.efi'],
        ],
      },
      fromServer,
    );
    expect(m.promise?.bootFile).toBe('bootx64.efi');
  });

  test('an overlong value is kept as its beginning, length and checksum, and still compares', () => {
    const piece = 'a'.repeat(255);
    const long = (last: string) =>
      read(
        {
          ...OFFER,
          options: [
            [53, [2]],
            [252, piece],
            [252, last],
          ],
        },
        fromServer,
      ).promise;
    expect(long('b')?.proxyAutoConfig).toMatch(/^a{64}~256~[0-9a-f]+$/);
    expect(long('b')).toBe(long('b'));
    expect(long('b')).not.toBe(long('c'));
  });

  test('ProxyDHCP: yiaddr 0 with PXEClient in 60, or port 4011', () => {
    const offer = withOptions({ ...OFFER, yiaddr: '0.0.0.0' }, [60, 'PXEClient']);
    expect(read(offer, fromServer).proxy).toBe(true);
    expect(read(withOptions(OFFER, [60, 'PXEClient']), fromServer).proxy).toBe(false);
    expect(read(OFFER, { ...fromServer, srcPort: 4011 }).proxy).toBe(true);
    expect(read({ options: [[53, [3]]] }, { dstPort: 4011 }).proxy).toBe(true);
    // A broadcast REQUEST to boot servers looks like a rebinding otherwise (PXE 2.1, 2.2.5).
    const toBootServer = (vendorOptions: string): Option4[] => [
      [53, [3]],
      [60, 'PXEClient:Arch:00000:UNDI:002001'],
      [43, hex(vendorOptions)],
    ];
    expect(read({ ciaddr: '10.0.0.100', options: toBootServer('470400000000ff') }).proxy).toBe(true);
    expect(read({ ciaddr: '10.0.0.100', options: toBootServer('060108ff') }).proxy).toBe(false);
  });

  test('who the server is: option 54, else the IP source; the override of a relay is not it (RFC 5107)', () => {
    const noId = { ...OFFER, options: [[53, [2]]] satisfies Option4[] };
    expect(read(noId, { ...fromServer, ipSrc: 7 })).toMatchObject({ serverId: -1, server: 7 });
    const override = withOptions({ ...OFFER, giaddr: '10.1.0.254' }, [82, hex('0b040a000001')]);
    const m = read(override, { ...fromServer, ipSrc: 7, dstPort: 67, ipDst: 0x0a0100fe });
    expect(m).toMatchObject({ serverId: RACK, serverIdOverride: RACK, server: 7, relayAgent: '0b040a000001' });
  });

  test('no L2 source speaks for a server behind a relay or a router', () => {
    expect(read({ ...OFFER, giaddr: '10.1.0.254' }, fromServer).serverMac).toBe(-1);
    const renewal = { ...OFFER, ciaddr: '10.0.0.100', options: [[53, [5]]] satisfies Option4[] };
    expect(read(renewal, fromServer).serverMac).toBe(-1);
    expect(read(renewal, { ...fromServer, ipDst: 0xffffffff }).serverMac).toBe(0x525400000001);
  });
});

describe('kinds', () => {
  test('BOOTP is what certainly has no option 53', () => {
    expect(read({ options: [] }).kind).toBe('BOOTREQUEST');
    expect(read({ op: 2, options: [] }).kind).toBe('BOOTREPLY');
    expect(read({ options: [[53, [1, 1]]] }).kind).toBe('unknown');
    expect(read({ options: [[53, [10]]] }).kind).toBe('LEASEQUERY');
    expect(read({ options: [[53, [200]]] }).kind).toBe('unknown');
  });

  test('a message cut by the snap length is no BOOTP, not whole, and nobody’s fault', () => {
    const bytes = buildDhcp4({
      options: [
        [60, 'x'.repeat(40)],
        [53, [1]],
      ],
    });
    const e = envelope(bytes, { payloadEnd: 250, end: 250 });
    expect(reader.read(record(e), e)).toMatchObject({ kind: 'unknown', whole: false, faults: 0, firstFault: '' });
  });

  test('a fault of the sender is counted, and the first one named', () => {
    const m = read({
      options: [
        [53, [1]],
        [54, [1, 2, 3]],
      ],
    });
    expect(m).toMatchObject({ serverId: -1 });
    expect(m.faults).toBeGreaterThan(0);
    expect(m.firstFault).toMatch(/^options\[1\].*: length$/);
  });
});

describe('links', () => {
  const relayed = { ethSrc: 0x5254000000fe, srcPort: 67, dstPort: 67, ipSrc: 0x0a0100fe, ipDst: RACK, segment: 1 };
  test('a relay’s address where relay and server speak, the link selection before it', () => {
    expect(read({ giaddr: '10.1.0.254', options: [[53, [1]]] }, relayed).link).toBe(`g${0x0a0100fe}`);
    const selected = read(
      {
        giaddr: '10.1.0.254',
        options: [
          [53, [1]],
          [82, hex('0504 0a020000')],
        ],
      },
      relayed,
    );
    expect(selected).toMatchObject({ link: `g${0x0a020000}`, linkSelection: 0x0a020000 });
    const option118 = read(
      {
        giaddr: '10.1.0.254',
        options: [
          [53, [1]],
          [118, [10, 3, 0, 0]],
        ],
      },
      relayed,
    );
    expect(option118.link).toBe(`g${0x0a030000}`);
  });

  test('the segment where a relay hands a reply to its client, and on port 4011', () => {
    const handed = { ...OFFER, giaddr: '10.1.0.254' };
    expect(read(handed, { ...fromServer, segment: 4 }).link).toBe('s4');
    expect(read(handed, { ...fromServer, dstPort: 67, ipDst: 0x0a0100fe, segment: 4 }).link).toBe(`g${0x0a0100fe}`);
    const firmware = { giaddr: '10.0.0.100', ciaddr: '10.0.0.100', options: [[53, [3]]] satisfies Option4[] };
    expect(read(firmware, { dstPort: 4011, ipDst: RACK, segment: 4 }).link).toBe('s4');
  });
});

describe('what is remembered of earlier messages', () => {
  test('does not change when their bytes are overwritten by the next ones', () => {
    // As in a capture: one Buffer, whose own `slice` is a view, holds one message after the other.
    const shared = Buffer.alloc(2048);
    const inPlace = (fields: Message4): Dhcp4Message => {
      const bytes = buildDhcp4({ chaddr: CLIENT, xid: 0x1001, ...fields });
      shared.set(bytes);
      const e = envelope(shared.subarray(0, bytes.length), fromServer);
      return own.read(record(e), e);
    };
    const own = new MessageReader();
    const offer = (router: number): Dhcp4Message =>
      inPlace({
        ...OFFER,
        options: [
          [53, [2]],
          [54, [10, 0, 0, 1]],
          [3, [10, 0, 0, router]],
        ],
      });
    expect(offer(254).promise?.routers).toEqual([0x0a0000fe]);
    expect(offer(253).promise?.routers).toEqual([0x0a0000fd]);
    const discover = (vendor: string): Dhcp4Message =>
      inPlace({
        options: [
          [53, [1]],
          [60, vendor],
        ],
      });
    expect(discover('PXEClient').clientClass.vendorClass).toBe('PXEClient');
    expect(discover('PXEClienT').clientClass.vendorClass).toBe('PXEClienT');
  });
});
