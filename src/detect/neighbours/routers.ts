import type { Router, RouterContent } from '../../flow/neighbours/types.ts';
import { ipv6Text, macText } from '../../wire/values.ts';

const RANK = { low: 0, medium: 1, high: 2 } as const;

export function routerText(router: Router): string {
  return `${ipv6Text(router.address)} (${macText(router.mac)})`;
}

/** What two routers of one segment say differently to the hosts, in words; empty when they are peers. */
export function differences(a: Router, b: Router): string[] {
  const [one, other] = [a.content, b.content];
  if (one === undefined || other === undefined || one === other) return [];
  const list: string[] = [];
  if (one.prefixes.length > 0 && other.prefixes.length > 0 && plain(one) !== plain(other)) {
    list.push(`prefixes ${shown(one.prefixes)} and ${shown(other.prefixes)}`);
  }
  if (one.mtu >= 0 && other.mtu >= 0 && one.mtu !== other.mtu) list.push(`MTU ${one.mtu} and ${other.mtu}`);
  if (one.managed !== other.managed) list.push(`M flag ${flag(one.managed)} and ${flag(other.managed)}`);
  if (one.otherConfig !== other.otherConfig)
    list.push(`O flag ${flag(one.otherConfig)} and ${flag(other.otherConfig)}`);
  // The preference is only of default routers (RFC 4191 2.2).
  if (a.lifetime > 0 && b.lifetime > 0 && RANK[one.preference] !== RANK[other.preference]) {
    list.push(`preference ${one.preference} and ${other.preference}`);
  }
  return list;
}

function plain(content: RouterContent): string {
  return content.prefixes.map(bare).join();
}

/** The prefix without its flags. */
function bare(prefix: string): string {
  return prefix.slice(0, prefix.indexOf(' '));
}

function shown(prefixes: readonly string[]): string {
  const first = prefixes.slice(0, 3).map(bare).join(', ');
  return prefixes.length > 3 ? `${first} and ${prefixes.length - 3} more` : first;
}

function flag(on: boolean): string {
  return on ? 'set' : 'clear';
}
