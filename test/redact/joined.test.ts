import { describe, expect, it } from 'vitest';
import { findAddresses } from '../../src/redact/spellings/find.ts';
import { NOTHING_KNOWN } from '../../src/redact/spellings/span.ts';
import { NameFinder } from '../../src/redact/spellings/names.ts';
import { ipv6Text } from '../../src/wire/values.ts';

describe('an IPv6 prefix that ends with two colons', () => {
  it.each([
    ['subnet6 3ffe:501:ffff:101::/64 {', '3ffe:501:ffff:101::'],
    ['dhcp-range=1234:5678:9abc:def0::, ra-only', '1234:5678:9abc:def0::'],
    ['"dst":"fdae:7e07:609c:ba4a::/64"', 'fdae:7e07:609c:ba4a::'],
    ['via fd00:1:2:3:4:5:6:: dev eth0', 'fd00:1:2:3:4:5:6::'],
  ])('is one address, from its first group on: %s', (text, address) => {
    const found = findAddresses(text, NOTHING_KNOWN);
    expect(found.map(({ kind, value }) => [kind, ipv6Text(String(value))])).toEqual([
      ['ipv6', address.replace('6::', '6:0')],
    ]);
    expect(text.slice(found[0]?.start, found[0]?.end)).toBe(address);
  });

  it('is none where octets stand before them', () => {
    expect(findAddresses('52:54:00:ab:cd:ef::x', NOTHING_KNOWN)).toMatchObject([{ kind: 'mac', start: 0, end: 17 }]);
  });
});

describe('names of a case in words that are joined to others', () => {
  const finder = new NameFinder(['microsoft', 'rack-sfo-03', 'sfo'], ['quagmire']);
  const found = (text: string): string[] => finder.find(text).map(({ start, end }) => text.slice(start, end));

  it('are found between hyphens and underscores, the longest first', () => {
    expect(found('# Send microsoft-specific option')).toEqual(['microsoft']);
    expect(found('if rack-sfo-03-eth0 is up')).toEqual(['rack-sfo-03']);
    expect(found('home_quagmire-sfo_x')).toEqual(['quagmire', 'sfo']);
    expect(found('Rack-SFO-03')).toEqual(['Rack-SFO-03']);
    expect(found('microsofts sfox xsfo microsoft1')).toEqual([]);
  });

  it('cost no more than the text is long', () => {
    const long = `${'a-'.repeat(200_000)}sfo`;
    const begun = performance.now();
    expect(found(long)).toEqual(['sfo']);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
