import { matches, type TextRule } from './rule.ts';

export const maasApiKey: TextRule = {
  id: 'maas-api-key',
  title: 'MAAS API key',
  kind: 'secret',
  about:
    'Consumer key, token key and token secret joined by colons (18, 18 and 32 letters and digits), as `maas apikey` prints them.',
  hints: [':'],
  find: matches(/((?<![A-Za-z0-9]))([A-Za-z0-9]{18}:[A-Za-z0-9]{18}:[A-Za-z0-9]{32})(?![A-Za-z0-9])/g),
  samples: [
    'maas login admin http://localhost:5240/MAAS «Hd9sKx72LqWv8TzRb1:Pm4nYc6JfGu3Xe5QaZ:s8DkfJ3nWq7RtYv2BxLc9ZpMh4GuEa6T»',
  ],
  quiet: ['aa:bb:cc:dd:ee:ff', 'abcdefghijklmnopqr:abcdefghijklmnopqr:short'],
  worst: ['Hd9sKx72LqWv8TzRb1:', 'a'],
};
