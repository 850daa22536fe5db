import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { packageRoot, validatorUrl } from '../../installed.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { KIND_NAMES, type Kind } from '../kinds.ts';
import { WITH_SUBNETS } from './actions.ts';
import { jsonPath, semanticProblems, type PolicyProblem } from './check.ts';
import { cidrOf } from './cidr.ts';
import { POLICY_SCHEMA, type Policy, type PolicyException, type PolicyFile, type PolicyRule } from './policy.ts';

/** A policy with all its exceptions is some ten kilobytes. */
const MAX_BYTES = 1024 * 1024;
const MAX_PROBLEMS = 100;
/** A policy on a policy on a shipped one; deeper chains nobody can review. */
const MAX_DEPTH = 8;

/** What stands for a kind of which no rule speaks. */
const CLOSED: PolicyRule = { action: 'drop', because: 'no rule of the policy speaks of it', except: [] };

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

/** Names of the policies that are shipped. */
export function shippedPolicies(): string[] {
  return readdirSync(mapsFolder())
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();
}

/**
 * A policy with all that it extends, checked.
 *
 * @param nameOrPath name of a shipped policy, or a file (with a slash or `.json` in it)
 * @throws Problem with every problem of the file that has some, each with its JSON path
 */
export async function loadPolicy(nameOrPath: string): Promise<Policy> {
  const chain: PolicyFile[] = [];
  const paths: string[] = [];
  let path = policyPath(nameOrPath, '.');
  for (;;) {
    if (paths.includes(path))
      throw wrong(path, [{ path: ['extends'], message: 'leads back to a policy that extends this one' }]);
    if (chain.length >= MAX_DEPTH) {
      throw wrong(path, [
        { path: ['extends'], message: `is more than ${MAX_DEPTH} policies away from the one that is asked for` },
      ]);
    }
    const file = await readPolicyFile(path);
    chain.push(file);
    paths.push(path);
    if (file.extends === undefined) break;
    path = policyPath(file.extends, dirname(path));
  }
  // Outermost last: what is said nearer replaces it. Roles of the whole chain are known to each.
  const roles = new Set(chain.flatMap((file) => Object.keys(file.roles ?? {})));
  for (const [i, file] of chain.entries()) {
    const problems = semanticProblems(file, roles);
    if (problems.length > 0) throw wrong(paths[i] ?? '', problems);
  }
  return resolved(chain);
}

/** The validated text of one policy file, for those that come from elsewhere than a file. */
export async function parsePolicy(text: string, name: string): Promise<PolicyFile> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const where = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = where === undefined ? '' : `:${text.slice(0, Number(where)).split('\n').length}`;
    throw new Problem('profile', `${safeText(name)}${line}: it is not JSON`);
  }
  const { default: validate } = (await import(validatorUrl('policy'))) as { default: Validator };
  if (!validate(data))
    throw wrong(
      name,
      (validate.errors ?? []).map((error) => schemaProblem(error, data)),
    );
  return data as PolicyFile;
}

/** One policy of a chain, nearest first, with roles written out. */
function resolved(chain: readonly PolicyFile[]): Policy {
  const [nearest] = chain;
  if (nearest === undefined) throw new Error('policy: empty chain');
  const roles: Record<string, string[]> = {};
  const rules: Partial<Record<Kind, PolicyRule>> = {};
  const subnets = new Set<string>();
  for (const file of [...chain].reverse()) {
    Object.assign(roles, file.roles ?? {});
    for (const subnet of file.subnets ?? []) subnets.add(subnet);
  }
  for (const kind of KIND_NAMES) {
    const rule = chain.find((file) => file.rules?.[kind] !== undefined)?.rules?.[kind];
    rules[kind] =
      rule === undefined
        ? CLOSED
        : {
            action: rule.action,
            because: rule.because,
            except: (rule.except ?? []).flatMap((one) => writtenOut(kind, one, roles)),
          };
  }
  const policy: Omit<Policy, 'digest'> = {
    schema: POLICY_SCHEMA,
    name: nearest.name,
    title: nearest.title,
    rules: rules as Record<Kind, PolicyRule>,
    subnets: [...subnets].sort(),
    undecoded: nearestOf(chain, 'undecoded') ?? 'cut',
    prefixCipher: nearestOf(chain, 'prefixCipher') ?? 'ipcrypt-pfx',
    approval: nearestOf(chain, 'approval') ?? { required: [] },
    extends: chain.slice(1).map(({ name }) => name),
  };
  return { ...policy, digest: `sha256:${createHash('sha256').update(canonicalJson(policy)).digest('hex')}` };
}

function nearestOf<K extends keyof PolicyFile>(chain: readonly PolicyFile[], key: K): PolicyFile[K] | undefined {
  return chain.find((file) => file[key] !== undefined)?.[key];
}

/** A role as what of it fits the kind: networks for addresses, values for the others. */
function writtenOut(kind: Kind, one: PolicyException, roles: Readonly<Record<string, string[]>>): PolicyException[] {
  const { role, action, because } = one;
  if (role === undefined) return [one];
  return (roles[role] ?? []).flatMap((text): PolicyException[] => {
    const cidr = cidrOf(text);
    if (cidr === undefined) return WITH_SUBNETS.has(kind) ? [] : [{ value: text, role, action, because }];
    const fits = kind === (typeof cidr.address === 'number' ? 'ipv4' : 'ipv6');
    return fits ? [{ ...(text.includes('/') ? { subnet: text } : { value: text }), role, action, because }] : [];
  });
}

async function readPolicyFile(path: string): Promise<PolicyFile> {
  return parsePolicy(policyText(path), path);
}

function policyText(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'ENOENT' ? 'no such policy' : `cannot be read (${code})`;
    throw new Problem('usage', `policy ${safeText(path)}: ${why}; shipped are ${shippedPolicies().join(', ')}`);
  }
  try {
    const { size } = fstatSync(file);
    if (size > MAX_BYTES)
      throw new Problem('profile', `policy ${safeText(path)}: ${size} bytes, at most ${MAX_BYTES} are read`);
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('usage', `policy ${safeText(path)}: cannot be read; check the path`);
  } finally {
    closeSync(file);
  }
}

function policyPath(nameOrPath: string, folder: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/.test(nameOrPath)) return join(mapsFolder(), `${nameOrPath}.json`);
  return resolve(folder, nameOrPath);
}

function mapsFolder(): string {
  return join(packageRoot(), 'redaction-maps');
}

function schemaProblem(error: SchemaError, data: unknown): PolicyProblem {
  const path = pointerPath(error.instancePath, data);
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties':
      return { path: [...path, String(params['additionalProperty'])], message: 'is not a key that a policy has here' };
    case 'required':
      return { path, message: `has no ${JSON.stringify(params['missingProperty'])}` };
    case 'const':
      return { path, message: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'enum':
      return {
        path,
        message: `must be one of ${(params['allowedValues'] as unknown[]).map((one) => JSON.stringify(one)).join(', ')}`,
      };
    default:
      return { path, message: error.message ?? error.keyword };
  }
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

function wrong(name: string, problems: readonly PolicyProblem[]): Problem {
  const lines = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => safeText(`${basename(name)}: ${jsonPath(path)} ${message}`));
  const more = problems.length - lines.length;
  return new Problem('profile', more > 0 ? [...lines, `${basename(name)}: and ${more} more problems`] : lines);
}

/** Keys in the order of their UTF-16 units, no white space (RFC 8785 3.2; the values are strings and lists). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    const keys = Object.keys(object)
      .filter((key) => object[key] !== undefined)
      .sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
