import { CustodyChain } from '../../src/bundle/custody/chain.ts';
import type { BundleOptions } from '../../src/bundle/pack.ts';
import type { BundleFacts } from '../../src/bundle/statement.ts';

export const SEALED_AT = '2026-11-22T15:47:26Z';

export function facts(over: Partial<BundleFacts> = {}): BundleFacts {
  return {
    tool: { name: 'rackwitness', version: '0.1.0' },
    case: 'case-17',
    tier: 'auditor',
    redacted: true,
    sealedAt: SEALED_AT,
    policy: { name: 'auditor', sha256: 'ab'.repeat(32) },
    gate: { result: 'passed', mode: 'whole', searched: ['mac', 'ipv4'], needles: 12, remaining: ['frame lengths'] },
    commitments: [{ name: 'capture-001', sha256: 'cd'.repeat(32) }],
    ...over,
  };
}

export function custody(entries = 2): CustodyChain {
  const chain = new CustodyChain();
  for (let i = 0; i < entries; i += 1) {
    chain.append({
      time: new Date(Date.UTC(2026, 10, 22, 15, 0, i)),
      actor: 'actor-1',
      action: i === 0 ? 'acquire' : 'redact',
      object: { name: 'capture-001', sha256: '01'.repeat(32) },
      tool: 'rackwitness 0.1.0',
      clock: { offset: -3, source: 'chrony' },
    });
  }
  return chain;
}

/** Payload with what matters to a container: an empty file, one that spans members, one of a whole number of blocks. */
export function entries(big = 1_300_000): BundleOptions['entries'] {
  const bytes = Buffer.alloc(big);
  for (let i = 0; i < big; i += 1) bytes[i] = (i * 2_654_435_761) >>> 24;
  return [
    { path: 'data/report/report.txt', source: Buffer.alloc(1024, 'report ') },
    { path: 'data/captures/capture-001.pcapng', source: bytes },
    { path: 'data/logs/empty.log', source: new Uint8Array(0) },
    { path: 'data/findings/findings.json', source: Buffer.from('{"findings":[]}\n') },
  ];
}
