/** Where on the way from client to server a vantage lies, as far as its name says. */
export type Place = 'client' | 'between' | 'server' | 'unknown';

const WORDS: readonly { place: Place; words: ReadonlySet<string> }[] = [
  {
    place: 'between',
    words: new Set([
      'relay',
      'uplink',
      'trunk',
      'core',
      'distribution',
      'aggregation',
      'spine',
      'leaf',
      'tor',
      'router',
      'firewall',
    ]),
  },
  { place: 'client', words: new Set(['client', 'node', 'machine', 'access', 'victim', 'vm']) },
  { place: 'server', words: new Set(['rack', 'server', 'dhcp', 'dhcpd', 'maas', 'region', 'tftp']) },
];

/**
 * The place that a name given by `--at` says: `client`, `access-port-7`, `switch-uplink`, `relay-client-side`, `rack1`.
 * Only words that leave no doubt; what stands between is asked first, because `relay-server-side` is at the relay.
 */
export function placeOf(name: string): Place {
  const parts = name.toLowerCase().split(/[^a-z]+/);
  return WORDS.find(({ words }) => parts.some((part) => words.has(part)))?.place ?? 'unknown';
}

const ORDER: Record<Place, number> = { client: 0, between: 1, server: 2, unknown: -1 };

/** Negative when the first lies nearer to the clients, positive when the second does, 0 when the names do not say. */
export function rankOf(first: string, second: string): number {
  const [a, b] = [ORDER[placeOf(first)], ORDER[placeOf(second)]];
  if (a >= 0 && b >= 0 && a !== b) return a - b;
  if (a === 1 && b === 1) return side(first) - side(second);
  return 0;
}

/** `relay-client-side` before `relay-server-side`, `downlink` before `uplink`. */
function side(name: string): number {
  const parts = name.toLowerCase().split(/[^a-z]+/);
  if (parts.includes('client') || parts.includes('access')) return 0;
  return parts.includes('server') || parts.includes('rack') || parts.includes('core') ? 2 : 1;
}
