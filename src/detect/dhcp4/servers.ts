import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { macText, ipv4Text } from '../../wire/values.ts';
import type { Subject } from '../finding.ts';

/** A DHCPv4 server as one of its replies shows it (`judgement.md`: link + option 54 or IP source + L2 source). */
export interface Server4 {
  /** Option 54, else the IP source where that is the server's; 0 or -1 when neither names it. */
  address: number;
  /** Its MAC when it spoke on this very link, else -1. */
  mac: number;
}

/** UDP port of servers and relays (RFC 2131 4.1). */
const SERVER_PORT = 67;
const UNKNOWN: Server4 = { address: -1, mac: -1 };

/** Whose reply it is, as far as this reply tells. */
export function serverOf(reply: Dhcp4Message): Server4 {
  if (reply.serverId > 0) return { address: reply.server, mac: reply.serverMac };
  // An identifier may have stood in what the capture cut off.
  if (!reply.whole) return UNKNOWN;
  // What a relay hands to its client has the relay's IP source.
  if (reply.giaddr !== 0 && reply.dstPort !== SERVER_PORT && !reply.proxy) return UNKNOWN;
  return { address: reply.ipSrc, mac: reply.serverMac };
}

/** True when it can be told from other servers at all. */
export function named(server: Server4): boolean {
  return server.address > 0 || server.mac >= 0;
}

export function sameServer(a: Server4, b: Server4): boolean {
  return a.address === b.address && (a.mac === b.mac || a.mac < 0 || b.mac < 0);
}

/** `198.51.100.2 (02:00:00:00:00:01)`. */
export function serverText(server: Server4): string {
  if (server.address <= 0) return server.mac < 0 ? 'an unnamed server' : `the unnamed server ${macText(server.mac)}`;
  return server.mac < 0 ? ipv4Text(server.address) : `${ipv4Text(server.address)} (${macText(server.mac)})`;
}

export function serverSubject(server: Server4): Subject {
  const subject: Subject = {};
  if (server.address > 0) subject['server'] = ipv4Text(server.address);
  if (server.mac >= 0) subject['mac'] = macText(server.mac);
  return subject;
}

/** Subject of a contradiction between two servers; the same whoever spoke first. */
export function pairSubject(a: Server4, b: Server4): Subject {
  const [first, second] = a.address < b.address || (a.address === b.address && a.mac <= b.mac) ? [a, b] : [b, a];
  const subject: Subject = { servers: [ipv4Text(first.address), ipv4Text(second.address)] };
  if (first.mac >= 0 && second.mac >= 0) subject['macs'] = [macText(first.mac), macText(second.mac)];
  return subject;
}
