const EPB = 6;
const SPB = 3;
const SHB = 0x0a0d0d0a;

/** Where each packet's record ends in a sound pcap or pcapng file: a walk of its own, apart from the readers that it tests. */
export function recordEnds(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(0) === SHB ? blockEnds(view) : pcapEnds(view);
}

function pcapEnds(view: DataView): number[] {
  // Both magics of a little-endian file begin with a byte that is not 0xa1.
  const little = view.getUint8(0) !== 0xa1;
  const ends: number[] = [];
  for (let at = 24; at < view.byteLength;) {
    at += 16 + view.getUint32(at + 8, little);
    ends.push(at);
  }
  return ends;
}

function blockEnds(view: DataView): number[] {
  const ends: number[] = [];
  let little = true;
  for (let at = 0; at < view.byteLength;) {
    if (view.getUint32(at) === SHB) little = view.getUint32(at + 8) === 0x4d3c2b1a;
    const type = view.getUint32(at, little);
    at += view.getUint32(at + 4, little);
    if (type === EPB || type === SPB) ends.push(at);
  }
  return ends;
}
