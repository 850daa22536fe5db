import { safeText } from '../wire/values.ts';
import { KIND_NAMES, type Kind } from './kinds.ts';
import type { Ledger } from './ledger.ts';
import { valueText } from './map/identity-map.ts';
import type { RedactionReport } from './report.ts';

/** Values shown of each kind in a preview. */
const SAMPLES = 3;
const WIDTH = 96;

export interface PreviewDetail {
  /** Pseudonyms of a preview, as samples; nothing else of it is shown unless `originals` is set. */
  ledger?: Ledger;
  originals?: boolean;
}

/** The report for a person who must sign it, or must decide whether the policy fits. */
export function redactionText(report: RedactionReport, { ledger, originals = false }: PreviewDetail = {}): string {
  const { policy, kinds, files, gate, verdict, blind, quasiIdentifiers, warnings } = report;
  const lines: string[] = [];
  const preview = ledger !== undefined;
  lines.push(
    `${preview ? 'PREVIEW' : 'REDACTED'}  policy ${policy.name} (${policy.title})`,
    `          ${policy.digest}`,
    '',
  );
  lines.push('kind            action              mapped    kept  dropped  why');
  for (const kind of KIND_NAMES) {
    const one = kinds[kind];
    if (one === undefined) continue;
    const counts = [one.mapped, one.kept, one.dropped].map((n, i) => String(n).padStart([8, 8, 9][i] ?? 8)).join('');
    lines.push(`${kind.padEnd(16)}${one.action.padEnd(18)}${counts}  ${one.because}`);
    if (ledger !== undefined)
      for (const sample of samplesOf(ledger, kind, originals)) lines.push(`${' '.repeat(16)}${sample}`);
  }
  lines.push('');
  for (const file of files) {
    const size = preview ? '' : `, ${file.bytes} bytes, sha256 ${file.sha256.slice(0, 16)}…`;
    lines.push(`${file.name}  ${file.format}, ${file.units} ${file.kind === 'capture' ? 'frames' : 'lines'}${size}`);
    const told = [
      countsText('dropped', file.dropped),
      countsText('did not fit', file.unfit),
      countsText('resized', file.resized),
      file.cut > 0 ? `content cut off in ${file.cut} frames` : '',
      file.fragmentsCut > 0 ? `${file.fragmentsCut} fragments without their datagram cut` : '',
    ].filter((text) => text !== '');
    for (const text of told) lines.push(`  ${text}`);
    for (const text of file.notes) lines.push(`  ${safeText(text)}`);
    for (const text of file.faults) lines.push(`  damaged: ${safeText(text)}`);
  }
  if (report.omitted > 0) lines.push(`… ${report.omitted} more files`);
  lines.push('');
  if (!preview) {
    const { raw, decoded } = gate;
    lines.push(
      `gate       ${gate.result}: ${decoded.values} values read again in ${decoded.files} files; ${raw.needles} spellings of`,
      `           ${raw.originals} originals not found in ${raw.bytes} bytes (${raw.tooShort} too short to search for, ${raw.coinciding} equal a`,
      '           pseudonym by chance: these are judged by field alone)',
    );
    if (verdict !== null) lines.push(`verdict    ${verdictText(verdict)}`);
  }
  if (blind.length > 0) lines.push(...wrapped('blind      ', blind.map(({ id }) => id).join(' ')));
  lines.push(...wrapped('kept       ', quasiIdentifiers.join('; ')));
  for (const warning of warnings) lines.push(...wrapped('warning    ', safeText(warning)));
  lines.push('', ...wrapped('', report.notice));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function verdictText(verdict: NonNullable<RedactionReport['verdict']>): string {
  if (verdict.same) return `the copies show all ${verdict.findings} findings of the originals, frame by frame`;
  const parts = [
    verdict.withheldByPolicy.length > 0
      ? `withheld by the policy: ${verdict.withheldByPolicy.map(({ id }) => id).join(' ')}`
      : '',
    verdict.changed.length > 0 ? `otherwise in count or confidence: ${verdict.changed.join(' ')}` : '',
    verdict.onlyInRedacted.length > 0 ? `only in the copies, and wrong: ${verdict.onlyInRedacted.join(' ')}` : '',
  ];
  return `${verdict.findings} findings of the originals; ${parts.filter((part) => part !== '').join('; ')}`;
}

function countsText(what: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, n]) => n > 0);
  return entries.length === 0 ? '' : `${what}: ${entries.map(([name, n]) => `${n} ${name}`).join(', ')}`;
}

function samplesOf(ledger: Ledger, kind: Kind, originals: boolean): string[] {
  const shown: string[] = [];
  for (const row of ledger.rows()) {
    if (row.kind !== kind) continue;
    for (let i = 0; i + 1 < row.pairs.length && shown.length < SAMPLES; i += 2) {
      const original = row.pairs[i];
      const pseudonym = row.pairs[i + 1];
      if (original === null || original === undefined) continue;
      const written = pseudonym === null || pseudonym === undefined ? 'dropped' : safeText(valueText(kind, pseudonym));
      shown.push(originals ? `${safeText(valueText(kind, original))} → ${written}` : written);
    }
  }
  return originals ? shown : [...new Set(shown.filter((text) => text !== 'dropped'))];
}

function wrapped(head: string, text: string): string[] {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== '') {
      lines.push(line);
      line = ' '.repeat(head.length);
    }
    line += line.trim() === '' || line === head ? word : ` ${word}`;
  }
  return [...lines, line];
}
