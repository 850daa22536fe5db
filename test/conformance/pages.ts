import { capturePage } from './capture-page.ts';
import { collectorsPage } from './collectors-page.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { SEVERITIES } from '../../src/detect/finding.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import type { Protocol } from '../../src/wire/protocol.ts';
import { PROTOCOLS } from '../../src/wire/registry.ts';

/** Pages that are computed from the registries: path from the package's root, and text. */
export function pages(): Map<string, string> {
  return new Map([
    ['docs/capture.md', capturePage()],
    ['docs/collectors.md', collectorsPage()],
    ['docs/detectors.md', detectorsPage()],
    ['docs/protocols.md', protocolsPage()],
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
    'usual one; a finding may say otherwise. Ids never change.',
    '',
    '| id | severity | what |',
    '| --- | --- | --- |',
    ...table,
    '',
    ...DETECTORS.flatMap(detectorSection),
  ].join('\n');
}

function detectorSection({ id, title, severity, about, fires, quiet, needs, references, remedy }: Detector): string[] {
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

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, '', ...lines.map((line) => `- ${line}`), ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
