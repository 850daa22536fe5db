import { cidrOf, type Cidr } from './policy/cidr.ts';
import { CLOCK_UNSET, masked6, type CaseFacts } from './facts.ts';
import type { IdentityPlan } from './identity-plan.ts';
import type { Identities, Rule } from './identities.ts';
import { knownAddresses } from './known.ts';
import type { AddressSpan, KnownAddresses } from './spellings/span.ts';
import { fleetWarnings } from './policy/warnings.ts';
import { deriveKey } from './key.ts';
import type { Action, Kind } from './kinds.ts';
import { Ledger } from './ledger.ts';
import { Ipv4Pseudonyms } from './pseudonyms/ipv4.ts';
import { Ipv6Pseudonyms } from './pseudonyms/ipv6.ts';
import { isProtocolMac, isSolicitedMac, MacPseudonyms } from './pseudonyms/mac.ts';
import { distinctTurns } from './pseudonyms/turns.ts';
import { Exceptions } from './policy/exceptions.ts';
import { TextIdentities } from './text-identities.ts';
import { BytesIdentities } from './bytes-identities.ts';
import { parseMac } from '../wire/values.ts';

/** 2000-01-01: where the first time of a case is put when absolute times go. */
const GENERAL_EPOCH = 946_684_800;
/** Ten years either way: a capture's date tells nothing, and no time of this century becomes negative. */
const MAX_SHIFT = 315_360_000;

/** The identities of a case, see `Identities`. */
export class CaseIdentities implements Identities {
  readonly plan: IdentityPlan;
  readonly ledger: Ledger;
  private readonly exceptions: Record<'mac' | 'ipv4' | 'ipv6', Exceptions>;
  private readonly macs: MacPseudonyms;
  private readonly turns: ReadonlyMap<number, number>;
  private readonly v4: Ipv4Pseudonyms;
  private readonly v6: Ipv6Pseudonyms;
  private readonly known4: readonly (readonly [number, number])[];
  private readonly timeShift: number;
  private readonly texts: TextIdentities;
  private readonly byteValues: BytesIdentities;

  /** @param ledger one to go on with: what it holds counts as issued */
  constructor(plan: IdentityPlan, ledger = new Ledger()) {
    this.plan = plan;
    this.ledger = ledger;
    const { policy, tierKey, facts } = plan;
    for (const { kind, original, pseudonym } of plan.fixed ?? []) ledger.recordSpelling(kind, original, pseudonym);
    this.exceptions = {
      mac: new Exceptions(policy.rules.mac),
      ipv4: new Exceptions(policy.rules.ipv4),
      ipv6: new Exceptions(policy.rules.ipv6),
    };
    const declared = policy.subnets.map(cidrOf).filter((one) => one !== undefined);
    const kept = this.exceptions.ipv4.kept().concat(this.exceptions.ipv6.kept());
    this.known4 = [...facts.subnets4, ...networks4(declared), ...networks4(kept).filter(([, length]) => length < 32)];
    const kept6 = networks6(kept);
    const lowKept = policy.rules.mac.action === 'keep' || policy.rules.ipv6.action === 'keep';
    this.macs = new MacPseudonyms(tierKey, keptLow(this.exceptions.mac.keptValues(), kept6, facts), lowKept);
    this.turns = distinctTurns(this.macs, facts.macs);
    this.v4 = new Ipv4Pseudonyms(tierKey, {
      known: this.known4,
      kept: networks4(kept),
      bitwise: policy.rules.ipv4.action === 'prefix-preserving',
      prefixCipher: policy.prefixCipher,
    });
    this.v6 = new Ipv6Pseudonyms(tierKey, {
      known: [...facts.subnets6, ...networks6(declared)],
      kept: kept6,
      bitwise: policy.rules.ipv6.action === 'prefix-preserving',
      prefixCipher: policy.prefixCipher,
      mac: (address) => this.macInside(address),
      low24: (value) => this.macs.low24(value),
      ipv4: (address) => this.ipv4Inside(address),
    });
    this.timeShift = shiftOf(tierKey, policy.rules.time.action, facts);
    this.texts = new TextIdentities(this);
    this.byteValues = new BytesIdentities(this, this.texts);
  }

