import { describe, expect, it } from 'vitest';
import { architecturesOf, maasFileFor, optionalFile, roleOf } from '../../src/flow/boots/files.ts';
import { macInName, macOfAddress, macOfClientId, macOfDuid, uuidInName } from '../../src/flow/boots/identity.ts';
import type { Boot, RungName } from '../../src/flow/boots/types.ts';
import { bootReport } from '../../src/report/boots.ts';
import type { Names } from '../../src/report/names.ts';
import { parseIpv6, parseMac } from '../../src/wire/values.ts';
import { ID, IP, Machine, MAC, PXE, RACK } from '../support/booting.ts';
import type { Option4 } from '../support/dhcp4.ts';
import { bpduFrame, eapolFrame, eapolPacket, eapPacket } from '../support/link.ts';
import * as p from '../support/packets.ts';

const UUID = '00112233-4455-6677-8899-aabbccddee01';
/** As firmware sends it: the first three fields are little-endian (RFC 4578 2.3, SMBIOS 7.2.1). */
const SENT = [0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 1];
const WITH_UUID: Option4[] = [...PXE, [97, [0, ...SENT]]];
const SWITCH = '02:16:3e:00:00:5b';
const NAMES: Names = { captures: [[{ name: 'a.pcap', digits: 6 }], [{ name: 'b.pcap', digits: 6 }]], segment: String };

function one(machine: Machine): Boot {
  const { all } = machine;
  const [boot] = all;
  if (boot === undefined || all.length > 1) throw new Error(`${all.length} ladders, and not one`);
  return boot;
}

function rungs(boot: Boot): string[] {
  return boot.rungs.map(({ name, state }) => `${name} ${state}`);
}

function rung(boot: Boot, name: RungName): string {
  const found = boot.rungs.find((candidate) => candidate.name === name);
  return `${found?.state} ${found?.outcome}`.trim();
}

function why(boot: Boot): string {
  return bootReport(boot, NAMES).why;
}

/** A lease that names what to boot. */
function told(machine: Machine, file: string, options = PXE): Machine {
  const promise: Option4[] = [[53, [2]], ID, ...(file === '' ? [] : ([[67, file]] as Option4[]))];
  return machine
    .asks(1, options)
    .gets(2, { options: promise })
    .asks(3, [...options, ID, [50, [...p.ip4(IP)]]])
    .gets(5, { options: [[53, [5]], ...promise.slice(1)] });
}

