import { concat, u16, utf8, type Bytes } from './bytes.ts';
import { udp4Frame } from './packets.ts';
import type { CapturedFrame } from './pcap.ts';

export const CLIENT = { ip: '10.0.0.100', mac: '52:54:00:00:00:64' };
export const SERVER = { ip: '10.0.0.1', mac: '02:16:3e:00:00:01' };
export const OTHER = { ip: '10.0.0.66', mac: '02:16:3e:00:00:66' };

type Host = typeof CLIENT;

/** TFTP conversations at given seconds; `frames` is the capture. */
export class TftpScene {
  readonly frames: CapturedFrame[] = [];
  private id = 1;

  send(time: number, from: Host, fromPort: number, to: Host, toPort: number, payload: Bytes): void {
    this.id += 1;
    const bytes = udp4Frame(
      { srcMac: from.mac, dstMac: to.mac, src: from.ip, dst: to.ip, sport: fromPort, dport: toPort, id: this.id },
      payload,
    );
    this.frames.push({ time: 1_700_000_000 + time, bytes });
  }

  read(time: number, file: string, port = 2070, server: Host = SERVER, options: Record<string, string> = {}): void {
    const pairs = Object.entries(options).flatMap(([name, value]) => [utf8(`${name}\0${value}\0`)]);
    this.send(time, CLIENT, port, server, 69, concat(u16(1), utf8(`${file}\0octet\0`), ...pairs));
  }

  data(time: number, block: number, length: number, port = 2070, server: Host = SERVER, serverPort = 40_000): void {
    this.send(time, server, serverPort, CLIENT, port, concat(u16(3), u16(block), new Uint8Array(length)));
  }

  ack(time: number, block: number, port = 2070, server: Host = SERVER, serverPort = 40_000): void {
    this.send(time, CLIENT, port, server, serverPort, concat(u16(4), u16(block)));
  }

  error(time: number, code: number, text: string, port = 2070, server: Host = SERVER): void {
    this.send(time, server, 40_000, CLIENT, port, concat(u16(5), u16(code), utf8(`${text}\0`)));
  }

  abort(time: number, code: number, text: string, port = 2070, server: Host = SERVER): void {
    this.send(time, CLIENT, port, server, 40_000, concat(u16(5), u16(code), utf8(`${text}\0`)));
  }

  /** Traffic of somebody else, so that the capture goes on. */
  goesOn(time: number): void {
    this.send(time, OTHER, 5000, SERVER, 69, concat(u16(4), u16(0)));
  }

  /** A whole read of `blocks` blocks, the last one short. */
  whole(time: number, file: string, blocks: number, port = 2070, server: Host = SERVER): void {
    this.read(time, file, port, server);
    for (let block = 1; block <= blocks; block += 1) {
      this.data(time + block / 100, block, block === blocks ? 100 : 512, port, server);
      this.ack(time + block / 100 + 0.001, block, port, server);
    }
  }
}
