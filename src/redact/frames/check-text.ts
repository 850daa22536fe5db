import { parseIpv4, parseIpv6, parseMac } from '../../wire/values.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';

const MACS =
  /(?<![0-9a-f:.-])(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![0-9a-f:.-]*[0-9a-f])/gi;
const IPV4S = /(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])/g;
const IPV6S = /(?<![0-9a-f:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![0-9a-f:])/gi;
const WORDS = /[a-z0-9_][a-z0-9_-]*/g;

/**
 * Free text in written frames, looked at on its own: every address in its usual spellings must have been issued, and no
 * name of the case may stand in it. The other spellings are the raw search's.
 */
export class FreeText {
  private readonly identities: Identities;
  private readonly names: ReadonlySet<string>;

  /** @param names lower-case labels that were learned */
  constructor(identities: Identities, names: ReadonlySet<string>) {
    this.identities = identities;
    this.names = names;
  }

  /** True when nothing in it must go. */
  holds(text: string): boolean {
    const lower = text.toLowerCase();
    return (
      this.all(lower, MACS, 'mac', parseMac) &&
      this.all(lower, IPV4S, 'ipv4', parseIpv4) &&
      this.all(lower, IPV6S, 'ipv6', parseIpv6) &&
      (lower.match(WORDS) ?? []).every((word) => !this.names.has(word) || this.known(word))
    );
  }

  private all(text: string, pattern: RegExp, kind: Kind, parse: (text: string) => number | string): boolean {
    for (const [spelled] of text.matchAll(pattern)) {
      const value = parse(spelled);
      const none = typeof value === 'number' ? value < 0 : value === '';
      if (!none && !this.identities.issued(kind, value)) return false;
    }
    return true;
  }

  private known(word: string): boolean {
    return this.identities.rule('hostname').action === 'keep' || this.identities.issued('hostname', word);
  }
}
