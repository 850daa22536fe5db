import { HOST, matches, type TextRule } from './rule.ts';

export const maasMachine: TextRule = {
  id: 'maas-machine',
  title: 'Machines in MAAS logs and events',
  kind: 'hostname',
  about:
    'The machine before its message in maas.log (`maas.node: [info] NAME: Status transition`), in power and commissioning messages, and the name after `Node`, `Machine`, `Commissioning`, `Deploying`.',
  hints: [
    'maas',
    'node',
    'machine',
    'rack',
    'controller',
    'deploying',
    'commissioning',
    'releasing',
    'power',
    'provisioningserver',
  ],
  find: matches([
    new RegExp(
      `((?<![\\w.])maas\\.[\\w.]{1,64}: \\[[a-z]{1,10}\\] )(?!\\S{1,64}\\.\\S{1,64}\\(\\))(${HOST})(?=: )`,
      'g',
    ),
    new RegExp(
      `((?:[Pp]ower (?:state|query|cycle|on|off|action)[a-z ]{0,24} (?:for|of) |[Cc]ommissioning |[Dd]eploying |[Rr]eleasing |[Nn]ode |[Mm]achine |[Rr]ack ?[Cc]ontroller )["'])(${HOST})(?=["'])`,
      'g',
    ),
    new RegExp(
      `((?:[Pp]ower (?:state|query|cycle) (?:for|of) )(?:(?:node|machine): ?)?)(?!the |node|machine)(${HOST})(?= |:|$)`,
      'g',
    ),
    new RegExp(
      `((?<![\\w.])provisioningserver\\.[\\w.]{1,64}: \\[[a-z]{1,10}\\] )(${HOST})(?=: (?:Power|Sending|Changed|Could|Failed|Error))`,
      'g',
    ),
  ]),
  samples: [
    'maas.node: [info] «fun-zebra»: Status transition from COMMISSIONING to TESTING',
    "Deploying '«fun-zebra»'",
    "Node '«swift-crab»' is gone",
  ],
  quiet: ['maas.bootsources: [info] Updated boot sources cache.', 'maasserver.x: [info] a: b'],
  worst: ['maas.a: [info] a.', 'maas.a', 'Power for a.'],
};
