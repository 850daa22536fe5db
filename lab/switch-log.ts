/** The texts of a scenario's switch: lines in the words of a real dialect about frames that the captures hold. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from './lab.ts';
import type { SwitchLog, SwitchWords } from './scenario.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const TIME = 'frame.time_epoch';
/** `{eth.src}`, `{eth.src|dotted}` or `{frame.time_epoch|clock}`. */
const FIELD = /\{([\w.]+)(?:\|(dotted|clock))?\}/g;

interface Line {
  /** Seconds since 1970. */
  time: number;
  text: string;
}

/** The text of one log or table, made from the captures in a folder. */
export function switchText(folder: string, log: SwitchLog): string {
  const lines = log.lines.flatMap((one) => (typeof one === 'string' ? [one] : []));
  const spoken = log.lines
    .flatMap((one) => (typeof one === 'string' ? [] : spokenOf(folder, one)))
    .sort((a, b) => a.time - b.time)
    .map(({ time, text }, i) => {
      if (log.source === 'show') return text;
      return `${log.stamp === 'iso' ? isoHead(time) : iosHead(time, i + 1)}${text}`;
    });
  return `${[...lines, ...spoken].join('\n')}\n`;
}

/** One line for each frame that matches, up to as many as are wanted; none is a fault of the scenario. */
function spokenOf(folder: string, { capture, filter, most = 1, after = 0, text }: SwitchWords): Line[] {
  const names = [...new Set([...text.matchAll(FIELD)].map(([, name = '']) => name))].filter((name) => name !== TIME);
  const fields = [TIME, ...names].flatMap((name) => ['-e', name]);
  const asked = spawnSync('tshark', ['-r', join(folder, capture), '-Y', filter, '-T', 'fields', ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (asked.status !== 0) throw new LabError(`tshark: ${asked.stderr.trim()}`);
  const rows = asked.stdout.split('\n').filter(Boolean).slice(0, most);
  if (rows.length === 0) throw new LabError(`${capture}: no frame matches "${filter}", of which the switch speaks`);
  return rows.map((row) => {
    const [time = '', ...values] = row.split('\t');
    return {
      time: Number(time) + after,
      text: text.replaceAll(FIELD, (_whole, name: string, form?: string) => {
        // Of a field that stands twice (both ends of an ARP message share a filter name) the first counts.
        const value = name === TIME ? time : ((values[names.indexOf(name)] ?? '').split(',')[0] ?? '');
        if (value === '') throw new LabError(`${capture}: a frame of "${filter}" has no ${name}`);
        if (form === 'clock') return clock(Number(value));
        return form === 'dotted' ? value.replaceAll(':', '').replace(/(?<=^(?:.{4}|.{8}))/g, '.') : value;
      }),
    };
  });
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `01:53:21 UTC Fri Jan 23 2015`. */
function clock(time: number): string {
  const date = new Date(Math.floor(time) * 1000);
  const text = date.toISOString();
  const day = `${DAYS[date.getUTCDay()] ?? ''} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCDate()}`;
  return `${text.slice(11, 19)} UTC ${day} ${text.slice(0, 4)}`;
}

/** A collector's ISO 8601 stamp and the switch's name. */
function isoHead(time: number): string {
  return `${new Date(Math.round(time * 1000)).toISOString().slice(0, 23)}000+00:00 sw1 `;
}

/** `service sequence-numbers`, `logging origin-id hostname`, `service timestamps log datetime msec show-timezone year`. */
function iosHead(time: number, number: number): string {
  const text = new Date(Math.round(time * 1000)).toISOString();
  const month = MONTHS[Number(text.slice(5, 7)) - 1] ?? '';
  return `${number}: sw1: ${month} ${text.slice(8, 10)} ${text.slice(0, 4)} ${text.slice(11, 23)} UTC: `;
}
