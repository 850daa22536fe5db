import type { Envelope } from '../../wire/envelope.ts';
import { BoundedMap, BoundedPairs, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';
import { stationKey, type StationKey } from '../station.ts';

/** Stations that announce addresses by ARP at one time. */
const ANNOUNCERS = 8_192;
/** Announcements in each of so many seconds on end: a failover repeats itself for a second or two, five times at most. */
const EACH_SECOND = 3;
const SECONDS = 15;
const ADDRESSES = 16;

/** Sources remembered, a power of two: more than a switch's MAC table mostly holds. */
const SOURCES = 131_072;
const SEGMENTS = 4_096;
/**
 * New sources within one window that no real segment shows: a thousand, of which nine in ten are of vendors of their own.
 * A rack that powers on has a few vendors; containers and guests share a prefix. Addresses that were made up one by one
 * (random ones, as flooding tools make) share no first byte either: pseudonyms of a redacted capture do, and tell nothing.
 */
const FLOOD = 1_000;
const WINDOW_US = 10e6;
const OWN_VENDOR = 0.9;
/** Different first bytes of a thousand random addresses: all 128 that are no groups, or 32 that are locally administered. */
const FIRST_BYTES = 24;

interface Announcer {
  capture: number;
  segment: number;
  mac: number;
  /** The present second and its announcements. */
  second: number;
  inSecond: number;
  /** Full seconds on end, and what was announced in them. */
  seconds: number;
  announcements: number;
  addresses: number[];
  first: Sight;
  last: Sight;
  /** Seconds at which it was told last. */
  told: number;
}

interface Window {
  since: number;
  stations: number;
  vendors: Set<number>;
  firstBytes: Set<number>;
  first: Sight;
  told: boolean;
}

/** What comes too fast: announcements of one station, and stations that were never seen before. */
export class Rates {
  private readonly announcers = new BoundedMap<StationKey, Announcer>('link.announcers', ANNOUNCERS);
  private readonly sources = new BoundedPairs('link.sources', SOURCES);
  private readonly windows = new BoundedMap<number, Window>('link.source-windows', SEGMENTS);

  announced(e: Envelope, mac: number, address: number, emit: Emit): void {
    const key = stationKey(e.segment, mac);
    const second = Math.floor(e.time / 1e6);
    const sight = sightOf(e);
    let one = this.announcers.get(key);
    if (one === undefined) {
      one = {
        capture: e.capture,
        segment: e.segment,
        mac,
        second,
        inSecond: 0,
        seconds: 0,
        announcements: 0,
        addresses: [],
        first: sight,
        last: sight,
        told: 0,
      };
      this.announcers.set(key, one);
    }
    if (second !== one.second) {
      const goesOn = second === one.second + 1 && one.inSecond >= EACH_SECOND;
      one.seconds = goesOn ? one.seconds + 1 : 0;
      if (!goesOn) {
        one.announcements = 0;
        one.addresses = [];
        one.first = sight;
        one.told = 0;
      }
      one.second = second;
      one.inSecond = 0;
    }
    one.inSecond += 1;
    one.announcements += 1;
    one.last = sight;
    if (one.addresses.length < ADDRESSES && !one.addresses.includes(address)) one.addresses.push(address);
    // Told at 15, 30, 60 … seconds.
    if (one.seconds >= SECONDS && one.seconds >= 2 * one.told) this.tell(one, e.time, emit);
  }

  source(e: Envelope): void {
    if (e.ethSrc < 0 || this.sources.has(e.ethSrc, e.segment)) return;
    this.sources.add(e.ethSrc, e.segment);
    let window = this.windows.get(e.segment);
    if (window === undefined || e.time - window.since > WINDOW_US) {
      window = {
        since: e.time,
        stations: 0,
        vendors: new Set(),
        firstBytes: new Set(),
        first: sightOf(e),
        told: false,
      };
      this.windows.set(e.segment, window);
    }
    window.stations += 1;
    if (window.vendors.size < FLOOD) window.vendors.add(Math.floor(e.ethSrc / 16777216));
    if (window.firstBytes.size < FIRST_BYTES) window.firstBytes.add(Math.floor(e.ethSrc / 1099511627776));
  }

  /** After `source`: tells of a flood once for each window. */
  flood(e: Envelope, emit: Emit): void {
    const window = this.windows.peek(e.segment);
    if (window === undefined || window.told || window.stations < FLOOD) return;
    if (window.vendors.size < OWN_VENDOR * FLOOD || window.firstBytes.size < FIRST_BYTES) return;
    window.told = true;
    emit({
      type: 'station-flood',
      segment: e.segment,
      stations: window.stations,
      span: e.time - window.since,
      first: window.first,
      last: sightOf(e),
      time: e.time,
    });
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const one of this.announcers.values()) {
      if (one.capture === at.capture && one.seconds >= SECONDS && one.seconds > one.told) this.tell(one, at.time, emit);
    }
  }

  limits(): LimitReached[] {
    return [this.announcers.limit(), this.sources.limit(), this.windows.limit()].filter((limit) => limit !== undefined);
  }

  private tell(one: Announcer, time: number, emit: Emit): void {
    one.told = one.seconds;
    emit({
      type: 'announcement-storm',
      segment: one.segment,
      mac: one.mac,
      // The present one too.
      seconds: one.seconds + 1,
      announcements: one.announcements,
      addresses: one.addresses.length,
      first: one.first,
      last: one.last,
      time,
    });
  }
}
