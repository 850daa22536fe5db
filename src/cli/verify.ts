import { constants, accessSync } from 'node:fs';
import type { Argv } from 'yargs';
import {
  checklistText,
  jsonText,
  Problem,
  readPinnedKey,
  reanalyze,
  recordEvent,
  safeText,
  systemClock,
  type Verification,
  verificationJson,
  verifyBundle,
  type VerifyOptions,
  version,
} from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Options that `verify` and `unpack` share. */
export function verifyFlags(yargs: Argv): Argv {
  return yargs
    .positional('bundle', { type: 'string', demandOption: true, describe: 'A bundle (.tar.gz)' })
    .option('public-key', {
      type: 'string',
      requiresArg: true,
      describe: 'Whose signature it must be: PEM or OpenSSH file, or SHA256:fingerprint',
    })
    .option('allow-unpinned', { type: 'boolean', default: false, describe: 'Accept integrity alone, signer unknown' })
    .option('timestamp', { type: 'string', requiresArg: true, describe: 'RFC 3161 token; default BUNDLE.tsr if there' })
    .option('tsa-ca', {
      type: 'string',
      requiresArg: true,
      describe: 'Certificates (PEM) of authorities for timestamps',
    })
    .option('record-as', {
      type: 'string',
      requiresArg: true,
      describe: 'Add an entry with this actor to BUNDLE.custody.jsonl',
    })
    .option('reason', { type: 'string', requiresArg: true, describe: 'Why, for the entry' })
    .option('json', { type: 'boolean', default: false, describe: 'Print the checklist as JSON' });
}

/** What the shared options say. @throws Problem */
export function verifyOptions(args: Arguments, terminal: Terminal): VerifyOptions {
  const pinned = textOf(args, 'public-key');
  const authorities = textOf(args, 'tsa-ca');
  if (authorities !== '') readable(authorities);
  if (textOf(args, 'reason') !== '' && textOf(args, 'record-as') === '') {
    throw new Problem('usage', '--reason says why for an entry: give --record-as WHO too');
  }
  return {
    publicKey: pinned === '' ? undefined : readPinnedKey(pinned),
    allowUnpinned: args['allow-unpinned'] === true,
    timestamp: textOf(args, 'timestamp') || undefined,
    authorities: authorities || undefined,
    signal: terminal.signal,
  };
}

/** Adds the entry that `--record-as` asks for; only a bundle that could be read to its end has a digest to write down. */
export function record(args: Arguments, action: 'verify' | 'unpack', { sha256, verdict }: Verification): void {
  const actor = textOf(args, 'record-as');
  if (actor === '' || sha256 === '') return;
  recordEvent(textOf(args, 'bundle'), sha256, {
    time: systemClock(),
    actor,
    action,
    reason: textOf(args, 'reason') || undefined,
    tool: `rackwitness ${version()}`,
    facts: { verdict },
  });
}

/** Prints the checklist. */
export function show(args: Arguments, verification: Verification, terminal: Terminal): void {
  if (args['json'] === true) terminal.out(`${jsonText(verificationJson(verification), 2)}\n`);
  else terminal.out(checklistText(verification));
}

function options(yargs: Argv): Argv {
  return verifyFlags(yargs).option('reanalyze', {
    type: 'boolean',
    default: false,
    describe: 'Analyse the captures again and compare with the findings in the bundle',
  });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const verification = await verifyBundle(textOf(args, 'bundle'), {
    ...verifyOptions(args, terminal),
    ...(args['reanalyze'] === true ? { reanalyze } : {}),
  });
  show(args, verification, terminal);
  record(args, 'verify', verification);
  return verification.accepted ? EXIT.fine : EXIT.refused;
}

function readable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new Problem('usage', `${safeText(path)} cannot be read: give the certificates of the authority in PEM`);
  }
}

export const verifyCommand: CommandRoom = { options, run };
