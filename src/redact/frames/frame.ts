import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../wire/dissect.ts';
import { FOUND, Layers } from '../../wire/layers.ts';
import type { Identities } from '../identities.ts';
import { sealCdp } from './cdp-checksum.ts';
import { type Copy, HeaderWriter } from './headers.ts';
import { IdentityCache } from './identity-cache.ts';
import { MAX_GROWTH, MessageWriter } from './message.ts';
import { Sealer, sealTransport } from './seal.ts';
import { Tally } from './tally.ts';

/** Bytes that must be free behind a frame's own length in the buffer that it is rebuilt in. */
export const ROOM = MAX_GROWTH;

const VRRP = 112;

export interface FrameOptions {
  /** What becomes of content that no decoder opens: cut off, with the frame's original length kept, or zeros. */
  undecoded?: 'cut' | 'zero';
  /** Rebuilt payloads of fragments by frame number. */
  patches?: ReadonlyMap<number, Uint8Array>;
  /** Texts may change their length; false for frames of which there is no second pass. */
  resizing?: boolean;
}

/**
 * Rebuilds one frame after another: the output begins as zeros, and only what a header or a decoder names is written into
 * it, mapped by its kind. Keeps nothing from frame to frame but pseudonyms.
 */
export class FrameRewriter {
  /** Bytes on the wire of the last frame as it is now. */
  length = 0;
  readonly tally = new Tally();
  readonly layers = new Layers(CLAIMS);
  readonly message: MessageWriter;
  private readonly headers: HeaderWriter;
  private readonly sealer = new Sealer();
  private readonly envelope = newEnvelope();
  private readonly copy: Copy = { from: EMPTY, to: EMPTY, shift: 0, end: 0 };
  private readonly cutting: boolean;
  private readonly resizing: boolean;
  /** Rebuilt payloads of fragments by frame number. */
  patches: ReadonlyMap<number, Uint8Array>;

  constructor(identities: Identities, options: FrameOptions = {}) {
    const cache = new IdentityCache(identities);
    this.cutting = options.undecoded !== 'zero';
    this.resizing = options.resizing !== false;
    this.patches = options.patches ?? new Map<number, Uint8Array>();
    this.headers = new HeaderWriter(cache);
    this.message = new MessageWriter(identities, cache, this.tally, this.cutting);
  }

  /**
   * @param from view of `bytes` @param out where the frame goes, from `to` on: its captured length and ROOM are free there
   * @param number as tshark counts @returns bytes of the frame that are there now; `length` is that on the wire
   */
  frame(
    from: DataView,
    bytes: Uint8Array,
    at: number,
    captured: number,
    length: number,
    linkType: number,
    number: number,
    out: Uint8Array,
    outView: DataView,
    to: number,
  ): number {
    const { layers, copy, tally } = this;
    const end = at + captured;
    const shift = to - at;
    this.length = length;
    tally.rows.frames += 1;
    const found = layers.walk(bytes, at, end, linkType);
    if (found === FOUND.unknownLink) {
      if (captured > 0) tally.rows.cut += 1;
      return this.cutting ? 0 : zeros(out, to, captured);
    }
    out.fill(0, to, to + captured);
    copy.from = from;
    copy.to = outView;
    copy.shift = shift;
    copy.end = end;
    this.headers.write(layers, copy, at);
    let kept = this.headers.done;
    let grown = 0;
    if (found === FOUND.claim) {
      const e = this.envelope;
      fillNetwork(e, layers, bytes);
      fillTransport(e, layers, bytes);
      e.start = at;
      e.end = end;
      const whole = e.payloadEnd - e.payload >= e.payloadLength;
      this.message.write(layers.claim, e, copy, out, this.resizing && whole);
      ({ end: kept, grown } = this.message);
      if (kept >= e.payloadEnd) kept = end;
    } else if (found === FOUND.fragment) {
      const patch = this.patches.get(number);
      if (patch !== undefined && patch.length === layers.payloadEnd - layers.payload) {
        out.set(patch, layers.payload + shift);
        kept = end;
      } else {
        tally.rows.fragmentsCut += 1;
      }
    } else if (kept >= this.headers.limit) {
      // Nothing was carried: what follows is padding of the link.
      kept = end;
    }
    if (kept < end) tally.rows.cut += 1;
    const written = (this.cutting ? kept : end) + grown + shift;
    this.sealer.seal(layers, copy, written, grown);
    if (found === FOUND.claim) this.sealMessage(copy, written);
    if (grown !== 0) {
      this.length = length + grown;
      tally.rows.resizedFrom += length;
      tally.rows.resizedTo += this.length;
    }
    return written - to;
  }

  /** Checksums that stand in messages with no header of their own. */
  private sealMessage(copy: Copy, written: number): void {
    const { layers } = this;
    if (layers.ipProtocol === VRRP && layers.transport >= 0) {
      sealTransport(layers, layers.count, copy, layers.transport, VRRP, 6, written, 0);
    } else if (CLAIMS.protocols[layers.claim - 1]?.name === 'cdp') {
      sealCdp(copy, layers.payload, layers.payloadEnd, layers.payloadLength, written);
    }
  }
}

const EMPTY = new DataView(new ArrayBuffer(0));

function zeros(out: Uint8Array, to: number, captured: number): number {
  out.fill(0, to, to + captured);
  return captured;
}
