import type { Argv } from 'yargs';
import {
  loadPolicy,
  Problem,
  readCaseKey,
  readProfile,
  readSosMap,
  redactCase,
  redactStream,
  redactionText,
  safeText,
  shippedPolicies,
  writePrivateMap,
  type CaseOptions,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .positional('file', {
      type: 'string',
      array: true,
      describe: 'Captures, logs, archives; - is one capture from stdin',
    })
    .option('policy', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: `A policy file, or one of ${shippedPolicies().join(', ')}`,
    })
    .option('key-file', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'The key of the case (0600), or fd:N; `keygen --case-key` makes one',
    })
    .option('passphrase', { type: 'boolean', describe: 'The key file holds a passphrase; needs --case' })
    .option('case', { type: 'string', requiresArg: true, describe: 'Name of the case: the salt of a passphrase' })
    .option('tier', { type: 'string', requiresArg: true, describe: "What these copies are called; the policy's name" })
    .option('out', { type: 'string', requiresArg: true, describe: 'Folder to make, with redaction-report.json in it' })
    .option('preview', { type: 'boolean', describe: 'Say what the policy would do, and write nothing' })
    .option('profile', {
      type: 'string',
      requiresArg: true,
      describe: 'Site profile of the captures: mapped with them',
    })
    .option('verdict', {
      type: 'boolean',
      default: true,
      describe: 'Compare the findings of the copies with those of the originals (--no-verdict: do not)',
    })
    .option('map', { type: 'string', requiresArg: true, describe: 'Write the private map, encrypted with age' })
    .option('recipient', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Who may read the private map: age1…; repeatable',
    })
    .option('sos-map', {
      type: 'string',
      requiresArg: true,
      describe: 'Map of sos report --clean: its pseudonyms stay',
    })
    .option('workers', { type: 'number', requiresArg: true, describe: 'Threads' })
    .option('show-originals', { type: 'boolean', describe: 'In a preview on a terminal: originals beside pseudonyms' })
    .option('format', {
      requiresArg: true,
      choices: ['text', 'json'],
      default: 'text',
      describe: 'Form of the report',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const files = textsOf(args, 'file');
  const preview = args['preview'] === true;
  const out = textOf(args, 'out');
  const policy = await loadPolicy(textOf(args, 'policy'));
  const caseId = textOf(args, 'case');
  const caseKey = readCaseKey(textOf(args, 'key-file'), {
    passphrase: args['passphrase'] === true,
    ...(caseId === '' ? {} : { caseId }),
  });
  const tier = textOf(args, 'tier');
  const common = { policy, caseKey, signal: terminal.signal, ...(tier === '' ? {} : { tier }) };
  if (files.includes('-')) {
    if (files.length > 1 || out !== '' || preview) {
      throw new Problem(
        'usage',
        'a capture from stdin (-) goes to stdout, alone: no other FILE, no --out, no --preview',
      );
    }
    const report = await redactStream({ ...common, take: (chunk) => terminal.stream(chunk) });
    for (const line of redactionText(report).split('\n')) if (line !== '') terminal.note(line);
    return report.files.some(({ faults }) => faults.length > 0) ? EXIT.partial : EXIT.fine;
  }
  if (preview === (out !== '')) {
    throw new Problem('usage', preview ? '--preview writes nothing: leave --out away' : 'give --out DIR, or --preview');
  }
  const map = textOf(args, 'map');
  const recipients = textsOf(args, 'recipient');
  if ((map === '') !== (recipients.length === 0)) {
    throw new Problem(
      'usage',
      'the private map needs both --map FILE and --recipient age1…: it is never written in clear',
    );
  }
  const originals = args['show-originals'] === true;
  if (originals && !(preview && terminal.interactive)) {
    throw new Problem(
      'refused',
      '--show-originals works in a --preview on a terminal alone: a pipe or a file would keep them',
    );
  }
  const profile = textOf(args, 'profile');
  const sos = textOf(args, 'sos-map');
  if (sos !== '') {
    terminal.note(
      'rackwitness: warning: pseudonyms of sos are given in order of sight and have no key: they tell who came first',
    );
  }
  const request: CaseOptions = {
    ...common,
    inputs: files,
    verdict: args['verdict'] !== false,
    ...(preview ? {} : { out }),
    ...(profile === '' ? {} : { profile: await readProfile(profile) }),
    ...(sos === '' ? {} : { fixed: readSosMap(sos) }),
    ...(typeof args['workers'] === 'number' ? { workers: args['workers'] } : {}),
    onProgress: (path, stage) => terminal.status(`${stage} ${path.slice(path.lastIndexOf('/') + 1)}`),
  };
  terminal.endsItself = true;
  const result = await redactCase(request);
  terminal.clear();
  if (map !== '') await writePrivateMap(map, result, recipients);
  for (const line of result.warnings) terminal.note(`rackwitness: warning: ${safeText(line)}`);
  if (textOf(args, 'format') === 'json') terminal.out(`${JSON.stringify(result.report, null, 2)}\n`);
  else terminal.out(redactionText(result.report, preview ? { ledger: result.ledger, originals } : {}));
  return result.report.files.some(({ faults }) => faults.length > 0) ? EXIT.partial : EXIT.fine;
}

export const redactCommand: CommandRoom = { options, run };
