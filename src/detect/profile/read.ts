import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { validatorUrl } from '../../installed.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { jsonPath, semanticProblems, type ProfileProblem } from './check.ts';
import type { Profile } from './profile.ts';

/** A profile of the largest site is some hundred kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Problems listed; the rest is counted. */
const MAX_PROBLEMS = 100;
/** Anchors may not multiply a small file into a large one. */
const MAX_ALIASES = 100;

/** An ajv error, what of it is used. */
interface SchemaError {
  instancePath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}
interface Validator {
  (data: unknown): boolean;
  errors?: SchemaError[] | null;
}

/** Where the value at a path stands in the text. */
type LineOf = (path: readonly (string | number)[]) => number | undefined;

/** @throws Problem with every problem of the file, each with its line and path */
export async function readProfile(path: string): Promise<Profile> {
  return parseProfile(profileText(path), basename(path));
}

/**
 * @param text JSON or YAML @param name what problems call it
 * @throws Problem
 */
export async function parseProfile(text: string, name: string): Promise<Profile> {
  if (text.trim() === '') throw new Problem('profile', `${shown(name)}: the file is empty; see docs/profile.md`);
  const { data } = parseJson(text) ?? (await parseYaml(text, name));
  const problems = await schemaProblems(data);
  const profile = data as Profile;
  if (problems.length === 0) problems.push(...semanticProblems(profile));
  if (problems.length === 0) return profile;
  throw new Problem('profile', listed(problems, name, await linesOf(text, name)));
}

function profileText(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Problem('usage', `profile ${shown(path)}: ${reason(error)}; check the path`);
  }
  try {
    const { size } = fstatSync(file);
    if (size > MAX_BYTES) {
      throw new Problem(
        'profile',
        `profile ${shown(path)}: ${size} bytes, at most ${MAX_BYTES} are read; is this a capture?`,
      );
    }
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('usage', `profile ${shown(path)}: ${reason(error)}; check the path`);
  } finally {
    closeSync(file);
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'no permission to read it',
    EISDIR: 'it is a folder',
  };
  return known[code] ?? `cannot be read (${code})`;
}

/** Most profiles are JSON, which needs no reader to be loaded; what is not goes to the one that names lines. */
function parseJson(text: string): { data: unknown } | undefined {
  try {
    return { data: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

async function parseYaml(text: string, name: string): Promise<{ data: unknown; lineOf: LineOf }> {
  const { LineCounter, isNode, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
  if (faults.length > 0) {
    throw new Problem(
      'profile',
      faults.map(
        (fault) =>
          `${shown(name)}:${lines.linePos(fault.pos[0]).line}: ${safeText(fault.message.split('\n')[0] ?? '')}`,
      ),
    );
  }
  try {
    return {
      data: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown,
      lineOf: (path) => {
        for (let length = path.length; length >= 0; length -= 1) {
          const node = document.getIn(path.slice(0, length), true);
          if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
        }
        return undefined;
      },
    };
  } catch {
    throw new Problem('profile', `${shown(name)}: its aliases multiply it; write it out`);
  }
}

/** JSON is YAML: the same reader finds the lines, and is loaded only when there is something to find. */
async function linesOf(text: string, name: string): Promise<LineOf> {
  try {
    return (await parseYaml(text, name)).lineOf;
  } catch {
    return () => undefined;
  }
}

async function schemaProblems(data: unknown): Promise<ProfileProblem[]> {
  const { default: validate } = (await import(validatorUrl('profile'))) as { default: Validator };
  if (validate(data)) return [];
  return (validate.errors ?? []).map((error) => {
    const path = pointerPath(error.instancePath, data);
    if (error.keyword === 'additionalProperties') {
      return {
        path: [...path, String(error.params['additionalProperty'])],
        message: 'is not a key that a profile has here',
      };
    }
    if (error.keyword === 'required') {
      return { path, message: `has no ${JSON.stringify(error.params['missingProperty'])}` };
    }
    if (error.keyword === 'const') {
      return { path, message: `must be ${JSON.stringify(error.params['allowedValue'])}` };
    }
    if (error.keyword === 'enum') {
      const allowed = (error.params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v));
      return { path, message: `must be one of ${allowed.join(', ')}` };
    }
    return { path, message: error.message ?? error.keyword };
  });
}

/** A JSON pointer (RFC 6901) as keys and, inside lists, indexes. */
function pointerPath(pointer: string, data: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let at = data;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  return path;
}

function listed(problems: readonly ProfileProblem[], name: string, lineOf: LineOf): string[] {
  const lines = problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
    const line = lineOf(path);
    const where = line === undefined ? shown(name) : `${shown(name)}:${line}`;
    return safeText(`${where}: ${jsonPath(path)} ${message}`);
  });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `${shown(name)}: and ${more} more problems`] : lines;
}

function shown(text: string): string {
  return safeText(text);
}
