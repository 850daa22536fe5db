import { matches, type TextRule } from './rule.ts';

export const machineId: TextRule = {
  id: 'machine-id',
  title: 'Machine, boot and invocation ids',
  kind: 'uuid',
  about:
    '128 bits in 32 hexadecimal digits without dashes: machine-id(5), boot ids, cursors of the journal, D-Bus ids. MD5 digests look the same, and go with them.',
  hints: [],
  find: matches(/((?<![0-9A-Za-z]))([0-9a-f]{32})(?![0-9A-Za-z])/g),
  samples: ['Machine ID: «4d9ef0f2c8a1461ba4a1a8bf0a2b5c6d»', '-- Boot «5f2c9a1b0d3e4f6a8b7c6d5e4f3a2b1c» --'],
  quiet: ['0123456789abcdef', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  worst: ['0', 'a '],
};
