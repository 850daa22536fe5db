import { BLANK_RULES } from '../../src/collect/blank.ts';
import { type Collector, MIB, PROFILES, SYMPTOMS } from '../../src/collect/collector.ts';
import { EXCLUSIONS } from '../../src/collect/exclude.ts';
import { COLLECTORS } from '../../src/collect/registry.ts';

/** The catalogue of `collect`, computed from its registry. */
export function collectorsPage(): string {
  return [
    '# Collectors',
    '',
    '<!-- Computed by `npm run docs`. Change the registry, not this page. -->',
    '',
    'What `rackwitness collect` takes from a host. How it does so: [collect.md](collect.md). A collector that lacks its',
    'privilege takes what it may and says what was denied.',
    '',
    '| id | what | privilege | seconds a step | MiB at most | writes to |',
    '| --- | --- | --- | --- | --- | --- |',
    ...COLLECTORS.map(
      ({ id, title, privilege, timeout, cap, folder }) =>
        `| [${id}](#${id}) | ${title} | ${privilege} | ${timeout} | ${cap / MIB} | \`${folder}/\` |`,
    ),
    '',
    ...COLLECTORS.flatMap(section),
    '## Profiles',
    '',
    '| profile | for | collectors |',
    '| --- | --- | --- |',
    ...Object.entries(PROFILES).map(([name, text]) => {
      const chosen = COLLECTORS.filter(({ profiles }) => profiles.some((one) => one === name));
      return `| ${name} | ${text} | ${name === 'full' ? 'all' : chosen.map(({ id }) => id).join(', ')} |`;
    }),
    '',
    '## Symptoms',
    '',
    '| symptom | what | collectors |',
    '| --- | --- | --- |',
    ...Object.entries(SYMPTOMS).map(([name, text]) => {
      const chosen = COLLECTORS.filter(({ symptoms }) => symptoms.some((one) => one === name));
      return `| ${name} | ${text} | ${chosen.map(({ id }) => id).join(', ')} |`;
    }),
    '',
    '## Never opened',
    '',
    'Decided by the path alone, before anything is read, whoever asks for it:',
    '',
    '| rule | why |',
    '| --- | --- |',
    ...EXCLUSIONS.map(({ id, why }) => `| ${id} | ${why} |`),
    '',
    '## Blanked',
    '',
    'In configuration, replaced by stars of equal length before anything is written; the manifest counts them by rule:',
    `${['private-key-block', ...BLANK_RULES.map(({ id }) => id)].join(', ')}.`,
    '',
  ].join('\n');
}

function section({ id, title, takes, why, holds }: Collector): string[] {
  return [`## ${id}`, '', `**${title}.** ${takes}.`, '', `Why: ${why}.`, '', `Holds: ${holds.join(', ')}.`, ''];
}
