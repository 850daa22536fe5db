import type { CaptureInterface } from '../../capture/types.ts';
import type { Identities, Rule } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { FrameRewriter, ROOM } from './frame.ts';
import { pcapHeader } from './pcap-writer.ts';
import { movedSeconds, timeShift } from './time-shift.ts';
import type { TallyRows } from './tally.ts';

/** Kinds of free text: without a learn pass nobody knows which of its words are names. */
const FREE: ReadonlySet<Kind> = new Set(['text', 'payload', 'metadata']);

/** Identities where nothing was learned before: typed fields map as ever, free text is dropped. */
export class TypedIdentities implements Identities {
  private readonly of: Identities;

  constructor(of: Identities) {
    this.of = of;
  }

  rule(kind: Kind): Rule {
    return this.of.rule(kind);
  }

  mac(address: number): number | undefined {
    return this.of.mac(address);
  }

  ipv4(address: number): number | undefined {
    return this.of.ipv4(address);
  }

  ipv6(address: string): string | undefined {
    return this.of.ipv6(address);
  }

  network4(address: number, length: number): number | undefined {
    return this.of.network4(address, length);
  }

  network6(address: string, length: number): string | undefined {
    return this.of.network6(address, length);
  }

  text(kind: Kind, value: string): string | undefined {
    return FREE.has(kind) ? undefined : this.of.text(kind, value);
  }

  bytes(kind: Kind, value: Uint8Array): Uint8Array | undefined {
    return FREE.has(kind) ? undefined : this.of.bytes(kind, value);
  }

  time(seconds: number): number | undefined {
    return this.of.time(seconds);
  }

  issued(kind: Kind, value: number | string | Uint8Array): boolean {
    return this.of.issued(kind, value);
  }
}

export interface FrameRedactorOptions {
  linkType: number;
  snapLength: number;
  /** Resolution of the fraction that frames bear. */
  nanoseconds?: boolean;
  undecoded?: 'cut' | 'zero';
  /** Earliest whole second of the case; absent, that of the first frame. Only a policy that drops times asks for it. */
  firstTime?: number;
}

/**
 * Rebuilds frames as they come, without a learn pass (a live capture, a pipe): records of one little-endian pcap file.
 * Fragments lose their payload, as there is no going back to those before.
 */
export class FrameRedactor {
  private readonly identities: Identities;
  private readonly rewriter: FrameRewriter;
  private readonly options: FrameRedactorOptions;
  private shift: number | undefined;
  private number = 0;

  /** @param identities of the case, made of a plan without facts */
  constructor(identities: Identities, options: FrameRedactorOptions) {
    this.identities = identities;
    this.options = options;
    const { undecoded = 'cut' } = options;
    this.rewriter = new FrameRewriter(new TypedIdentities(identities), { undecoded });
  }

  /** What was dropped, cut and resized so far. */
  get tally(): TallyRows {
    return this.rewriter.tally.rows;
  }

  /** The file header. */
  header(): Uint8Array {
    const { linkType, snapLength, nanoseconds = false } = this.options;
    const one: CaptureInterface = {
      id: 0,
      section: 0,
      sectionId: 0,
      linkType,
      snapLength,
      clock: { kind: 'split', base: 10, exponent: nanoseconds ? 9 : 6, offset: 0 },
      name: '',
      description: '',
      filter: '',
      os: '',
      received: -1,
      dropped: -1,
    };
    return pcapHeader(one, true);
  }

  /**
   * One record.
   *
   * @param seconds since 1970 UTC @param fraction micro- or nanoseconds @param bytes what was captured of the frame
   * @param length bytes on the wire
   */
  frame(seconds: number, fraction: number, bytes: Uint8Array, length: number): Uint8Array {
    this.number += 1;
    this.shift ??= timeShift(this.identities, this.options.firstTime ?? seconds);
    const record = new Uint8Array(16 + bytes.length + ROOM);
    const view = new DataView(record.buffer);
    const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { rewriter, options, number } = this;
    const kept = rewriter.frame(from, bytes, 0, bytes.length, length, options.linkType, number, record, view, 16);
    view.setInt32(0, movedSeconds(seconds, this.shift), true);
    view.setUint32(4, fraction, true);
    view.setUint32(8, kept, true);
    view.setUint32(12, rewriter.length, true);
    return record.subarray(0, 16 + kept);
  }
}
