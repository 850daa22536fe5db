import { matches, type TextRule } from './rule.ts';

export const defanged: TextRule = {
  id: 'defanged',
  title: 'Addresses and names written so that nobody follows them',
  kind: 'hostname',
  about: '`10[.]1[.]2[.]3`, `host[.]example[.]org`, `52[:]54[:]00…`, `(dot)`: how reports of incidents write them.',
  hints: ['[.]', '(.)', '[dot]', '(dot)', '[:]'],
  find: matches(/((?<![\w\])]))((?:[\w-]{1,63}(?:\[(?:\.|:|dot)\]|\((?:\.|dot)\)|[.:])){1,40}[\w-]{1,63})/gi, (value) =>
    /[[(]/.test(value),
  ),
  samples: ['seen from «10[.]66[.]77[.]88» and «db7(dot)prod.acme[.]example»', 'mac «52[:]54[:]00[:]c3[:]9a[:]71»'],
  quiet: ['10.1.2.3', 'list[0].name', 'f(.)'],
  worst: ['a.', 'a[.]', 'a[.', '[.]'],
};
