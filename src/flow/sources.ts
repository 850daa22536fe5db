import { addressText, ipv6Text } from '../wire/values.ts';
import type { Dhcp6Message, Promise6 } from './dhcp6/types.ts';
import type { FlowEvent } from './events.ts';
import type { Router } from './neighbours/types.ts';
import type { ServerFacts, ServerSighting } from './servers.ts';

/** The DHCPv6 server, TFTP server or router that an event shows, for `servers[]`; undefined when it shows none. */
export function sourceOf(event: FlowEvent): ServerSighting | undefined {
  if (event.type === 'router-advertised') {
    const { router, sight } = event;
    return {
      role: 'router',
      link: `s${router.segment}`,
      segment: router.segment,
      address: router.address,
      duid: '',
      mac: router.mac,
      kind: 'RA',
      sight,
      facts: routerFacts(router),
    };
  }
  if (event.type === 'transfer-answer') {
    const { transfer, source } = event;
    if (transfer.protocol !== 'tftp') return undefined;
    return {
      role: 'tftp',
      link: `s${transfer.segment}`,
      segment: transfer.segment,
      address: source.ip,
      duid: '',
      // Nothing says whether it stands on the link: the L2 source may be the gateway's.
      mac: -1,
      kind: source.kind,
      sight: source.sight,
    };
  }
  if (event.type !== 'dhcp6-message') return undefined;
  const { message: m } = event;
  if (m.kind !== 'ADVERTISE' && m.kind !== 'REPLY' && m.kind !== 'RECONFIGURE') return undefined;
  return {
    role: 'dhcp6',
    link: m.link,
    segment: m.segment,
    address: m.ipSrc,
    duid: m.server,
    mac: m.relayed ? -1 : m.ethSrc,
    kind: m.kind,
    sight: m.sight,
    ...(m.promise === undefined ? {} : { facts: dhcp6Facts(m, m.promise) }),
  };
}

function routerFacts({ content, lifetime }: Router): ServerFacts {
  if (content === undefined) return { defaultRouter: lifetime > 0 };
  return {
    defaultRouter: lifetime > 0,
    prefixes: content.prefixes,
    managed: content.managed,
    otherConfig: content.otherConfig,
    preference: content.preference,
    ...(content.mtu < 0 ? {} : { mtu: content.mtu }),
    ...(content.rdnss.length === 0 ? {} : { recursiveDnsServers: content.rdnss }),
    ...(content.routes.length === 0 ? {} : { routes: content.routes }),
  };
}

function dhcp6Facts(m: Dhcp6Message, promise: Promise6): ServerFacts {
  const { dns, networks, prefixes, bootFileUrl } = promise;
  return {
    ...(networks.length === 0 ? {} : { networks: networks.map((one) => `${ipv6Text(one + '\0'.repeat(8))}/64`) }),
    ...(prefixes.length === 0 ? {} : { delegatedPrefixes: prefixes }),
    ...(dns.length === 0 ? {} : { domainNameServers: dns.map(addressText) }),
    ...(bootFileUrl === '' ? {} : { bootFileUrl }),
    ...(m.preference < 0 ? {} : { preference: m.preference }),
  };
}
