import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { diffPolicies, loadPolicy, packageRoot, Problem, safeText, shippedPolicies } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('action', {
      choices: ['list', 'show', 'check', 'diff', 'schema'],
      demandOption: true,
      describe: 'list: those that are shipped; show: one, resolved; check: all problems; diff: A B; schema: print it',
    })
    .positional('name', { type: 'string', array: true, describe: 'Policies: a shipped name, or a file' })
    .option('format', {
      requiresArg: true,
      choices: ['text', 'json'],
      default: 'text',
      describe: 'Form of the output',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const names = textsOf(args, 'name');
  const json = textOf(args, 'format') === 'json';
  switch (textOf(args, 'action')) {
    case 'schema':
      terminal.out(readFileSync(join(packageRoot(), 'dist', 'schema', 'policy.schema.json'), 'utf8'));
      return EXIT.fine;
    case 'list': {
      const policies = await Promise.all(shippedPolicies().map((name) => loadPolicy(name)));
      if (json) terminal.out(`${JSON.stringify(policies, null, 2)}\n`);
      else for (const { name, title } of policies) terminal.out(`${name.padEnd(20)}${safeText(title)}\n`);
      return EXIT.fine;
    }
    case 'diff':
      return diff(names, json, terminal);
    case 'check':
      return check(names, terminal);
    default:
      return show(names, json, terminal);
  }
}

async function show(names: readonly string[], json: boolean, terminal: Terminal): Promise<number> {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new Problem('usage', 'policy show: give one policy');
  const policy = await loadPolicy(name);
  if (json) {
    terminal.out(`${JSON.stringify(policy, null, 2)}\n`);
    return EXIT.fine;
  }
  terminal.out(`${safeText(policy.name)}: ${safeText(policy.title)}\n${policy.digest}\n\n`);
  for (const [kind, { action, because, except }] of Object.entries(policy.rules)) {
    terminal.out(`${kind.padEnd(16)}${action.padEnd(19)}${safeText(because)}\n`);
    for (const one of except) {
      const what = one.role === undefined ? (one.subnet ?? one.value ?? '') : `role ${one.role}`;
      terminal.out(`${' '.repeat(16)}except ${safeText(what)}: ${one.action}, ${safeText(one.because)}\n`);
    }
  }
  return EXIT.fine;
}

async function check(names: readonly string[], terminal: Terminal): Promise<number> {
  if (names.length === 0) throw new Problem('usage', 'policy check: no policy; give a file');
  const lines: string[] = [];
  for (const name of names) {
    try {
      await loadPolicy(name);
      terminal.out(`${safeText(name)}: good\n`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      lines.push(...error.lines);
    }
  }
  if (lines.length > 0) throw new Problem('profile', lines);
  return EXIT.fine;
}

async function diff(names: readonly string[], json: boolean, terminal: Terminal): Promise<number> {
  const [a, b, ...more] = names;
  if (a === undefined || b === undefined || more.length > 0)
    throw new Problem('usage', 'policy diff: give two policies');
  const differences = diffPolicies(await loadPolicy(a), await loadPolicy(b));
  if (json) terminal.out(`${JSON.stringify(differences, null, 2)}\n`);
  else for (const { subject, from, to } of differences) terminal.out(`${subject.padEnd(16)}${from} → ${to}\n`);
  return EXIT.fine;
}

export const policyCommand: CommandRoom = { options, run };
