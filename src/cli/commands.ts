import type { Command } from './command.ts';

/** Every command, in the order of the help: one line and one file each. */
export const COMMANDS: readonly Command[] = [
  {
    usage: 'analyze [file..]',
    about: 'Say what broke or who attacked, and prove it with frames',
    load: () => import('./analyze.ts').then((room) => room.analyzeCommand),
  },
  {
    usage: 'decode [file..]',
    about: 'Stream records, exchanges or boots as NDJSON',
    load: () => import('./decode.ts').then((room) => room.decodeCommand),
  },
  {
    usage: 'explain <file> <frame>',
    about: 'Show one frame field by field',
    load: () => import('./explain.ts').then((room) => room.explainCommand),
  },
  {
    usage: 'profile <action> [file..]',
    about: 'Learn a site profile from a capture, check one, or print the schema',
    load: () => import('./profile.ts').then((room) => room.profileCommand),
  },
  {
    usage: 'redact [file..]',
    about: 'Rewrite captures, logs and archives by a policy, and prove that no original is left',
    load: () => import('./redact.ts').then((room) => room.redactCommand),
  },
  {
    usage: 'policy <action> [name..]',
    about: 'List, show, check or compare policies of redaction',
    load: () => import('./policy.ts').then((room) => room.policyCommand),
  },
  {
    usage: 'map <action> [file..]',
    about: 'Write the private map of a case, encrypted, or put real names back into an answer',
    load: () => import('./map.ts').then((room) => room.mapCommand),
  },
  {
    usage: 'collect',
    about: 'Collect logs, journals and configuration of this host, raw, for a bundle',
    load: () => import('./collect.ts').then((room) => room.collectCommand),
  },
  {
    usage: 'capture',
    about: 'Capture for a short, bounded time what one symptom needs',
    load: () => import('./capture.ts').then((room) => room.captureCommand),
  },
  {
    usage: 'bundle',
    about: 'Redact the files of a case and pack them into one signed tarball',
    load: () => import('./bundle.ts').then((room) => room.bundleCommand),
  },
  {
    usage: 'verify <bundle>',
    about: 'Check a bundle line by line: container, digests, custody, signature',
    load: () => import('./verify.ts').then((room) => room.verifyCommand),
  },
  {
    usage: 'unpack <bundle>',
    about: 'Verify a bundle, and only then write its files to a new folder',
    load: () => import('./unpack.ts').then((room) => room.unpackCommand),
  },
  {
    usage: 'keygen',
    about: 'Make a key that signs bundles, or the key of a case',
    load: () => import('./keygen.ts').then((room) => room.keygenCommand),
  },
  {
    usage: 'list <what>',
    about: 'List detectors, protocols, link types or capture presets',
    load: () => import('./list.ts').then((room) => room.listCommand),
  },
];
