import { describe, expect, it } from 'vitest';
import { ID, IP, Machine, PXE } from '../support/booting.ts';
import * as p from '../support/packets.ts';

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
      'undecided',
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
