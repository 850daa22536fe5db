import { arp, bulk, dora, nd, Random, tftp } from '../../bench/generate.ts';
import { frames, type Frame } from '../../src/index.ts';
import { type CapturedFrame, pcapFile } from '../support/pcap.ts';

/** Of every hundred frames of a noisy capture this many are noise. */
const SHARE = 95;
/** A sample of a few frames still stands in a crowd; a long one does not grow without end. */
const LEAST = 400;
const MOST = 60_000;
/** A VLAN that no scenario uses: a healthy provisioning network of its own. */
const OTHER_VLAN = 3900;
/** Numbers of clients that no scenario uses. */
const CLIENT = 3_000_000;

/** The DHCP and TFTP server of the other network. */
export const NOISE_SERVER = '10.0.0.2';
/** What it gives its machines to boot (UEFI x86-64). */
export const NOISE_BOOT = { architectures: [7], files: ['bootx64.efi'] };

export interface Noisy {
  bytes: Uint8Array;
  frames: number;
  noise: number;
}

/**
 * The capture with unrelated traffic mixed in over all of the time that it looked (by its manifest): bulk TCP and UDP of other hosts on the same segment,
 * and on a VLAN of its own a healthy network that provisions (leases, ARP, ND, TFTP). Nothing of it is wrong, and nothing
 * concerns the machines of the scenario.
 *
 * @returns undefined where the capture is not of one Ethernet interface: noise of another kind would be a fault
 */
export async function withNoise(
  path: string,
  seed: number,
  { start, stop }: { start: string; stop: string },
): Promise<Noisy | undefined> {
  const own: Frame[] = [];
  for await (const frame of frames(path)) own.push(frame);
  if (own.some(({ linkType, interface: number }) => linkType !== 1 || number !== 0)) return undefined;
  const times = own.flatMap(({ sec, nsec }) => (sec === undefined || nsec === undefined ? [] : [sec + nsec / 1e9]));
  if (times.length === 0) return undefined;
  const first = Math.min(Date.parse(start) / 1000, ...times);
  const last = Math.max(Date.parse(stop) / 1000, ...times);
  const count = Math.min(MOST, Math.max(LEAST, Math.ceil((own.length * SHARE) / (100 - SHARE))));
  const noise = noiseFrames(count, seed);
  const step = Math.max(last - first, 0.001) / count;
  const at = (index: number): { sec: number; nsec: number } => micros(first + index * step);
  const mixed: CapturedFrame[] = [];
  let next = 0;
  for (const { sec = 0, nsec = 0, bytes, length } of own) {
    for (; next < count && before(at(next), { sec, nsec }); next += 1) {
      mixed.push({ time: at(next), bytes: noise[next] ?? new Uint8Array(60) });
    }
    mixed.push({ time: { sec, nsec }, bytes: Uint8Array.from(bytes), length });
  }
  for (; next < count; next += 1) {
    mixed.push({ time: at(next), bytes: noise[next] ?? new Uint8Array(60) });
  }
  return { bytes: pcapFile(mixed, { nano: true }), frames: mixed.length, noise: count };
}

function before(a: { sec: number; nsec: number }, b: { sec: number; nsec: number }): boolean {
  return a.sec < b.sec || (a.sec === b.sec && a.nsec < b.nsec);
}

function micros(time: number): { sec: number; nsec: number } {
  const sec = Math.floor(time);
  return { sec, nsec: Math.floor((time - sec) * 1e6) * 1000 };
}

function noiseFrames(count: number, seed: number): Uint8Array<ArrayBuffer>[] {
  const random = new Random(seed);
  const out: Uint8Array<ArrayBuffer>[] = [];
  let client = CLIENT + seed * 1000;
  let block = 0;
  while (out.length < count) {
    client += 1;
    block = (block % 60_000) + 1;
    const id = random.below(65_536);
    const control = [
      ...dora(client, random.next(), id),
      ...arp(client),
      ...nd(client),
      ...tftp(CLIENT + seed * 1000, block, id),
    ];
    for (const frame of control) out.push(tagged(frame));
    for (let i = 0; i < 90; i += 1) out.push(...bulk(random).map((frame) => Uint8Array.from(frame)));
  }
  return out.slice(0, count);
}

function tagged(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(frame.length + 4);
  out.set(frame.subarray(0, 12));
  out.set([0x81, 0x00, OTHER_VLAN >> 8, OTHER_VLAN & 255], 12);
  out.set(frame.subarray(12), 16);
  return out;
}
