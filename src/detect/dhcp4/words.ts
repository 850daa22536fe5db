import type { Dhcp4Message, Exchange4, Promise4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, macText, safeText } from '../../wire/values.ts';
import type { EvidenceNote, Subject } from '../finding.ts';
import { serverOf, serverText } from './servers.ts';

/** Outside text is shown up to here: a boot URL of MAAS has about 60 characters. */
const SHOWN = 100;
/** Addresses of a list shown. */
const LISTED = 3;

/** Outside text for a sentence: quoted, visible, not endless. */
export function quoted(text: string): string {
  return `"${safeText(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)}"`;
}

export function addressesText(addresses: readonly number[]): string {
  const shown = addresses.slice(0, LISTED).map(ipv4Text).join(', ');
  return addresses.length > LISTED ? `${shown} and ${addresses.length - LISTED} more` : shown;
}

/** The client's MAC, else its identifier. */
export function clientText(message: Pick<Dhcp4Message, 'chaddr' | 'client'>): string {
  return message.chaddr >= 0 ? macText(message.chaddr) : `client id ${message.client.slice(0, SHOWN)}`;
}

/**
 * What tells clients apart for counting and as a key of tables: the hardware address where there is one (a machine's
 * ROM and its installer use different client ids), else the identity. A number costs no text.
 */
export function clientKey(message: Pick<Dhcp4Message, 'chaddr' | 'client'>): number | string {
  return message.chaddr >= 0 ? message.chaddr : message.client;
}

/** The same for one vantage: two captures may show one client, and each is judged for itself. */
export function clientHere(m: Dhcp4Message): number | string {
  const { capture } = m.sight;
  if (m.chaddr >= 0 && capture < CAPTURES) return m.chaddr + capture * 0x1000000000000;
  return `${capture}/${clientKey(m)}`;
}

/** 48 bits of MAC leave five bits of an exact integer. */
const CAPTURES = 32;

/** Where, for sentences about a link and not about one host; the finding itself names the segment. */
export function linkText(link: string): string {
  const relay = relayOf(link);
  return relay === '' ? 'this segment' : `the network behind ${relay}`;
}

/** Subject of a finding about a link: the relay's address, or the segment by its number. */
export function linkSubject(link: string, segment: number): Subject {
  const relay = relayOf(link);
  return relay === '' ? { segment } : { relay };
}

/** The address of a relayed link, else ''. */
function relayOf(link: string): string {
  return link.startsWith('g') ? ipv4Text(Number(link.slice(1))) : '';
}

/** What was promised, in the order in which it decides: router, DNS, boot. */
export function promiseText(promise: Promise4 | undefined): string {
  if (promise === undefined) return '';
  const parts: string[] = [];
  if (promise.routers.length > 0) parts.push(`router ${addressesText(promise.routers)}`);
  if (promise.dns.length > 0) parts.push(`DNS ${addressesText(promise.dns)}`);
  if (promise.routes !== '') parts.push('classless routes');
  if (promise.proxyAutoConfig !== '') parts.push(`proxy configuration ${quoted(promise.proxyAutoConfig)}`);
  if (promise.domain !== '') parts.push(`domain ${quoted(promise.domain)}`);
  const boot = bootText(promise);
  if (boot !== '') parts.push(boot);
  return parts.join(', ');
}

/** The boot instructions: file and where from; '' when there are none. */
export function bootText(promise: Promise4): string {
  const parts: string[] = [];
  if (promise.bootFile !== '') parts.push(`boot file ${quoted(promise.bootFile)}`);
  if (promise.nextServer > 0) parts.push(`next-server ${ipv4Text(promise.nextServer)}`);
  if (promise.tftpServers.length > 0) parts.push(`TFTP server ${addressesText(promise.tftpServers)}`);
  if (promise.pxeBootServers.length > 0) parts.push(`PXE boot server ${addressesText(promise.pxeBootServers)}`);
  return parts.join(', ');
}

export function frame(message: Dhcp4Message, note: string): EvidenceNote {
  return { kind: 'frame', sight: message.sight, note };
}

/** The reply as evidence: who said what to whom. */
export function replyNote(reply: Dhcp4Message): EvidenceNote {
  const who = serverText(serverOf(reply));
  const kind = reply.proxy ? `ProxyDHCP ${reply.kind}` : reply.kind;
  if (reply.kind === 'NAK') {
    return frame(reply, `NAK by ${who}${reply.text === '' ? '' : `: ${quoted(reply.text)}`}`);
  }
  const promised = promiseText(reply.promise);
  const address = reply.yiaddr === 0 ? '' : ` of ${ipv4Text(reply.yiaddr)}`;
  const missing = reply.serverId < 0 && reply.kind !== 'BOOTREPLY' ? ' without a server identifier' : '';
  return frame(reply, `${kind}${address} by ${who}${missing}${promised === '' ? '' : `: ${promised}`}`);
}

/** DISCOVER, every offer, the REQUEST that chose and what came of it, in order of time. */
export function story(exchange: Exchange4): EvidenceNote[] {
  const notes: { time: number; note: EvidenceNote }[] = [];
  const [discover] = exchange.discovers;
  if (discover !== undefined) notes.push({ time: discover.time, note: discoverNote(discover) });
  for (const reply of [...exchange.offers, ...exchange.acks, ...exchange.naks]) {
    notes.push({ time: reply.time, note: replyNote(reply) });
  }
  const [request] = exchange.requests;
  if (request !== undefined) notes.push({ time: request.time, note: requestNote(request) });
  return notes.sort((a, b) => a.time - b.time).map(({ note }) => note);
}

export function discoverNote(discover: Dhcp4Message): EvidenceNote {
  const probe = discover.maasProbe ? " (MAAS's own probe)" : '';
  return frame(discover, `DISCOVER by ${clientText(discover)}${probe}`);
}

export function requestNote(request: Dhcp4Message): EvidenceNote {
  const chooses = request.serverId > 0 ? `: it chose ${ipv4Text(request.serverId)}` : '';
  return frame(request, `REQUEST by ${clientText(request)}${chooses}`);
}