describe('the rungs', () => {
  it('are all there, in their order, from the link to done', () => {
    const boot = one(
      told(new Machine(), 'bootx64.efi', WITH_UUID)
        .probes('bootx64.efi')
        .fetches('bootx64.efi')
        .fetches('grub/grub.cfg')
        .http(true, 'GET /images/boot-kernel HTTP/1.1\r\nHost: rack:5248\r\n\r\n', 5001)
        .http(false, 'HTTP/1.1 200 OK\r\nContent-Length: 12345678\r\n\r\n', 5001)
        .http(true, 'GET /images/boot-initrd HTTP/1.1\r\n\r\n', 5002)
        .http(false, 'HTTP/1.1 200 OK\r\n\r\n', 5002)
        .http(true, 'GET /images/squashfs HTTP/1.1\r\n\r\n', 5003)
        .http(false, 'HTTP/1.1 200 OK\r\n\r\n', 5003)
        .leases([[60, 'udhcp']])
        .http(true, 'GET /MAAS/metadata/2012-03-01/meta-data/instance-id HTTP/1.1\r\n\r\n', 5004)
        .http(false, 'HTTP/1.1 200 OK\r\n\r\n', 5004)
        .http(true, 'GET http://archive.ubuntu.com/ubuntu/dists/noble/InRelease HTTP/1.1\r\n\r\n', 5005)
        .http(false, 'HTTP/1.1 200 OK\r\n\r\n', 5005)
        .http(true, 'POST /MAAS/metadata/latest/?op=netboot_off HTTP/1.1\r\n\r\n', 5006)
        .http(false, 'HTTP/1.1 200 OK\r\n\r\n', 5006),
    );
    expect(rungs(boot)).toEqual([
      'link done',
      'dot1x not-seen',
      'dhcp done',
      'proxydhcp skipped',
      'boot-file done',
      'configuration done',
      'kernel done',
      'initrd done',
      'root-image done',
      'metadata done',
      'packages done',
      'done done',
    ]);
    expect([boot.state, boot.stoppedAt]).toEqual(['finished', '']);
    expect(boot.rungs.find(({ name }) => name === 'kernel')?.bytes).toBe(12_345_678);
    expect(boot.steps.filter(({ name }) => name === 'dhcp').map(({ stage }) => stage)).toEqual(['firmware', 'system']);
  });

  it('a size that is asked for and given up is no failure, and the read is the boot file', () => {
    const boot = one(new Machine().leases().probes('bootx64.efi').fetches('bootx64.efi'));
    expect(boot.steps.slice(1).map(({ name, state, outcome }) => `${name} ${state} ${outcome}`)).toEqual([
      'boot-file skipped size-asked',
      'boot-file done complete',
    ]);
    expect(rung(boot, 'boot-file')).toBe('done complete');
  });

  it('iPXE asks again on the same ladder', () => {
    const ipxe: Option4[] = [...PXE, [77, 'iPXE']];
    const boot = one(new Machine().leases().fetches('ipxe.efi').leases(ipxe).fetches('boot.ipxe'));
    expect(boot.steps.map(({ name, stage }) => `${name} ${stage}`)).toEqual([
      'dhcp firmware',
      'boot-file firmware',
      'dhcp loader',
      'configuration loader',
    ]);
    expect(boot.attempt).toBe(1);
  });

  it('firmware that asks after a kernel was loaded begins the next boot, and the one before is told', () => {
    const boot = one(
      new Machine()
        .leases()
        .fetches('x.efi')
        .fetches('vmlinuz')
        .leases([[60, 'udhcp']])
        .wait(300)
        .leases()
        .reads('x.efi')
        .refused(),
    );
    expect([boot.attempt, boot.state, boot.stoppedAt]).toEqual([2, 'stopped', 'boot-file']);
    expect(boot.earlier.map(({ state }) => state)).toEqual(['finished']);
    expect(boot.steps.map(({ name }) => name)).toEqual(['dhcp', 'boot-file']);
  });

  it('what does not pass here is not seen, never failed', () => {
    const machine = new Machine().asks(1, PXE).wait(70).asks(1, PXE, '52:54:00:00:00:65').wait(70);
    const [boot] = machine.all;
    expect([boot?.state, boot?.stoppedAt]).toEqual(['undecided', '']);
    expect(boot?.rungs.map(({ state }) => state)).not.toContain('failed');
    expect(boot?.rungs.map(({ state }) => state)).not.toContain('missing');
  });

  it('a DISCOVER whose answer was not seen is no failure where the machine goes on', () => {
    const boot = one(new Machine().asks(1, PXE).wait(1).fetches('bootx64.efi'));
    expect(rung(boot, 'dhcp')).toBe('not-seen went-on');
    expect(boot.state).toBe('undecided');
  });

  it('a boot whose beginning was not captured is known by its boot file', () => {
    const boot = one(new Machine().fetches('lpxelinux.0').fetches('pxelinux.cfg/default'));
    expect(rung(boot, 'dhcp')).toBe('not-seen before-capture');
    expect(rung(boot, 'boot-file')).toBe('done complete');
    expect(boot.names.list).toContainEqual({ kind: 'address', value: IP });
  });

  it('a file that loaders do without stops nobody', () => {
    const boot = one(
      new Machine()
        .leases()
        .fetches('bootx64.efi')
        .fetches('grub/grub.cfg')
        .reads('grub/x86_64-efi/command.lst')
        .refused()
        .reads('revocations.efi')
        .refused(),
    );
    expect(boot.state).toBe('undecided');
  });
});

