import { expect, it } from 'vitest';
import { Servers } from '../../src/flow/servers.ts';
import { sourceOf } from '../../src/flow/sources.ts';
import { keyMac } from '../support/packets.ts';
import { OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { concat, hex, ip6, u32, utf8 } from '../support/packets.ts';
import { message6, option6, Scene } from '../support/scene.ts';

function serversOf(scene: Scene): ReturnType<Servers['list']> {
  const servers = new Servers();
  scene.run([], undefined, (event) => {
    const source = sourceOf(event);
    if (source !== undefined) servers.see(source);
  });
  return servers.list();
}

it('lists routers with each of their contents, first and last sight', () => {
  const scene = new Scene();
  scene.repeat(5, (i) => scene.at(i).routes(OWNER.mac, OWNER.ip6, { prefixes: ['2001:db8::'], mtu: 1500 }));
  scene.at(9).routes(OWNER.mac, OWNER.ip6, { prefixes: ['2001:db8::'], managed: true });
  scene.routes(SECOND, 'fe80::2', { lifetime: 0 });
  const list = serversOf(scene);
  expect(list.map((one) => [one.role, one.mac, one.counts.get('RA'), one.facts.length, one.last.frame])).toEqual([
    ['router', keyMac(OWNER.mac), 6, 2, 6],
    ['router', keyMac(SECOND), 1, 1, 7],
  ]);
  expect(list[0]?.facts[0]).toEqual({
    defaultRouter: true,
    prefixes: ['2001:db8::/64 LA'],
    managed: false,
    otherConfig: false,
    preference: 'medium',
    mtu: 1500,
  });
});

it('lists DHCPv6 servers by DUID, with what they promise', () => {
  const client = option6(1, hex('00030001525400bb0010'));
  const duid = '0001000112345678020000000001';
  const answer = message6(
    2,
    1,
    client,
    option6(2, hex(duid)),
    option6(3, concat(u32(1), u32(0), u32(0), option6(5, concat(ip6('2001:db8:1::100'), u32(1), u32(2))))),
    option6(23, ip6('2001:db8::53')),
    option6(59, utf8('tftp://[2001:db8::2]/b.efi')),
  );
  const scene = new Scene().dhcp6({ mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(1, 1, client) });
  scene.dhcp6({ mac: OWNER.mac, ip: OWNER.ip6, to: { ip: VICTIM.ip6, mac: VICTIM.mac }, payload: answer });
  expect(serversOf(scene)).toMatchObject([
    {
      role: 'dhcp6',
      duid,
      mac: keyMac(OWNER.mac),
      facts: [
        {
          networks: ['2001:db8:1::/64'],
          domainNameServers: ['2001:db8::53'],
          bootFileUrl: 'tftp://[2001:db8::2]/b.efi',
        },
      ],
    },
  ]);
});
