import { matches, type TextRule } from './rule.ts';

export const url: TextRule = {
  id: 'url',
  title: 'Path and query of a URL or a request',
  kind: 'url',
  about:
    'What follows the host in a URL (RFC 3986 3.3 to 3.5), and the target of an HTTP request line in logs; the root path stays. The host is found by the rules of names and addresses.',
  hints: ['://', ' http/', 'get ', 'post ', 'put ', 'head '],
  find: matches(
    [
      /((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,31}:\/\/[^\s/?#"'<>\\]{0,512})([/?#][^\s"'<>\\]{1,8192})/g,
      /((?<![A-Za-z])(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) )(\/[^\s"'<>\\]{1,8192})/g,
    ],
    (value) => value.length > 1,
  ),
  samples: [
    'see http://10.0.0.1:5240«/MAAS/images/x?id=9»',
    '"GET «/MAAS/metadata/latest/by-id/4y3h7n/» HTTP/1.1" 200',
  ],
  quiet: ['http://example.com/', 'GET / HTTP/1.0'],
  worst: ['a://', 'http://a/', 'GET /', 'aaaa+'],
};
