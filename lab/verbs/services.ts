/** The start verb: real servers, each started in the foreground and waited for by its own "ready" sign. */
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import type { Step } from '../scenario.ts';

/** One ISC dhcpd; only what scenarios vary is a field, the rest goes into `text` in dhcpd.conf(5) language. */
export interface DhcpdSettings {
  readonly subnet?: string | undefined;
  readonly mask?: string | undefined;
  readonly range?: readonly [string, string] | undefined;
  readonly router?: string | undefined;
  readonly dns?: string | undefined;
  readonly domain?: string | undefined;
  readonly nextServer?: string | undefined;
  readonly file?: string | undefined;
  /** Seconds. */
  readonly lease?: number | undefined;
  /** The ICMP echo before an OFFER, which delays a new client's OFFER by one second. */
  readonly pingCheck?: boolean | undefined;
  readonly authoritative?: boolean | undefined;
  /** Statements at the top and inside the subnet. */
  readonly text?: string | undefined;
  readonly inSubnet?: string | undefined;
  readonly label?: string | undefined;
  readonly iface?: string | undefined;
}

function dhcpdConfig(s: DhcpdSettings): string {
  const lease = s.lease ?? 600;
  const inner = [
    s.range === undefined ? '' : `range ${s.range[0]} ${s.range[1]};`,
    s.router === undefined ? '' : `option routers ${s.router};`,
    s.dns === undefined ? '' : `option domain-name-servers ${s.dns};`,
    s.domain === undefined ? '' : `option domain-name "${s.domain}";`,
    s.nextServer === undefined ? '' : `next-server ${s.nextServer};`,
    s.file === undefined ? '' : `filename "${s.file}";`,
    s.inSubnet ?? '',
  ].filter(Boolean);
  return [
    s.authoritative === false ? 'not authoritative;' : 'authoritative;',
    `default-lease-time ${lease};`,
    `max-lease-time ${lease};`,
    `min-lease-time ${Math.min(lease, 600)};`,
    s.pingCheck === true ? '' : 'ping-check false;',
    'option arch code 93 = unsigned integer 16;',
    s.text ?? '',
    `subnet ${s.subnet ?? '198.51.100.0'} netmask ${s.mask ?? '255.255.255.0'} {`,
    ...inner.map((line) => `  ${line}`),
    '}',
    '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function dhcpd(node: string, settings: DhcpdSettings): Step {
  return {
    tools: ['dhcpd'],
    run: async (lab) => {
      const label = settings.label ?? `dhcpd-${node}`;
      const conf = lab.file(`${label}.conf`, dhcpdConfig(settings) + '\n');
      const leases = lab.file(`${label}.leases`, '');
      lab.start(node, label, [
        'dhcpd',
        '-4',
        '-f',
        '-d',
        '-cf',
        conf,
        '-lf',
        leases,
        '--no-pid',
        settings.iface ?? 'eth0',
      ]);
      await lab.untilLog(label, /Server starting service|Sending on {3}Socket/, 10);
    },
  };
}

/**
 * dnsmasq without DNS, reading no file but its arguments. `tftp` is a folder of the work folder that it
 * serves; it is mounted on /srv inside the namespace alone, because dnsmasq writes the path of a missing
 * file into its ERROR message and a capture should not carry the path of a temporary folder.
 */
export function dnsmasq(node: string, args: readonly string[], tftp?: string, label = `dnsmasq-${node}`): Step {
  return {
    tools: ['dnsmasq'],
    run: async (lab) => {
      const argv = [
        'dnsmasq',
        '-k',
        '-C',
        '/dev/null',
        '--port=0',
        '--log-facility=-',
        '-u',
        'root',
        `--pid-file=${join(lab.work, label)}.pid`,
        `--dhcp-leasefile=${join(lab.work, label)}.leases`,
        '--log-dhcp',
        '--no-resolv',
        '--no-hosts',
        '--no-poll',
        '--interface=eth0',
        ...args,
      ];
      if (tftp === undefined) lab.start(node, label, argv);
      else
        lab.start(node, label, [
          'sh',
          '-c',
          'mount --bind "$0" /srv && exec "$@"',
          join(lab.work, tftp),
          ...argv,
          '--enable-tftp',
          '--tftp-root=/srv',
        ]);
      await lab.untilLog(
        label,
        args.some((one) => one.startsWith('--dhcp-range')) ? /DHCP(v6)?, |router advertisement/ : /TFTP|started/,
        10,
      );
    },
  };
}

/** tftpd-hpa serving a folder of the work folder. */
export function tftpd(node: string, folder: string, listen: string, extra: readonly string[] = []): Step {
  return {
    tools: ['in.tftpd'],
    run: async (lab) => {
      await lab.run(null, ['chmod', '-R', 'a+rX', lab.work]);
      lab.start(node, `tftpd-${node}`, [
        'in.tftpd',
        '-L',
        '-s',
        join(lab.work, folder),
        '-u',
        'nobody',
        '--address',
        listen,
        ...extra,
      ]);
      await lab.until(`UDP port 69 on ${node}`, 10, async () => {
        const seen = await lab.run(node, ['ss', '-Hlun'], { silent: true });
        return /:69\s/.test(seen.stdout);
      });
    },
  };
}

/** Python's web server, for UEFI HTTP boot. */
export function webServer(node: string, folder: string, address: string, port: number): Step {
  return {
    tools: ['python3'],
    run: async (lab) => {
      lab.start(node, `http-${node}`, [
        'python3',
        '-u',
        '-m',
        'http.server',
        '-d',
        join(lab.work, folder),
        String(port),
        '--bind',
        address,
      ]);
      await lab.untilLog(`http-${node}`, /Serving HTTP/, 10);
    },
  };
}

/** ISC dhcrelay; `args` as dhcrelay(8) takes them. */
export function dhcrelay(node: string, args: readonly string[], label = `dhcrelay-${node}`): Step {
  return {
    tools: ['dhcrelay'],
    run: async (lab) => {
      lab.start(node, label, ['dhcrelay', '-d', '--no-pid', ...args]);
      await lab.untilLog(label, /Sending on|Socket\/fallback|Listening on/, 10);
    },
  };
}

/** radvd sending every 3 to 4 s. `prefixLines` and `top` in radvd.conf(5) language. */
export function radvd(node: string, prefix: string, top = '', prefixLines = 'AdvOnLink on; AdvAutonomous on;'): Step {
  return {
    tools: ['radvd'],
    run: async (lab) => {
      const conf = lab.file(
        `radvd-${node}.conf`,
        `interface eth0 {\n  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;\n  ${top}\n  prefix ${prefix} { ${prefixLines} };\n};\n`,
        0o644,
      );
      lab.start(node, `radvd-${node}`, [
        'radvd',
        '-n',
        '-C',
        conf,
        '-p',
        join(lab.work, `radvd-${node}.pid`),
        '-m',
        'stderr',
        '-d',
        '1',
      ]);
      await lab.untilLog(`radvd-${node}`, /started/, 10);
    },
  };
}

/** keepalived as one VRRP instance without a virtual MAC. */
export function keepalived(node: string, priority: number, virtual: string): Step {
  return {
    tools: ['keepalived'],
    run: async (lab) => {
      const label = `keepalived-${node}`;
      const conf = lab.file(
        `${label}.conf`,
        `global_defs { router_id ${node} }\nvrrp_instance v1 {\n  state BACKUP\n  interface eth0\n  virtual_router_id 51\n  priority ${priority}\n  advert_int 1\n  virtual_ipaddress { ${virtual} }\n}\n`,
        0o644,
      );
      lab.start(node, label, [
        'keepalived',
        '-n',
        '-l',
        '-D',
        '-P',
        '-f',
        conf,
        '-p',
        join(lab.work, `${label}.pid`),
        '-r',
        join(lab.work, `${label}-vrrp.pid`),
      ]);
      await lab.untilLog(label, /Entering (BACKUP|MASTER) STATE/, 10);
    },
  };
}

/** Any other server, with the sign that it is ready. */
export function daemon(
  node: string,
  label: string,
  argv: (lab: Lab) => readonly string[],
  ready: RegExp | null,
  tools: readonly string[],
): Step {
  return {
    tools,
    run: async (lab) => {
      lab.start(node, label, argv(lab));
      if (ready !== null) await lab.untilLog(label, ready, 15);
    },
  };
}