  rule(kind: Kind): Rule {
    return this.plan.policy.rules[kind];
  }

  mac(address: number): number | undefined {
    const before = this.ledger.find('mac', address);
    if (before !== undefined) return (before as number | null) ?? undefined;
    const pseudonym = this.newMac(address);
    this.ledger.record('mac', address, pseudonym ?? null);
    return pseudonym;
  }

  ipv4(address: number): number | undefined {
    const before = this.ledger.find('ipv4', address);
    if (before !== undefined) return (before as number | null) ?? undefined;
    const pseudonym = this.newIpv4(address);
    // What many share is no pair.
    const action = this.exceptions.ipv4.action(address);
    if (action === 'generalise' || action === 'zero') this.ledger.recordShared('ipv4', address, pseudonym ?? null);
    else this.ledger.record('ipv4', address, pseudonym ?? null);
    return pseudonym;
  }

  ipv6(address: string): string | undefined {
    if (address.length !== 16) return undefined;
    const before = this.ledger.find('ipv6', address);
    if (before !== undefined) return (before as string | null) ?? undefined;
    const pseudonym = this.newIpv6(address);
    const action = this.exceptions.ipv6.action(address);
    if (action === 'generalise' || action === 'zero') this.ledger.recordShared('ipv6', address, pseudonym ?? null);
    else this.ledger.record('ipv6', address, pseudonym ?? null);
    return pseudonym;
  }

  network4(address: number, length: number): number | undefined {
    if (length >= 32) return this.ipv4(address);
    if (length <= 0) return 0;
    const size = 2 ** (32 - length);
    const network = Math.floor(address / size) * size;
    if (this.v4.isProtocol(network)) return network;
    const image = this.acted4(this.exceptions.ipv4.action(network), network, () => this.v4.network(network, length));
    if (image !== undefined) this.ledger.recordNetwork('ipv4', network, length, image);
    return image === undefined ? undefined : Math.floor(image / size) * size;
  }

  network6(address: string, length: number): string | undefined {
    if (address.length !== 16) return undefined;
    if (length >= 128) return this.ipv6(address);
    const network = masked6(address, Math.max(0, length));
    if (this.v6.isProtocol(network)) return network;
    const image = this.acted6(this.exceptions.ipv6.action(network), network, () => this.v6.network(network, length));
    if (image !== undefined) this.ledger.recordNetwork('ipv6', network, length, image);
    return image === undefined ? undefined : masked6(image, Math.max(0, length));
  }

  text(kind: Kind, value: string): string | undefined {
    return this.texts.text(kind, value);
  }

  bytes(kind: Kind, value: Uint8Array): Uint8Array | undefined {
    return this.byteValues.bytes(kind, value);
  }

  time(seconds: number): number | undefined {
    switch (this.rule('time').action) {
      case 'keep':
        return seconds;
      case 'shift':
      case 'generalise':
        // A clock that was never set tells no date.
        return seconds < CLOCK_UNSET ? seconds : seconds + this.timeShift;
      case 'zero':
        return 0;
      default:
        return undefined;
    }
  }

  issued(kind: Kind, value: number | string | Uint8Array): boolean {
    if (value instanceof Uint8Array) return this.byteValues.issued(kind, value);
    if (this.ledger.issued(kind, value)) return true;
    if (typeof value === 'number') {
      if (kind === 'mac') return isProtocolMac(value) || this.exceptions.mac.action(value) === 'keep';
      if (kind === 'ipv4') return this.v4.isProtocol(value) || this.exceptions.ipv4.action(value) === 'keep';
      return this.rule(kind).action === 'keep';
    }
    if (kind === 'ipv6' && value.length === 16) {
      return this.v6.isProtocol(value) || this.exceptions.ipv6.action(value) === 'keep';
    }
    return this.texts.issued(kind, value);
  }

  /** What `findAddresses` believes in texts of this case; with `issued`, in texts that were redacted already. */
  known(issued = false): KnownAddresses {
    return issued ? knownAddresses(this.plan.facts, this.ledger) : this.texts.known;
  }

