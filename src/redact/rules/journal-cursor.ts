import { matches, type TextRule } from './rule.ts';

export const journalCursor: TextRule = {
  id: 'journal-cursor',
  title: 'Hash in a cursor of the journal',
  kind: 'serial',
  about:
    'The last part of a cursor is a hash over the whole entry, by which a guess at its content could be proved. (Its ids and its time are found by their own form.)',
  hints: [';x='],
  find: matches(/(;t=[0-9a-f]{1,16};x=)([0-9a-f]{1,16})(?![0-9a-f])/g),
  samples: [
    's=4d9ef0f2c8a1461ba4a1a8bf0a2b5c6d;i=1a;b=5f2c9a1b0d3e4f6a8b7c6d5e4f3a2b1c;m=2b;t=64422d8a1b3c4;x=«6e1f1a2b3c4d5e6f»',
  ],
  quiet: ['a;x=1'],
  worst: [';t=1;x=1', ';t=1'],
};
