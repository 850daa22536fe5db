import { addFault } from '../faults.ts';
import { MAX_FRAME, MAX_RECORD, maxFrame } from '../frame-size.ts';
import type { CaptureFault, CaptureInterface, FormatReader, FrameSink } from '../types.ts';
import { BLOCK, LEAST, MAX_BLOCK, MIN_BLOCK, NUMBERED, ORDER_MAGIC, blockName } from './blocks.ts';
import { journalTime } from './journal.ts';
import { readApplication, readInterface, readStatistics } from './options.ts';
import { type PcapngState, copyOf, firstState } from './state.ts';

/** Interfaces of one file: a day of one-minute files strung together has fewer; a table of millions is an attack. */
const MAX_INTERFACES = 16384;
/** Programs told of one file: more took part in none. */
const MAX_APPLICATIONS = 16;
/** Characters of names, filters and the like of all interfaces of a file: enough for thousands of real ones. */
const MAX_TEXTS = 1 << 20;

/** pcapng (draft-ietf-opsawg-pcapng). Blocks take frame numbers exactly where Wireshark gives them one. */
export class PcapngReader implements FormatReader {
  readonly format = 'pcapng';
  readonly faults: CaptureFault[] = [];
  stopped = false;
  wanted = 0;
  private readonly state: PcapngState;

  private constructor(state: PcapngState) {
    this.state = state;
  }

  /** A reader for the file whose first four bytes these are, or undefined: no section header. */
  static of(bytes: Uint8Array, at: number): PcapngReader | undefined {
    // The type of a section header reads the same in both byte orders.
    if (viewOf(bytes).getUint32(at) !== BLOCK.sectionHeader) return undefined;
    return new PcapngReader(firstState());
  }

  static from(state: PcapngState): PcapngReader {
    return new PcapngReader(copyOf(state));
  }

  snapshot(): PcapngState {
    return copyOf(this.state);
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.state.interfaces;
  }

  /** Programs that wrote the sections, as the section headers say; untrusted text. */
  get applications(): readonly string[] {
    return this.state.applications;
  }

  /** Frames that took a number so far. */
  get frames(): number {
    return this.state.frames;
  }

  /** Offset in the stream of the next byte to walk. */
  get offset(): number {
    return this.state.offset;
  }

  get variant(): string {
    const { orders, sections } = this.state;
    const order = orders === 3 ? 'mixed-endian' : orders === 2 ? 'big-endian' : 'little-endian';
    return sections > 1 ? `${order}, ${sections} sections` : order;
  }

  walk(bytes: Uint8Array, at: number, end: number, sink: FrameSink, last: boolean): number {
    const { state } = this;
    const view = viewOf(bytes);
    let next = at;
    sink.bytes = bytes;
    this.wanted = 0;
    while (!this.stopped) {
      const skipping = state.skip > 0;
      if (!skipping) {
        const packetsEnd = this.walkPackets(view, next, end, sink);
        state.offset += packetsEnd - next;
        next = packetsEnd;
      }
      const step = skipping ? this.skipOn(view, next, end, sink) : this.walkBlock(view, next, end, sink);
      state.offset += step;
      next += step;
      if (step === 0 && (skipping || state.skip === 0)) break;
    }
    if (last && !this.stopped && (next < end || state.skip > 0)) this.sayCut(view, next, end);
    return next;
  }

  /**
   * The hot loop: whole, sound enhanced packets one after another, without allocating.
   *
   * @returns where the first block begins that is not one
   */
  private walkPackets(view: DataView, at: number, end: number, sink: FrameSink): number {
    const { little, base, interfaces } = this.state;
    const known = interfaces.length - base;
    let next = at;
    let frames = 0;
    while (end - next >= 32) {
      const length = view.getUint32(next + 4, little);
      if (view.getUint32(next, little) !== BLOCK.enhancedPacket) break;
      if (length < 32 || (length & 3) !== 0 || length > end - next || length > MAX_RECORD) break;
      const iface = view.getUint32(next + 8, little);
      const captured = view.getUint32(next + 20, little);
      if (iface >= known || captured > MAX_FRAME || captured > length - 32) break;
      if (view.getUint32(next + length - 4, little) !== length) break;
      frames += 1;
      sink.frame(
        next + 28,
        captured,
        view.getUint32(next + 24, little),
        base + iface,
        view.getInt32(next + 12, little),
        view.getInt32(next + 16, little),
      );
      next += length;
    }
    this.state.frames += frames;
    return next;
  }

