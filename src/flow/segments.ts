import { PATH, type Layers } from '../wire/layers.ts';

/** What a segment is made of (judgement.md): capture, interface, encapsulation path. */
export interface Segment {
  id: number;
  capture: number;
  /** First file of its running capture. */
  file: number;
  /** Interface id within the file; names live in the capture's interface list. */
  iface: number;
  /** SLL2 interface index, or -1. */
  ifindex: number;
  /** VLAN ids, outermost first, VLAN 0 left out. */
  vlans: number[];
  /** VXLAN or Geneve network identifier, ERSPAN session; -1. */
  vni: number;
  erspan: number;
  /** The path as text, as `vlan 10`, `vlan 100.20`, `vni 5 vlan 10`; '' for none. */
  path: string;
}

/** Distinct segments told apart; beyond this all the others share the last one, and the report says so. */
const MAX_SEGMENTS = 16_384;

/** Interns segments: a small number stands for each from here on. */
export class Segments {
  private readonly byKey = new Map<string, number>();
  private readonly list: Segment[] = [];
  /** The last one: mostly the next frame's too. */
  private lastCapture = -1;
  private lastRun = -1;
  private lastInterface = -1;
  private lastLength = 0;
  private readonly lastPath: number[] = [];
  private lastId = -1;
  /** Frames that fell into the shared last segment. */
  lost = 0;

  /** @param run first file of the running capture (a rotated set); files that overlap in time are captures of their own */
  idOf(capture: number, run: number, iface: number, layers: Layers): number {
    if (this.isLast(capture, run, iface, layers)) return this.lastId;
    let key = `${capture}/${run}/${iface}`;
    const { encapsulation, encapsulationLength } = layers;
    for (let i = 0; i < encapsulationLength; i += 1) key += `/${encapsulation[i]!}`;
    let id = this.byKey.get(key);
    if (id === undefined) {
      if (this.list.length >= MAX_SEGMENTS) {
        this.lost += 1;
        return MAX_SEGMENTS - 1;
      }
      id = this.list.length;
      this.byKey.set(key, id);
      this.list.push(describe(id, capture, run, iface, layers));
    }
    this.lastCapture = capture;
    this.lastRun = run;
    this.lastInterface = iface;
    this.lastLength = encapsulationLength;
    for (let i = 0; i < encapsulationLength; i += 1) this.lastPath[i] = encapsulation[i]!;
    this.lastId = id;
    return id;
  }

  private isLast(capture: number, run: number, iface: number, layers: Layers): boolean {
    const { encapsulation, encapsulationLength } = layers;
    if (capture !== this.lastCapture || run !== this.lastRun || iface !== this.lastInterface) return false;
    if (encapsulationLength !== this.lastLength) return false;
    for (let i = 0; i < encapsulationLength; i += 1) if (encapsulation[i] !== this.lastPath[i]) return false;
    return true;
  }

  get(id: number): Segment | undefined {
    return this.list[id];
  }

  get cap(): number {
    return MAX_SEGMENTS;
  }
}

function describe(id: number, capture: number, run: number, iface: number, layers: Layers): Segment {
  const segment: Segment = { id, capture, file: run, iface, ifindex: -1, vlans: [], vni: -1, erspan: -1, path: '' };
  const parts: string[] = [];
  let tags: number[] = [];
  const flush = (): void => {
    if (tags.length > 0) parts.push(`vlan ${tags.join('.')}`);
    tags = [];
  };
  for (let i = 0; i + 1 < layers.encapsulationLength; i += 2) {
    const value = layers.encapsulation[i + 1]!;
    switch (layers.encapsulation[i]) {
      case PATH.vlan:
        segment.vlans.push(value);
        tags.push(value);
        break;
      case PATH.vni:
        flush();
        segment.vni = value;
        parts.push(`vni ${value}`);
        break;
      case PATH.erspan:
        flush();
        segment.erspan = value;
        parts.push(`erspan ${value}`);
        break;
      case PATH.tunnel:
        flush();
        parts.push(value === 47 ? 'gre' : 'ip-in-ip');
        break;
      default:
        // An index is unsigned; the walk keeps 32 bits.
        segment.ifindex = value >>> 0;
        parts.push(`ifindex ${value >>> 0}`);
    }
  }
  flush();
  segment.path = parts.join(' ');
  return segment;
}
