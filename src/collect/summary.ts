import { safeText } from '../wire/values.ts';
import type { Collector } from './collector.ts';
import { type CollectionManifest, type How, RAW_NOTICE } from './manifest.ts';
import type { Preview, PreviewLine } from './preview.ts';
import { LACKING } from './result.ts';

/** Entries shown of what is lacking; the manifest has them all. */
const SHOWN = 30;

/** What a run came to, for a person. */
export function collectionText(manifest: CollectionManifest, out: string): string {
  const { entries, counts, window, clock } = manifest;
  const files = entries.filter(({ path }) => path !== undefined);
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  const lacking = entries.filter(({ status }) => LACKING.includes(status));
  const lines = [
    `${manifest.interrupted ? 'INTERRUPTED: ' : ''}${counted(files.length, 'file')}, ${bytes} bytes in ${safeText(out)}`,
    `window   ${window.since} to ${window.until}${window.given ? '' : ' (the default; --since names another)'}`,
    `clock    ${clockText(clock)}`,
    `entries  ${Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([status, n]) => `${n} ${status}`)
      .join(', ')}`,
  ];
  const silent = manifest.collectors.filter(({ id }) => !files.some(({ collector }) => collector === id));
  if (silent.length > 0) lines.push(`nothing  from ${silent.map(({ id }) => id).join(', ')}: manifest.json says why`);
  for (const { collector, status, reason = '', said = '', how } of lacking.slice(0, SHOWN)) {
    const first = said.split('\\x0a')[0] ?? '';
    lines.push(
      `  ${status.padEnd(9)} ${collector}: ${howText(how)}: ${reason}${first === '' ? '' : ` (${safeText(first)})`}`,
    );
  }
  if (lacking.length > SHOWN) lines.push(`  and ${lacking.length - SHOWN} more: see manifest.json`);
  lines.push(RAW_NOTICE);
  return lines.map((line) => `${line}\n`).join('');
}

function clockText({ source, synchronized, offsetSeconds, reference }: CollectionManifest['clock']): string {
  const by = reference === '' ? source : `${source} (${safeText(reference)})`;
  const state = synchronized === null ? 'nobody could say' : synchronized ? 'synchronized' : 'NOT synchronized';
  const offset = offsetSeconds === null ? 'offset unknown' : `ahead by ${offsetSeconds.toFixed(6)} s`;
  return source === 'unknown'
    ? 'nobody could be asked: how far it is off is not known'
    : `${state}, ${offset}, says ${by}`;
}

function howText(how: How): string {
  const text =
    'run' in how
      ? how.run.join(' ')
      : 'read' in how
        ? how.read
        : 'get' in how
          ? how.get
          : 'modes' in how
            ? 'file modes'
            : 'certificates' in how
              ? 'certificates'
              : how.plan;
  return safeText(text.length > 160 ? `${text.slice(0, 159)}…` : text);
}

/** What a run would do, for a person. */
export function previewText(preview: Preview, collectors: readonly Collector[]): string {
  const lines = [
    'DRY RUN: nothing was read, run or written',
    `window  ${preview.window.since} to ${preview.window.until}`,
  ];
  for (const { id, title, privilege, timeout, cap } of collectors) {
    lines.push('', `${id}  ${title} (privilege: ${privilege}; at most ${timeout} s a step, ${cap} bytes)`);
    for (const line of preview.lines) {
      if (line.collector === id) lines.push(`  ${lineText(line)}`);
    }
  }
  const { files, fileBytes, programs, requests, mostBytes, mostSeconds } = preview;
  lines.push(
    '',
    `${counted(files, 'file')} of ${fileBytes} bytes, ${counted(programs, 'program')}, ${counted(requests, 'request')}; at most ${mostBytes} bytes and ${mostSeconds} s in all`,
  );
  return lines.map((line) => `${line}\n`).join('');
}

function lineText({ action, what, size, status, reason, blanked }: PreviewLine): string {
  const text = safeText(what.map(quoted).join(' '));
  if (action === 'none') return `${(status ?? 'skipped').padEnd(9)} ${safeText(what.join(' '))}: ${reason ?? ''}`;
  const more = [size === undefined ? '' : `${size} bytes`, blanked === true ? 'secrets blanked' : ''].filter(Boolean);
  return `${action.padEnd(9)} ${text}${more.length === 0 ? '' : `  (${more.join(', ')})`}`;
}

/** So that a person can tell where an argument ends. */
function quoted(text: string): string {
  return /^[\w@%+=:,./?*&-]+$/.test(text) ? text : `'${text}'`;
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