  /** Any one block. @returns its size; 0 when it is not whole yet, is to be stepped over (`skip`), or stops the walk */
  private walkBlock(view: DataView, at: number, end: number, sink: FrameSink): number {
    const { state } = this;
    if (end - at < MIN_BLOCK) {
      this.wanted = MIN_BLOCK;
      return 0;
    }
    const type = view.getUint32(at, state.little);
    let { little } = state;
    if (type === BLOCK.sectionHeader) {
      little = view.getUint32(at + 8, true) === ORDER_MAGIC;
      if (!little && view.getUint32(at + 8) !== ORDER_MAGIC) {
        this.stop('bad-byte-order', 'a section header has no byte-order magic');
        return 0;
      }
    }
    const length = view.getUint32(at + 4, little);
    if (length < MIN_BLOCK || length > MAX_BLOCK) {
      const bound = length < MIN_BLOCK ? 'least' : 'most';
      this.stop(
        'bad-block-length',
        `${blockName(type)} claims ${length} bytes; ${length < MIN_BLOCK ? MIN_BLOCK : MAX_BLOCK} is the ${bound} there can be`,
      );
      return 0;
    }
    const size = padded(length);
    if (size > MAX_RECORD || (size > end - at && size > MIN_HELD && !LEAST.has(type))) {
      if (type === BLOCK.sectionHeader || type === BLOCK.interface) {
        this.stop('bad-block-length', `${blockName(type)} claims ${length} bytes`);
        return 0;
      }
      state.skip = size;
      state.skipType = type;
      state.skipLength = length;
      return 0;
    }
    if (size > end - at) {
      this.wanted = size;
      return 0;
    }
    const trailing = view.getUint32(at + size - 4, little);
    if (trailing !== length) {
      this.stop('bad-block-length', unlike(type, length, trailing));
      return 0;
    }
    const least = LEAST.get(type) ?? MIN_BLOCK;
    sink.block?.(type, at, size, little);
    if (length >= least) this.take(view, type, at, length, little, sink);
    else if (type === BLOCK.sectionHeader || type === BLOCK.interface) {
      this.stop('short-block', `${blockName(type)} has ${length} bytes and needs ${least}`);
    } else {
      this.say('short-block', `${blockName(type)} has ${length} bytes and needs ${least}`);
    }
    return this.stopped ? 0 : size;
  }

  /** A whole block, long enough for what it is. */
  private take(view: DataView, type: number, at: number, length: number, little: boolean, sink: FrameSink): void {
    const end = at + length - 4;
    switch (type) {
      case BLOCK.sectionHeader:
        this.section(view, at, end, little);
        return;
      case BLOCK.interface:
        this.interface(view, at + 8, end);
        return;
      case BLOCK.enhancedPacket:
        this.packet(view, at, view.getUint32(at + 8, little), end, sink);
        return;
      case BLOCK.packet:
        this.packet(view, at, view.getUint16(at + 8, little), end, sink);
        return;
      case BLOCK.simplePacket:
        this.simplePacket(view, at, end, sink);
        return;
      case BLOCK.statistics:
        this.statistics(view, at, end);
        return;
      default:
        this.event(view, type, at + 8 + headSize(type), end, sink);
    }
  }

