import { PICK } from '../../src/capture/sieve.ts';
import { Boots } from '../../src/flow/boots/boots.ts';
import type { Boot } from '../../src/flow/boots/types.ts';
import { FLOWS } from '../../src/flow/registry.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { buildDhcp4, type Option4 } from './dhcp4.ts';
import * as p from './packets.ts';

export const MAC = '52:54:00:00:00:64';
export const IP = '10.0.0.100';
export const RACK = { ip: '10.0.0.1', mac: '02:16:3e:00:00:01' };
export const PXE: Option4[] = [
  [60, 'PXEClient:Arch:00007:UNDI:003016'],
  [93, [0, 7]],
];
export const ID: Option4 = [54, [...p.ip4(RACK.ip)]];

/** One machine and its rack, second by second, at one point or several. */
export class Machine {
  readonly boots = new Boots();
  private readonly sequence = new Sequence([...FLOWS, this.boots.flow()], (event) => this.boots.on(event));
  private frame = 0;
  private number = 0;
  private now = 1_700_000_000;
  private xid = 100;
  private port = 2000;

  constructor() {
    this.capture(0);
  }

  /** From here on, frames are of this capture. */
  capture(capture: number, now = 1_700_000_000): this {
    this.frame = 0;
    this.now = now;
    const clock = { kind: 'split', base: 10, exponent: 6, offset: 0 } as const;
    const texts = { name: '', description: '', filter: '', os: '', received: -1, dropped: -1 };
    this.number = capture;
    this.sequence.beginFile({ capture, file: 0, apart: false }, [
      { id: 0, section: 0, sectionId: 0, linkType: 1, snapLength: 262_144, clock, ...texts },
    ]);
    return this;
  }

  /** The capture ends. */
  ends(): this {
    this.sequence.endCapture(this.number, this.now * 1e6);
    return this;
  }

  wait(seconds: number): this {
    this.now += seconds;
    return this;
  }

  send(bytes: Uint8Array): this {
    this.frame += 1;
    this.now += 0.1;
    const picks = new Int32Array(PICK.size);
    picks[PICK.frame] = this.frame;
    picks[PICK.captured] = bytes.length;
    picks[PICK.length] = bytes.length;
    picks[PICK.high] = Math.floor(this.now);
    picks[PICK.low] = Math.floor((this.now % 1) * 1e6);
    this.sequence.take(bytes, { picks, count: 1 });
    return this;
  }

  asks(type: number, options: Option4[] = [], mac = MAC): this {
    if (type === 1) this.xid += 1;
    const message = buildDhcp4({ xid: this.xid, chaddr: mac, options: [[53, [type]], ...options] });
    return this.send(
      p.udp4Frame(
        { srcMac: mac, dstMac: p.BROADCAST, src: '0.0.0.0', dst: '255.255.255.255', sport: 68, dport: 67 },
        message,
      ),
    );
  }

  gets(type: number, fields = {}): this {
    const message = buildDhcp4({
      op: 2,
      xid: this.xid,
      chaddr: MAC,
      yiaddr: type === 6 ? '0.0.0.0' : IP,
      options: [[53, [type]], ID],
      ...fields,
    });
    return this.send(
      p.udp4Frame(
        { srcMac: RACK.mac, dstMac: MAC, src: RACK.ip, dst: type === 6 ? '255.255.255.255' : IP, sport: 67, dport: 68 },
        message,
      ),
    );
  }

  leases(options = PXE): this {
    return this.asks(1, options)
      .gets(2)
      .asks(3, [...options, ID, [50, [...p.ip4(IP)]]])
      .gets(5);
  }

  /** Another transaction, as the same at another point has. */
  transaction(xid: number): this {
    this.xid = xid;
    return this;
  }

  private tftp(up: boolean, payload: Uint8Array, server = 4000): this {
    const [from, to] = up ? [{ ip: IP, mac: MAC }, RACK] : [RACK, { ip: IP, mac: MAC }];
    const ports = up ? { sport: this.port, dport: server } : { sport: server, dport: this.port };
    return this.send(p.udp4Frame({ srcMac: from.mac, dstMac: to.mac, src: from.ip, dst: to.ip, ...ports }, payload));
  }

  reads(file: string): this {
    this.port += 1;
    return this.tftp(true, p.concat(p.u16(1), p.utf8(`${file}\0octet\0`)), 69);
  }

  /** Asks for the size alone, as PXE firmware does, and ends it. */
  probes(file: string): this {
    this.port += 1;
    return this.tftp(true, p.concat(p.u16(1), p.utf8(`${file}\0octet\0tsize\0\x30\0`)), 69)
      .tftp(false, p.concat(p.u16(6), p.utf8('tsize\x00521\0')))
      .tftp(true, p.concat(p.u16(5), p.u16(0), p.utf8('TFTP Aborted\0')), 4000);
  }

  block(n: number, length = 512): this {
    return this.tftp(false, p.concat(p.u16(3), p.u16(n), new Uint8Array(length)));
  }

  fetches(file: string): this {
    return this.reads(file)
      .block(1)
      .tftp(true, p.concat(p.u16(4), p.u16(1)))
      .block(2, 9)
      .tftp(true, p.concat(p.u16(4), p.u16(2)));
  }

  refused(): this {
    return this.tftp(false, p.concat(p.u16(5), p.u16(1), p.utf8('no\0')));
  }

  http(up: boolean, text: string, port = 5000): this {
    const [from, to] = up ? [{ ip: IP, mac: MAC }, RACK] : [RACK, { ip: IP, mac: MAC }];
    const ports = up ? { sport: port, dport: 5248 } : { sport: 5248, dport: port };
    const packet = p.ipv4({ src: from.ip, dst: to.ip, proto: 6 }, p.tcp(ports, p.utf8(text)));
    return this.send(p.eth({ src: from.mac, dst: to.mac, type: p.ETHER_IPV4 }, packet));
  }

  /** The last capture ends now. */
  get all(): Boot[] {
    this.ends();
    return this.boots.list();
  }

  get ladder(): { state: string | undefined; steps: string[] } {
    const [boot] = this.all;
    return {
      state: boot?.state,
      steps: boot?.steps.map(({ name, state, outcome }) => `${name} ${state} ${outcome}`) ?? [],
    };
  }
}
