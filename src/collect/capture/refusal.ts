import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import type { ChosenEngine } from './engines.ts';
import { interfaces } from './interface-watch.ts';

/** Why an engine could not begin, as far as what it said tells. */
type Refusal = 'privilege' | 'interface' | 'filter' | 'other';

const REFUSALS: readonly [Refusal, RegExp][] = [
  [
    'filter',
    /filter expression|syntax error|capture filter|expression rejects all|no VLAN support|unknown host|link-layer/i,
  ],
  ['privilege', /permission|not permitted|privilege|EPERM|EACCES/i],
  ['interface', /no such device|no device named|doesn't exist|not up|SIOCGIF/i],
];

/** @param said what the engine wrote on standard error */
function refusalOf(said: string): Refusal {
  return REFUSALS.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other';
}

/**
 * What a person must do so that an engine can begin.
 *
 * @param name of the interface @param said what the engine wrote on standard error
 */
export function refusalProblem({ engine, installed }: ChosenEngine, name: string, said: string): Problem {
  const line = safeText(firstLine(said));
  switch (refusalOf(said)) {
    case 'privilege':
      return new Problem('usage', [
        `no permission to capture on ${safeText(name)}: it takes CAP_NET_RAW`,
        `run it with sudo, or give ${safeText(installed.program)} the capability (setcap cap_net_raw,cap_net_admin=ep), or join the group that may capture with --engine dumpcap (on Debian wireshark)`,
      ]);
    case 'interface':
      return new Problem('usage', `-i ${safeText(name)}: ${line}; there are ${interfaces().map(safeText).join(', ')}`);
    case 'filter':
      return new Problem('usage', `the filter is not understood: ${line}`);
    case 'other':
      return new Problem('usage', `${engine.name} could not begin: ${line === '' ? 'it said nothing' : line}`);
  }
}

/** How an engine ended that nobody asked to. */
export function endingText(name: string, { exit, signal }: { exit: number; signal: string }): string {
  return signal === '' ? `${name} ended by itself (exit code ${exit})` : `${name} was ended by ${signal}`;
}

function firstLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (lines.find((line) => line !== '' && !/^Capturing on|^File: /.test(line)) ?? '').slice(0, 300);
}
