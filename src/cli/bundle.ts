import type { Argv } from 'yargs';
import {
  actorOf,
  type Approval,
  type BundleSource,
  clockOffset,
  collectedSources,
  flagOf,
  loadPolicy,
  makeBundle,
  makeTiers,
  type MadeTier,
  parseInstant,
  Problem,
  readCaseFile,
  readCaseKey,
  readProfile,
  readSigner,
  redactionText,
  safeText,
  systemClock,
  tiersOf,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** What an approval may say; a policy demands some of it. */
const APPROVAL = {
  purpose: 'what the copy is for',
  legalBasis: 'on which basis it is made',
  dataCategories: 'what kinds of data it holds',
  recipients: 'who may have it',
  retention: 'until when it may be kept',
  approver: 'who allowed it (a pseudonym stands in a redacted tier)',
  ticket: 'ticket or case number elsewhere',
  window: 'the time that was approved',
} as const;

/** Repeatable options that name files, and the folder of the bundle that each goes to. */
const SOURCES = { capture: 'captures', log: 'logs', journal: 'journals', config: 'config', maas: 'maas' } as const;

function options(yargs: Argv): Argv {
  let all = yargs
    .option('case', { type: 'string', requiresArg: true, describe: 'Name of the case: letters, digits, . _ -' })
    .option('out', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'The bundle (.tar.gz); with --case-file a new folder',
    })
    .option('policy', { type: 'string', requiresArg: true, describe: 'A policy file or the name of a shipped one' })
    .option('tier', { type: 'string', requiresArg: true, describe: "What this copy is called; the policy's name" })
    .option('case-file', {
      type: 'string',
      requiresArg: true,
      describe: 'Tiers of the case and who may have them: makes several bundles',
    })
    .option('tiers', { type: 'string', array: true, requiresArg: true, describe: 'Which tiers of the case file; all' })
    .option('role', { type: 'string', array: true, requiresArg: true, describe: 'The tiers that these roles may have' })
    .option('key-file', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'The key of the case (0600), or fd:N',
    })
    .option('passphrase', { type: 'boolean', describe: 'The key file holds a passphrase' })
    .option('sign-key', {
      type: 'string',
      requiresArg: true,
      describe: 'Ed25519 key (PEM or OpenSSH); without one the bundle says UNSIGNED',
    })
    .option('profile', { type: 'string', requiresArg: true, describe: 'Site profile of the captures' })
    .option('collected', { type: 'string', array: true, requiresArg: true, describe: 'Folder that `collect` made' })
    .option('actor', { type: 'string', requiresArg: true, describe: 'Who makes it; the account that runs it' })
    .option('clock', {
      type: 'string',
      requiresArg: true,
      describe: 'The time to write, 2026-11-22T15:47:26Z: for bundles that can be made again',
    })
    .option('timeline', {
      type: 'boolean',
      describe:
        'Merge captures, journals and findings into one pcapng; done where there are captures and journals (--no-timeline: not)',
    })
    .option('timestamp-request', { type: 'boolean', describe: 'Put an RFC 3161 request for the signature beside it' })
    .option('workers', { type: 'number', requiresArg: true, describe: 'Threads' });
  for (const name of Object.keys(SOURCES)) {
    all = all.option(name, {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: `A file for data/${SOURCES[name as keyof typeof SOURCES]}; repeatable`,
    });
  }
  for (const [item, describe] of Object.entries(APPROVAL)) {
    all = all.option(flagOf(item).slice(2), { type: 'string', requiresArg: true, describe: `Approval: ${describe}` });
  }
  return all;
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const sources = await sourcesOf(args);
  const caseFile = textOf(args, 'case-file');
  const policy = textOf(args, 'policy');
  if ((caseFile === '') === (policy === '')) {
    throw new Problem('usage', 'give --policy for one bundle, or --case-file for the tiers of a case');
  }
  const file = caseFile === '' ? undefined : await readCaseFile(caseFile);
  const caseId = file?.case ?? textOf(args, 'case');
  if (caseId === '') throw new Problem('usage', '--case is missing: a name for the case');
  const clock = textOf(args, 'clock');
  const now = clock === '' ? systemClock() : parseInstant(clock);
  if (now === undefined) throw new Problem('usage', `--clock ${safeText(clock)}: write it as 2026-11-22T15:47:26Z`);
  const signKey = textOf(args, 'sign-key');
  const profile = textOf(args, 'profile');
  const common = {
    sources,
    caseKey: readCaseKey(textOf(args, 'key-file'), { passphrase: args['passphrase'] === true, caseId }),
    signer: signKey === '' ? undefined : readSigner(signKey),
    actor: textOf(args, 'actor') || actorOf().account,
    approval: approvalOf(args),
    now,
    // A time that is given is nobody's clock.
    clockState: clock === '' ? await clockOffset() : undefined,
    timestamp: args['timestamp-request'] === true,
    ...(typeof args['timeline'] === 'boolean' ? { timeline: args['timeline'] } : {}),
    signal: terminal.signal,
    onProgress: (path: string, stage: string) => terminal.status(`${stage} ${path.slice(path.lastIndexOf('/') + 1)}`),
    ...(profile === '' ? {} : { profile: await readProfile(profile) }),
    ...(typeof args['workers'] === 'number' ? { workers: args['workers'] } : {}),
  };
  terminal.endsItself = true;
  const out = textOf(args, 'out');
  const made: MadeTier[] = [];
  if (file !== undefined) {
    const roles = textsOf(args, 'role');
    const named = textsOf(args, 'tiers');
    const tiers =
      roles.length > 0 ? tiersOf(file, roles) : named.length > 0 ? named : file.tiers.map(({ tier }) => tier);
    made.push(...(await makeTiers({ ...common, caseFile: file, tiers, out })));
  } else {
    const loaded = await loadPolicy(policy);
    const tier = textOf(args, 'tier') || loaded.name;
    const one = await makeBundle({ ...common, case: caseId, policy: loaded, tier, out });
    made.push({ tier, file: out, sha256: one.sha256, signedBy: one.signedBy, made: one });
  }
  terminal.clear();
  let partial = false;
  for (const { tier, file: path, sha256, signedBy, made: bundle } of made) {
    if (bundle !== undefined) {
      terminal.out(redactionText(bundle.redaction.report));
      partial ||= bundle.redaction.report.files.some(({ faults }) => faults.length > 0);
      for (const stale of bundle.stale)
        terminal.note(`rackwitness: ${safeText(stale)} was left by a run that was killed: remove it`);
    }
    terminal.out(`\n${safeText(path)}\n  tier    ${tier}\n  sha256  ${sha256}\n  signed  ${signedBy}\n`);
    if (signedBy === 'unsigned')
      terminal.note('rackwitness: warning: UNSIGNED: anybody could have made this bundle; give --sign-key');
  }
  return partial ? EXIT.partial : EXIT.fine;
}

async function sourcesOf(args: Arguments): Promise<BundleSource[]> {
  const sources: BundleSource[] = [];
  for (const [name, folder] of Object.entries(SOURCES)) {
    for (const path of textsOf(args, name)) sources.push({ path, folder });
  }
  for (const path of textsOf(args, 'collected')) sources.push(...(await collectedSources(path)));
  if (sources.length === 0) {
    throw new Problem('usage', 'nothing to bundle: give --capture, --log, --journal, --config, --maas or --collected');
  }
  return sources;
}

function approvalOf(args: Arguments): Approval {
  return Object.fromEntries(
    Object.keys(APPROVAL).flatMap((item) => {
      const text = textOf(args, flagOf(item).slice(2));
      return text === '' ? [] : [[item, text]];
    }),
  );
}

export const bundleCommand: CommandRoom = { options, run };
