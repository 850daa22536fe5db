/** The verbs that break things: filter rules that a switch would have, a two-port box, and scripted actors. */
import { join } from 'node:path';
import { ACTORS, LabError, Skip } from '../lab.ts';
import type { Step } from '../scenario.ts';

/** nftables rules in the bridge's forward path of a switch. */
export function filter(name: string, rules: readonly string[]): Step {
  return {
    tools: ['nft'],
    run: async (lab) => {
      const text = [
        'add table bridge lab',
        'add chain bridge lab forward { type filter hook forward priority 0; policy accept; }',
        ...rules.map((rule) => `add rule bridge lab forward ${rule}`),
      ].join('\n');
      const done = await lab.run(name, ['nft', '-f', '-'], { input: text, mayFail: true });
      if (done.code !== 0) throw new Skip(`nftables refuses the rule: ${done.stderr.trim().split('\n')[0] ?? ''}`);
    },
  };
}

/** Port security: the port learns so many source addresses, and drops what comes from others. */
export function secured(name: string, port: string, most: number): Step {
  return {
    tools: ['nft'],
    run: async (lab) => {
      const text = [
        'add table bridge secured',
        `add set bridge secured learned { type ether_addr; size ${most}; flags dynamic; }`,
        'add chain bridge secured forward { type filter hook forward priority 0; policy accept; }',
        `add rule bridge secured forward iifname "${port}" ether saddr @learned accept`,
        `add rule bridge secured forward iifname "${port}" add @learned { ether saddr } accept`,
        `add rule bridge secured forward iifname "${port}" counter drop`,
      ].join('\n');
      const done = await lab.run(name, ['nft', '-f', '-'], { input: text, mayFail: true });
      if (done.code !== 0) throw new Skip(`nftables refuses the set: ${done.stderr.trim().split('\n')[0] ?? ''}`);
    },
  };
}

export function unfilter(name: string): Step {
  return {
    tools: ['nft'],
    run: async (lab) => {
      await lab.run(name, ['nft', 'flush', 'chain', 'bridge', 'lab', 'forward']);
    },
  };
}

/** A Python script of `lab/actors` to its end. */
export function actor(node: string, script: string, args: readonly string[], seconds = 40): Step {
  return {
    tools: ['python3', 'scapy'],
    run: async (lab) => {
      const done = await lab.run(node, ['python3', join(ACTORS, script), ...args], { mayFail: true, seconds });
      if (done.code !== 0) throw new LabError(`${script} ended with ${done.code}: ${done.stderr.trim().slice(-300)}`);
    },
  };
}

/** A Python script of `lab/actors` that stays; it prints `ready` when it listens. */
export function actorStays(node: string, script: string, args: readonly string[], label = `actor-${node}`): Step {
  return {
    tools: ['python3', 'scapy'],
    run: async (lab) => {
      lab.start(node, label, ['python3', '-u', join(ACTORS, script), ...args]);
      await lab.untilLog(label, /ready/, 20);
    },
  };
}
