import { assigned, matches, type TextRule } from './rule.ts';

export const remoteId: TextRule = {
  id: 'remote-id',
  title: 'Agent remote ids and subscriber ids',
  kind: 'remote-id',
  about:
    '`option agent.remote-id`, subscriber-id, link-selection and relay-id text, in dhcpd.leases, logs and JSON (RFC 3046 3.2, RFC 3993, RFC 4649).',
  hints: ['remote', 'subscriber', 'relay-id', 'relay_id'],
  find: matches([
    ...assigned('(?:remote[_ -]?id|subscriber[_-]?id|relay[_-]id)'),
    /((?<![A-Za-z0-9])(?:agent\.)?(?:remote-id|subscriber-id|relay-id)[ \t]{1,4}(?:=[ \t]{1,4})?"?)([^\s";,=]{2,255})/gi,
  ]),
  samples: [
    'option agent.remote-id "«leaf1-rack7»";',
    'agent.remote-id «0:6:52:54:0:12:34:56»;',
    '"remote_id": "«sw4»"',
  ],
  quiet: ['remote identity'],
  worst: ['remote-id', 'remote-id   '],
};
