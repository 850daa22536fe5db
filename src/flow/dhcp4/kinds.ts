import { MESSAGE_TYPES } from '../../wire/protocols/dhcpv4/names.ts';
import type { Dhcp4Kind } from './types.ts';

/**
 * What a message is.
 * @param messageType option 53, -1 absent @param op 1 or 2 @param untyped certainly without option
 *   53: only that is BOOTP
 */
export function kindOf(messageType: number, op: number, untyped: boolean): Dhcp4Kind {
  if (messageType >= 0) return MESSAGE_TYPES[messageType] ?? 'unknown';
  if (!untyped) return 'unknown';
  return op === 1 ? 'BOOTREQUEST' : op === 2 ? 'BOOTREPLY' : 'unknown';
}

/** What a client, a relay or a router sends to a server. */
export const REQUESTS: readonly Dhcp4Kind[] = [
  'DISCOVER',
  'REQUEST',
  'DECLINE',
  'RELEASE',
  'INFORM',
  'LEASEQUERY',
  'BULKLEASEQUERY',
  'ACTIVELEASEQUERY',
  'TLS',
  'BOOTREQUEST',
  'unknown',
];
/** What a server sends. */
export const REPLIES: readonly Dhcp4Kind[] = [
  'OFFER',
  'ACK',
  'NAK',
  'FORCERENEW',
  'BOOTREPLY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
  'LEASEQUERYDONE',
  'LEASEQUERYSTATUS',
];

/** Sent by a server. */
export function isReply(kind: Dhcp4Kind): boolean {
  switch (kind) {
    case 'OFFER':
    case 'ACK':
    case 'NAK':
    case 'FORCERENEW':
    case 'BOOTREPLY':
    case 'LEASEUNASSIGNED':
    case 'LEASEUNKNOWN':
    case 'LEASEACTIVE':
    case 'LEASEQUERYDONE':
    case 'LEASEQUERYSTATUS':
      return true;
    default:
      return false;
  }
}

/** The family of RFC 4388, RFC 6926 and RFC 7724: between a relay or router and a server, about other clients. */
export function isLeaseQuery(kind: Dhcp4Kind): boolean {
  switch (kind) {
    case 'LEASEQUERY':
    case 'LEASEUNASSIGNED':
    case 'LEASEUNKNOWN':
    case 'LEASEACTIVE':
    case 'BULKLEASEQUERY':
    case 'LEASEQUERYDONE':
    case 'ACTIVELEASEQUERY':
    case 'LEASEQUERYSTATUS':
      return true;
    default:
      return false;
  }
}
