import type { Address } from '../../wire/envelope.ts';
import { parseAddress } from '../../wire/values.ts';

/** A network of either version; an address alone has the length of its version. */
export interface Cidr {
  address: Address;
  length: number;
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone; undefined for anything else, and where host bits are set. */
export function cidrOf(text: string): Cidr | undefined {
  const [address = '', bits, more] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === -1 || more !== undefined) return undefined;
  const width = typeof parsed === 'number' ? 32 : 128;
  const length = bits === undefined ? width : /^(?:0|[1-9]\d{0,2})$/.test(bits) ? Number(bits) : -1;
  if (length < 0 || length > width) return undefined;
  return hostBitsSet(parsed, length) ? undefined : { address: parsed, length };
}

export function inCidr({ address, length }: Cidr, other: Address): boolean {
  if (typeof address === 'number') {
    const size = 2 ** (32 - length);
    return typeof other === 'number' && Math.floor(other / size) === Math.floor(address / size);
  }
  if (typeof other !== 'string' || other.length !== 16) return false;
  const whole = length >>> 3;
  if (other.slice(0, whole) !== address.slice(0, whole)) return false;
  const bits = length & 7;
  return bits === 0 || ((other.charCodeAt(whole) ^ address.charCodeAt(whole)) & (0xff00 >>> bits) & 0xff) === 0;
}

function hostBitsSet(address: Address, length: number): boolean {
  if (typeof address === 'number') return address % 2 ** (32 - length) !== 0;
  for (let bit = length; bit < 128; bit += 1) {
    if ((address.charCodeAt(bit >>> 3) & (0x80 >>> (bit & 7))) !== 0) return true;
  }
  return false;
}