  /** What an address found in a text becomes, for `writeIn`; undefined where the policy drops it. */
  mapped(span: AddressSpan): number | string | undefined {
    return this.texts.mapped(span);
  }

  /** One host label, user name or other word, as `text` maps it wherever it stands. */
  word(word: string): string {
    return this.texts.word(word);
  }

  /** What the report must warn of: what this policy tells of a case as small as this one. */
  warnings(): string[] {
    return fleetWarnings(this.plan);
  }

  private newMac(address: number): number | undefined {
    if (isProtocolMac(address)) return address;
    if (isSolicitedMac(address)) return this.macs.solicited(address);
    switch (this.exceptions.mac.action(address)) {
      case 'keep':
        return address;
      case 'keep-vendor':
        return this.macs.keepVendor(address, this.turns.get(address));
      case 'pseudonym':
        return this.macs.pseudonym(address, this.turns.get(address));
      default:
        return undefined;
    }
  }

  /** Of an address inside another: it maps even where the policy drops those that stand alone. */
  private macInside(address: number): number {
    return this.mac(address) ?? this.macs.pseudonym(address, this.turns.get(address));
  }

  private ipv4Inside(address: number): number {
    return this.ipv4(address) ?? this.v4.pseudonym(address);
  }

  private newIpv4(address: number): number | undefined {
    if (this.v4.isProtocol(address)) return address;
    return this.acted4(this.exceptions.ipv4.action(address), address, () => this.v4.pseudonym(address));
  }

  private acted4(action: Action, address: number, map: () => number): number | undefined {
    switch (action) {
      case 'keep':
        return address;
      case 'pseudonym':
      case 'prefix-preserving':
        return map();
      case 'generalise': {
        let best = 0;
        for (const [network, length] of this.known4) {
          if (length > best && Math.floor(address / 2 ** (32 - length)) === Math.floor(network / 2 ** (32 - length)))
            best = length;
        }
        return this.v4.network(address, best === 0 ? this.v4.blockLength(address) : best);
      }
      case 'zero':
        return 0;
      default:
        return undefined;
    }
  }

  private newIpv6(address: string): string | undefined {
    if (this.v6.isProtocol(address)) return address;
    return this.acted6(this.exceptions.ipv6.action(address), address, () => this.v6.pseudonym(address));
  }

  private acted6(action: Action, address: string, map: () => string): string | undefined {
    switch (action) {
      case 'keep':
        return address;
      case 'pseudonym':
      case 'prefix-preserving':
        return map();
      case 'generalise':
        return this.v6.network(address, 64);
      case 'zero':
        return '\0'.repeat(16);
      default:
        return undefined;
    }
  }
}

function networks4(cidrs: readonly Cidr[]): [number, number][] {
  return cidrs.flatMap(({ address, length }) =>
    typeof address === 'number' ? [[address, length] as [number, number]] : [],
  );
}

function networks6(cidrs: readonly Cidr[]): [string, number][] {
  return cidrs.flatMap(({ address, length }) =>
    typeof address === 'string' ? [[address, length] as [string, number]] : [],
  );
}

/** Last 24 bits of what the policy keeps: the groups made of them must stay too. */
function keptLow(values: readonly string[], kept6: readonly [string, number][], facts: CaseFacts): Set<number> {
  const low = new Set<number>();
  for (const value of values) {
    const mac = parseMac(value);
    if (mac >= 0) low.add(mac % 16777216);
  }
  const add = (address: string): void => {
    low.add(address.charCodeAt(13) * 65536 + address.charCodeAt(14) * 256 + address.charCodeAt(15));
  };
  for (const [network, length] of kept6) {
    if (length === 128) add(network);
    const inside = masked6(network, length);
    for (const address of facts.ipv6) if (masked6(address, length) === inside) add(address);
  }
  return low;
}

function shiftOf(tierKey: Uint8Array, action: Action, facts: CaseFacts): number {
  if (action === 'generalise' && facts.firstTime >= 0) return GENERAL_EPOCH - facts.firstTime;
  const random = Buffer.from(deriveKey(tierKey, 'time', 8)).readUIntBE(0, 6);
  return (random % (2 * MAX_SHIFT + 1)) - MAX_SHIFT;
}
