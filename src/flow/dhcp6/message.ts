import { UNSPECIFIED6 } from '../../wire/ipv6.ts';
import type { Envelope } from '../../wire/envelope.ts';
import type { Span } from '../../wire/fault.ts';
import type { Dhcpv6Record } from '../../wire/protocols/dhcpv6/index.ts';
import { cleanText, hexText, ipv6Text } from '../../wire/values.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import { sightOf } from '../sight.ts';
import { groupAddress } from '../visibility.ts';
import type { Dhcp6Kind, Dhcp6Message, Promise6 } from './types.ts';

/** RFC 8415 7.3. */
const KINDS: readonly Dhcp6Kind[] = [
  'other',
  'SOLICIT',
  'ADVERTISE',
  'REQUEST',
  'CONFIRM',
  'RENEW',
  'REBIND',
  'REPLY',
  'RELEASE',
  'DECLINE',
  'RECONFIGURE',
  'INFORMATION-REQUEST',
];
/** What servers say to clients. */
const FROM_SERVER: ReadonlySet<Dhcp6Kind> = new Set(['ADVERTISE', 'REPLY', 'RECONFIGURE']);
const OPT_BOOTFILE_URL = 59;
const RELAY_REPL = 13;
/** Distinct promises remembered. */
const PROMISES = 4_096;
/** Values of one list that are kept: more fit no boot. */
const EACH = 32;
/** Addresses of one message kept. */
const ADDRESSES = 8;
/** Characters of one text that are compared: boot URLs have tens. */
const TEXT = 512;

export function fromServer(kind: Dhcp6Kind): boolean {
  return FROM_SERVER.has(kind);
}

/** Makes facts of records. */
export class Dhcp6Reader {
  private readonly promises = new BoundedMap<string, Promise6>('dhcp6.promises', PROMISES);

  read(r: Dhcpv6Record, e: Envelope): Dhcp6Message {
    const kind = KINDS[r.messageType] ?? 'other';
    const inner = r.relays.at(-1);
    const link = r.relays.findLast((relay) => relay.linkAddress !== '' && relay.linkAddress !== UNSPECIFIED6);
    const statuses = [r.status, ...r.associations.map((one) => one.status)];
    const bytes = e.bytes;
    return {
      kind,
      messageType: r.messageType,
      sight: sightOf(e),
      time: e.time,
      segment: e.segment,
      link: link === undefined ? `s${e.segment}` : `r${ipv6Text(link.linkAddress)}`,
      relayed: inner !== undefined,
      client: r.clientDuid,
      clientMac: inner === undefined ? clientOnLink(kind, e) : inner.clientLinkLayer,
      relayMac: inner === undefined ? -1 : inner.messageType === RELAY_REPL ? e.ethDst : e.ethSrc,
      xid: r.transactionId,
      server: r.serverDuid,
      serverDuidMac: r.serverDuidMac,
      ethSrc: e.ethSrc,
      ethDst: e.ethDst,
      ipSrc: e.ipSrc,
      ipDst: e.ipDst,
      preference: r.preference,
      elapsed: r.elapsedTime,
      rapidCommit: r.rapidCommit,
      architectures: r.clientArchitectures,
      boot: r.clientArchitectures.length > 0 || r.requestedOptions.includes(OPT_BOOTFILE_URL),
      status: statuses.find((status) => status > 0) ?? (statuses.includes(0) ? 0 : -1),
      addresses: r.associations.flatMap((one) => one.addresses.map((each) => each.address)).slice(0, ADDRESSES),
      promise: kind === 'ADVERTISE' || kind === 'REPLY' ? this.promise(r, bytes) : undefined,
      faults: r.faults.length,
    };
  }

  limits(): LimitReached[] {
    const limit = this.promises.limit();
    return limit === undefined ? [] : [limit];
  }

  private promise(r: Dhcpv6Record, bytes: Uint8Array): Promise6 {
    const given = r.associations.flatMap((one) => one.addresses).filter((one) => one.validLifetime > 0);
    const delegated = r.associations.flatMap((one) => one.prefixes).filter((one) => one.validLifetime > 0);
    const promise: Promise6 = {
      dns: list(r.dnsServers),
      domains: list(r.domainList.map((span) => hexText(bytes, span))),
      bootFileUrl: r.bootFileUrl === undefined ? '' : text(bytes, r.bootFileUrl),
      bootParameters: r.bootFileParameters.slice(0, EACH).map((span) => text(bytes, span)),
      networks: list(given.map((one) => one.address.slice(0, 8))),
      prefixes: list(delegated.map((one) => `${ipv6Text(one.prefix)}/${one.prefixLength}`)),
    };
    const key = JSON.stringify(promise);
    const known = this.promises.get(key);
    if (known !== undefined) return known;
    this.promises.set(key, promise);
    return promise;
  }
}

/** Not relayed, so the client is one end of the frame. */
function clientOnLink(kind: Dhcp6Kind, e: Envelope): number {
  if (!FROM_SERVER.has(kind)) return e.ethSrc;
  return e.ethDst >= 0 && !groupAddress(e.ethDst) ? e.ethDst : -1;
}

function list(values: readonly string[]): string[] {
  return [...new Set(values)].sort().slice(0, EACH);
}

function text(bytes: Uint8Array, span: Span): string {
  const cut = { at: span.at, length: Math.min(span.length, TEXT) };
  return cleanText(bytes, cut) ?? hexText(bytes, cut);
}
