import { matches, type TextRule } from './rule.ts';

export const urlUserinfo: TextRule = {
  id: 'url-userinfo',
  title: 'Password in a URL',
  kind: 'secret',
  about: 'The userinfo of a URL (RFC 3986 3.2.1), name and password: both, since forges take a token as the name.',
  hints: ['://'],
  find: matches(/([A-Za-z][A-Za-z0-9+.-]{1,31}:\/\/)([^\s/?#"'<>@]{1,512})(?=@)/g),
  samples: [
    'proxy http://«alice:s3cr3t»@10.1.2.3:3128/',
    'postgres://«maas:pa%40ss»@localhost/maasdb',
    'ftp://«anonymous»@h/',
  ],
  quiet: ['https://example.com/@user', 'see http://host/a?x=y@z'],
  worst: ['a://', 'aaaa+', 'http://aaaa'],
};
