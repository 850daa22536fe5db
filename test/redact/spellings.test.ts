import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddresses, writeIn } from '../../src/redact/spellings/find.ts';
import { NOTHING_KNOWN, type KnownAddresses } from '../../src/redact/spellings/span.ts';
import { ipv4Text, ipv6Text, macText } from '../../src/wire/values.ts';
import { identitiesOf, ip, ip6, mac } from './core.ts';

const M = '52:54:00:ab:cd:0e';
const IP = '10.20.30.77';

/** The MAC address of `M` in every spelling of the pitfalls' list, and what of it the finder gives. */
const MACS: readonly (readonly [name: string, text: string])[] = [
  ['colons', '52:54:00:ab:cd:0e'],
  ['upper case', '52:54:00:AB:CD:0E'],
  ['hyphens', '52-54-00-ab-cd-0e'],
  ['underscores', '52_54_00_ab_cd_0e'],
  ['Cisco dotted', '5254.00ab.cd0e'],
  ['Huawei hyphens', '5254-00ab-cd0e'],
  ['HP groups', '525400-abcd0e'],
  ['colons in three', '5254:00ab:cd0e'],
  ['bare', '525400abcd0e'],
  ['bare, upper case', '525400ABCD0E'],
  ['BSD single digits', '52:54:0:ab:cd:e'],
  ['boot file of pxelinux', 'pxelinux.cfg/01-52-54-00-ab-cd-0e'],
  ['boot file of grub', '/grub/grub.cfg-52:54:00:ab:cd:0e'],
  ['BOOTIF', 'BOOTIF=01-52-54-00-ab-cd-0e'],
  ['client identifier', 'client-id 01:52:54:00:ab:cd:0e'],
  ['client identifier, bare', '01525400abcd0e'],
  ['MAAS probe', '"\\000MAAS-52:54:00:ab:cd:0e"'],
  ['DUID-LLT', '00:01:00:01:2c:aa:bb:cc:52:54:00:ab:cd:0e'],
  ['DUID-LLT, bare', '000100012caabbcc525400abcd0e'],
  ['DUID-LL', '00:03:00:01:52:54:00:ab:cd:0e'],
  ['client identifier with IAID and DUID', 'ff:00:ab:cd:0e:00:01:00:01:2c:aa:bb:cc:52:54:00:ab:cd:0e'],
  ['EUI-64 octets', '50-54-00-ff-fe-ab-cd-0e'],
  ['EUI-64, bare', '505400fffeabcd0e'],
  ['link-local address', 'fe80::5054:ff:feab:cd0e'],
  ['solicited-node group', 'ff02::1:ffab:cd0e'],
  ['multicast of it', '33:33:ff:ab:cd:0e'],
  ['octal lease', 'uid "\\001RT\\000\\253\\315\\016";'],
  ['octal lease of DUID', 'server-duid "\\000\\001\\000\\001,\\252\\273\\314RT\\000\\253\\315\\016";'],
  ['host name', 'host-52-54-00-ab-cd-0e.maas'],
  ['interface name', 'enx525400abcd0e'],
  ['UUID tail', '12345678-1234-5678-9abc-525400abcd0e'],
  ['syslog', 'DHCPDISCOVER from 52:54:00:ab:cd:0e via eth0'],
  ['query', 'GET /?mac=52%3A54:00 HTTP mac=525400abcd0e&x=1'],
  ['end of a sentence', 'it is 52:54:00:ab:cd:0e.'],
];

const IPS: readonly (readonly [name: string, text: string])[] = [
  ['dotted', '10.20.30.77'],
  ['leading zeros', '010.020.030.077'],
  ['with a port', '10.20.30.77:69'],
  ['as tcpdump writes a port', 'IP 10.20.30.77.68 > 255.255.255.255.67'],
  ['hyphens in a name', 'ip-10-20-30-77.ec2.internal'],
  ['underscores', '10_20_30_77'],
  ['with a length', '10.20.30.77/24'],
  ['URL', 'http://10.20.30.77:5248/images/'],
  ['boot file', 'pxelinux.cfg/0A141E4D'],
  ['hex name', '0A141E4D.conf'],
  ['order of /proc', 'eth0 4D1E140A 0001'],
  ['reverse name', '77.30.20.10.in-addr.arpa'],
  ['mapped', '::ffff:10.20.30.77'],
  ['mapped, hex', '::ffff:a14:1e4d'],
  ['translated', '64:ff9b::10.20.30.77'],
  ['glued', 'v10.20.30.77b'],
  ['end of a sentence', 'it is 10.20.30.77.'],
  ['bracketed', '(10.20.30.77)'],
];

const knows: KnownAddresses = {
  mac: (value) => value === mac(M),
  ipv4: (value) => value === ip(IP),
  ipv6: () => false,
  ipv4Under: () => undefined,
};

