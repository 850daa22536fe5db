import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaseIdentities } from '../../src/redact/case-identities.ts';
import { Ledger } from '../../src/redact/ledger.ts';
import { isProtocolMac, MacPseudonyms } from '../../src/redact/pseudonyms/mac.ts';
import { Permuter } from '../../src/redact/pseudonyms/permuter.ts';
import { CryptoPan, IpcryptPfx } from '../../src/redact/pseudonyms/prefix-bits.ts';
import { StringPseudonyms } from '../../src/redact/pseudonyms/strings.ts';
import { distinctTurns } from '../../src/redact/pseudonyms/turns.ts';
import { ipv4Text, ipv6Text, macText } from '../../src/wire/values.ts';
import { identitiesOf, inside, ip, ip6, KEY, learned, mac, planWith, SUBNETS, tell } from './core.ts';

const words = (address: string): Uint32Array => {
  const bytes = Buffer.from(address, 'latin1');
  return Uint32Array.of(bytes.readUInt32BE(0), bytes.readUInt32BE(4), bytes.readUInt32BE(8), bytes.readUInt32BE(12));
};
const text = (value: Uint32Array): string => {
  const bytes = Buffer.alloc(16);
  value.forEach((word, i) => bytes.writeUInt32BE(word, i * 4));
  return ipv6Text(bytes.toString('latin1'));
};

describe('ipcrypt-pfx, vectors of draft-denis-ipcrypt', () => {
  const one = new IpcryptPfx(Buffer.from('0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301', 'hex'));
  const two = new IpcryptPfx(Buffer.from('2b7e151628aed2a6abf7158809cf4f3ca9f5ba40db214c3798f2e1c23456789a', 'hex'));
  it.each([
    [one, '0.0.0.0', '151.82.155.134'],
    [one, '255.255.255.255', '94.185.169.89'],
    [one, '192.0.2.1', '100.115.72.131'],
    [two, '10.0.0.47', '19.214.210.244'],
  ])('%#: %s', (cipher, from, to) => {
    expect(ipv4Text((ip(from) ^ cipher.mask4(ip(from))) >>> 0)).toBe(to);
  });
  it('IPv6', () => {
    const mapped = (from: string): string =>
      text(words(ip6(from)).map((word, i) => word ^ (one.mask6(words(ip6(from)), 128)[i] ?? 0)));
    expect(mapped('2001:db8::1')).toBe('c180:5dd4:2587:3524:30ab:fa65:6ab6:f88');
    expect(mapped('2001:db8::2')).toBe('c180:5dd4:2587:3524:30ab:fa65:6ab6:f8a');
  });
  it('refuses equal halves', () => {
    expect(() => new IpcryptPfx(new Uint8Array(32))).toThrow(/equal/);
  });
});

describe('Crypto-PAn, vectors of the distribution', () => {
  const key = Uint8Array.of(
    21,
    34,
    23,
    141,
    51,
    164,
    207,
    128,
    19,
    10,
    91,
    22,
    73,
    144,
    125,
    16,
    216,
    152,
    143,
    131,
    121,
    121,
    101,
    39,
    98,
    87,
    76,
    45,
    42,
    132,
    34,
    2,
  );
  const cipher = new CryptoPan(key);
  it.each([
    ['128.11.68.132', '135.242.180.132'],
    ['129.118.74.4', '134.136.186.123'],
    ['156.29.3.236', '147.225.12.42'],
    ['192.41.57.43', '252.222.221.184'],
    ['24.0.250.221', '100.15.198.226'],
    ['64.14.118.196', '0.255.183.58'],
    ['10.185.25.118', '117.161.29.118'],
  ])('%s', (from, to) => {
    expect(ipv4Text((ip(from) ^ cipher.mask4(ip(from))) >>> 0)).toBe(to);
  });
  it.each([
    ['::1', '78ff:f001:9fc0:20df:8380:b1f1:704:ed'],
    ['::ffff', '78ff:f001:9fc0:20df:8380:b1f1:704:f838'],
    ['2001:db8::1', '4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e'],
  ])('%s', (from, to) => {
    expect(text(words(ip6(from)).map((word, i) => word ^ (cipher.mask6(words(ip6(from)), 128)[i] ?? 0)))).toBe(to);
  });
  it('of yacryptopan', () => {
    const other = new CryptoPan(Buffer.from('32-char-str-for-AES-key-and-pad.'));
    expect(ipv4Text((ip('192.0.2.1') ^ other.mask4(ip('192.0.2.1'))) >>> 0)).toBe('192.0.125.244');
  });
});

