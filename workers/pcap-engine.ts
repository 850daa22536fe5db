import { writeSync } from 'node:fs';
import type { EngineRequest } from '../src/collect/capture/engine.ts';

/**
 * The process of the engine `pcap`: takes one message, captures with node-pcap, and writes a pcap stream to standard
 * output. It is no piscina entry: node-pcap must have a process of its own.
 */
interface PacketWithHeader {
  /** sec(4) usec(4) captured(4) length(4), in the machine's byte order. */
  header: Buffer;
  buf: Buffer;
}

interface Session {
  on(event: 'packet', listener: (packet: PacketWithHeader) => void): void;
  stats(): { ps_recv: number; ps_drop: number; ps_ifdrop?: number };
  close(): void;
  link_type: string;
}

interface NodePcap {
  createSession(
    device: string,
    options: { filter: string; buffer_size: number; snap_length: number; promiscuous: boolean; buffer_timeout: number },
  ): Session;
}

const OUT = 1;
const ERR = 2;
/** As node-pcap names them. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  LINKTYPE_NULL: 0,
  LINKTYPE_ETHERNET: 1,
  LINKTYPE_RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
};
/** Milliseconds between two lines of counters. */
const COUNT_EVERY = 2_000;

let session: Session | undefined;
let captured = 0;

process.once('message', (request) => void begin(request as EngineRequest));
process.once('disconnect', () => end());
process.once('SIGINT', () => end());

async function begin(request: EngineRequest): Promise<void> {
  try {
    const name = 'pcap';
    const loaded = (await import(name)) as { default: NodePcap };
    session = loaded.default.createSession(request.interface, {
      filter: request.filter,
      buffer_size: request.bufferBytes,
      snap_length: request.snapLength,
      promiscuous: true,
      buffer_timeout: 100,
    });
  } catch (error) {
    say(`${error instanceof Error ? error.message : 'it could not begin'}\n`);
    process.disconnect();
    return;
  }
  const linkType = LINK_TYPES[session.link_type];
  if (linkType === undefined) {
    say(`the link type ${session.link_type} is not known\n`);
    session.close();
    process.disconnect();
    return;
  }
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(request.snapLength, 16);
  header.writeUInt32LE(linkType, 20);
  write(header);
  session.on('packet', (packet) => take(packet));
  setInterval(count, COUNT_EVERY).unref();
}

function take({ header, buf }: PacketWithHeader): void {
  const size = header.readUInt32LE(8);
  captured += 1;
  // One buffer is used for every packet: it must be out before the next comes.
  write(Buffer.concat([header.subarray(0, 16), buf.subarray(0, size)]));
}

function count(): void {
  if (session === undefined) return;
  const { ps_recv: received, ps_drop: dropped, ps_ifdrop: interfaceDropped = 0 } = session.stats();
  say(`captured=${captured} received=${received} dropped=${dropped} interface_dropped=${interfaceDropped}\n`);
}

function end(): void {
  count();
  session?.close();
  session = undefined;
  if (process.connected) process.disconnect();
}

/** Standard output is a pipe: it takes what it can, and the rest when there is room. */
function write(bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(OUT, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') continue;
      // Whoever read it is gone.
      process.kill(process.pid, 'SIGKILL');
    }
  }
}

function say(text: string): void {
  try {
    writeSync(ERR, text);
  } catch {
    // Nobody listens.
  }
}
