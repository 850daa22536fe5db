import type { Envelope } from '../../wire/envelope.ts';
import { sightOf, type Sight } from '../sight.ts';
import type { Asker, LinkSegment, Station } from './types.ts';

/** Stations of one access port that are told apart: a hypervisor's guests. With more it is a mirror of many ports. */
const STATIONS = 16;
/** Speakers of link-local protocols at one port: the switch, the machine, a telephone between. */
const PORTS = 8;
/** Times kept of one asker: PXE sends four DISCOVERs, clients that go on send one a minute. */
const TIMES = 16;

interface LiveAsker extends Asker {
  times: number[];
}

/** Bookkeeping of one segment. */
export class SegmentState implements LinkSegment {
  readonly segment: number;
  readonly capture: number;
  readonly askers: LiveAsker[] = [];
  readonly stations: Station[] = [];
  readonly ports: Station[] = [];
  crowded = false;
  readonly firstTime: number;

  constructor(e: Envelope) {
    this.segment = e.segment;
    this.capture = e.capture;
    this.firstTime = e.time;
  }

  /** A frame that a switch forwards. */
  forwarded(e: Envelope): void {
    if (!this.crowded && e.ethSrc >= 0 && !touch(this.stations, e, STATIONS)) this.crowded = true;
  }

  /** A frame that no switch forwards. */
  linkLocal(e: Envelope): void {
    if (e.ethSrc >= 0) touch(this.ports, e, PORTS);
  }

  discover(e: Envelope, chaddr: number): void {
    if (this.crowded) return;
    let asker = this.askerOf(chaddr);
    if (asker === undefined) {
      if (this.askers.length >= STATIONS) {
        this.crowded = true;
        return;
      }
      asker = {
        ...newStation(e, chaddr),
        discovers: 0,
        times: [],
        answers: 0,
        firstAnswer: undefined,
        answeredTime: 0,
      };
      this.askers.push(asker);
    }
    see(asker, e);
    asker.discovers += 1;
    if (asker.times.length < TIMES) asker.times.push(e.time);
  }

  answered(e: Envelope, chaddr: number): void {
    if (this.crowded) return;
    const asker = this.askerOf(chaddr);
    if (asker === undefined) return;
    asker.answers += 1;
    if (asker.firstAnswer !== undefined) return;
    asker.firstAnswer = sightOf(e);
    asker.answeredTime = e.time;
  }

  /** Asked for each DHCP message: a loop leaves nothing to collect. */
  private askerOf(chaddr: number): (typeof this.askers)[number] | undefined {
    for (const one of this.askers) if (one.mac === chaddr) return one;
    return undefined;
  }
}

export function newStation(e: Envelope, mac: number): Station {
  return { mac, first: sightOf(e), last: sightOf(e), firstTime: e.time, lastTime: e.time };
}

export function see(station: Station, e: Envelope): void {
  again(station.last, e);
  station.lastTime = e.time;
}

/** Makes a sight that nobody else holds that of this frame: every ARP message comes by here. */
export function again(sight: Sight, e: Envelope): void {
  sight.capture = e.capture;
  sight.file = e.file;
  sight.frame = e.frame;
  sight.sec = e.sec;
  sight.nsec = e.nsec;
}

/** @returns false when the list is full and the station is not in it */
function touch(list: Station[], e: Envelope, cap: number): boolean {
  const mac = e.ethSrc;
  for (const one of list) {
    if (one.mac !== mac) continue;
    see(one, e);
    return true;
  }
  if (list.length >= cap) return false;
  list.push(newStation(e, mac));
  return true;
}
