import type { Detector, FieldKind } from '../detect/detector.ts';
import type { Analysis, EvidenceReport, FindingReport } from '../report/analysis.ts';
import type { Kind } from './kinds.ts';
import type { Policy } from './policy/policy.ts';

/** A finding of the originals that the redacted copies do not show: what it is and where, and nothing of whom. */
export interface WithheldFinding {
  id: string;
  severity: FindingReport['severity'];
  confidence: number;
  count: number;
  /** Frames by capture: the redacted captures number theirs alike. */
  evidence: { capture: string; frame: number }[];
  /** Kinds of field that its detector needs and the policy does not keep; empty where another reason must be looked for. */
  needs: Kind[];
}

/** How the analysis of the redacted captures compares with that of the originals. */
export interface VerdictComparison {
  /** Every finding of one is one of the other, with the same frames, count, severity and confidence. */
  same: boolean;
  findings: number;
  withheldByPolicy: WithheldFinding[];
  /** Ids of findings that only the redacted captures show: never right, and said as plainly. */
  onlyInRedacted: string[];
  /** Ids of findings on the same frames whose severity, count or confidence is another. */
  changed: string[];
}

/**
 * What a policy may take away, by what detectors say that they need. The other needs are structure, which is always kept;
 * so are the distances of times, and no verdict rests on a date.
 */
const KIND_OF: Readonly<Partial<Record<FieldKind, Kind>>> = {
  mac: 'mac',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  duid: 'serial',
  hostname: 'hostname',
  domain: 'domain',
  filename: 'filename',
  url: 'url',
  'vendor-class': 'vendor-class',
  'circuit-id': 'circuit-id',
  uuid: 'uuid',
};

/** Of what a detector needs, the kinds of which no two values could be told apart any more. */
export function lostNeeds(detector: Pick<Detector, 'needs'>, policy: Policy): Kind[] {
  return detector.needs.flatMap((need) => {
    if (need === 'vendor') return ['keep', 'keep-vendor'].includes(policy.rules.mac.action) ? [] : ['mac'];
    const kind = KIND_OF[need];
    if (kind === undefined) return [];
    const { action } = policy.rules[kind];
    return action === 'drop' || action === 'zero' || action === 'generalise' ? [kind] : [];
  });
}

/**
 * Compares findings by id and by the frames that prove them: addresses and names differ by intent, and so do texts.
 *
 * @param captures names in the original analysis, by the names that the redacted files have
 */
export function compareVerdicts(
  original: Analysis,
  redacted: Analysis,
  captures: ReadonlyMap<string, string>,
  detectors: readonly Detector[],
  policy: Policy,
): VerdictComparison {
  const neutral = new Map([...captures].map(([written, read]) => [read, written]));
  const found = new Map<string, FindingReport[]>();
  for (const finding of redacted.findings) {
    const key = keyOf(finding, (name) => name);
    found.set(key, [...(found.get(key) ?? []), finding]);
  }
  const result: VerdictComparison = {
    same: true,
    findings: original.findings.length,
    withheldByPolicy: [],
    onlyInRedacted: [],
    changed: [],
  };
  const rename = (name: string): string => neutral.get(name) ?? name;
  for (const finding of original.findings) {
    const twin = found.get(keyOf(finding, rename))?.shift();
    if (twin === undefined) {
      const detector = detectors.find(({ id }) => id === finding.id);
      result.withheldByPolicy.push({
        id: finding.id,
        severity: finding.severity,
        confidence: finding.confidence.score,
        count: finding.count,
        evidence: framesOf(finding.evidence, rename),
        needs: detector === undefined ? [] : lostNeeds(detector, policy),
      });
      continue;
    }
    const alike =
      twin.severity === finding.severity &&
      twin.count === finding.count &&
      twin.confidence.score === finding.confidence.score;
    if (!alike) result.changed.push(finding.id);
  }
  for (const left of found.values()) result.onlyInRedacted.push(...left.map(({ id }) => id));
  result.same =
    result.withheldByPolicy.length === 0 && result.onlyInRedacted.length === 0 && result.changed.length === 0;
  return result;
}

function keyOf({ id, evidence }: FindingReport, rename: (name: string) => string): string {
  const frames = framesOf(evidence, rename).map(({ capture, frame }) => `${capture}:${frame}`);
  // Evidence of two stations may stand in the order of their addresses.
  return [id, ...frames.sort()].join(' ');
}

function framesOf(
  evidence: readonly EvidenceReport[],
  rename: (name: string) => string,
): { capture: string; frame: number }[] {
  return evidence.flatMap((one) => (one.kind === 'frame' ? [{ capture: rename(one.capture), frame: one.frame }] : []));
}
