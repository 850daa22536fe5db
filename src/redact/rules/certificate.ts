import { matches, type TextRule } from './rule.ts';

const ONE_LINE =
  /(-----BEGIN (?:CERTIFICATE(?: REQUEST)?|TRUSTED CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PKCS7|CMS|PGP [A-Z ]{1,30}|SSH2 PUBLIC KEY)-----)((?:[A-Za-z0-9+/=\s:,.-]|\\+[nrt]){1,20000}?)(?=-----END|$)/g;

export const certificate: TextRule = {
  id: 'certificate',
  title: 'Certificate or public key in PEM form',
  kind: 'payload',
  about: 'Subject, alternative names and the key itself identify a machine or a person (RFC 5280): the body goes.',
  hints: ['-----begin'],
  find: matches(ONE_LINE),
  samples: [
    'cert: "-----BEGIN CERTIFICATE-----«\\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\\n»-----END CERTIFICATE-----"',
  ],
  quiet: ['-----BEGIN FOO-----'],
  worst: ['-----BEGIN CERTIFICATE-----A', '-----BEGIN PGP A'],
};
