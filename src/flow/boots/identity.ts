import { latin1 } from '../../wire/cursor.ts';
import { hexText, uuidText } from '../../wire/values.ts';
import { madeFrom } from '../neighbours/eui64.ts';
import { groupAddress } from '../visibility.ts';

/** A way in which a machine is written in this capture. */
export interface Spelling {
  /** As `mac`, `uuid`, `uuid-as-sent`, `client-id`, `duid`, `address`, `eui-64`, `file`. */
  kind: SpellingKind;
  value: string;
}
export type SpellingKind = 'mac' | 'uuid' | 'uuid-as-sent' | 'client-id' | 'duid' | 'address' | 'eui-64' | 'file';

/** Spellings kept of one machine: a MAC, two orders of its UUID, a DUID for each system, some files and addresses. */
const MOST = 24;
/** A client identifier is its beginning beyond this. */
const LONGEST = 64;

/** RFC 8415 11.2, 11.4, 11.5. */
const DUID_LLT = '0001';
const DUID_LL = '0003';
const DUID_UUID = '0004';
const ETHERNET = '0001';

/** UUIDs that firmware without one of its own sends: they name no machine. */
const NOBODY: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '4c4c4544-0000-2010-8020-80c04f202020',
]);

/** All names of one machine. */
export class Names {
  readonly list: Spelling[] = [];
  /** In SMBIOS order, as the firmware's setup shows it; '' unknown. */
  uuid = '';
  private lastId = 0;

  add(kind: SpellingKind, value: string): void {
    if (value === '' || this.list.length >= MOST) return;
    if (this.list.some((one) => one.kind === kind && one.value === value)) return;
    this.list.push({ kind, value });
  }

  /** Option 97 (RFC 4578 2.3), or the 17 bytes of option 61 of PXE firmware: type 0, then the UUID. */
  addUuid(bytes: Uint8Array, at: number): void {
    this.uuidOf(uuidText(bytes, { at, length: 16 }, true), uuidText(bytes, { at, length: 16 }));
  }

  /** Whether option 61 differs from the last one: a client repeats itself, and text of it need not be made each time. */
  isNewId(bytes: Uint8Array, at: number, length: number): boolean {
    // FNV-1a over what is kept of it.
    let sum = 0x811c9dc5 ^ length;
    for (let i = at; i < at + Math.min(length, LONGEST); i += 1) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193);
    if (sum === this.lastId) return false;
    this.lastId = sum;
    return true;
  }

  /** Option 61 as raw hex; of its parts those that are names of their own. */
  addClientId(hex: string): void {
    const value = hex.slice(0, 2 * LONGEST);
    if (value.startsWith('ff') && value.length > 14) {
      this.add('client-id', `ff:iaid ${value.slice(2, 10)}`);
      this.addDuid(value.slice(10));
    } else if (value.startsWith('00') && value.length === 34) {
      const bytes = Buffer.from(value, 'hex');
      this.add('client-id', value);
      this.addUuid(bytes, 1);
    } else this.add('client-id', value);
  }

  /** A DUID as raw hex (RFC 8415 11, RFC 6355). */
  addDuid(hex: string): void {
    const value = hex.slice(0, 2 * LONGEST);
    this.add('duid', value);
    // RFC 6355 4: the UUID as the firmware writes it, most significant byte first.
    if (value.startsWith(DUID_UUID) && value.length === 36) {
      const bytes = Buffer.from(value, 'hex');
      this.uuidOf(uuidText(bytes, { at: 2, length: 16 }), uuidText(bytes, { at: 2, length: 16 }));
    }
  }

  /** @param but names of this kind are not the machine's own */
  merge(other: Names, but?: SpellingKind): void {
    for (const { kind, value } of other.list) if (kind !== but) this.add(kind, value);
    if (this.uuid === '') this.uuid = other.uuid;
  }

  private uuidOf(uuid: string, asSent: string): void {
    if (uuid === '' || NOBODY.has(uuid) || NOBODY.has(asSent)) return;
    if (this.uuid === '') this.uuid = uuid;
    this.add('uuid', uuid);
    if (asSent !== uuid) this.add('uuid-as-sent', asSent);
  }
}

/** The MAC that a DUID was made from (DUID-LLT, DUID-LL over Ethernet); -1. */
export function macOfDuid(hex: string): number {
  const type = hex.slice(0, 4);
  if (hex.slice(4, 8) !== ETHERNET) return -1;
  const at = type === DUID_LLT ? 16 : type === DUID_LL ? 8 : -1;
  return at < 0 || hex.length !== at + 12 ? -1 : macOfHex(hex.slice(at));
}

/** The MAC that a client identifier (option 61, raw hex) was made from; -1. */
export function macOfClientId(hex: string): number {
  if (hex.startsWith('01') && hex.length === 14) return macOfHex(hex.slice(2));
  return hex.startsWith('ff') ? macOfDuid(hex.slice(10)) : -1;
}

/**
 * The MAC that a file's name carries: pxelinux's `01-aa-bb-cc-dd-ee-ff`, GRUB's `grub.cfg-aa:bb:…` and iPXE's
 * `…mac=aa:bb:…`, `BOOTIF=01-aa-bb-…`; -1 where it carries none.
 */
export function macInName(file: string): number {
  const found = /(?:^|[^0-9a-f])(?:01-)?([0-9a-f]{2}(?:[-:][0-9a-f]{2}){5})(?![0-9a-f:-])/i.exec(unescaped(file));
  const mac = found?.[1] === undefined ? -1 : macOfHex(found[1].replace(/[-:]/g, ''));
  // The rest of a longer name, or of one that was cut, is no station's.
  return mac >= 0 && groupAddress(mac) ? -1 : mac;
}

/** The UUID that a file's name carries, in lower case as written; ''. */
export function uuidInName(file: string): string {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(file)?.[0].toLowerCase() ?? '';
}

/** The IPv4 address that a file's name is: pxelinux asks for its own in eight hexadecimal digits; -1. */
export function addressInName(file: string): number {
  const found = /pxelinux\.cfg\/([0-9A-F]{8})$/.exec(file);
  return found?.[1] === undefined ? -1 : Number.parseInt(found[1], 16);
}

/** A client's own address, by the way in which it names the machine. */
export function addressKind(address: number | string, mac: number): SpellingKind {
  return typeof address === 'string' && mac >= 0 && madeFrom(address, mac) ? 'eui-64' : 'address';
}

/** The MAC that an IPv6 interface identifier was made from (RFC 4291 appendix A); -1. */
export function macOfAddress(address: number | string): number {
  if (typeof address !== 'string' || address.length !== 16) return -1;
  if (address.charCodeAt(11) !== 0xff || address.charCodeAt(12) !== 0xfe) return -1;
  const bytes = Buffer.from(address, 'latin1');
  const hex = hexText(bytes, { at: 8, length: 3 }) + hexText(bytes, { at: 13, length: 3 });
  const mac = macOfHex(hex);
  // The universal/local bit is turned over.
  return mac < 0 ? -1 : mac + ((bytes[8] ?? 0) & 2 ? -1 : 1) * 0x020000000000;
}

/** A value of an option as hex. */
export function hexOf(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(latin1(bytes, at, at + Math.min(length, LONGEST)), 'latin1').toString('hex');
}

function macOfHex(hex: string): number {
  return /^[0-9a-f]{12}$/i.test(hex) ? Number.parseInt(hex, 16) : -1;
}

/** `%3A` is how a colon stands in a URL. */
function unescaped(file: string): string {
  return file.replace(/%3a/gi, ':').replace(/%2d/gi, '-');
}
