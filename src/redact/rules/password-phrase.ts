import { matches, type TextRule } from './rule.ts';

export const passwordPhrase: TextRule = {
  id: 'password-phrase',
  title: 'Password in a sentence',
  kind: 'secret',
  about:
    '`password is X`, `password "X"`, `generated password X`, `with password X`, `set … password to X`, `using token X`; only a value in quotes, after `is` or `to`, or one that is no plain word.',
  hints: ['passw', 'passphrase', 'secret', 'token', 'credential', 'key'],
  find: matches([
    /((?<![\w-])(?:password|passwd|passphrase|secret|token|api key)(?: (?:is|was|set to|changed to|to|of))? ?["'`])([^"'`\r\n]{1,256})(?=["'`])/gi,
    /((?<![\w-])(?:password|passwd|passphrase|secret|token|api key) (?:is|was|set to|changed to|to):? )((?!not\b|no\b|now\b|too\b|in\b|set\b|the\b|be\b|for\b|incorrect\b|correct\b|invalid\b|valid\b|required\b|expired\b|empty\b|missing\b|wrong\b|a\b|an\b|has\b|never\b|already\b|about\b)\S{1,256})/gi,
    /((?<![\w-])(?:password|passwd|passphrase|secret|token|credentials?) )((?=[^\s:=]{0,64}\d)(?=[^\s:=]{0,64}[A-Za-z!@#$%^&*_-])[^\s"'`:=()]{6,256})/gi,
  ]),
  samples: [
    'the initial password is «Tr0ub4dor»',
    'new password "«correct horse»" set',
    'registered with token «a1b2c3d4e5» ok',
  ],
  quiet: ['password is required', 'Failed password for invalid user x', 'token expired', 'password authentication'],
  worst: ['password is ', 'password "', 'token a1'],
};