describe('why a machine stopped', () => {
  const quiet = (machine: Machine): Machine => machine.wait(70).asks(1, [], '52:54:00:00:00:65');

  it.each<[string, Machine, RungName, RegExp]>([
    [
      'nobody names a boot file',
      quiet(told(new Machine(), '')),
      'dhcp',
      /nobody named a boot file \(MAAS gives x64 UEFI bootx64\.efi\)/,
    ],
    [
      'it never asks for it',
      quiet(told(new Machine(), 'grubx64.efi')),
      'dhcp',
      /was told to fetch grubx64\.efi .*never asked for it/,
    ],
    [
      'the boot file is for another architecture',
      quiet(told(new Machine(), 'lpxelinux.0').fetches('lpxelinux.0')),
      'boot-file',
      /runs on x86 BIOS, and the machine is x64 UEFI/,
    ],
    ['the loader is silent', quiet(new Machine().leases().fetches('bootx64.efi')), 'boot-file', /Secure Boot/],
    [
      'the system is never heard of',
      quiet(new Machine().leases().fetches('x.efi').fetches('vmlinuz').fetches('initrd.img')),
      'initrd',
      /never heard of/,
    ],
    [
      'no metadata',
      quiet(
        new Machine()
          .leases()
          .fetches('x.efi')
          .fetches('vmlinuz')
          .leases([[60, 'udhcp']])
          .http(true, 'GET /latest/meta-data/ HTTP/1.1\r\n\r\n')
          .http(false, 'HTTP/1.1 404 no\r\n\r\n'),
      ),
      'metadata',
      /refused by the server/,
    ],
  ])('%s', (_name, machine, stoppedAt, text) => {
    const boot = machine.boots.list().find(({ mac }) => mac === parseMac(MAC)) ?? one(machine);
    machine.ends();
    const [judged = boot] = machine.boots.list();
    expect([judged.state, judged.stoppedAt]).toEqual(['stopped', stoppedAt]);
    expect(why(judged)).toMatch(text);
  });
});

describe('the link under it', () => {
  const login = (id: number): Uint8Array => eapolFrame(SWITCH, eapolPacket(0, eapPacket(1, id, 1)));

  it('a port that asks who it is, and firmware that cannot say', () => {
    const machine = new Machine();
    for (let i = 0; i < 3; i += 1) machine.send(login(i)).asks(1, PXE).wait(30);
    const boot = one(machine.wait(70).send(login(9)));
    expect([boot.state, boot.stoppedAt, boot.why]).toEqual(['stopped', 'dot1x', 'no-supplicant']);
    expect(why(boot)).toContain('its firmware has no 802.1X');
  });

  it('a login that succeeds, and one that is rejected', () => {
    const logs = (code: number): Machine =>
      new Machine()
        .send(eapolFrame(MAC, eapolPacket(1)))
        .send(login(1))
        .send(eapolFrame(MAC, eapolPacket(0, eapPacket(2, 1, 1, p.utf8('vm')))))
        .send(eapolFrame(SWITCH, eapolPacket(0, eapPacket(code, 1)), MAC));
    expect(rung(one(logs(3).leases()), 'dot1x')).toBe('done accepted');
    const rejected = one(logs(4).asks(1, PXE).wait(70).send(login(9)));
    expect([rung(rejected, 'dot1x'), rejected.stoppedAt]).toEqual(['failed rejected', 'dot1x']);
  });

  it('a port that asks and lets the machine on all the same', () => {
    const boot = one(new Machine().send(login(1)).leases());
    expect([rung(boot, 'dot1x'), boot.stoppedAt]).toEqual(['skipped let-in-without', '']);
  });

  it('spanning tree that holds the port', () => {
    const held = bpduFrame(SWITCH, { version: 2, flags: 0x0c });
    const open = bpduFrame(SWITCH, { version: 2, flags: 0x3c });
    const boot = one(new Machine().send(held).wait(2).send(held).asks(1, PXE).wait(2).send(open).leases());
    expect(boot.rungs[0]).toMatchObject({ name: 'link', state: 'done' });
    expect(boot.rungs[0]?.notes).toEqual([
      'spanning tree held the port for at least 4.3 s, and 1 DISCOVER came meanwhile',
    ]);
    const never = new Machine();
    for (let i = 0; i < 20; i += 1) never.send(held).asks(1, PXE).wait(2);
    expect([one(never).stoppedAt, one(never).why]).toEqual(['link', 'stp-blocked']);
  });
});

