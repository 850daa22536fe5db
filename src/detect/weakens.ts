import { lessSure } from './confidence.ts';
import type { CoverageNote } from './coverage.ts';
import type { FindingState } from './run.ts';

/**
 * What a finding rests on besides the frames that it shows.
 * - `absence`: something did not come
 * - `order`: one thing came before another, and not the other way round
 * - `waiting`: so long, so often
 * - `contents`: what stands in a message, to its last option
 */
type Ground = 'absence' | 'order' | 'waiting' | 'contents';

/** Findings by what they rest on; what is in none rests on its frames alone. */
const GROUNDS: Readonly<Record<Ground, readonly string[]>> = {
  absence: [
    'arp-inspection-drop',
    'arp-probe-dropped',
    'arp-unanswered',
    'dhcp-boot-options-missing',
    'dhcp-no-offer',
    'dhcp-offer-ignored',
    'dhcp-pool-exhausted',
    'dhcp-request-unanswered',
    'dhcp-snooping-binding-stale',
    'dhcp-snooping-dropped-client',
    'dhcp-snooping-dropped-reply',
    'dhcp-snooping-rate-limited',
    'dhcp-starvation',
    'dhcpv6-no-reply',
    'dot1x-blocks-boot',
    'dot1x-no-authenticator',
    'lacp-suspended',
    'macsec-without-key',
    'mtu-mismatch',
    'nd-inspection-drop',
    'option82-missing-from-relay',
    'ra-guard-drop',
    'relay-one-way',
    'source-guard-drop',
    'stp-port-delay',
    'tftp-stalled',
  ],
  order: [
    'address-moved',
    'arp-conflict',
    'arp-spoof',
    'dhcp-ack-differs-from-offer',
    'dhcp-duplicate-address',
    'dhcp-nak-by-other-server',
    'dhcp-server-id-spoofed',
    'dhcp-snooping-binding-stale',
    'gateway-impersonated',
    'mac-moved',
    'nd-dad-conflict',
    'nd-spoof',
    'port-security-violation',
    'source-guard-drop',
    'tftp-missing-file',
    'tftp-rogue-server',
  ],
  waiting: [
    'arp-gratuitous-storm',
    'arp-unanswered',
    'dhcp-nak-storm',
    'dhcp-no-offer',
    'dhcp-offer-ignored',
    'dhcp-request-unanswered',
    'dhcp-snooping-rate-limited',
    'dhcp-starvation',
    'dhcpv6-no-reply',
    'dot1x-blocks-boot',
    'lacp-suspended',
    'mac-flooding',
    'stp-port-delay',
    'tftp-stalled',
  ],
  contents: [
    'dhcp-ack-differs-from-offer',
    'dhcp-boot-hijack',
    'dhcp-boot-options-missing',
    'dhcp-malformed',
    'dhcp-multiple-servers',
    'dhcp-rogue-proxydhcp',
    'dhcp-rogue-server',
    'dhcp-servers-conflict',
    'dhcpv6-rogue-server',
    'option82-changed-in-reply',
    'option82-duplicated',
    'option82-leaked-to-client',
    'option82-malformed',
    'option82-missing-from-relay',
    'option82-not-echoed',
    'option82-without-giaddr',
    'ra-conflict',
    'ra-rogue-router',
  ],
};

/** What may have passed unseen where unicast to others does not come by, or one direction alone does. */
const UNSEEN_UNICAST = [
  'arp-spoof',
  'dhcp-boot-hijack',
  'dhcp-request-unanswered',
  'gateway-impersonated',
  'nd-spoof',
  'tftp-missing-file',
  'tftp-reply-wrong-source',
  'tftp-rogue-server',
  'tftp-stalled',
];

interface Gap {
  grounds: readonly Ground[];
  /** Findings that it hides, found or not. */
  hides?: readonly string[];
  /** The frames themselves are in doubt: what rests on them is less sure, not only what was not seen. */
  doubt?: boolean;
}

/** Gaps by the id of their coverage entry. */
const GAPS: Readonly<Record<string, Gap>> = {
  'capture-drops': { grounds: ['absence'], doubt: true },
  'capture-gap': { grounds: ['absence', 'waiting'], doubt: true },
  'clock-set': { grounds: ['order', 'waiting'], doubt: true },
  edited: { grounds: ['absence', 'order', 'waiting', 'contents'], doubt: true },
  'empty-capture': { grounds: ['absence'] },
  fragments: { grounds: ['absence'] },
  'link-type': { grounds: ['absence'] },
  nesting: { grounds: ['absence'] },
  'one-direction': { grounds: ['absence'], hides: UNSEEN_UNICAST },
  overlap: { grounds: ['order', 'waiting'], doubt: true },
  'snap-length': { grounds: ['contents'] },
  'time-order': { grounds: ['order', 'waiting'], doubt: true },
  truncated: { grounds: ['absence'] },
  'unicast-to-others': { grounds: ['absence'], hides: UNSEEN_UNICAST },
  vlans: { grounds: [] },
};

/**
 * Says of each note which findings it makes less sure: those that it leaves undecided or may hide, and those that were
 * found, here, on grounds that it takes away. Where frames themselves are in doubt, their confidence is lowered.
 */
export function weigh(findings: readonly FindingState[], notes: readonly CoverageNote[]): void {
  for (const note of notes) {
    const gap = GAPS[note.id];
    const weakens = new Set([...note.undecided, ...(gap?.hides ?? [])]);
    for (const finding of findings) {
      const { id } = finding.detector;
      if (!concerns(note, finding)) continue;
      const lost = (gap?.grounds ?? []).filter((ground) => GROUNDS[ground].includes(id));
      if (lost.length === 0 && !note.undecided.includes(id)) continue;
      weakens.add(id);
      finding.weakenedBy = [...new Set([...(finding.weakenedBy ?? []), note.id])];
      if (gap?.doubt === true && lost.length > 0) {
        finding.last = { ...finding.last, confidence: lessSure(finding.last.confidence, note.message) };
      }
    }
    note.weakens = [...weakens];
  }
}

/** Ids that the table names; each is a detector's (tested). */
export function weighedIds(): string[] {
  return [...new Set([...Object.values(GROUNDS).flat(), ...UNSEEN_UNICAST])];
}

/** The note is of a capture (and segment) that the finding rests on. */
function concerns(note: CoverageNote, { firstEvidence, lastEvidence, last }: FindingState): boolean {
  if (note.segment >= 0 && last.segment >= 0 && note.segment !== last.segment) return false;
  if (note.capture < 0) return true;
  const evidence = [...firstEvidence, ...lastEvidence];
  return evidence.some(
    (one) =>
      (one.kind === 'frame' && one.sight.capture === note.capture) ||
      (one.kind === 'absence' && (one.capture === note.capture || one.capture < 0)),
  );
}