describe('permutations', () => {
  const permuter = new Permuter(KEY);
  it.each([2, 3, 254, 256, 257, 1000, 4096, 5003])('of %i values are one to one', (size) => {
    const images = new Set(Array.from({ length: size }, (_, i) => permuter.permute(i, size, 1, 2, 3)));
    expect(images.size).toBe(size);
    expect(Math.max(...images)).toBe(size - 1);
  });
  it('differ by tweak, size and key', () => {
    const row = (p: Permuter, size: number, tweak: number): string =>
      Array.from({ length: 40 }, (_, i) => p.permute(i, size, tweak)).join();
    const rows = [
      row(permuter, 1000, 0),
      row(permuter, 1000, 1),
      row(permuter, 1001, 0),
      row(new Permuter(KEY.map((b) => b + 1)), 1000, 0),
    ];
    expect(new Set(rows).size).toBe(4);
  });
  it('of labels and strings are one to one, and keep length and shape', () => {
    const strings = new StringPseudonyms(KEY);
    const labels = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
    const two = labels.flatMap((a) => labels.map((b) => a + b));
    const mapped = two.map((label) => strings.label(label, () => false));
    expect(new Set(mapped).size).toBe(two.length);
    for (const label of mapped) expect(label).toMatch(/^[a-z0-9]{2}$/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9_-]{1,63}$/),
        fc.stringMatching(/^[A-Za-z0-9/ .]{1,40}$/),
        (label, value) => {
          const image = strings.label(label, () => false);
          expect(image).toHaveLength(label.length);
          const whole = strings.characters('serial', value, () => false);
          expect(whole.replace(/[A-Za-z0-9]/g, 'x')).toBe(value.replace(/[A-Za-z0-9]/g, 'x'));
        },
      ),
      { numRuns: 200 },
    );
  });
  it('keep the length of UTF-8', () => {
    const strings = new StringPseudonyms(KEY);
    for (const value of ['Büro-1', '机架7', '🙂x']) {
      const image = strings.characters('serial', value, () => false);
      expect(image).not.toBe(value);
      expect(Buffer.byteLength(image)).toBe(Buffer.byteLength(value));
    }
  });
});

describe('MAC addresses', () => {
  it('live in one marked space; group and protocol addresses stay', async () => {
    const identities = await identitiesOf();
    expect(macText(identities.mac(mac('00:11:22:33:44:55')) ?? 0)).toMatch(/^06:/);
    expect(macText(identities.mac(mac('03:11:22:33:44:55')) ?? 0)).toMatch(/^07:/);
    for (const kept of [
      'ff:ff:ff:ff:ff:ff',
      '00:00:00:00:00:00',
      '01:00:5e:00:00:fb',
      '01:80:c2:00:00:0e',
      '33:33:00:00:00:01',
      '01:00:0c:cc:cc:cc',
      '00:00:5e:00:01:0a',
      '00:00:0c:07:ac:01',
      '00:00:0c:9f:f0:01',
      '00:07:b4:00:01:02',
      '01:1b:19:00:00:00',
    ]) {
      expect(isProtocolMac(mac(kept)), kept).toBe(true);
      expect(identities.mac(mac(kept))).toBe(mac(kept));
      expect(identities.issued('mac', mac(kept))).toBe(true);
    }
    expect(identities.issued('mac', mac('00:11:22:33:44:55'))).toBe(false);
  });

  it('EUI-64, solicited-node group and its Ethernet address follow', async () => {
    const identities = await identitiesOf();
    const image = macText(identities.mac(mac('52:54:00:12:34:56')) ?? 0).split(':');
    expect(ipv6Text(identities.ipv6(ip6('fe80::5054:ff:fe12:3456')) ?? '')).toBe(
      ipv6Text(
        ip6(`fe80::4${image[1]?.slice(0, 1)}${image[1]?.slice(1)}:${image[2]}ff:fe${image[3]}:${image[4]}${image[5]}`),
      ),
    );
    expect(identities.ipv6(ip6('ff02::1:ff12:3456'))).toBe(ip6(`ff02::1:ff${image[3]}:${image[4]}${image[5]}`));
    expect(identities.mac(mac('33:33:ff:12:34:56'))).toBe(mac(`33:33:ff:${image.slice(3).join(':')}`));
    // The same for an address that has no MAC address in it.
    const other = Buffer.from(identities.ipv6(ip6('2001:db8::1:2:aabb:ccdd')) ?? '', 'latin1').toString('hex');
    expect(
      Buffer.from(identities.ipv6(ip6('ff02::1:ffbb:ccdd')) ?? '', 'latin1')
        .toString('hex')
        .slice(26),
    ).toBe(other.slice(26));
  });

  it('keep-vendor keeps three bytes, but not random ones; kept machines keep their groups', async () => {
    const identities = await identitiesOf(() => {}, {
      mac: { action: 'keep-vendor', except: [{ value: '00:11:22:33:44:55', action: 'keep' }] },
    });
    expect(macText(identities.mac(mac('00:11:22:aa:bb:cc')) ?? 0)).toMatch(/^00:11:22:/);
    expect(macText(identities.mac(mac('aa:11:22:aa:bb:cc')) ?? 0)).toMatch(/^06:/);
    expect(identities.mac(mac('00:11:22:33:44:55'))).toBe(mac('00:11:22:33:44:55'));
    expect(identities.mac(mac('33:33:ff:33:44:55'))).toBe(mac('33:33:ff:33:44:55'));
  });

  it('two that would meet are told apart, whatever their order', () => {
    const pseudonyms = new MacPseudonyms(KEY);
    // Three thousand addresses that share their last three bytes: some 70 pairs meet in 16 bits.
    const macs = Array.from({ length: 3000 }, (_, i) => (i * 4 + 0x100000) * 16777216 + 0x123456).filter(
      (one) => !isProtocolMac(one) && Math.floor(one / 2 ** 40) % 2 === 0,
    );
    expect(new Set(macs.map((one) => pseudonyms.pseudonym(one))).size).toBeLessThan(macs.length);
    const turns = distinctTurns(pseudonyms, macs);
    expect(new Set(macs.map((one) => pseudonyms.pseudonym(one, turns.get(one)))).size).toBe(macs.length);
  });

  it('what could not be told apart is refused', () => {
    const ledger = new Ledger();
    ledger.record('mac', 1, 9);
    expect(() => ledger.record('mac', 2, 9)).toThrow(/could not be told apart/);
    expect(() => new Ledger(1).merge([{ kind: 'mac', length: -1, shared: false, pairs: [1, 2, 3, 4] }])).toThrow(
      /more than 1 identities/,
    );
  });
});

