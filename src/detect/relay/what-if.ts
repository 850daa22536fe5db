import type { FlowEvent } from '../../flow/events.ts';
import type { Sight } from '../../flow/sight.ts';
import type { JoinedMessage, Passage } from '../../flow/vantages/types.ts';
import { Problem } from '../../problem.ts';
import { macText, safeText } from '../../wire/values.ts';

/** Messages told of one rule; the rest is counted. */
const TOLD = 256;
/** Above this number of hops a relay may drop a request by default (RFC 1542 4.1.1). */
const HOPS = 4;

/** A rule of a switch or relay, as asked for by `--what-if`. */
type Rule =
  | { kind: 'trust'; port: string }
  | { kind: 'allow-option82' }
  | { kind: 'no-verify-mac' }
  | { kind: 'no-rate-limit' }
  | { kind: 'max-hops'; hops: number };

/** What each rule is called, for the message when none of them is meant. */
export const WHAT_IF_RULES = [
  'trust port PORT',
  'allow-untrusted option82',
  'no verify mac-address',
  'no rate-limit',
  'max-hops N',
] as const;

/** Why a device that follows the usual rules drops a message (DHCP snooping as its makers document it; RFC 1542). */
type Reason = 'server-message' | 'relay-fields' | 'mac-mismatch' | 'hops' | 'no-trusted-port';

/** One lost message under the rule. */
export interface WhatIfMessage {
  sight: Sight;
  chaddr: number;
  kind: string;
  /** Time at the vantage that saw it last (microseconds). */
  time: number;
  why: string;
}

export interface WhatIfTold {
  rule: string;
  wouldPass: readonly WhatIfMessage[];
  stillLost: readonly WhatIfMessage[];
  /** Messages that were lost and are in neither list. */
  omitted: number;
}

/**
 * Which of the messages that were lost between two vantages would have passed under another rule. It judges what was
 * recorded and no further: what a machine would have answered is not recorded.
 */
export class WhatIf {
  private readonly rule: Rule;
  private readonly text: string;
  private readonly names: readonly string[];
  private readonly passing: WhatIfMessage[] = [];
  private readonly lost: WhatIfMessage[] = [];
  private omitted = 0;

  /**
   * @param text the rule @param names of the vantages, which stand for the ports where they were made
   * @throws Problem when it is no rule that is known
   */
  constructor(text: string, names: readonly string[]) {
    this.rule = parseRule(text);
    this.text = text.trim();
    this.names = names;
  }

  on(event: FlowEvent): void {
    if (event.type !== 'vantage-lost' || event.message.protocol !== 'dhcpv4') return;
    const { message, last } = event;
    const { passes, why } = this.judge(message, last);
    const list = passes ? this.passing : this.lost;
    if (list.length >= TOLD) this.omitted += 1;
    else list.push({ sight: last.sight, chaddr: message.chaddr, kind: message.kind, time: last.time, why });
  }

  told(): WhatIfTold {
    return { rule: this.text, wouldPass: this.passing, stillLost: this.lost, omitted: this.omitted };
  }

