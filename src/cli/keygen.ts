import type { Argv } from 'yargs';
import { createCaseKeyIn, createSigningKey, safeText } from '../index.ts';
import { type Arguments, type CommandRoom, EXIT, textOf } from './command.ts';
import type { Terminal } from './terminal.ts';

function options(yargs: Argv): Argv {
  return yargs
    .option('out', {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'Folder for the keys; made when missing',
    })
    .option('case-key', {
      type: 'boolean',
      default: false,
      describe: 'Make a case key for redaction instead of a signing key',
    });
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const folder = textOf(args, 'out');
  if (args['case-key'] === true) {
    const path = createCaseKeyIn(folder);
    terminal.out(`${safeText(path)}: case key, mode 0600\n`);
    terminal.note('whoever has it can undo the pseudonyms of the case: keep it apart from every bundle');
    return EXIT.fine;
  }
  const key = createSigningKey(folder);
  terminal.out(
    [
      `${safeText(key.privateKey)}: private key, mode 0600`,
      `${safeText(key.publicKey)}: public key (PEM), for verify --public-key and openssl`,
      `${safeText(key.sshPublicKey)}: the same for ssh-keygen`,
      `${key.fingerprint}`,
      '',
    ].join('\n'),
  );
  terminal.note('give the fingerprint to those who verify, by another way than the bundles');
  return EXIT.fine;
}

export const keygenCommand: CommandRoom = { options, run };
