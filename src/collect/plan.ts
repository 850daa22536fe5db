import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import { type ApprovalWords, approvalOf } from './approval.ts';
import { type Choice, chooseCollectors } from './choose.ts';
import type { Request } from './collector.ts';
import { type Host, LocalHost } from './host.ts';
import { MaasApi } from './maas-api.ts';
import { readApiKey } from './maas-key.ts';
import { type Preview, previewOf } from './preview.ts';
import { type Budget, type CollectOptions, DEFAULT_BUDGET } from './run.ts';
import { timeText, windowOf } from './window.ts';

/** What a person asked for, word by word; '' where nothing was said. */
export interface CollectWords {
  out: string;
  profile: string;
  symptoms: readonly string[];
  since: string;
  until: string;
  journalDir: string;
  root: string;
  maasUrl: string;
  maasApiKeyFile: string;
  maasCaFile: string;
  maasAllowHttp: boolean;
  maasProfile: string;
  add: readonly string[];
  maxSeconds: string;
  maxBytes: string;
  approval: ApprovalWords;
  requireApproval: boolean;
  dryRun: boolean;
}

/** A collection that can be carried out, or shown. */
export interface PlannedCollection {
  choice: Choice;
  options: Omit<CollectOptions, 'signal'>;
  preview(): Preview;
}

/** A chain of authorities is some kilobytes. */
const MAX_CA = 1024 * 1024;

/**
 * @param now seconds since 1970 UTC @param host the one to collect from; by default the one that this runs on, or the
 * files below `root`
 * @throws Problem for whatever a person can mend, before anything is collected
 */
export function planCollection(
  words: CollectWords,
  now: () => number,
  host: Host = hostOf(words.root),
): PlannedCollection {
  if (words.out === '' && !words.dryRun) {
    throw new Problem(
      'usage',
      'no --out DIR: name a folder that is not there yet; --dry-run shows what would be taken',
    );
  }
  const choice = chooseCollectors(words.profile, words.symptoms);
  const window = windowOf(now(), words.since, words.until);
  const texts = { since: timeText(window.since), until: timeText(window.until) };
  const windowGiven = words.since !== '';
  const budget: Budget = {
    seconds: wholeNumber(words.maxSeconds, '--max-seconds', DEFAULT_BUDGET.seconds),
    bytes: wholeNumber(words.maxBytes, '--max-bytes', DEFAULT_BUDGET.bytes),
  };
  const categories = [...new Set(choice.collectors.flatMap(({ holds }) => holds))].sort();
  const required = words.requireApproval && !words.dryRun;
  const recorded = timeText(now());
  const approval = approvalOf(words.approval, texts, windowGiven, required, categories, recorded);
  const api = apiOf(words, now);
  const request: Request = {
    window,
    journalDir: words.journalDir === '' ? '' : folderOf('--journal-dir', words.journalDir),
    api: api !== undefined ? 'rest' : words.maasProfile !== '' ? 'command' : 'none',
    maasProfile: words.maasProfile,
    add: words.add.map(fileOf),
  };
  const { collectors, profile, symptoms } = choice;
  return {
    choice,
    options: {
      out: words.out,
      collectors,
      profile,
      symptoms,
      host,
      request,
      windowGiven,
      ...(api === undefined ? {} : { api }),
      ...(approval === undefined ? {} : { approval }),
      budget,
      now,
    },
    preview: () => previewOf(collectors, host, request, api, texts, budget),
  };
}

function hostOf(root: string): Host {
  return new LocalHost(root === '' || root === '/' ? {} : { root: folderOf('--root', root) });
}

/** @throws Problem */
function folderOf(option: string, path: string): string {
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Problem('usage', `${option} ${safeText(path)}: ${code}: name a folder that is there`);
  }
  throw new Problem('usage', `${option} ${safeText(path)}: not a folder`);
}

/** The folder may be named through links; the file itself is named as it is, and is not followed when it is one. */
function fileOf(path: string): string {
  const whole = resolve(path);
  try {
    const folder = realpathSync(dirname(whole));
    return folder === '/' ? `/${basename(whole)}` : `${folder}/${basename(whole)}`;
  } catch {
    return whole;
  }
}

function apiOf(words: CollectWords, now: () => number): MaasApi | undefined {
  const { maasUrl, maasApiKeyFile, maasCaFile, maasProfile } = words;
  if (maasProfile !== '' && !/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/.test(maasProfile)) {
    throw new Problem('usage', `--maas-profile ${safeText(maasProfile)}: not a name of a profile`);
  }
  if (maasUrl === '' && maasApiKeyFile === '') {
    if (maasCaFile === '') return undefined;
    throw new Problem('usage', '--maas-ca-file without --maas-url: give both');
  }
  if (maasUrl === '') throw new Problem('usage', '--maas-api-key-file without --maas-url: give both');
  if (maasApiKeyFile === '') throw new Problem('usage', '--maas-url without --maas-api-key-file: give both');
  if (maasProfile !== '') throw new Problem('usage', '--maas-url and --maas-profile: give one of them');
  const ca = maasCaFile === '' ? '' : caText(maasCaFile);
  const key = readApiKey(maasApiKeyFile);
  return new MaasApi({ url: maasUrl, key, ca, allowHttp: words.maasAllowHttp, now, nonce: randomUUID });
}

function caText(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Problem('usage', `--maas-ca-file ${safeText(path)}: ${code}: check the path`);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_CA)
      throw new Problem('usage', `--maas-ca-file ${safeText(path)}: no PEM file`);
    return readFileSync(file, 'latin1');
  } finally {
    closeSync(file);
  }
}

function wholeNumber(text: string, option: string, fallback: number): number {
  if (text === '') return fallback;
  if (!/^[1-9]\d{0,12}$/.test(text))
    throw new Problem('usage', `${option} ${safeText(text)}: give a whole number from 1`);
  return Number(text);
}
