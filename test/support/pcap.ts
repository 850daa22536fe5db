/** Classic capture files, for tests. */

import type { Bytes } from './bytes.ts';

export interface CapturedFrame {
  /** Seconds since 1970 (exact to a microsecond as a number), or with nanoseconds. */
  time: number | { sec: number; nsec: number };
  bytes: Bytes;
  /** Length on the wire, where the capture kept less. */
  length?: number;
}

export interface PcapFields {
  /** 1 Ethernet (assumed), 101 raw IP, 113 SLL, 276 SLL2 … */
  linkType?: number;
  nano?: boolean;
  bigEndian?: boolean;
  snapLength?: number;
}

/** A classic pcap file. */
export function pcapFile(frames: readonly CapturedFrame[], fields: PcapFields = {}): Bytes {
  const little = fields.bigEndian !== true;
  const out = new Uint8Array(24 + frames.reduce((sum, frame) => sum + 16 + frame.bytes.length, 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, fields.nano === true ? 0xa1b23c4d : 0xa1b2c3d4, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, fields.snapLength ?? 262144, little);
  view.setUint32(20, fields.linkType ?? 1, little);
  let at = 24;
  for (const frame of frames) {
    const { sec, nsec } = typeof frame.time === 'number' ? split(frame.time) : frame.time;
    view.setUint32(at, sec, little);
    view.setUint32(at + 4, fields.nano === true ? nsec : Math.floor(nsec / 1000), little);
    view.setUint32(at + 8, frame.bytes.length, little);
    view.setUint32(at + 12, frame.length ?? frame.bytes.length, little);
    out.set(frame.bytes, at + 16);
    at += 16 + frame.bytes.length;
  }
  return out;
}

function split(seconds: number): { sec: number; nsec: number } {
  const micros = Math.round(seconds * 1e6);
  return { sec: Math.floor(micros / 1e6), nsec: (micros % 1e6) * 1000 };
}
