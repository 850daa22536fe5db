import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { clientText } from '../dhcp4/words.ts';
import type { DetectorContext, EmitFinding } from '../detector.ts';
import type { EvidenceNote, Severity } from '../finding.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { kindsText, portText } from './drops.ts';
import { lineNote, lossConfidence, lossesOf, type Loss, type Losses } from './losses.ts';

/** Leases remembered, by hardware address. */
const LEASES = 8192;
/** Packets of a machine that vanish: one may be lost by accident, three with nothing between are not. */
const VANISHED = 3;

/** IP traffic of one machine that is seen at one vantage and never at the other. */
export interface Guarded {
  mac: number;
  losses: Loss[];
  /** The last ACK that gave it an address while the captures ran. */
  lease: Dhcp4Message | undefined;
}

/** Machines whose IP traffic vanishes as a whole, with the lease that they got. */
export class IpLosses {
  private readonly leases = new BoundedMap<number, Dhcp4Message>('guard.leases', LEASES);
  private readonly losses: Losses;
  private last: Dhcp4Message | undefined;
  private found: Guarded[] | undefined;

  constructor(losses: Losses) {
    this.losses = losses;
  }

  lease(m: Dhcp4Message): void {
    if (m === this.last) return;
    this.last = m;
    if (m.kind === 'ACK' && m.yiaddr !== 0 && m.chaddr >= 0 && !m.proxy) this.leases.set(m.chaddr, m);
  }

  groups(): readonly Guarded[] {
    if (this.found !== undefined) return this.found;
    const byKey = new Map<string, Guarded>();
    for (const loss of this.losses.others) {
      const { message, last } = loss;
      const mac = message.passages[0]?.ethSrc ?? -1;
      // IP only: what vanishes of ARP and ND is inspection's doing.
      if (message.protocol === 'arp' || message.protocol === 'nd' || mac < 0) continue;
      if (typeof last.ipSrc !== 'number' || last.ipSrc <= 0) continue;
      // A guard lets nothing of it pass.
      if (message.missing.every(({ ipPassed }) => ipPassed > 0)) continue;
      const key = `${mac}/${last.capture}`;
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { mac, losses: [loss], lease: this.leases.get(mac) });
      else known.losses.push(loss);
    }
    this.found = [...byKey.values()].filter((one) => one.losses.length >= VANISHED && this.known(one));
    return this.found;
  }

  limits(): LimitReached[] {
    return [this.leases.limit() ?? []].flat();
  }

  /** The machine's DHCP or ARP comes through, so that it is there and only its IP traffic is gone. */
  private known({ losses, lease }: Guarded): boolean {
    const [first] = losses;
    if (first === undefined) return false;
    const arp = first.message.missing.some(({ arpPassed }) => arpPassed > 0);
    const shared = this.losses.shared(first.last, first.message.missing);
    return arp || (lease !== undefined && shared.dhcp > 0);
  }
}

const rooms = new WeakMap<DetectorContext, IpLosses>();

export function ipLosses(context: DetectorContext): IpLosses {
  const known = rooms.get(context);
  if (known !== undefined) return known;
  const room = new IpLosses(lossesOf(context));
  rooms.set(context, room);
  return room;
}

interface Facts {
  group: Guarded | undefined;
  lines: SwitchLine[];
}

export interface GuardWords {
  severity: Severity;
  lines: readonly SwitchLine['kind'][];
  /** What the captures say of its lease. */
  why: string;
  causes: string[];
}

/** One finding for each machine whose traffic vanishes. */
export function guardCases(
  id: string,
  losses: Losses,
  words: GuardWords,
): { tell(group: Guarded, emit: EmitFinding): void; end(emit: EmitFinding): void; limits(): LimitReached[] } {
  const cases = new Cases<Facts>(
    id,
    () => ({ group: undefined, lines: [] }),
    (one) => telling(one, losses, words),
  );
  return {
    tell(group, emit) {
      const [first] = group.losses;
      if (first === undefined) return;
      const one = cases.open(
        `${group.mac}/${first.last.capture}`,
        () => ({ client: macText(group.mac), address: addressText(first.last.ipSrc) }),
        first.last.segment,
      );
      one.facts.group = group;
      // A row that allows what was sent is no word against it.
      one.facts.lines = losses
        .lines(group.mac, words.lines, first.last.time)
        .filter(({ kind, ip }) => kind !== 'binding' || ip !== first.last.ipSrc);
      cases.note(
        one,
        group.losses.at(-1)?.last.time ?? first.last.time,
        () => evidence(group, one.facts.lines, losses),
        emit,
        false,
        group.losses.length,
      );
    },
    end: (emit) => cases.end(emit),
    limits: () => cases.limits(),
  };
}

function telling({ facts, count }: Case<Facts>, losses: Losses, words: GuardWords): Telling {
  const { group, lines } = facts;
  const first = group?.losses[0];
  const last = first?.last;
  const kinds = [
    ...new Set((group?.losses ?? []).map(({ message }) => `${message.protocol.toUpperCase()} ${message.kind}`.trim())),
  ];
  const missing = first?.message.missing ?? [];
  const address = addressText(last?.ipSrc ?? -1);
  const lease = group?.lease;
  const other = lease !== undefined && lease.yiaddr !== last?.ipSrc;
  const signature = other
    ? 'the machine uses another address than its lease, which a guard refuses'
    : missing.some(({ arpPassed }) => arpPassed > 0)
      ? 'its ARP comes through from the same port, and none of its IP'
      : '';
  return {
    severity: words.severity,
    confidence: lossConfidence({
      count,
      missing,
      lines: lines.length,
      signature,
      shared: last === undefined ? { dhcp: 0, others: 0 } : losses.shared(last, missing),
      wouldDecide: [
        "the switch's source binding table for this port (`show ip source binding`, `show ip verify source`)",
      ],
    }),
    message: `${count} IP packet${count === 1 ? '' : 's'} of ${macText(group?.mac ?? -1)} at ${address} (${kindsText(kinds.slice(0, 4))}) pass ${losses.name(last?.capture ?? -1)} and none arrives at ${losses.missingAt(missing)}${portText(lines)}: ${words.why}.`,
    causes: words.causes,
  };
}

function evidence(group: Guarded, lines: readonly SwitchLine[], losses: Losses): EvidenceNote[] {
  const notes: EvidenceNote[] = [];
  if (group.lease !== undefined) {
    notes.push({
      kind: 'frame',
      sight: group.lease.sight,
      note: `ACK to ${clientText(group.lease)}: the lease was made`,
    });
  }
  for (const { message, last } of group.losses.slice(0, 4)) {
    const what = `${message.protocol.toUpperCase()} ${message.kind}`.trim();
    notes.push({ kind: 'frame', sight: last.sight, note: `${what}: last seen at ${losses.name(last.capture)}` });
    for (const one of message.missing.slice(0, 1)) {
      notes.push({ kind: 'absence', capture: one.capture, from: one.from, to: one.to, expected: what });
    }
  }
  return [...notes, ...lines.slice(0, 2).map(lineNote)];
}
