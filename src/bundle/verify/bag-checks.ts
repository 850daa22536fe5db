import { type Algorithm, type BagFile, bagInfo, DECLARATION, manifestText, readManifest } from '../bag.ts';
import type { ContainerRead } from '../container/read.ts';
import { LISTED_TAGS, TAG } from '../names.ts';
import type { BundlePredicate } from '../statement.ts';
import { type Check, check, type Failure } from './check.ts';
import type { Contents } from './contents.ts';

/** gzip members, tar headers, padding and end in their one form, nothing after. */
export function containerCheck({ fault, members, unpacked }: ContainerRead): Check {
  const failures = fault?.check === 'container' ? [faultOf(fault)] : [];
  return check('container', 'Container', failures, `${members} gzip members, ${unpacked} bytes of tar, all canonical`);
}

export function pathsCheck({ fault }: ContainerRead, { faults, payload, tags }: Contents): Check {
  const failures: Failure[] = faults.map(({ file, message }) => ({ file, message }));
  if (fault?.check === 'path') failures.push(faultOf(fault));
  return check('paths', 'Paths', failures, `${payload.length + tags.size} regular files, names plain and distinct`);
}

export function declarationCheck({ tags }: Contents): Check {
  const file = TAG.declaration;
  const right = tags.get(file)?.bytes.toString('latin1') === DECLARATION;
  const failures = right ? [] : [{ file, message: `${file} is not that of BagIt 1.0` }];
  return check('bag', 'Bag declaration', failures, 'BagIt 1.0, UTF-8');
}

/** Every file listed, every listed file there (RFC 8493, 3). */
export function completenessCheck(contents: Contents): Check {
  const failures: Failure[] = [];
  for (const file of LISTED_TAGS) if (!contents.tags.has(file)) failures.push({ file, message: 'is missing' });
  for (const file of [TAG.tags256, TAG.tags512]) {
    if (!contents.tags.has(file)) failures.push({ file, message: 'is missing' });
  }
  for (const [manifest, algorithm, files] of lists(contents)) {
    const { listed } = readManifest(contents.tags.get(manifest)?.bytes.toString('utf8') ?? '', algorithm);
    const there = new Set(files.map(({ path }) => path));
    for (const { path } of files) {
      if (!listed.has(path)) failures.push({ file: path, message: `is not listed in ${manifest}` });
    }
    for (const path of listed.keys()) {
      if (!there.has(path)) failures.push({ file: path, message: `is listed in ${manifest} and not there` });
    }
  }
  return check('complete', 'Completeness', failures, `${contents.payload.length} payload files, each listed twice`);
}

/** Every digest of one manifest. */
export function manifestCheck(contents: Contents, manifest: string): Check {
  const found = lists(contents).find(([name]) => name === manifest);
  const text = contents.tags.get(manifest)?.bytes.toString('utf8') ?? '';
  if (found === undefined) return check(manifest, manifest, [{ file: manifest, message: 'is unknown' }], '');
  const [, algorithm, files] = found;
  const { listed, fault } = readManifest(text, algorithm);
  const failures: Failure[] = [];
  if (fault !== undefined) failures.push({ file: manifest, message: `${manifest}: ${fault}` });
  for (const file of files) {
    const digest = listed.get(file.path);
    if (digest !== undefined && digest !== file[algorithm]) {
      failures.push({ file: file.path, message: `differs from its ${algorithm} in ${manifest}` });
    }
  }
  if (failures.length === 0 && manifestText(files, algorithm) !== text) {
    failures.push({ file: manifest, message: `${manifest} is not what its files give` });
  }
  return check(manifest, manifest.replace('.txt', ''), failures, `${files.length} digests agree`);
}

/** `bag-info.txt` says what the statement and the payload say, Payload-Oxum among it. */
export function infoCheck({ tags, payload }: Contents, predicate: BundlePredicate): Check {
  const file = TAG.info;
  const text = tags.get(file)?.bytes.toString('utf8') ?? '';
  const expected = bagInfo(predicate, payload, predicate.signer?.fingerprint);
  const failures: Failure[] = [];
  if (text !== expected) {
    const there = text.split('\n');
    const label =
      expected
        .split('\n')
        .find((line, i) => there[i] !== line)
        ?.split(':')[0] ?? 'a line';
    failures.push({ file, message: `${file}: ${label} is not what the statement and the payload give` });
  }
  const octets = payload.reduce((sum, { size }) => sum + size, 0);
  return check('bag-info', 'Bag info', failures, `Payload-Oxum ${octets}.${payload.length}, tier and signer agree`);
}

function lists({ tags, payload }: Contents): readonly (readonly [string, Algorithm, readonly BagFile[]])[] {
  const listed = LISTED_TAGS.flatMap((path) => tags.get(path) ?? []);
  return [
    [TAG.sha256, 'sha256', payload],
    [TAG.sha512, 'sha512', payload],
    [TAG.tags256, 'sha256', listed],
    [TAG.tags512, 'sha512', listed],
  ];
}

function faultOf(fault: NonNullable<ContainerRead['fault']>): Failure {
  const { file, offset } = fault;
  const inside = file === undefined ? '' : `, at ${file}`;
  return { message: `${fault.message} (gzip member at byte ${offset}${inside})`, file, offset };
}
