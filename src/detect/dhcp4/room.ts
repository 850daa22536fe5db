import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { DetectorContext } from '../detector.ts';
import { Charges } from './charges.ts';
import { Silence } from './silence.ts';
import { Standings } from './standings.ts';

/** Links known by number at a time: VLANs of a trunk, relays of a site. */
const LINKS = 65_536;
/** With an address they fit into an exact integer. */
const NUMBERS = 1 << 20;

/** What the DHCPv4 detectors of one run judge together, once a message: they all ask the same of it. */
export class Dhcp4Room {
  readonly standings: Standings;
  readonly charges: Charges;
  readonly silence: Silence;
  private readonly links = new BoundedMap<string, number>('dhcp4.links', LINKS);
  private numbered = 0;
  private lastLink = '';
  private lastNumber = -1;

  constructor({ site, coverage }: DetectorContext) {
    this.standings = new Standings(site);
    this.charges = new Charges(site, this.standings);
    this.silence = new Silence(coverage);
  }

  /** A key for an address on a link: a number, so that a message costs no text. */
  addressOn(link: string, address: number): number | string {
    if (link !== this.lastLink) {
      this.lastLink = link;
      this.lastNumber = this.links.get(link) ?? this.number(link);
    }
    return this.lastNumber < NUMBERS ? this.lastNumber * 0x100000000 + address : `${link}/${address}`;
  }

  limits(): LimitReached[] {
    return [...this.charges.limits(), ...this.silence.limits(), ...[this.links.limit() ?? []].flat()];
  }

  private number(link: string): number {
    // Never given twice: two links under one number would make conflicts out of nothing.
    const number = this.numbered;
    this.numbered += 1;
    this.links.set(link, number);
    return number;
  }
}

const rooms = new WeakMap<DetectorContext, Dhcp4Room>();

/** The room of a run: the same for all detectors that are started with one context. */
export function roomOf(context: DetectorContext): Dhcp4Room {
  const known = rooms.get(context);
  if (known !== undefined) return known;
  const room = new Dhcp4Room(context);
  rooms.set(context, room);
  return room;
}
