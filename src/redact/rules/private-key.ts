import { matches, type TextRule } from './rule.ts';

/** On one line, the line breaks escaped or gone; over many lines the blocks of `text/blocks.ts` take it. */
const ONE_LINE =
  /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)((?:[A-Za-z0-9+/=\s:,.-]|\\+[nrt]){1,20000}?)(?=-----END|$)/g;

export const privateKey: TextRule = {
  id: 'private-key',
  title: 'Private key in PEM, OpenSSH, PGP, age or PuTTY form',
  kind: 'secret',
  about: 'What stands between BEGIN and END (RFC 7468), on one line or on many; an age identity; the markers stay.',
  hints: ['private key', 'age-secret-key-'],
  find: matches([ONE_LINE, /()(AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{40,80})/g]),
  samples: [
    '"key": "-----BEGIN RSA PRIVATE KEY-----«\\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MaI\\nq83vQe3k=\\n»-----END RSA PRIVATE KEY-----\\n"',
    '«AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KH»',
  ],
  quiet: ['-----BEGIN PUBLIC KEY-----', 'the private key is missing'],
  worst: ['-----BEGIN PRIVATE KEY-----A', '-----BEGIN PRIVATE KEY-----\\n'],
};