const anyIpv4 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }).map((n) => n >>> 0),
  fc.integer({ min: 0, max: 0xffff }).map((n) => ip('10.20.0.0') + n),
  fc.integer({ min: 0, max: 0xffff }).map((n) => ip('192.168.0.0') + n),
  fc.integer({ min: 0, max: 0xfff }).map((n) => ip('203.0.112.0') + n),
);
const classOf = (value: number): string => {
  const known: [string, number][] = [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ];
  return known.find(([address, length]) => inside(value, address, length))?.join('/') ?? 'public';
};

describe.each(['pseudonym', 'prefix-preserving'] as const)('IPv4 addresses: %s', (action) => {
  it('are one to one and keep their class', async () => {
    const identities = await identitiesOf(tell, { ipv4: action });
    fc.assert(
      fc.property(fc.uniqueArray(anyIpv4, { minLength: 2, maxLength: 60 }), (addresses) => {
        const images = addresses.map((one) => identities.ipv4(one) ?? -1);
        expect(new Set(images).size).toBe(addresses.length);
        expect(images.map(classOf)).toEqual(addresses.map(classOf));
      }),
      { numRuns: 100 },
    );
  });

  it('a whole block is a permutation of itself', async () => {
    const identities = await identitiesOf(tell, { ipv4: action });
    const images = new Set<number>();
    for (let i = 0; i < 65536; i += 1) images.add(identities.ipv4(ip('192.168.0.0') + i) ?? 0);
    expect(images.size).toBe(65536);
    expect(Math.min(...images)).toBe(ip('192.168.0.0'));
    expect(Math.max(...images)).toBe(ip('192.168.255.255'));
  });

  it('keep membership in the subnets of the case, their nesting, and network and broadcast addresses', async () => {
    const identities = await identitiesOf(tell, { ipv4: action });
    for (const [address, length] of SUBNETS) {
      const network = identities.network4(ip(address), length) ?? 0;
      expect(identities.ipv4(ip(address)), address).toBe(network);
      expect(identities.ipv4(ip(address) + 2 ** (32 - length) - 1), address).toBe(network + 2 ** (32 - length) - 1);
      fc.assert(
        fc.property(anyIpv4, (one) => {
          expect(inside(identities.ipv4(one) ?? 0, ipv4Text(network), length)).toBe(inside(one, address, length));
        }),
        { numRuns: 150 },
      );
    }
  });

  it('special addresses and masks stay', async () => {
    const identities = await identitiesOf(tell, { ipv4: action });
    for (const kept of [
      '0.0.0.0',
      '255.255.255.255',
      '255.255.255.0',
      '255.255.254.0',
      '0.0.0.255',
      '127.0.0.1',
      '224.0.0.251',
      '239.1.2.3',
    ]) {
      expect(identities.ipv4(ip(kept)), kept).toBe(ip(kept));
    }
    expect(classOf(identities.ipv4(ip('169.254.7.8')) ?? 0)).toBe('169.254.0.0/16');
  });

  it('what the policy keeps stays, and nothing else becomes it', async () => {
    const rules = {
      ipv4: {
        action,
        except: [
          { subnet: '192.168.1.0/24', action: 'keep' as const },
          { value: '192.168.2.7', action: 'keep' as const },
        ],
      },
    };
    const identities = await identitiesOf(tell, rules);
    const images = new Map<number, number>();
    for (let i = 0; i < 4096; i += 1) {
      const one = ip('192.168.0.0') + i;
      const image = identities.ipv4(one) ?? 0;
      expect(images.has(image)).toBe(false);
      images.set(image, one);
      const kept = inside(one, '192.168.1.0', 24) || one === ip('192.168.2.7');
      if (kept) expect(image).toBe(one);
      else expect(inside(image, '192.168.1.0', 24) || image === ip('192.168.2.7')).toBe(false);
    }
  });
});

