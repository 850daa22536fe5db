import type { KnownAddresses } from '../spellings/span.ts';
import type { StringPseudonyms } from './strings.ts';

/**
 * Keyed pseudonyms of UUIDs. Firmware sends the first three fields in either byte order (SMBIOS 7.2.1): the two readings
 * of one UUID have the two readings of one pseudonym. A MAC address at the end (RFC 9562 5.1, and firmware that fills
 * the UUID with it) follows its own pseudonym. All zeros and all ones say that there is none, and stay.
 */
export class UuidPseudonyms {
  private readonly strings: StringPseudonyms;
  private readonly known: KnownAddresses;
  private readonly mac: (address: number) => number | undefined;

  constructor(strings: StringPseudonyms, known: KnownAddresses, mac: (address: number) => number | undefined) {
    this.strings = strings;
    this.known = known;
    this.mac = mac;
  }

  /** @param bytes 16 characters */
  pseudonym(bytes: string): string {
    if (/^(?:\0{16}|\xff{16})$/.test(bytes)) return bytes;
    const other = swapped(bytes);
    return other < bytes ? swapped(this.canonical(other)) : this.canonical(bytes);
  }

  private canonical(bytes: string): string {
    const node = Buffer.from(bytes, 'latin1').readUIntBE(10, 6);
    const mac = this.known.mac(node) ? this.mac(node) : undefined;
    if (mac === undefined) return latin1(this.strings.bytes('uuid', Buffer.from(bytes, 'latin1')));
    const tail = Buffer.alloc(6);
    tail.writeUIntBE(mac, 0, 6);
    return latin1(this.strings.bytes('uuid-time', Buffer.from(bytes.slice(0, 10), 'latin1'))) + latin1(tail);
  }
}

/** The first three fields in the other byte order. */
function swapped(bytes: string): string {
  const at = (...places: number[]): string => places.map((place) => bytes[place] ?? '').join('');
  return at(3, 2, 1, 0, 5, 4, 7, 6) + bytes.slice(8);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
