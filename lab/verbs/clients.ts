/** The stimulus verbs: real clients. */
import { join } from 'node:path';
import { ACTORS, LabError, sleep } from '../lab.ts';
import type { Step } from '../scenario.ts';

interface DhclientSettings {
  readonly iface?: string;
  /** dhclient.conf(5) text. */
  readonly conf?: string;
  /** What must happen within `seconds`: a lease, or that the client gives up or keeps asking. */
  readonly outcome?: 'bound' | 'none';
  readonly seconds?: number;
  readonly label?: string;
  /** Start from the lease file of an earlier run with this label: INIT-REBOOT. */
  readonly leasesOf?: string;
  readonly args?: readonly string[];
}

/** ISC dhclient in the foreground. It stays (and renews) until the scenario ends or stops it. */
export function dhclient(node: string, s: DhclientSettings = {}): Step {
  return {
    tools: ['dhclient'],
    run: async (lab) => {
      const label = s.label ?? `dhclient-${node}`;
      const conf = lab.file(`${label}.conf`, s.conf ?? 'timeout 20;\nretry 5;\n');
      const leases = join(lab.work, `${s.leasesOf ?? label}.leases`);
      if (s.leasesOf === undefined) lab.file(`${label}.leases`, '');
      lab.start(node, label, [
        'dhclient',
        '-4',
        '-d',
        '-v',
        '-sf',
        join(ACTORS, 'dhclient-script'),
        '-pf',
        join(lab.work, `${label}.pid`),
        '-lf',
        leases,
        '-cf',
        conf,
        ...(s.args ?? []),
        s.iface ?? 'eth0',
      ]);
      if (s.outcome === 'none') {
        await sleep((s.seconds ?? 12) * 1000);
        await lab.stop(label);
      } else await lab.untilLog(label, /bound to/, s.seconds ?? 25);
    },
  };
}

/** DHCPv6 by ISC dhclient. */
export function dhclient6(node: string, outcome: 'bound' | 'none' = 'bound', seconds = 20): Step {
  return {
    tools: ['dhclient'],
    run: async (lab) => {
      const label = `dhclient6-${node}`;
      const conf = lab.file(`${label}.conf`, 'timeout 20;\n');
      const leases = lab.file(`${label}.leases`, '');
      lab.start(node, label, [
        'dhclient',
        '-6',
        '-d',
        '-v',
        '-D',
        'LL',
        '-sf',
        join(ACTORS, 'dhclient-script'),
        '-pf',
        join(lab.work, `${label}.pid`),
        '-lf',
        leases,
        '-cf',
        conf,
        'eth0',
      ]);
      if (outcome === 'bound')
        await lab.untilLog(label, /PRC: Bound to lease|RCV: {2}\|.*Starting.*|IAADDR .* bound|Bound/i, seconds);
      else {
        await sleep(seconds * 1000);
        await lab.stop(label);
      }
    },
  };
}

interface UdhcpcSettings {
  readonly outcome?: 'bound' | 'none';
  /** DISCOVERs before it gives up, and seconds between them. */
  readonly tries?: number;
  readonly every?: number;
  readonly vendorClass?: string;
  readonly args?: readonly string[];
  readonly label?: string;
  readonly iface?: string;
}

/** busybox udhcpc until it has a lease or gives up. */
export function udhcpc(node: string, s: UdhcpcSettings = {}): Step {
  return {
    tools: ['busybox'],
    run: async (lab) => {
      const tries = s.tries ?? 4;
      const every = s.every ?? 2;
      const done = await lab.run(
        node,
        [
          'busybox',
          'udhcpc',
          '-i',
          s.iface ?? 'eth0',
          '-f',
          '-n',
          '-q',
          '-t',
          String(tries),
          '-T',
          String(every),
          '-s',
          join(ACTORS, 'udhcpc-script'),
          ...(s.vendorClass === undefined ? [] : ['-V', s.vendorClass]),
          ...(s.args ?? []),
        ],
        { mayFail: true, seconds: tries * every + 30 },
      );
      const bound = /lease of [\d.]+ obtained/.test(done.stdout + done.stderr);
      if (bound !== ((s.outcome ?? 'bound') === 'bound'))
        throw new LabError(
          `udhcpc on ${node} ${bound ? 'got' : 'did not get'} a lease: ${(done.stdout + done.stderr).slice(-300)}`,
        );
    },
  };
}

/** What PXE firmware sends in DHCP, from udhcpc: vendor class, architecture and UUID. */
export const PXE_UDHCPC = [
  '-x',
  '0x5d:0007',
  '-x',
  '0x5e:010310',
  '-x',
  '0x61:0000112233445566778899aabbccddeeff',
  '-O',
  '66',
  '-O',
  '67',
] as const;
export const PXE_CLASS = 'PXEClient:Arch:00007:UNDI:003016';

/** busybox tftp fetching one file. */
export function tftpGet(
  node: string,
  server: string,
  file: string,
  outcome: 'ok' | 'fails',
  args: readonly string[] = ['-b', '1468'],
  seconds = 60,
): Step {
  return {
    tools: ['busybox'],
    run: async (lab) => {
      const done = await lab.run(
        node,
        [
          'timeout',
          String(seconds),
          'busybox',
          'tftp',
          ...args,
          '-g',
          '-r',
          file,
          '-l',
          join(lab.work, `got-${node}`),
          server,
        ],
        { mayFail: true, seconds: seconds + 10 },
      );
      if ((done.code === 0) !== (outcome === 'ok'))
        throw new LabError(`tftp of ${file} ended with ${done.code}: ${done.stderr.trim()}`);
    },
  };
}

export function ping(node: string, target: string, count = 2): Step {
  return {
    tools: ['ping'],
    run: async (lab) => {
      await lab.run(node, ['ping', '-n', '-c', String(count), '-i', '0.3', '-W', '1', target], { mayFail: true });
    },
  };
}