describe('one identity in every spelling', () => {
  it.each(MACS)('MAC address: %s', async (_, text) => {
    const identities = await identitiesOf((learner) => learner.mac(mac(M)));
    const image = identities.mac(mac(M)) ?? 0;
    const out = identities.text('text', text) ?? '';
    // None of it is left: not even the last three bytes, in any of the separators.
    const squeezed = out.toLowerCase().replace(/[^0-9a-f]/g, '');
    expect(squeezed).not.toContain('525400abcd0e');
    expect(squeezed).not.toContain('abcd0e');
    expect(out).not.toContain('RT\\000\\253');
    // What is found again is the pseudonym alone.
    const again = findAddresses(out, identities.known(true));
    const low = macText(image).replaceAll(':', '').slice(6);
    expect(again.length).toBeGreaterThan(0);
    for (const span of again) {
      if (span.kind === 'mac' && span.value !== image)
        expect(span.value).toBe(mac(`33:33:ff:${low.match(/../g)?.join(':')}`));
      if (span.kind === 'ipv6') expect(ipv6Text(String(span.value)).replaceAll(':', '')).toMatch(new RegExp(`${low}$`));
      if (span.kind === 'uuid')
        expect(Buffer.from(String(span.value), 'latin1').toString('hex').slice(20)).toBe(
          macText(image).replaceAll(':', ''),
        );
    }
  });

  it.each(IPS)('IPv4 address: %s', async (_, text) => {
    const identities = await identitiesOf((learner) => learner.ipv4(ip(IP)));
    const image = identities.ipv4(ip(IP)) ?? 0;
    expect(image).not.toBe(ip(IP));
    const out = identities.text('text', text) ?? '';
    expect(out).not.toBe(text);
    expect(out.toLowerCase()).not.toMatch(/10.20.30.77|77.30.20.10|0a141e4d|4d1e140a|a14:1e4d/);
    const found = findAddresses(out, identities.known(true)).filter(({ value }) => value !== 0xffffffff);
    expect(found).toHaveLength(1);
    const [span] = found;
    if (span?.kind === 'ipv6') expect(Buffer.from(String(span.value), 'latin1').readUInt32BE(12)).toBe(image);
    else expect(span?.value).toBe(image);
  });

  it('keeps separators, letter case, padding and what stands around', async () => {
    const identities = await identitiesOf((learner) => learner.mac(mac(M)));
    const image = macText(identities.mac(mac(M)) ?? 0);
    expect(identities.text('text', `a ${M.toUpperCase()}, b`)).toBe(`a ${image.toUpperCase()}, b`);
    expect(identities.text('text', 'x/01-52-54-00-ab-cd-0e')).toBe(`x/01-${image.replaceAll(':', '-')}`);
    expect(identities.text('text', '[5254.00ab.cd0e]')).toBe(
      `[${image.replaceAll(':', '').replace(/(....)(?=.)/g, '$1.')}]`,
    );
  });

  it('a shortened boot file is the beginning of the whole one', async () => {
    const identities = await identitiesOf((learner) => learner.ipv4(ip(IP)));
    const whole = (identities.text('text', 'pxelinux.cfg/0A141E4D') ?? '').slice(13);
    for (let digits = 7; digits >= 1; digits -= 1) {
      const out = identities.text('text', `pxelinux.cfg/${'0A141E4D'.slice(0, digits)}`);
      expect(out).toBe(`pxelinux.cfg/${whole.slice(0, digits)}`);
    }
    expect(identities.text('text', 'pxelinux.cfg/default')).toBe('pxelinux.cfg/default');
  });

  it('networks map as networks: in CIDR, in names of MAAS and in reverse zones', async () => {
    const identities = await identitiesOf((learner) => learner.subnet4(ip('10.20.30.0'), 24));
    const network = ipv4Text(identities.network4(ip('10.20.30.0'), 24) ?? 0);
    expect(network).toMatch(/^10\.\d+\.\d+\.0$/);
    expect(identities.text('text', '10.20.30.0/24')).toBe(`${network}/24`);
    expect(identities.text('text', '10-20-30-0--24.maas')).toBe(`${network.replaceAll('.', '-')}--24.maas`);
    expect(identities.text('text', '30.20.10.in-addr.arpa')).toBe(
      `${network.split('.').slice(0, 3).reverse().join('.')}.in-addr.arpa`,
    );
  });

  it('IPv6 in every form, and its reverse name', async () => {
    const identities = await identitiesOf();
    const image = identities.ipv6(ip6('2001:db8:1:2::a')) ?? '';
    const hex = Buffer.from(image, 'latin1').toString('hex');
    for (const text of [
      '2001:db8:1:2::a',
      '2001:DB8:1:2:0:0:0:A',
      '2001:0db8:0001:0002:0000:0000:0000:000a',
      '[2001:db8:1:2::a]:80',
      '2001:db8:1:2::a%eth0',
      '2001:db8:1:2::a/64',
      'IP6 2001:db8:1:2::a.547 >',
    ]) {
      const out = identities.text('text', text) ?? '';
      expect(findAddresses(out).map(({ value }) => value)).toEqual([image]);
    }
    const nibbles = [...'20010db800010002000000000000000a'].reverse().join('.');
    expect(identities.text('text', `${nibbles}.ip6.arpa`)).toBe(`${[...hex].reverse().join('.')}.ip6.arpa`);
  });
});

