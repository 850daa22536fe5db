import { assigned, matches, type TextRule } from './rule.ts';

export const circuitId: TextRule = {
  id: 'circuit-id',
  title: 'Agent circuit ids',
  kind: 'circuit-id',
  about:
    '`option agent.circuit-id` of dhcpd.leases and dhcpd.conf (text or colon hexadecimal), and circuit-id after its key in logs and JSON (RFC 3046 3.1).',
  hints: ['circuit', 'interface-id'],
  find: matches([
    ...assigned('(?:circuit[_ -]?id|interface-id)'),
    /((?<![A-Za-z0-9])(?:agent\.)?(?:circuit-id|interface-id)[ \t]{1,4}(?:=[ \t]{1,4})?"?)([^\s";,=]{2,255})/gi,
  ]),
  samples: [
    'option agent.circuit-id "«Gi1/0/17:vlan20»";',
    'agent.circuit-id = «0:4:0:14:1:7»;',
    '"circuit_id": "«eth 1/1/3»"',
  ],
  quiet: ['circuit-id missing'.replace(' missing', '')],
  worst: ['circuit-id', 'circuit-id   '],
};
