import { describe, expect, it } from 'vitest';
import { PICK } from '../../src/capture/sieve.ts';
import { Boots, type Boot } from '../../src/flow/boots.ts';
import { FLOWS } from '../../src/flow/registry.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { buildDhcp4, type Option4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';

const MAC = '52:54:00:00:00:64';
const IP = '10.0.0.100';
const RACK = { ip: '10.0.0.1', mac: '02:16:3e:00:00:01' };
const PXE: Option4[] = [
  [60, 'PXEClient:Arch:00007:UNDI:003016'],
  [93, [0, 7]],
];
const ID: Option4 = [54, [...p.ip4(RACK.ip)]];

/** One machine and its rack, second by second. */
class Machine {
  readonly boots = new Boots();
  private readonly sequence = new Sequence(FLOWS, (event) => this.boots.on(event));
  private frame = 0;
  private now = 1_700_000_000;
  private xid = 100;
  private port = 2000;

  constructor() {
    const clock = { kind: 'split', base: 10, exponent: 6, offset: 0 } as const;
    const texts = { name: '', description: '', filter: '', os: '', received: -1, dropped: -1 };
    this.sequence.beginFile({ capture: 0, file: 0, apart: false }, [
      { id: 0, section: 0, sectionId: 0, linkType: 1, snapLength: 262_144, clock, ...texts },
    ]);
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

  private tftp(up: boolean, payload: Uint8Array, server = 4000): this {
    const [from, to] = up ? [{ ip: IP, mac: MAC }, RACK] : [RACK, { ip: IP, mac: MAC }];
    const ports = up ? { sport: this.port, dport: server } : { sport: server, dport: this.port };
    return this.send(p.udp4Frame({ srcMac: from.mac, dstMac: to.mac, src: from.ip, dst: to.ip, ...ports }, payload));
  }

  reads(file: string): this {
    this.port += 1;
    return this.tftp(true, p.concat(p.u16(1), p.utf8(`${file}\0octet\0`)), 69);
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

  /** The capture ends now. */
  get all(): Boot[] {
    this.sequence.endCapture(0, this.now * 1e6);
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

describe('the ladder', () => {
  it('from DISCOVER to metadata', () => {
    const { ladder } = new Machine()
      .leases()
      .fetches('bootx64.efi')
      .fetches('grub/grub.cfg')
      .fetches('boot-kernel')
      .fetches('boot-initrd')
      .leases([[60, 'udhcp']])
      .http(true, 'GET /MAAS/metadata/latest/meta-data HTTP/1.1\r\nHost: maas\r\n\r\n')
      .http(false, 'HTTP/1.1 200 OK\r\n\r\n');
    expect(ladder).toEqual({
      state: 'finished',
      steps: [
        'dhcp done ack',
        'boot-file done complete',
        'configuration done complete',
        'kernel done complete',
        'initrd done complete',
        'dhcp done ack',
        'metadata done complete',
      ],
    });
  });

  it('a system that asks for its own address after the kernel has left the firmware', () => {
    expect(
      new Machine()
        .leases()
        .fetches('x.efi')
        .fetches('vmlinuz')
        .leases([[60, 'udhcp']]).ladder.state,
    ).toBe('finished');
  });

  it('firmware that begins anew after the kernel has not', () => {
    expect(new Machine().leases().fetches('x.efi').fetches('vmlinuz').leases(PXE).ladder.state).toBe('undecided');
  });

  it.each<[string, (m: Machine) => Machine, string, string]>([
    [
      'no OFFER where answers pass',
      (m) => m.leases().wait(100).asks(1, PXE).wait(70),
      'dhcp missing no-offer',
      'stopped',
    ],
    [
      'no OFFER where answers may not pass',
      (m) => m.asks(1, PXE).wait(70).asks(1, PXE, '52:54:00:00:00:65').wait(70),
      'dhcp undecided not-visible',
      'stopped',
    ],
    ['an OFFER that is not taken', (m) => m.asks(1, PXE).gets(2).wait(70), 'dhcp failed offer-ignored', 'stopped'],
    [
      'no ACK',
      (m) =>
        m
          .asks(1, PXE)
          .gets(2)
          .asks(3, [...PXE, ID, [50, [...p.ip4(IP)]]])
          .wait(70),
      'dhcp missing no-answer',
      'stopped',
    ],
    [
      'a NAK',
      (m) =>
        m
          .asks(1, PXE)
          .gets(2)
          .asks(3, [...PXE, ID, [50, [...p.ip4(IP)]]])
          .gets(6)
          .wait(70),
      'dhcp failed nak',
      'stopped',
    ],
    ['the capture ends too soon', (m) => m.asks(1, PXE).gets(2), 'dhcp undecided open', 'undecided'],
    ['a file that is not there', (m) => m.leases().reads('x.efi').refused(), 'boot-file failed refused', 'stopped'],
    ['a file that never comes', (m) => m.leases().reads('x.efi').wait(30), 'boot-file missing unanswered', 'stopped'],
    [
      'a file that stops in the middle',
      (m) => m.leases().reads('x.efi').block(1).wait(30),
      'boot-file failed stalled',
      'stopped',
    ],
    ['a file that is still coming', (m) => m.leases().reads('x.efi').block(1), 'boot-file undecided open', 'undecided'],
    [
      'a file, and then nothing',
      (m) => m.leases().fetches('x.efi').wait(70).asks(1, PXE, '52:54:00:00:00:65'),
      'boot-file done complete',
      'stopped',
    ],
    [
      'a page that is not there',
      (m) => m.leases().http(true, 'GET /x.efi HTTP/1.1\r\n\r\n').http(false, 'HTTP/1.1 404 no\r\n\r\n'),
      'boot-file failed refused',
      'stopped',
    ],
  ])('%s', (_name, happens, step, state) => {
    const { ladder } = happens(new Machine());
    expect([ladder.steps.at(-1), ladder.state]).toEqual([step, state]);
  });

  it('a failure that is followed by success is no stop', () => {
    const { ladder } = new Machine()
      .leases()
      .fetches('pxelinux.0')
      .reads('pxelinux.cfg/01-52')
      .refused()
      .reads('pxelinux.cfg/0A')
      .refused()
      .fetches('pxelinux.cfg/default');
    expect(ladder.steps).toEqual([
      'dhcp done ack',
      'boot-file done complete',
      'configuration failed refused',
      'configuration failed refused',
      'configuration done complete',
    ]);
    expect(ladder.state).toBe('undecided');
  });

  it('what never boots from the network is no boot', () => {
    expect(new Machine().leases([[60, 'udhcp']]).all).toEqual([]);
  });
});

describe('bounds', () => {
  it('64 steps are kept of one machine, and the rest counted', () => {
    const machine = new Machine().leases();
    for (let i = 0; i < 100; i += 1) machine.reads(`file-${i}`).refused();
    const [boot] = machine.all;
    expect([boot?.steps.length, boot?.lost]).toEqual([64, 37]);
  });

  it('a flood of machines pushes out the oldest, and it is said', () => {
    const machine = new Machine();
    const sent = 20_000;
    for (let i = 0; i < sent; i += 1) machine.asks(1, PXE, `52:54:00:01:${octet(i >>> 8)}:${octet(i)}`);
    const { all, boots } = machine;
    const [limit] = boots.limits();
    expect(limit).toMatchObject({ name: 'boots', lost: sent - all.length });
    expect(all.length).toBeLessThanOrEqual(limit?.cap ?? 0);
    expect(all.at(-1)?.mac).toBe(0x525400010000 + sent - 1);
  });
});

function octet(value: number): string {
  return (value & 255).toString(16).padStart(2, '0');
}