describe('one machine', () => {
  it('is known by all its spellings', () => {
    const duid = [0, 4, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 1];
    const boot = one(
      new Machine()
        .leases([...WITH_UUID, [61, [1, 0x52, 0x54, 0, 0, 0, 0x64]]])
        .fetches('pxelinux.0')
        .reads('pxelinux.cfg/33221100-5544-7766-8899-aabbccddee01')
        .refused()
        .fetches('pxelinux.cfg/01-52-54-00-00-00-64')
        .fetches('vmlinuz')
        .leases([[61, [255, 0x56, 0x50, 0x4d, 0x98, ...duid]]]),
    );
    expect(boot.names.uuid).toBe(UUID);
    expect(boot.names.list).toEqual([
      { kind: 'mac', value: MAC },
      { kind: 'uuid', value: UUID },
      { kind: 'uuid-as-sent', value: '33221100-5544-7766-8899-aabbccddee01' },
      { kind: 'client-id', value: '01525400000064' },
      { kind: 'address', value: IP },
      { kind: 'file', value: 'pxelinux.cfg/33221100-5544-7766-8899-aabbccddee01' },
      { kind: 'file', value: 'pxelinux.cfg/01-52-54-00-00-00-64' },
      { kind: 'client-id', value: 'ff:iaid 56504d98' },
      { kind: 'duid', value: Buffer.from(duid).toString('hex') },
    ]);
  });

  it('seen at two points is one ladder, and its exchanges are joined', () => {
    const machine = new Machine().transaction(100).leases().fetches('bootx64.efi').ends();
    const boot = one(machine.capture(1).transaction(100).leases());
    expect(boot.steps.map(({ name, state }) => `${name} ${state}`)).toEqual(['dhcp done', 'boot-file done']);
    expect(boot.segments).toHaveLength(2);
  });

  it('an OFFER that one point saw, and the machine waited for in vain, was lost between', () => {
    const machine = new Machine().transaction(100).asks(1, PXE).gets(2).wait(100).asks(1, PXE).gets(2).wait(70).ends();
    // At its own port it once got one, so that answers pass there.
    machine.capture(1).transaction(50).leases().transaction(100).wait(1).asks(1, PXE).wait(100).asks(1, PXE).wait(70);
    const boot = one(machine);
    expect(boot.steps.some(({ outcome }) => outcome === 'offer-lost')).toBe(true);
    expect([boot.state, boot.stoppedAt]).toEqual(['stopped', 'dhcp']);
    expect(why(boot)).toContain('an OFFER was sent and never arrived');
  });

  it('with two adapters is one by its UUID, unless both ask at the same time', () => {
    const second = '52:54:00:00:00:65';
    const apart = new Machine().asks(1, WITH_UUID).wait(100).asks(1, WITH_UUID, second);
    expect(apart.all.map(({ macs }) => macs.length)).toEqual([2]);
    const together = new Machine()
      .asks(1, WITH_UUID)
      .asks(1, WITH_UUID, second)
      .asks(1, WITH_UUID)
      .asks(1, WITH_UUID, second);
    expect(together.all.map(({ macs }) => macs.length)).toEqual([1, 1]);
  });

  it('a UUID of nobody joins nobody', () => {
    const nobody: Option4[] = [...PXE, [97, [0, ...Array.from({ length: 16 }, () => 255)]]];
    const machine = new Machine().asks(1, nobody).wait(100).asks(1, nobody, '52:54:00:00:00:65');
    expect(machine.all.map(({ names }) => names.uuid)).toEqual(['', '']);
  });
});

