import { matches, type TextRule } from './rule.ts';

export const macaroon: TextRule = {
  id: 'macaroon',
  title: 'Macaroon',
  kind: 'secret',
  about:
    'Serialised macaroons: version 1 begins with a packet length and `location` (base64 of `0…locat`), version 2 with the byte 2; the values of `signature`, `identifier` and `vid` of a JSON macaroon by their keys. Candid, Charmhub and the identity services of MAAS and Juju use them.',
  hints: ['mda', 'ageb', 'agel', 'macaroon', 's64', 'i64'],
  find: matches([
    /((?<![A-Za-z0-9+/_-]))((?:MDA[A-Za-z0-9+/_-]{2}bG9jYXRpb24|MDA[A-Za-z0-9+/_-]{2}pZGVudGlmaWVy|Ag(?:EB|EL|E[A-P])[A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,8192}={0,2})/g,
    /((?<![A-Za-z0-9])macaroons?(?:-[a-z0-9]{1,64})?(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([A-Za-z0-9+/_=-]{16,8192})/gi,
    /((?<![A-Za-z0-9])(?:s64|i64|v64)\\?["'][ \t]{0,8}:[ \t]{0,8}\\?["'])([A-Za-z0-9+/_=-]{8,4096})/g,
  ]),
  samples: [
    'Macaroons: «MDAxNmxvY2F0aW9uIGxvY2FsAAAAMDAyMWlkZW50aWZpZXIgYWJjZGVmZ2hpamtsbW5vcA»',
    '{"l":"candid","i64":"«AwoQ2n8JSGGx0BEg»","s64":"«cqbx1jXTNBPyhvlO3zkkBA8»"}',
  ],
  quiet: ['macaroon expired', 'Agile methods'],
  worst: ['AgEA', 'macaroon-aaaa', 'MDA'],
};
