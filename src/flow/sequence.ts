import { hasTime, readTime, type Time } from '../capture/clock.ts';
import { PICK, type FilePlace, type Picks, type PickTaker } from '../capture/sieve.ts';
import type { CaptureInterface } from '../capture/types.ts';
import { CLAIMS, Decoder, fillNetwork, fillTransport, newEnvelope } from '../wire/dissect.ts';
import type { Envelope } from '../wire/envelope.ts';
import { FOUND, Layers } from '../wire/layers.ts';
import type { WireRecord } from '../wire/registry.ts';
import type { LimitReached } from './bounded.ts';
import { Copies } from './copies.ts';
import type { FlowEvent } from './events.ts';
import type { Flow, FlowRun } from './flow.ts';
import { Fragments } from './fragments.ts';
import { Segments } from './segments.ts';
import { Visibility } from './visibility.ts';

/** Datagrams inside datagrams that came in fragments: one for each tunnel that is opened. */
const MAX_NESTED = 5;

/** Told of every record, with the number of its protocol in the claim tables. The record lives for the call. */
export type OnRecord = (claim: number, record: WireRecord, envelope: Envelope) => void;

/**
 * The one sequential stage: picked frames, in file order, become records and events. Fragments, copies, segments and
 * all flows live here, so that ranges of a file need no merging.
 */
export class Sequence implements PickTaker {
  readonly segments = new Segments();
  readonly fragments = new Fragments();
  readonly copies = new Copies();
  readonly visibility = new Visibility();
  /** Records by protocol number and kind. */
  readonly counts: Map<string, number>[] = CLAIMS.protocols.map(() => new Map<string, number>());
  /** Picked frames whose claimed payload was cut by the snap length, by capture. */
  readonly snapped = new Map<number, number>();
  /** Time of the last frame that had one, microseconds. */
  lastTime = 0;

  private readonly layers = new Layers(CLAIMS);
  private readonly decoder = new Decoder();
  private readonly envelope = newEnvelope();
  private readonly time: Time = { sec: 0, nsec: 0 };
  private readonly runs: FlowRun[];
  /** Flows by protocol number. */
  private readonly byClaim: FlowRun[][];
  private readonly emit: (event: FlowEvent) => void;
  private readonly onRecord: OnRecord | undefined;
  private interfaces: readonly CaptureInterface[] = [];
  /** First file of the running capture that the present file belongs to. */
  private run = 0;

  constructor(flows: readonly Flow[], emit: (event: FlowEvent) => void, onRecord?: OnRecord) {
    this.emit = emit;
    this.onRecord = onRecord;
    this.runs = flows.map((flow) => flow.start(this.visibility));
    this.byClaim = CLAIMS.protocols.map(({ name }) =>
      this.runs.filter((_run, i) => (flows[i]!.protocols as readonly string[]).includes(name)),
    );
  }

  /** From here on picks are of this file. */
  beginFile({ capture, file, apart }: FilePlace, interfaces: readonly CaptureInterface[]): void {
    this.envelope.capture = capture;
    this.envelope.file = file;
    this.interfaces = interfaces;
    if (apart || file === 0) this.run = file;
  }

  /** Takes the picks of one buffer; nothing refers to `bytes` afterwards. */
  take(bytes: Uint8Array, { picks, count }: Picks): void {
    for (let i = 0, row = 0; i < count; i += 1, row += PICK.size) {
      const at = picks[row + PICK.at]!;
      this.frame(
        bytes,
        at,
        at + picks[row + PICK.captured]!,
        picks[row + PICK.frame]!,
        picks[row + PICK.iface]!,
        picks[row + PICK.high]! >>> 0,
        picks[row + PICK.low]! >>> 0,
      );
    }
  }

  /** The capture's last file has ended at this time (microseconds): what is still open is closed. */
  endCapture(capture: number, time: number): void {
    for (const run of this.runs) run.end({ capture, time }, this.emit);
  }

  limits(): LimitReached[] {
    const { segments } = this;
    return [
      ...this.runs.flatMap((run) => run.limits()),
      ...this.fragments.limits(),
      ...this.visibility.limits(),
      ...(segments.lost > 0 ? [{ name: 'segments', cap: segments.cap, lost: segments.lost }] : []),
    ];
  }

  private frame(
    bytes: Uint8Array,
    at: number,
    end: number,
    frame: number,
    iface: number,
    high: number,
    low: number,
  ): void {
    const { layers, envelope: e } = this;
    const source = this.interfaces[iface];
    if (source === undefined) return;
    const found = layers.walk(bytes, at, end, source.linkType);
    if (found !== FOUND.claim && found !== FOUND.fragment) return;
    e.frame = frame;
    e.start = at;
    e.end = end;
    // A frame without a time (simple packet block) stands where it stands: at the time of the one before it.
    if (hasTime(high, low)) {
      readTime(source.clock, high, low, this.time);
      e.sec = this.time.sec;
      e.nsec = this.time.nsec;
      e.time = e.sec * 1e6 + e.nsec / 1e3;
      this.lastTime = e.time;
    }
    e.reassembled = false;
    this.network(bytes, iface);
    const whole = found === FOUND.fragment ? this.reassemble(bytes, iface) : bytes;
    if (whole === undefined) return;
    fillTransport(e, layers, whole);
    this.record(layers.claim, e, this.copies.isCopy(e));
  }

  /** Which segment the packet that the walk ended in belongs to, and whose it is. */
  private network(bytes: Uint8Array, iface: number): void {
    const { layers, envelope: e } = this;
    e.segment = this.segments.idOf(e.capture, this.run, iface, layers);
    fillNetwork(e, layers, bytes);
    this.visibility.note(e);
  }

  /**
   * Adds the fragment that the walk found. What a datagram carries may be a tunnel's packet, and that a fragment again.
   *
   * @returns the bytes of the datagram when it is whole and a protocol claims what it carries
   */
  private reassemble(bytes: Uint8Array, iface: number): Uint8Array | undefined {
    const { layers, envelope: e } = this;
    let part = bytes;
    for (let depth = 0; depth < MAX_NESTED; depth += 1) {
      const datagram = this.fragments.add(e, layers, part);
      if (datagram === undefined) return undefined;
      part = datagram.bytes;
      const { tunnels } = layers;
      const found = layers.walkDatagram(part, 0, part.length, datagram.protocol);
      if (found !== FOUND.claim && found !== FOUND.fragment) return undefined;
      e.reassembled = true;
      e.start = 0;
      e.end = part.length;
      if (layers.tunnels > tunnels) this.network(part, iface);
      if (found === FOUND.claim) return part;
    }
    return undefined;
  }

  private record(claim: number, e: Envelope, copy: boolean): void {
    if (e.payloadEnd - e.payload < e.payloadLength) {
      this.snapped.set(e.capture, (this.snapped.get(e.capture) ?? 0) + 1);
    }
    const record = this.decoder.decode(claim, e);
    const counts = this.counts[claim - 1]!;
    const kind = CLAIMS.protocols[claim - 1]!.kindOf(record);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (this.onRecord !== undefined) this.onRecord(claim, record, e);
    // A second sight of one frame is counted, and is no second message.
    if (copy) return;
    for (const run of this.byClaim[claim - 1]!) run.on(record, e, this.emit);
  }
}
