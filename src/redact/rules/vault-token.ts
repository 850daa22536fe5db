import { matches, type TextRule } from './rule.ts';

export const vaultToken: TextRule = {
  id: 'vault-token',
  title: 'HashiCorp Vault token, role id, secret id',
  kind: 'secret',
  about:
    'Service, batch and recovery tokens (`hvs.`, `hvb.`, `hvr.`; before Vault 1.10 `s.`, `b.`, `r.` and 24 letters and digits), wrapped tokens, accessors, unseal keys, and the values of role_id, secret_id and wrapping token.',
  hints: [
    'hvs.',
    'hvb.',
    'hvr.',
    's.',
    'b.',
    'r.',
    'role_id',
    'role-id',
    'secret_id',
    'secret-id',
    'wrap',
    'unseal',
    'accessor',
  ],
  find: matches([
    /((?<![\w.-]))(hv[sbr]\.[A-Za-z0-9_-]{20,512})/g,
    /((?<![\w.-]))([sbr]\.[A-Za-z0-9]{24}(?:\.[A-Za-z0-9]{5})?)(?![A-Za-z0-9])/g,
    /((?<![A-Za-z0-9])(?:(?:approle[_-])?(?:role|secret)[_-]id|wrapp(?:ed|ing)[_-](?:token|accessor)|(?:token[_-])?accessor|unseal[ _-]key(?: \d{1,2})?)(?:\\?["'])?[ \t]{0,8}[:= ][ \t]{0,8}(?:\\?["'])?)([A-Za-z0-9+/=._-]{8,512})/gi,
  ]),
  samples: [
    'VAULT_TOKEN «hvs.CAESIJ8fhK2bqWm9vX3n0LZl1QkRr7s»',
    'token «s.f3v5yQ9aWlKmNpR8tU2xZb4c» revoked',
    'role-id=«675a50e7-cfe0-be76-e35f-49ec009731ea» secret_id: «ed0a642f-2acf-c2da-232f-1b21300d5f29»',
  ],
  quiet: ['services.example', 's.short', 'role id unknown'],
  worst: ['hvs.', 's.', 'role_id        ', 'unseal key 1'],
};
