import { matches, type TextRule } from './rule.ts';

export const maasSystemId: TextRule = {
  id: 'maas-system-id',
  title: 'MAAS system ids',
  kind: 'serial',
  about:
    'The six characters that MAAS gives a machine, after `system_id`, in API and metadata paths (`/machines/ID/`, `by-id/ID`), and in RPC and event logs.',
  hints: ['system_id', 'system-id', 'system id', 'machine', 'node', 'controller', 'by-id', 'device', 'maas_id'],
  find: matches([
    /((?<![A-Za-z0-9])(?:system[_ -]id|maas_id|node_id|rack_?controller)(?:\\?["'])?[ \t]{0,4}[=:]?[ \t]{0,4}(?:\\?["'(])?)([0-9a-z]{6})(?![0-9A-Za-z_-])/g,
    /(\/(?:machines|nodes|devices|rackcontrollers|regioncontrollers|controllers|by-id|vm-hosts|machine|device|controller)\/)([0-9a-z]{6})(?![0-9A-Za-z_-])/g,
    /((?<![A-Za-z])(?:node|machine|controller|rackd?|region(?:d)?)[ =:]\(?)((?=[a-z]{0,5}[0-9])[0-9a-z]{6})(?![0-9A-Za-z_.:-])/g,
  ]),
  samples: [
    '"system_id": "«4y3h7n»"',
    'GET /MAAS/api/2.0/machines/«gk4mxq»/?op=status',
    '/MAAS/metadata/latest/by-id/«4y3h7n»/',
  ],
  quiet: ['machine status', 'system_id is missing', '/machines/'],
  worst: ['system_id   ', '/machines/a'],
};
