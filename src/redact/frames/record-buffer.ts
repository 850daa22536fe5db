/** The buffer that one range's records are written into; it grows as records come. */
export class RecordBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  at = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes `count` bytes be free from `at` on. */
  need(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  /** What was written; the buffer goes on with a new one. */
  take(): Uint8Array<ArrayBuffer> {
    const written = this.bytes.slice(0, this.at);
    this.at = 0;
    return written;
  }

  u8(value: number): void {
    this.view.setUint8(this.at, value);
    this.at += 1;
  }

  u16(value: number, little: boolean): void {
    this.view.setUint16(this.at, value, little);
    this.at += 2;
  }

  u32(value: number, little: boolean): void {
    this.view.setUint32(this.at, value, little);
    this.at += 4;
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Zeros up to the next multiple of 4 of the bytes since `from`. */
  pad(from: number): void {
    while ((this.at - from) % 4 !== 0) this.u8(0);
  }
}

/** Writes both lengths of the pcapng block that began at `from`. */
export function endBlock(out: RecordBuffer, from: number, little: boolean): void {
  const size = out.at - from + 4;
  out.view.setUint32(from + 4, size, little);
  out.u32(size, little);
}
