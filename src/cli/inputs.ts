import type { Argv } from 'yargs';
import {
  parseSpan,
  Problem,
  readProfile,
  safeText,
  siteOf,
  type Profile,
  type Site,
  type SwitchInput,
  type VantageInput,
} from '../index.ts';
import { type Arguments, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** What a vantage may be called: it stands in reports, and before a `=` on the command line. */
const VANTAGE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function siteOptions(yargs: Argv): Argv {
  return yargs
    .option('profile', {
      type: 'string',
      requiresArg: true,
      describe: 'Site profile, JSON or YAML',
    })
    .option('authorized-server', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'IP, MAC or IP=MAC of a DHCP server that belongs here; repeatable',
    });
}

/** The profile and the authorised servers, as one site; says so where nobody has read the profile yet. */
export async function declaredSite(args: Arguments, terminal: Terminal): Promise<Site> {
  const path = textOf(args, 'profile');
  let profile: Profile | undefined;
  if (path !== '') {
    profile = await readProfile(path);
    if (profile.unreviewed === true) {
      terminal.note(
        `note: ${safeText(path)} is unreviewed: the verdict trusts what a capture happened to show; read it, then remove "unreviewed"`,
      );
    }
  }
  return siteOf(profile, textsOf(args, 'authorized-server'));
}

/** Files without `--at` are one vantage, in their order; `--at` names each of its own, files of one name together. */
export function vantages(args: Arguments): VantageInput[] {
  const files = textsOf(args, 'file');
  const named = new Map<string, string[]>();
  for (const text of textsOf(args, 'at')) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    const file = text.slice(at + 1);
    if (!VANTAGE.test(name) || file === '') {
      throw new Problem('usage', `--at ${safeText(text)}: give it as NAME=FILE`);
    }
    named.set(name, [...(named.get(name) ?? []), file]);
  }
  if (files.length === 0 && named.size === 0) {
    throw new Problem('usage', 'no capture: give a FILE, - for stdin, or --at NAME=FILE');
  }
  const covers = coversOf(args, named);
  return [
    ...(files.length > 0 ? [{ vantage: '', files }] : []),
    ...[...named].map(([vantage, paths]) => {
      const span = covers.get(vantage);
      return { vantage, files: paths, ...(span === undefined ? {} : { covers: span }) };
    }),
  ];
}

/** When vantages looked, as far as the command line says. */
function coversOf(args: Arguments, named: ReadonlyMap<string, unknown>): Map<string, { start: number; stop: number }> {
  const covers = new Map<string, { start: number; stop: number }>();
  for (const text of textsOf(args, 'covers')) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    const span = parseSpan(text.slice(at + 1));
    if (span === undefined) {
      throw new Problem(
        'usage',
        `--covers ${safeText(text)}: give it as NAME=START..STOP, in UTC: rack=2026-01-31T10:00:00Z..2026-01-31T10:05:00Z`,
      );
    }
    if (!named.has(name) || covers.has(name)) {
      const why = covers.has(name) ? 'is given more than once' : 'names no vantage of --at';
      throw new Problem('usage', `--covers ${safeText(text)}: ${safeText(name)} ${why}`);
    }
    covers.set(name, span);
  }
  return covers;
}

/** What `--switch-log` and `--switch-show` name, logs first. */
export function switchInputs(args: Arguments): SwitchInput[] {
  const inputs = (['log', 'show'] as const).flatMap((source) =>
    textsOf(args, `switch-${source}`).map((path) => ({ path, source })),
  );
  const captures = [...textsOf(args, 'file'), ...textsOf(args, 'at').map((at) => at.slice(at.indexOf('=') + 1))];
  const stdin = [...inputs.map(({ path }) => path), ...captures].filter((path) => path === '-');
  if (inputs.some(({ path }) => path === '-') && stdin.length > 1) {
    throw new Problem('usage', 'stdin (-) is given twice: it can be read once');
  }
  return inputs;
}