  private section(view: DataView, at: number, end: number, little: boolean): void {
    const major = view.getUint16(at + 12, little);
    const minor = view.getUint16(at + 14, little);
    // 1.2 was written by some and means the same (section 4.1).
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      this.stop('bad-version', `pcapng version ${major}.${minor} is not known`);
      return;
    }
    const { state } = this;
    state.little = little;
    state.orders |= little ? 1 : 2;
    state.sections += 1;
    state.base = state.interfaces.length;
    if (state.applications.length >= MAX_APPLICATIONS) return;
    const name = readApplication(view, at + 24, end, little);
    if (name !== '' && !state.applications.includes(name)) state.applications.push(name);
  }

  private interface(view: DataView, at: number, end: number): void {
    const { state } = this;
    const id = state.interfaces.length;
    if (id >= MAX_INTERFACES) {
      this.stop('too-many-interfaces', `more than ${MAX_INTERFACES} interfaces`);
      return;
    }
    const { one, whole } = readInterface(view, at, end, state.little);
    one.id = id;
    one.section = state.sections - 1;
    one.sectionId = id - state.base;
    state.texts += one.name.length + one.description.length + one.filter.length + one.os.length;
    if (state.texts > MAX_TEXTS) {
      one.name = one.description = one.filter = one.os = '';
      this.say('too-much-text', `interface ${id}: its texts are left out, there are too many`);
    }
    state.interfaces.push(one);
    if (!whole) {
      this.say('bad-option', `interface ${id}: an option is longer than its block; the rest are lost`);
    }
  }

  /** Enhanced packet and (obsolete) packet block: the same places, but for the width of the interface. */
  private packet(view: DataView, at: number, iface: number, end: number, sink: FrameSink): void {
    const { little, base, interfaces } = this.state;
    const one = interfaces[base + iface];
    if (one === undefined) {
      this.say('unknown-interface', `a packet of interface ${iface}, which its section has not`);
      return;
    }
    const captured = view.getUint32(at + 20, little);
    if (captured > end - at - 28 || captured > maxFrame(one.linkType)) {
      this.say('bad-record-length', `a packet claims ${captured} captured bytes: left out`);
      return;
    }
    this.state.frames += 1;
    sink.frame(
      at + 28,
      captured,
      view.getUint32(at + 24, little),
      base + iface,
      view.getInt32(at + 12, little),
      view.getInt32(at + 16, little),
    );
  }

  /** No interface (it is the section's first), no time, and as many bytes as that interface's snapshot length lets through. */
  private simplePacket(view: DataView, at: number, end: number, sink: FrameSink): void {
    const { little, base, interfaces } = this.state;
    const one = interfaces[base];
    if (one === undefined) {
      this.say('unknown-interface', 'a simple packet in a section without an interface');
      return;
    }
    const length = view.getUint32(at + 8, little);
    const captured = one.snapLength === 0 ? length : Math.min(length, one.snapLength);
    if (captured > end - at - 12 || captured > maxFrame(one.linkType)) {
      this.say('bad-record-length', `a simple packet claims ${captured} captured bytes: left out`);
      return;
    }
    this.state.frames += 1;
    sink.frame(at + 12, captured, length, base, -1, -1);
  }

  private statistics(view: DataView, at: number, end: number): void {
    const { little, base, interfaces } = this.state;
    const iface = view.getUint32(at + 8, little);
    const one = interfaces[base + iface];
    if (one === undefined) {
      this.say('unknown-interface', `statistics of interface ${iface}, which its section has not`);
    } else if (!readStatistics(view, at + 20, end, little, one)) {
      this.say('bad-option', `statistics of interface ${iface}: an option is longer than its block`);
    }
  }

  private event(view: DataView, type: number, at: number, end: number, sink: FrameSink): void {
    const kind = NUMBERED.get(type);
    if (kind === undefined) return;
    let time = -1;
    let to = end;
    if (type === BLOCK.journal) {
      time = journalTime(view, at, end);
      // The entry's own length is not stored; padding is zeros, which no entry ends with.
      while (to > end - 4 && view.getUint8(to - 1) === 0) to -= 1;
    }
    this.state.frames += 1;
    const high = time < 0 ? -1 : Math.floor(time / 4294967296);
    const low = time < 0 ? -1 : time | 0;
    sink.other(kind, at, to - at, high, low);
  }

  /** Goes on stepping over a block that is too large to hold or holds nothing for us. @returns bytes consumed */
  private skipOn(view: DataView, at: number, end: number, sink: FrameSink): number {
    const { state } = this;
    const ahead = Math.min(state.skip - 4, end - at);
    if (state.skip - ahead > 4 || end - at - ahead < 4) {
      state.skip -= ahead;
      this.wanted = 4;
      return ahead;
    }
    const { skipType: type, skipLength: length } = state;
    const begin = state.offset - (padded(length) - state.skip);
    const trailing = view.getUint32(at + ahead, state.little);
    state.skip = 0;
    if (trailing !== length) {
      state.offset = begin;
      this.stop('bad-block-length', unlike(type, length, trailing));
      return 0;
    }
    const kind = NUMBERED.get(type);
    if (kind !== undefined) {
      state.frames += 1;
      sink.other(kind, at, 0, -1, -1);
    } else if (LEAST.has(type)) {
      const message = `${blockName(type)} of ${length} bytes: too large, left out`;
      this.say('bad-record-length', message, begin);
    }
    return ahead + 4;
  }

  private sayCut(view: DataView, at: number, end: number): void {
    const { state } = this;
    let have = end - at;
    let need = this.wanted;
    let name = 'a block';
    if (state.skip > 0) {
      const size = padded(state.skipLength);
      state.offset -= size - state.skip;
      have += size - state.skip;
      need = size;
      name = `${blockName(state.skipType)}`;
      state.skip = 0;
    } else if (have >= MIN_BLOCK) {
      name = `${blockName(view.getUint32(at, state.little))}`;
    }
    this.stop('truncated-record', `the file ends inside ${name}: ${have} of ${need} bytes`);
  }

  private say(code: string, message: string, offset = this.state.offset): void {
    addFault(this.faults, { offset, afterFrame: this.state.frames, code, message });
  }

  private stop(code: string, message: string): void {
    this.stopped = true;
    this.say(code, message);
  }
}

/** Blocks of no interest up to this size are waited for like any other, rather than stepped over. */
const MIN_HELD = 4096;

/** Bytes in front of a numbered block's own data: a custom block's enterprise number, a sysdig event's header. */
function headSize(type: number): number {
  return type === BLOCK.journal ? 0 : (LEAST.get(type) ?? MIN_BLOCK) - MIN_BLOCK;
}

/** Wireshark takes a length that is no multiple of 4 as one without the padding, which is there all the same. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

function unlike(type: number, length: number, trailing: number): string {
  return `${blockName(type)} begins with length ${length} and ends with ${trailing}`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
