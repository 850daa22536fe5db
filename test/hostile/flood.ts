import { closeSync, openSync, writeSync } from 'node:fs';
import { concat, pcapFile, type Bytes } from '../support/packets.ts';

/** Bytes gathered before a write. */
const BATCH = 1 << 22;

/** A pcap file (Ethernet, microseconds) that is written frame by frame: a flood of gigabytes needs no memory. */
export class FloodFile {
  private readonly fd: number;
  private batch = Buffer.alloc(BATCH);
  private used = 0;
  frames = 0;

  constructor(path: string, linkType = 1) {
    this.fd = openSync(path, 'w');
    this.put(pcapFile([], { linkType }));
  }

  /** @param time microseconds since 1970 */
  add(time: number, bytes: Bytes): void {
    const head = 16;
    if (this.used + head + bytes.length > BATCH) this.flush();
    const { batch, used } = this;
    batch.writeUInt32LE(Math.floor(time / 1e6) >>> 0, used);
    batch.writeUInt32LE((time % 1e6) >>> 0, used + 4);
    batch.writeUInt32LE(bytes.length, used + 8);
    batch.writeUInt32LE(bytes.length, used + 12);
    batch.set(bytes, used + head);
    this.used = used + head + bytes.length;
    this.frames += 1;
  }

  /** Bytes as they are, between records. */
  put(bytes: Bytes): void {
    if (this.used + bytes.length > BATCH) this.flush();
    this.batch.set(bytes, this.used);
    this.used += bytes.length;
  }

  close(): void {
    this.flush();
    closeSync(this.fd);
  }

  private flush(): void {
    writeSync(this.fd, this.batch, 0, this.used);
    this.used = 0;
  }
}

/** A frame in which a few fields are set anew for each turn: building 300,000 from scratch would take minutes. */
export function stencil(frame: Bytes, fill: (view: DataView, i: number) => void): (i: number) => Bytes {
  const bytes = Uint8Array.from(frame);
  const view = new DataView(bytes.buffer);
  return (i) => {
    fill(view, i);
    return bytes;
  };
}

/** Where `part` stands in `whole`: so that a stencil's place is found, not counted. */
export function placeOf(whole: Bytes, part: Bytes): number {
  const at = Buffer.from(whole).indexOf(part);
  if (at < 0 || Buffer.from(whole).indexOf(part, at + 1) >= 0) throw new Error('the marker must stand once');
  return at;
}

/** Four bytes that stand nowhere else in a frame. */
export const MARK = concat([0xfe, 0xed, 0xfa, 0xce]);
/** A MAC address with the mark in its last four bytes. */
export const MARKED_MAC = '02:1f:fe:ed:fa:ce';
/** The mark as an IPv4 address. */
export const MARKED_IP = '254.237.250.206';
