import type { Argv } from 'yargs';
import {
  type ApprovalWords,
  collect,
  COLLECT_PROFILES,
  collectionText,
  DEFAULT_BUDGET,
  jsonText,
  planCollection,
  previewText,
  safeText,
  SYMPTOMS,
  systemClock,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf, textsOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Options whose value is a text, each given once. */
const TEXTS = {
  since: 'Begin of the window: a time with its zone, a day, or a span back (90m, 2h, 3d); 24h',
  until: 'End of the window; now',
  'journal-dir': 'Read the journal of this folder, instead of the host’s own',
  root: 'Read the files of another host below this folder; no program is run for it but journalctl',
  'maas-url': 'The MAAS API: http://localhost:5240/MAAS',
  'maas-api-key-file': 'File with the API key, mode 0600, or /dev/fd/N; never given in arguments',
  'maas-ca-file': 'Authority of the API’s certificate (PEM)',
  'maas-profile': 'Ask through the maas command and this stored login, instead of --maas-url',
  'max-seconds': `Time of the whole run; ${DEFAULT_BUDGET.seconds}`,
  'max-bytes': `Bytes of the whole run; ${DEFAULT_BUDGET.bytes}`,
  'approved-by': 'Approval: who gave it',
  ticket: 'Approval: ticket or case',
  scope: 'Approval: which hosts, segments or machines',
  purpose: 'Approval: what for',
  'legal-basis': 'Approval: on which basis',
  recipients: 'Approval: who may receive it',
  'retain-until': 'Approval: day until which it may be kept',
} as const;

function options(yargs: Argv): Argv {
  let all = yargs
    .option('out', { type: 'string', requiresArg: true, describe: 'Folder to make (mode 0700); it must not be there' })
    .option('profile', {
      requiresArg: true,
      choices: Object.keys(COLLECT_PROFILES),
      describe: 'Set of collectors; full, unless --symptom is given',
    })
    .option('symptom', {
      requiresArg: true,
      array: true,
      choices: Object.keys(SYMPTOMS),
      describe: 'Collectors of a symptom; may be repeated',
    })
    .option('add', { type: 'string', array: true, requiresArg: true, describe: 'Add a file; may be repeated' });
  for (const [name, describe] of Object.entries(TEXTS)) {
    all = all.option(name, { type: 'string', requiresArg: true, describe });
  }
  return all
    .option('maas-allow-http', { type: 'boolean', describe: 'Send the API key unencrypted to another host' })
    .option('require-approval', { type: 'boolean', describe: 'Refuse without approver, ticket, scope and window' })
    .option('dry-run', { type: 'boolean', describe: 'Show what would be read and run, and the sizes' })
    .option('format', {
      requiresArg: true,
      choices: ['text', 'json'],
      default: 'text',
      describe: 'Form of the output',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const dryRun = args['dry-run'] === true;
  const requireApproval = args['require-approval'] === true;
  const approval = await approvalWords(args, requireApproval && !dryRun, terminal);
  const planned = planCollection(
    {
      out: textOf(args, 'out'),
      profile: textOf(args, 'profile'),
      symptoms: textsOf(args, 'symptom'),
      since: textOf(args, 'since'),
      until: textOf(args, 'until'),
      journalDir: textOf(args, 'journal-dir'),
      root: textOf(args, 'root'),
      maasUrl: textOf(args, 'maas-url'),
      maasApiKeyFile: textOf(args, 'maas-api-key-file'),
      maasCaFile: textOf(args, 'maas-ca-file'),
      maasAllowHttp: args['maas-allow-http'] === true,
      maasProfile: textOf(args, 'maas-profile'),
      add: textsOf(args, 'add'),
      maxSeconds: textOf(args, 'max-seconds'),
      maxBytes: textOf(args, 'max-bytes'),
      approval,
      requireApproval,
      dryRun,
    },
    () => systemClock().getTime() / 1000,
  );
  const json = textOf(args, 'format') === 'json';
  if (dryRun) {
    const preview = planned.preview();
    terminal.out(json ? `${jsonText(preview, 2)}\n` : previewText(preview, planned.options.collectors));
    return EXIT.fine;
  }
  terminal.endsItself = true;
  const manifest = await collect({
    ...planned.options,
    signal: terminal.signal,
    onCollector: ({ title }, number, of) => terminal.status(`collecting ${number} of ${of}: ${title}`),
  });
  terminal.clear();
  const text = collectionText(manifest, planned.options.out);
  if (manifest.interrupted) {
    for (const line of text.trimEnd().split('\n')) terminal.note(line);
    return terminal.signal.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  }
  if (json) terminal.note(safeText(manifest.notice));
  terminal.out(json ? `${jsonText(manifest, 2)}\n` : text);
  return manifest.complete ? EXIT.fine : EXIT.partial;
}

/** Of flags; what is required and lacks is asked for where a person sits. */
async function approvalWords(args: Arguments, ask: boolean, terminal: Terminal): Promise<ApprovalWords> {
  const words: ApprovalWords = {
    by: textOf(args, 'approved-by'),
    ticket: textOf(args, 'ticket'),
    scope: textOf(args, 'scope'),
    purpose: textOf(args, 'purpose'),
    legalBasis: textOf(args, 'legal-basis'),
    recipients: textOf(args, 'recipients'),
    retainUntil: textOf(args, 'retain-until'),
  };
  if (!ask) return words;
  if (words.by === '') words.by = await terminal.ask('Approved by: ');
  if (words.ticket === '') words.ticket = await terminal.ask('Ticket: ');
  if (words.scope === '') words.scope = await terminal.ask('Scope (hosts, segments, machines): ');
  return words;
}

export const collectCommand: CommandRoom = { options, run };
