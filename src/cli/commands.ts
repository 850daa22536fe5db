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
    usage: 'list <what>',
    about: 'List detectors, protocols or link types',
    load: () => import('./list.ts').then((room) => room.listCommand),
  },
];
