import { HOST, matches, type TextRule } from './rule.ts';

export const urlHost: TextRule = {
  id: 'url-host',
  title: 'Host of a URL',
  kind: 'hostname',
  about: 'The host of a URL (RFC 3986 3.2.2), of `Host:`, `Server Name`, SNI and CONNECT targets, when it is a name.',
  hints: ['://', 'host:', 'connect ', 'sni'],
  find: matches(
    [
      new RegExp(`((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,31}://(?:[^\\s/?#"'<>@]{0,512}@)?)(${HOST})`, 'g'),
      new RegExp(`((?<![\\w-])(?:X-Forwarded-Host|Host|SNI): ?)(${HOST})`, 'gi'),
      new RegExp(`((?<![\\w-])CONNECT )(${HOST})(?=:\\d{1,5})`, 'g'),
    ],
    (value) => !/^\d{1,3}(?:\.\d{1,3}){3}$|^localhost$/.test(value),
  ),
  samples: [
    'http://«region1.corp.example.com»:5240/MAAS',
    'Host: «rack-2»:5248',
    'CONNECT «api.internal.example»:443 HTTP/1.1',
  ],
  quiet: ['http://10.0.0.1/x', 'http://localhost:5240/', 'ghost: boo'],
  worst: ['a://', 'a://a.', 'host:', 'a://@'],
};