describe('prefix-preserving', () => {
  it('addresses that share n bits have images that share n bits', async () => {
    const identities = await identitiesOf(() => {}, { ipv4: 'prefix-preserving' });
    const shared = (a: number, b: number): number => Math.clz32(a ^ b);
    fc.assert(
      fc.property(
        fc.constantFrom('10.0.0.0', '11.0.0.0', '192.168.0.0', '198.0.0.0', '203.0.0.0'),
        fc.nat(0xffff),
        fc.nat(0xffff),
        (base, a, b) => {
          const [one, two] = [ip(base) + a, ip(base) + b];
          if (classOf(one) !== classOf(two)) return;
          expect(shared(identities.ipv4(one) ?? 0, identities.ipv4(two) ?? 0)).toBe(shared(one, two));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('what close addresses tell', () => {
  /** Chi-square of 256 bins; with 255 degrees of freedom, 99.99 % lie below 347. */
  const chiSquare = (counts: readonly number[]): number => {
    const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };
  const differences = async (action: 'pseudonym' | 'prefix-preserving'): Promise<number> => {
    const counts = Array<number>(256).fill(0);
    for (let k = 0; k < 60; k += 1) {
      const key = new Uint8Array(32).fill(k + 1);
      const identities = new CaseIdentities(
        await planWith(
          learned((l) => l.subnet4(ip('10.20.0.0'), 16)),
          { ipv4: action },
          key,
        ),
      );
      // Neighbours, in a subnet of the case: the low byte of the difference of their images.
      for (let i = 1; i < 100; i += 2) {
        const difference =
          (identities.ipv4(ip('10.20.7.0') + i) ?? 0) ^ (identities.ipv4(ip('10.20.7.0') + i + 1) ?? 0);
        counts[difference & 255] = (counts[difference & 255] ?? 0) + 1;
      }
    }
    return chiSquare(counts);
  };

  it('is nothing, where the policy does not preserve prefixes', async () => {
    expect(await differences('pseudonym')).toBeLessThan(347);
  });

  it('is their prefix, where it does: the same measure sees it', async () => {
    expect(await differences('prefix-preserving')).toBeGreaterThan(1000);
  });

  it('one changed bit changes half of the bits of a MAC address’s pseudonym', async () => {
    const identities = await identitiesOf();
    let changed = 0;
    let all = 0;
    for (let i = 0; i < 300; i += 1) {
      const one = 0x001122000000 + i * 7919;
      for (const bit of [1, 256, 65536]) {
        const difference =
          BigInt(identities.mac(one) ?? 0) ^
          BigInt(identities.mac(Math.floor(one / bit) % 2 === 0 ? one + bit : one - bit) ?? 0);
        changed += difference.toString(2).replaceAll('0', '').length;
        all += 40;
      }
    }
    // Standard deviation of the share: 0.5 / sqrt(36000) = 0.0026.
    expect(Math.abs(changed / all - 0.5)).toBeLessThan(0.015);
  });

  it('pseudonyms are in no order', async () => {
    const identities = await identitiesOf();
    let up = 0;
    for (let i = 0; i < 1000; i += 1)
      if ((identities.mac(0x001122000000 + i) ?? 0) < (identities.mac(0x001122000001 + i) ?? 0)) up += 1;
    expect(Math.abs(up - 500)).toBeLessThan(80);
  });
});