  private judge(m: JoinedMessage, last: Passage): { passes: boolean; why: string } {
    const { rule } = this;
    const reasons = reasonsOf(m, last);
    const here = this.names[last.capture] ?? '';
    const there = m.missing.map(({ capture }) => this.names[capture] ?? '');
    switch (rule.kind) {
      case 'trust': {
        const known = this.names.includes(rule.port);
        const enters = !known || rule.port === here;
        const leaves = !known || there.includes(rule.port);
        if (
          enters &&
          reasons.some((one) => one === 'server-message' || one === 'relay-fields' || one === 'mac-mismatch')
        ) {
          const where = known ? `the port of ${here}` : `${rule.port}, taken to be the port where it was last seen`;
          return {
            passes: true,
            why: `a trusted port is not inspected: ${WORDS[reasons[0] ?? 'server-message']} passes at ${where}`,
          };
        }
        if (leaves && reasons.includes('no-trusted-port')) {
          return {
            passes: true,
            why: `client messages are flooded to trusted ports alone: with ${rule.port} trusted it leaves there`,
          };
        }
        return { passes: false, why: known ? `it did not come in at ${rule.port}` : 'the port does not decide it' };
      }
      case 'allow-option82':
        return reasons.includes('relay-fields')
          ? { passes: true, why: 'option 82 or a relay address on an untrusted port is let through' }
          : { passes: false, why: `it was not dropped for option 82: ${WORDS[reasons[0] ?? 'no-trusted-port']}` };
      case 'no-verify-mac':
        return reasons.includes('mac-mismatch') && !reasons.includes('relay-fields')
          ? { passes: true, why: 'its hardware address may differ from its Ethernet source' }
          : { passes: false, why: 'its hardware address is not what dropped it' };
      case 'no-rate-limit':
        return reasons.length === 1 && reasons[0] === 'no-trusted-port' && !m.reply
          ? { passes: true, why: 'nothing in the message itself lets a switch drop it: without a limit it goes on' }
          : { passes: false, why: WORDS[reasons[0] ?? 'no-trusted-port'] };
      case 'max-hops':
        return reasons.includes('hops') && last.hops < rule.hops
          ? { passes: true, why: `${last.hops} hops are below ${rule.hops}` }
          : {
              passes: false,
              why: reasons.includes('hops')
                ? `${last.hops} hops are not below ${rule.hops}`
                : 'its hops are not what dropped it',
            };
    }
  }
}

const WORDS: Record<Reason, string> = {
  'server-message': "a server's message on an untrusted port",
  'relay-fields': 'option 82 or a relay address on an untrusted port',
  'mac-mismatch': 'a hardware address that differs from the Ethernet source',
  hops: 'too many hops',
  'no-trusted-port': 'no trusted port towards the server, or nothing in the message itself',
};

function reasonsOf(m: JoinedMessage, last: Passage): Reason[] {
  if (m.reply) return ['server-message'];
  const reasons: Reason[] = [];
  if (last.hops >= HOPS) reasons.push('hops');
  if (last.relayAgent !== '' || (last.giaddr !== 0 && last.hops < HOPS)) reasons.push('relay-fields');
  if (last.giaddr === 0 && m.chaddr >= 0 && last.ethSrc >= 0 && last.ethSrc !== m.chaddr) reasons.push('mac-mismatch');
  return reasons.length === 0 ? ['no-trusted-port'] : reasons;
}

function parseRule(text: string): Rule {
  const words = text.trim().replace(/\s+/g, ' ');
  const port = /^(?:trust port|trust) (\S{1,64})$/i.exec(words)?.[1];
  if (port !== undefined) return { kind: 'trust', port };
  if (/^(?:allow-untrusted(?: option[ -]?82)?|allow option[ -]?82)$/i.test(words)) return { kind: 'allow-option82' };
  if (/^no verify mac(?:-address)?$/i.test(words)) return { kind: 'no-verify-mac' };
  if (/^no (?:rate-limit|limit rate)$/i.test(words)) return { kind: 'no-rate-limit' };
  const hops = /^max-hops (\d{1,3})$/i.exec(words)?.[1];
  if (hops !== undefined) return { kind: 'max-hops', hops: Number(hops) };
  throw new Problem(
    'usage',
    `--what-if ${safeText(words)}: no such rule; known are ${WHAT_IF_RULES.map((one) => `'${one}'`).join(', ')}`,
  );
}

/** `OFFER to 52:54:00:bb:00:01`. */
export function whatIfText({ kind, chaddr }: WhatIfMessage): string {
  const direction = /^(?:OFFER|ACK|NAK|BOOTREPLY|LEASE)/.test(kind) ? 'to' : 'of';
  return chaddr < 0 ? kind : `${kind} ${direction} ${macText(chaddr)}`;
}
