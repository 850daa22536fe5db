import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESETS } from '../../src/collect/capture/presets.ts';
import { ROOT } from './sources.ts';

const BEGIN = /<!-- presets: [^\n]*-->\n/;
const END = '<!-- end of presets -->';

/** docs/capture.md as it stands, with the table of presets anew. */
export function capturePage(): string {
  const text = readFileSync(join(ROOT, 'docs/capture.md'), 'utf8');
  const begin = BEGIN.exec(text);
  const end = text.indexOf(END);
  if (begin === null || end < begin.index) throw new Error('docs/capture.md has lost the marks of its table');
  const rows = PRESETS.map(
    ({ name, title, arms, without }) =>
      `| ${name} | ${title} | ${arms.map((arm) => arm.name).join(', ')} | ${without} |`,
  );
  const arms = [...new Map(PRESETS.flatMap((preset) => preset.arms).map((arm) => [arm.name, arm.about]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, about]) => `| ${name} | ${about} |`);
  return [
    text.slice(0, begin.index + begin[0].length),
    '| preset | symptom | passes | leaves out |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '| part | what passes |',
    '| --- | --- |',
    ...arms,
    '',
    text.slice(end),
  ].join('\n');
}
