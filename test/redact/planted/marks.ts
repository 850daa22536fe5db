import { ip4, ip6, mac, utf8, type Bytes } from '../../support/bytes.ts';
import type { Kind } from '../../../src/redact/kinds.ts';
import type { Carrier, Mark } from './planter.ts';
import type { Machine } from './site.ts';

/** Marks of what is planted most. */
export const raw = {
  mac: (m: Machine, carrier: Carrier = 'field'): Mark => ({
    kind: 'mac',
    spelling: 'raw',
    needle: mac(m.mac),
    carrier,
  }),
  ip: (m: Machine, carrier: Carrier = 'field'): Mark => ({ kind: 'ipv4', spelling: 'raw', needle: ip4(m.ip), carrier }),
  ip6: (m: Machine, carrier: Carrier = 'field'): Mark => ({
    kind: 'ipv6',
    spelling: 'raw',
    needle: ip6(m.ip6),
    carrier,
  }),
};

export function text(kind: Kind, needle: string, spelling = 'text', carrier: Carrier = 'field'): Mark {
  return { kind, spelling, needle, carrier };
}

export function bytes(kind: Kind, needle: Bytes, spelling: string, carrier: Carrier = 'field'): Mark {
  return { kind, spelling, needle, carrier };
}

/** What nobody decodes, or no policy keeps. */
export function never(kind: Kind, needle: string | Bytes, spelling = 'text'): Mark {
  return { kind, spelling, needle, carrier: 'never' };
}

/** Bytes that hold a machine's MAC address, IPv4 address and a secret, with marks that none of them may survive. */
export function residue(m: Machine): { bytes: Bytes; marks: Mark[] } {
  const all = Uint8Array.from([...utf8(m.secret), ...mac(m.mac), ...ip4(m.ip), ...utf8(m.name)]);
  return {
    bytes: all,
    marks: [
      never('secret', m.secret),
      never('mac', mac(m.mac), 'raw'),
      never('ipv4', ip4(m.ip), 'raw'),
      never('hostname', m.name),
    ],
  };
}
