import { matches, type TextRule } from './rule.ts';

export const jwt: TextRule = {
  id: 'jwt',
  title: 'JSON Web Token',
  kind: 'secret',
  about:
    'Three or five base64url parts of which the first is a JSON object (RFC 7519 3, RFC 7516 3); also two parts whose signature was cut off.',
  hints: ['eyj'],
  find: matches(
    /((?<![A-Za-z0-9_-]))(eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,8192}){0,3})/g,
  ),
  samples: [
    'token «eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U» ok',
  ],
  quiet: ['eyJ is how many start', 'eyebrow.raised.here'],
  worst: ['eyJ', 'eyJaaaaaaaa.'],
};
