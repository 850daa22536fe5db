import { matches, type TextRule } from './rule.ts';

export const email: TextRule = {
  id: 'email',
  title: 'Mail address',
  kind: 'email',
  about:
    'local@domain with a domain of two labels and more (RFC 5322 3.4.1, without quoted local parts); also the account of a network access identifier (RFC 7542).',
  hints: ['@'],
  find: matches(
    /((?<![\w.+-]))([A-Za-z0-9_][\w.!#$%&*+/=?^`|~-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62})(?![\w-])/g,
    (value) => !/@openssh\.com$|\.(?:service|socket|timer|slice|mount|target|path|scope|device|swap)$/.test(value),
  ),
  samples: ['mail to «alice.smith+x@corp.example.com» failed', '<«bob@example.org»>'],
  quiet: ['getty@tty1.service started', 'user@1000.service', 'a @ b', 'chacha20-poly1305@openssh.com'],
  worst: ['a@', 'a.', 'a@a.'],
};
