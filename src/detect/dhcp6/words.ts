import type { Dhcp6Message, Promise6 } from '../../flow/dhcp6/types.ts';
import { addressText, ipv6Text, macText } from '../../wire/values.ts';

/** Hex digits of a DUID that are shown: a DUID-LLT has 28; longer ones are cut. */
const SHOWN = 40;

export function duidText(duid: string): string {
  return duid.length > SHOWN ? `${duid.slice(0, SHOWN)}…` : duid;
}

/** Who answered: DUID where there is one, with the address on the wire. */
export function server6Text(m: Dhcp6Message): string {
  const from = `${addressText(m.ipSrc)}${m.relayed || m.ethSrc < 0 ? '' : `, ${macText(m.ethSrc)}`}`;
  return m.server === '' ? `a server without identifier (${from})` : `server ${duidText(m.server)} (${from})`;
}

export function client6Text(m: { client: string; clientMac: number }): string {
  if (m.clientMac >= 0) return macText(m.clientMac);
  return m.client === '' ? 'a client without identifier' : `client ${duidText(m.client)}`;
}

/** What two servers promise differently of the network, in words; empty when they may be a pair. */
export function promiseDifferences(a: Promise6, b: Promise6): string[] {
  if (a === b) return [];
  const list: string[] = [];
  if (apart(a.dns, b.dns)) list.push(`resolvers ${texts(a.dns)} and ${texts(b.dns)}`);
  if (differ(a.domains, b.domains)) list.push('search domains');
  if (apart(a.networks, b.networks)) list.push(`networks ${networks(a.networks)} and ${networks(b.networks)}`);
  if (a.bootFileUrl !== '' && b.bootFileUrl !== '' && pathOf(a.bootFileUrl) !== pathOf(b.bootFileUrl)) {
    list.push('boot files');
  }
  return list;
}

/** Both say something, and nothing of it is the same: the members of a pair may each leave one out, or name themselves first. */
function apart(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && !a.some((one) => b.includes(one));
}

function differ(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && b.length > 0 && a.join() !== b.join();
}

/** The last part of a URL's path: servers of one site name themselves as its host. */
function pathOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function texts(addresses: readonly string[]): string {
  return addresses.slice(0, 3).map(ipv6Text).join(', ');
}

function networks(list: readonly string[]): string {
  return list
    .slice(0, 3)
    .map((network) => `${ipv6Text(network + '\0'.repeat(8))}/64`)
    .join(', ');
}
