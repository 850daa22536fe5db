import { CustodyChain } from '../bundle/custody/chain.ts';
import type { Approval } from './approval.ts';
import type { CollectionManifest } from './manifest.ts';

/**
 * The custody log of a collection, `custody.jsonl`: who approved it, each file's digest as it was acquired, before
 * anything parsed it, and the manifest's digest last.
 *
 * @param digest SHA-256 of the manifest's text
 */
export function custodyOf(manifest: CollectionManifest, digest: string): string {
  const chain = new CustodyChain();
  const { account, uid, loginUid, unit } = manifest.actor;
  const actor = loginUid >= 0 && loginUid !== uid ? `${account} (login uid ${loginUid})` : account;
  const tool = `${manifest.tool.name} ${manifest.tool.version}`;
  const { offsetSeconds, source } = manifest.clock;
  const clock = offsetSeconds === null ? undefined : { offset: Math.round(offsetSeconds * 1000) + 0, source };
  if (manifest.approval !== undefined) {
    const { recorded, ticket } = manifest.approval;
    const facts = factsOf(manifest.approval);
    chain.append({ time: new Date(recorded), actor, action: 'approve', reason: ticket, tool, clock, facts });
  }
  for (const { path, sha256, started, collector, status } of manifest.entries) {
    if (path === undefined || sha256 === undefined) continue;
    const object = { name: path, sha256 };
    chain.append({ time: new Date(started), actor, action: 'acquire', object, tool, facts: { collector, status } });
  }
  chain.append({
    time: new Date(manifest.ended),
    actor,
    action: 'collect',
    object: { name: 'manifest.json', sha256: digest },
    tool,
    clock,
    facts: {
      profile: manifest.profile,
      since: manifest.window.since,
      until: manifest.window.until,
      complete: manifest.complete ? 'yes' : 'no',
      interrupted: manifest.interrupted ? 'yes' : 'no',
      ...(unit === '' ? {} : { unit }),
    },
  });
  return chain.text();
}

function factsOf({ by, ticket, scope, window, dataCategories, ...rest }: Approval): Record<string, string> {
  const { purpose, legalBasis, recipients, retainUntil } = rest;
  return {
    approvedBy: by,
    ticket,
    scope,
    since: window.since,
    until: window.until,
    dataCategories: dataCategories.join(', '),
    ...(purpose === undefined ? {} : { purpose }),
    ...(legalBasis === undefined ? {} : { legalBasis }),
    ...(recipients === undefined ? {} : { recipients }),
    ...(retainUntil === undefined ? {} : { retainUntil }),
  };
}