describe('names in names', () => {
  const mac = parseMac(MAC);
  it.each([
    ['pxelinux.cfg/01-52-54-00-00-00-64', mac],
    ['/grub/grub.cfg-52:54:00:00:00:64', mac],
    ['/ipxe.cfg-52:54:00:00:00:64?x', mac],
    ['/MAAS/x?BOOTIF=01-52-54-00-00-00-64', mac],
    ['/a?mac=52%3A54%3A00%3A00%3A00%3A64', mac],
    ['pxelinux.cfg/33221100-5544-7766-8899-aabbccddee01', -1],
    ['pxelinux.cfg/01-52-54-00-00-00', -1],
    ['', -1],
  ])('the MAC in %j', (file, expected) => {
    expect(macInName(file)).toBe(expected);
  });

  it('the MAC in identifiers and addresses', () => {
    expect(macOfClientId('01525400000064')).toBe(mac);
    expect(macOfDuid('00030001525400000064')).toBe(mac);
    expect(macOfDuid('000100012b3c4d5e525400000064')).toBe(mac);
    expect(macOfClientId('ff56504d9800030001525400000064')).toBe(mac);
    expect(macOfDuid('0004' + '00'.repeat(16))).toBe(-1);
    expect(macOfAddress(parseIpv6('fe80::5054:ff:fe00:64'))).toBe(mac);
    expect(macOfAddress(parseIpv6('fe80::1'))).toBe(-1);
    expect(macOfAddress(0x0a000001)).toBe(-1);
  });

  it('the UUID in a file', () => {
    expect(uuidInName('pxelinux.cfg/33221100-5544-7766-8899-AABBCCDDEE01')).toBe(
      '33221100-5544-7766-8899-aabbccddee01',
    );
    expect(uuidInName('vmlinuz-6.8.0-31-generic')).toBe('');
  });
});

describe('files', () => {
  const role = (file: string, protocol: 'tftp' | 'http' = 'http', server = 1): string =>
    roleOf({ protocol, file, server });

  it.each([
    ['bootx64.efi', 'boot-file'],
    ['\\EFI\\BOOT\\BOOTX64.EFI', 'boot-file'],
    ['s390x_partition/maas', 'boot-file'],
    ['pxelinux.cfg/default', 'configuration'],
    ['/images/ubuntu/amd64/ga-24.04/noble/stable/boot-kernel', 'kernel'],
    ['/casper/vmlinuz', 'kernel'],
    ['/images/ubuntu/amd64/ga-24.04/noble/stable/boot-initrd', 'initrd'],
    ['/images/ubuntu/amd64/ga-24.04/noble/stable/squashfs', 'root-image'],
    ['/MAAS/metadata/latest/by-id/4y3h7n/?op=get_preseed', 'metadata'],
    ['/latest/meta-data/instance-id', 'metadata'],
    ['http://archive.ubuntu.com/ubuntu/pool/main/b/bash/bash_5.2.deb', 'packages'],
    ['http://ports.ubuntu.com/ubuntu-ports/dists/noble/InRelease', 'packages'],
    ['/anything', 'file'],
  ])('%s is %s', (file, expected) => {
    expect(role(file)).toBe(expected);
  });

  it('whatever is asked of 169.254.169.254 is metadata', () => {
    expect(role('/anything', 'http', 0xa9fea9fe)).toBe('metadata');
  });

  it('MAAS has one for each architecture, and each runs on it', () => {
    for (const architecture of [0, 7, 9, 11, 12, 14, 16, 19, 31, 32]) {
      const file = maasFileFor([architecture]);
      expect(file, String(architecture)).not.toBe('');
      expect(architecturesOf(file), file).toMatchObject({ maas: true });
      expect(architecturesOf(file).architectures).toContain(architecture);
    }
    expect(maasFileFor([10])).toBe('');
    expect(RACK.ip).toBe('10.0.0.1');
  });

  it('what loaders do without', () => {
    expect(optionalFile('grub/x86_64-efi/fs.lst')).toBe(true);
    expect(optionalFile('bootx64.efi')).toBe(false);
  });
});