describe('what is no address', () => {
  it.each([
    ['a time', 'at 10:20:30 and 2026-11-22T15:47:24Z'],
    ['a date and a time', '20261122-154724'],
    ['a version of three', 'linux 5.15.0 and 2.6.32-754'],
    ['too large octets', '300.20.30.40 and 10.20.30.256'],
    ['an object identifier', '1.3.6.1.4.1.9.9.41.1.2'],
    ['a number of 12 digits', 'serial 123456789012'],
    ['a word of hex letters', 'deadbeef feedfacecafe'],
    ['C++', 'std::string foo::bar'],
    ['a hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a short number', '0A141E4D without a folder'],
  ])('%s', (_, text) => {
    expect(findAddresses(text)).toEqual([]);
  });

  it('believes bare numbers where the case knows them', () => {
    expect(findAddresses('0A141E4D', knows)).toMatchObject([{ kind: 'ipv4', value: ip(IP) }]);
    const digits = mac('12:34:56:78:90:12');
    expect(findAddresses('123456789012', { ...NOTHING_KNOWN, mac: (value) => value === digits })).toHaveLength(1);
    expect(findAddresses('node525400abcd0e', knows)).toMatchObject([{ start: 4, kind: 'mac' }]);
  });
});

describe('spans', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...MACS.map(([, text]) => text),
      ...IPS.map(([, text]) => text),
      '::',
      ':',
      '-',
      '.',
      '"',
      '\\001',
      '/',
      'ff',
      '0',
    ),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefg:.-_"\\/ '), maxLength: 12 }),
  );

  it('are in order, do not overlap, and write themselves back', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let at = 0;
        for (const span of findAddresses(text, knows)) {
          expect(span.start).toBeGreaterThanOrEqual(at);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(text.length);
          at = span.end;
          const written = writeIn(span.form, span.value, text.slice(span.start, span.end));
          if (['digits', 'eui64', 'nibbles', 'reversed'].includes(span.form)) {
            // Mixed letter case is the one thing that is not kept.
            if (span.form !== 'reversed')
              expect(written.toLowerCase()).toBe(text.slice(span.start, span.end).toLowerCase());
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('redacting what was redacted finds only what was issued', async () => {
    const identities = await identitiesOf((learner) => {
      learner.mac(mac(M));
      learner.ipv4(ip(IP));
    });
    for (const [, text] of [...MACS, ...IPS]) {
      const out = identities.text('text', text) ?? '';
      for (const span of findAddresses(out, identities.known(true))) {
        if (span.length !== undefined) continue;
        const value = span.kind === 'uuid' ? Buffer.from(String(span.value), 'latin1') : span.value;
        expect(identities.issued(span.kind, value), `${text} gave ${out}`).toBe(true);
      }
    }
  });
});

describe('time', () => {
  // Each repeats what a pattern could be slow on; a search that were quadratic would take minutes.
  it.each([
    ['colons', ':'],
    ['octets', 'aa:'],
    ['octets with hyphens', 'aa-'],
    ['groups', 'abcd:'],
    ['zero groups', '0::'],
    ['decimals', '1.'],
    ['nibbles', 'a.'],
    ['dashed decimals', '1-'],
    ['hex', 'a1'],
    ['quotes', '"'],
    ['escaped quotes', '\\"'],
    ['open escapes', '"\\001'],
    ['underscores', 'aa_'],
    ['uuid beginnings', '12345678-1234-'],
    ['boot folders', 'pxelinux.cfg/A'],
    ['reverse ends', '1.in-addr.arpa.'],
    ['slashes', '1.2.3.4/'],
    ['letters and digits', 'x1.'],
  ])('is linear in a run of %s', (_, unit) => {
    const time = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const began = process.hrtime.bigint();
      findAddresses(text, knows);
      return Number(process.hrtime.bigint() - began) / 1e6;
    };
    time(20_000);
    // The best of some: others may be using the processor. Four times the text in less than twelve times the time.
    const best = (length: number): number => Math.min(time(length), time(length), time(length));
    const small = Math.max(best(100_000), 2);
    expect(best(400_000)).toBeLessThan(small * 12 + 200);
  });
});
