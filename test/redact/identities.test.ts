import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaseIdentities } from '../../src/redact/case-identities.ts';
import type { Learner } from '../../src/redact/facts.ts';
import { isVocabulary } from '../../src/redact/pseudonyms/vocabulary.ts';
import { ipv6Text, macText } from '../../src/wire/values.ts';
import { identitiesOf, inside, ip, ip6, learned, mac, planWith, tell } from './core.ts';

describe('IPv6 addresses', () => {
  const tell6 = (learner: { subnet6(a: string, l: number): void }): void => {
    learner.subnet6(ip6('fd12:3456:789a::'), 48);
    learner.subnet6(ip6('fd12:3456:789a:1::'), 64);
    learner.subnet6(ip6('2600:1f00::'), 32);
  };
  it('keep their class and what protocols define', async () => {
    const identities = await identitiesOf(tell6);
    for (const kept of ['::', '::1', 'ff02::1', 'ff02::1:2', 'ff05::1:3', 'ff02::fb'])
      expect(identities.ipv6(ip6(kept))).toBe(ip6(kept));
    const first = (address: string): string => ipv6Text(identities.ipv6(ip6(address)) ?? '');
    expect(first('fe80::1:2:3:4')).toMatch(/^fe80::/);
    expect(first('fd12:3456:789a:1::5')).toMatch(/^fd/);
    expect(first('fc00::5')).toMatch(/^fc/);
    expect(first('2600:1f00::5')).toMatch(/^[23]/);
    expect(first('2001:db8:7::5')).toMatch(/^2001:db8:/);
    expect(first('2600::')).toMatch(/::$|:0$/);
  });
  it('IPv4 addresses inside map as IPv4 addresses', async () => {
    const identities = await identitiesOf();
    const image = identities.ipv4(ip('10.1.2.3')) ?? 0;
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(image);
    for (const address of ['::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '::ffff:0:10.1.2.3', 'fe80::5efe:10.1.2.3']) {
      expect((identities.ipv6(ip6(address)) ?? '').slice(12), address).toBe(tail.toString('latin1'));
    }
    const sixToFour = Buffer.from(identities.ipv6(ip6('2002:a01:203:5::1')) ?? '', 'latin1');
    expect([sixToFour.readUInt16BE(0), sixToFour.readUInt32BE(2), sixToFour.readUInt16BE(6)]).toEqual([
      0x2002,
      image,
      5,
    ]);
    const teredo = Buffer.from(identities.ipv6(ip6('2001:0:a01:203::f5fe:fdfc')) ?? '', 'latin1');
    expect(teredo.readUInt32BE(4)).toBe(image);
    expect(~teredo.readUInt32BE(12) >>> 0).toBe(image);
  });
  it('what the policy keeps stays, with its groups, and nothing else becomes it', async () => {
    const except = [
      { subnet: 'fd12:3456:789a:1::/64', action: 'keep' as const },
      { value: 'fd12:3456:789a:2::7', action: 'keep' as const },
    ];
    const identities = await identitiesOf(
      (l) => {
        tell6(l);
        l.ipv6(ip6('fd12:3456:789a:1::aa:1234'));
      },
      { ipv6: { action: 'pseudonym', except } },
    );
    for (const kept of [
      'fd12:3456:789a:1::aa:1234',
      'fd12:3456:789a:1::9',
      'fd12:3456:789a:2::7',
      'ff02::1:ffaa:1234',
      'ff02::1:ff00:7',
    ]) {
      expect(identities.ipv6(ip6(kept)), kept).toBe(ip6(kept));
    }
    for (const mapped of ['fd12:3456:789a:2::8', 'fd12:3456:789a:3::7'])
      expect(identities.ipv6(ip6(mapped)), mapped).not.toBe(ip6(mapped));
    expect((identities.ipv6(ip6('fd12:3456:789a:3::7')) ?? '').slice(0, 8)).not.toBe(
      ip6('fd12:3456:789a:1::').slice(0, 8),
    );
  });
  it('prefixes of the case map as prefixes, and groups made of one follow', async () => {
    const identities = await identitiesOf(tell6);
    const site = identities.network6(ip6('fd12:3456:789a::'), 48) ?? '';
    const link = identities.network6(ip6('fd12:3456:789a:1::'), 64) ?? '';
    expect(link.slice(0, 6)).toBe(site.slice(0, 6));
    expect((identities.ipv6(ip6('fd12:3456:789a:1::77')) ?? '').slice(0, 8)).toBe(link.slice(0, 8));
    expect((identities.ipv6(ip6('fd12:3456:789a:9::77')) ?? '').slice(0, 6)).toBe(site.slice(0, 6));
    expect((identities.ipv6(ip6('ff35:40:fd12:3456:789a:1:0:9')) ?? '').slice(4, 12)).toBe(link.slice(0, 8));
  });
  it('are one to one', async () => {
    const identities = await identitiesOf(tell6);
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(
            fc.constantFrom('fe80::', 'fd12:3456:789a:1::', '2600:1f00:1:2::', '2001:db8::'),
            fc.nat(0xffffff),
            fc.nat(0xff),
          ),
          { maxLength: 40, selector: (t) => t.join() },
        ),
        (parts) => {
          const addresses = parts.map(([prefix, low, high]) =>
            ip6(`${prefix}${high.toString(16)}:${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`),
          );
          expect(new Set(addresses.map((one) => identities.ipv6(one))).size).toBe(new Set(addresses).size);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('consistency', () => {
  const values = [...Array(30).keys()];
  const all = (identities: CaseIdentities, order: readonly number[]): string =>
    order
      .map((i) =>
        [
          i,
          identities.mac(0x001122000000 + i * 31),
          identities.ipv4(ip('10.20.30.0') + i),
          identities.ipv6(ip6(`2001:db8::${i}`)),
          identities.text('hostname', `host${i}.rack.example.org`),
          identities.text('serial', `PF${i}XYZ`),
        ].join(' '),
      )
      .sort()
      .join('\n');
  it('two instances agree, in any order; another key agrees in nothing', async () => {
    const plan = await planWith(learned(tell));
    const one = all(new CaseIdentities(plan), values);
    expect(all(new CaseIdentities(structuredClone(plan)), [...values].reverse())).toBe(one);
    const other = all(new CaseIdentities(await planWith(learned(tell), {}, new Uint8Array(32).fill(8))), values);
    const pseudonyms = (lines: string): Set<string> =>
      new Set(
        lines
          .split('\n')
          .flatMap((line) => line.split(' ').slice(1))
          .filter((word) => word !== ''),
      );
    const same = [...pseudonyms(one)].filter((value) => pseudonyms(other).has(value));
    // 29 host bytes of one subnet meet by chance; its other bytes, names and MAC addresses do not.
    expect(same).toEqual([]);
  });
  it('the order of learning does not matter', () => {
    const names = ['alpha', 'beta', 'gamma'];
    const forward = learned((l) => {
      for (const name of names) l.name(name);
      tell(l);
    });
    const back = learned((l) => {
      tell(l);
      for (const name of [...names].reverse()) l.name(name);
    });
    expect(back).toEqual(forward);
  });
  it('ledgers of threads merge into one', async () => {
    const plan = await planWith(learned(tell));
    const [a, b, main] = [new CaseIdentities(plan), new CaseIdentities(plan), new CaseIdentities(plan)];
    const image = a.mac(mac('00:11:22:33:44:55'));
    b.mac(mac('00:11:22:33:44:55'));
    b.network4(ip('10.20.0.0'), 16);
    for (const one of [a, b, a]) main.ledger.merge(structuredClone(one.ledger.rows()));
    expect(main.issued('mac', image ?? 0)).toBe(true);
    expect(main.ledger.size).toBe(2);
    expect([...main.ledger.originals()].map(({ kind }) => kind).sort()).toEqual(['ipv4', 'mac']);
  });
});

describe('names, texts and bytes', () => {
  it('a label has one pseudonym of equal length wherever it stands', async () => {
    const identities = await identitiesOf((learner) => learner.name('rack-7.dc.example.org'));
    const short = identities.text('hostname', 'rack-7') ?? '';
    expect(short).toHaveLength(6);
    expect(short).not.toBe('rack-7');
    expect(identities.text('hostname', 'rack-7.dc.example.org')).toMatch(
      new RegExp(`^${short}\\.[a-z0-9]{2}\\.example\\.org$`),
    );
    expect(identities.text('text', 'Rack-7 rebooted; (rack-7).')).toBe(`${short} rebooted; (${short}).`);
    expect(identities.text('hostname', 'RACK-7')).toBe(short.toUpperCase());
    expect(identities.text('username', 'rack-7')).toBe(short);
    expect(identities.text('filename', '/images/rack-7/bootx64.efi')).toBe(`/images/${short}/bootx64.efi`);
    expect(identities.issued('hostname', `${short}.example.org`)).toBe(true);
    expect(identities.issued('hostname', 'other.example.org')).toBe(false);
  });
  it.each(['PXEClient:Arch:00007:UNDI:003000', 'pxelinux.0', 'bootx64.efi', 'undionly.kpxe', 'HTTPClient', 'octet'])(
    'vocabulary stays: %s',
    async (word) => {
      const identities = await identitiesOf(() => {}, { 'vendor-class': 'pseudonym' });
      const kind = /client/i.test(word) ? 'vendor-class' : 'filename';
      expect(identities.text(kind, word)).toBe(word);
      expect(isVocabulary(word.split('.')[0] ?? '')).toBe(true);
    },
  );
  it('user names in free text have their own rule', async () => {
    const tellBoth = (l: Learner): void => {
      l.name('rack-7');
      l.word('alice');
    };
    const dropped = await identitiesOf(tellBoth, { hostname: 'keep', username: 'drop' });
    expect(dropped.text('text', 'alice on rack-7, not malice')).toBe('[redacted] on rack-7, not malice');
    const mapped = await identitiesOf(tellBoth, { hostname: 'drop' });
    expect(mapped.text('text', 'alice on rack-7')).toBe(`${mapped.text('username', 'alice')} on [redacted]`);
  });
  it('is issued only what was made of issued parts', async () => {
    const identities = await identitiesOf((l) => l.name('rack-7'), { text: 'pseudonym' });
    const name = identities.text('hostname', 'node-10-20-30-77.dc.maas') ?? '';
    expect(identities.issued('hostname', name)).toBe(true);
    expect(identities.issued('hostname', name.replace(/^[^.]*/, 'ip-10-20-30-77'))).toBe(false);
    expect(identities.issued('text', 'up: 10.20.30.77')).toBe(false);
    expect(identities.issued('text', identities.text('text', 'up: 10.20.30.77, rack-7') ?? '')).toBe(true);
    expect(identities.issued('text', 'rack-7 is up')).toBe(false);
    expect(identities.issued('serial', 'PF2ABC77')).toBe(false);
    expect(identities.issued('serial', identities.text('serial', 'PF2ABC77') ?? '')).toBe(true);
    expect(identities.issued('filename', '/images/rack-7/bootx64.efi')).toBe(false);
    expect(identities.issued('filename', '/images/ubuntu/bootx64.efi')).toBe(true);
  });
  it('generalised values keep what many share', async () => {
    const identities = await identitiesOf((l) => l.subnet4(ip('10.20.30.0'), 24), {
      ipv4: 'generalise',
      filename: 'generalise',
      ipv6: 'generalise',
    });
    const network = identities.ipv4(ip('10.20.30.77'));
    expect(identities.ipv4(ip('10.20.30.78'))).toBe(network);
    expect(inside(network ?? 0, '10.0.0.0', 8)).toBe(true);
    expect(network).not.toBe(ip('10.20.30.0'));
    expect(identities.ipv4(ip('172.20.1.1'))).toBe(ip('172.16.0.0'));
    expect(identities.ipv6(ip6('2001:db8::7'))).toBe(identities.ipv6(ip6('2001:db8::8')));
    expect(identities.text('filename', '/srv/rack-7/bootx64.efi')).toBe('/xxx/xxxx-0/bootx64.efi');
  });
  it('what is dropped is undefined, and a needle', async () => {
    const identities = await identitiesOf(() => {}, { hostname: 'drop', serial: 'zero', mac: 'drop' });
    expect(identities.text('hostname', 'rack-7')).toBeUndefined();
    expect(identities.mac(mac('00:11:22:33:44:55'))).toBeUndefined();
    expect(identities.text('text', 'from 00:11:22:33:44:55')).toBe('from [redacted]');
    expect([...identities.ledger.originals()]).toEqual(
      expect.arrayContaining([
        { kind: 'hostname', original: 'rack-7' },
        { kind: 'mac', original: mac('00:11:22:33:44:55') },
      ]),
    );
    expect(identities.bytes('serial', Uint8Array.of(1, 2, 3))).toEqual(new Uint8Array(3));
  });
  it('identifiers of bytes keep their parts: MAC address, DUID, framing, time', async () => {
    const identities = await identitiesOf((l) => l.mac(mac('52:54:00:12:34:56')), { time: 'drop' });
    const hex = (kind: 'serial' | 'remote-id' | 'circuit-id', value: string): string =>
      Buffer.from(identities.bytes(kind, Buffer.from(value, 'hex')) ?? []).toString('hex');
    const image = macText(identities.mac(mac('52:54:00:12:34:56')) ?? 0).replaceAll(':', '');
    expect(hex('serial', '01525400123456')).toBe(`01${image}`);
    expect(hex('serial', '000100012caabbcc525400123456')).toBe(`0001000100000000${image}`);
    expect(hex('serial', '00030001525400123456')).toBe(`00030001${image}`);
    expect(hex('serial', 'ff001234560003000152540012345a')).toMatch(/^ff.{8}00030001/);
    expect(hex('remote-id', '0006525400123456')).toBe(`0006${image}`);
    expect(hex('remote-id', '525400123456')).toBe(image);
    expect(hex('circuit-id', '000400010203')).toMatch(/^0004(?!00010203)/);
    expect(hex('circuit-id', Buffer.from('eth0/rack').toString('hex'))).toHaveLength(18);
  });
  it('a UUID has one pseudonym in both byte orders, as bytes and as text; its tail follows the MAC address', async () => {
    const identities = await identitiesOf((l) => l.mac(mac('52:54:00:12:34:56')));
    const big = Buffer.from('0a11223344556677889a525400123456', 'hex');
    const little = Buffer.from('3322110a55447766889a525400123456', 'hex');
    const image = Buffer.from(identities.bytes('uuid', big) ?? []).toString('hex');
    expect(image.slice(20)).toBe(macText(identities.mac(mac('52:54:00:12:34:56')) ?? 0).replaceAll(':', ''));
    const other = Buffer.from(identities.bytes('uuid', little) ?? []).toString('hex');
    expect(other).toBe(image.replace(/^(..)(..)(..)(..)(..)(..)(..)(..)/, '$4$3$2$1$6$5$8$7'));
    expect(identities.text('uuid', '0a112233-4455-6677-889a-525400123456')?.replaceAll('-', '')).toBe(image);
    expect(identities.text('text', 'id 0a11223344556677889a525400123456')).toBe(`id ${image}`);
    expect(identities.bytes('uuid', new Uint8Array(16))).toEqual(new Uint8Array(16));
  });
});

describe('time', () => {
  it('moves by one constant of whole seconds; clocks that were never set stay', async () => {
    const identities = await identitiesOf(() => {}, { time: 'shift' });
    const shift = (identities.time(1_700_000_000) ?? 0) - 1_700_000_000;
    expect(Number.isInteger(shift)).toBe(true);
    expect(shift).not.toBe(0);
    expect((identities.time(1_800_000_123) ?? 0) - 1_800_000_123).toBe(shift);
    expect(identities.time(77)).toBe(77);
    expect(identities.time(631_152_000)).toBeGreaterThan(0);
    const other = await identitiesOf(() => {}, { time: 'shift' }, new Uint8Array(32).fill(9));
    expect((other.time(1_700_000_000) ?? 0) - 1_700_000_000).not.toBe(shift);
  });
  it('generalised counts from 2000-01-01; dropped is undefined', async () => {
    const identities = await identitiesOf(
      (l) => {
        l.time(1_700_000_500);
        l.time(1_700_000_000);
      },
      { time: 'generalise' },
    );
    expect(identities.time(1_700_000_060)).toBe(946_684_860);
    expect((await identitiesOf(() => {}, { time: 'drop' })).time(1)).toBeUndefined();
  });
});
