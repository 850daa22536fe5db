import { capturePage } from './capture-page.ts';
import { collectorsPage } from './collectors-page.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { SEVERITIES } from '../../src/detect/finding.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import type { Protocol } from '../../src/wire/protocol.ts';
import { RULES } from '../../src/redact/rules/registry.ts';
import { TEXT_FORMATS } from '../../src/redact/text/formats/registry.ts';
import { TIME_FORMATS } from '../../src/redact/text/times.ts';
import { PROTOCOLS } from '../../src/wire/registry.ts';

/** Pages that are computed from the registries: path from the package's root, and text. */
export function pages(): Map<string, string> {
  return new Map([
    ['docs/capture.md', capturePage()],
    ['docs/collectors.md', collectorsPage()],
    ['docs/detectors.md', detectorsPage()],
    ['docs/protocols.md', protocolsPage()],
    ['docs/redaction-rules.md', redactionRulesPage()],
  ]);
}

const COMPUTED = '<!-- Computed by `npm run docs`. Change the registry, not this page. -->';

function detectorsPage(): string {
  const table = [...DETECTORS]
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : 1))
    .map(({ id, severity, title }) => `| [${id}](#${id}) | ${severity} | ${cell(title)} |`);
  return [
    '# Detectors',
    '',
    COMPUTED,
    '',
    'Each speaks only when the evidence allows (`fires`), and stays quiet on what merely looks alike. The severity is the',
    'usual one; a finding may say otherwise. Ids never change. Where part of the proof is played or hand-built, it says so',
    '(`Proof`); what the laboratory makes and how is in [lab.md](lab.md).',
    '',
    '| id | severity | what |',
    '| --- | --- | --- |',
    ...table,
    '',
    ...DETECTORS.flatMap(detectorSection),
  ].join('\n');
}

function detectorSection({
  id,
  title,
  severity,
  about,
  fires,
  quiet,
  needs,
  references,
  proof,
  remedy,
}: Detector): string[] {
  return [
    `## ${id}`,
    '',
    `**${title}** (${severity}). ${about}`,
    '',
    ...list('Fires on', fires),
    ...list('Quiet on', quiet),
    ...list('Do', remedy.steps),
    ...list('Then verify', remedy.verify),
    `Needs: ${needs.join(', ')}. Source: ${references.join('; ')}.`,
    '',
    ...(proof === undefined ? [] : [`Proof: ${proof}`, '']),
  ];
}

function protocolsPage(): string {
  return [
    '# Protocols',
    '',
    COMPUTED,
    '',
    '| protocol | what | source | messages |',
    '| --- | --- | --- | --- |',
    ...(PROTOCOLS as readonly Protocol[]).map(
      ({ name, title, spec, kinds }) =>
        `| ${name} | ${cell(title)} | ${spec.map(cell).join('; ')} | ${kinds.map(cell).join(', ')} |`,
    ),
    '',
  ].join('\n');
}

function redactionRulesPage(): string {
  const secret = RULES.filter(({ kind }) => kind === 'secret' || kind === 'payload');
  const others = RULES.filter((rule) => !secret.includes(rule));
  const rows = (rules: typeof RULES): string[] =>
    rules.map(({ id, kind, title, about }) => `| ${id} | ${kind} | ${cell(title)}. ${cell(about)} |`);
  return [
    '# Redaction rules of text',
    '',
    COMPUTED,
    '',
    'What is found in logs, configurations and other text, and of which kind it is; the policy says what becomes of each',
    'kind. Where two rules claim one place, the first in this order has it. Addresses are found in all their spellings, and',
    'values and names that were found once are found again wherever they stand in the case.',
    '',
    '## Secrets and content',
    '',
    '| rule | kind | what |',
    '| --- | --- | --- |',
    ...rows(secret),
    '',
    '## What identifies',
    '',
    '| rule | kind | what |',
    '| --- | --- | --- |',
    ...rows(others),
    '',
    '## Formats',
    '',
    '| format | what |',
    '| --- | --- |',
    ...TEXT_FORMATS.map(({ name, title }) => `| ${name} | ${cell(title)} |`),
    '',
    'gzip, zstd, tar and zip are opened and packed again (zstd as gzip, zip as tar.gz). What is compressed or encrypted in',
    'another way, binary journals and other binary files are left out, and the report says so.',
    '',
    '## Times',
    '',
    '| format | as in |',
    '| --- | --- |',
    ...TIME_FORMATS.map(({ id, sample }) => `| ${id} | \`${sample}\` |`),
    '',
  ].join('\n');
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, '', ...lines.map((line) => `- ${line}`), ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
