/** Verbs that build the network: ns, switch, port, address, wire. Scenario data goes through `build`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LabError, Skip, type Lab } from '../lab.ts';
import type { Link, Node, Scenario, Step } from '../scenario.ts';

/** Makes the scenario's switches, nodes and links, in that order. */
export async function build(lab: Lab, scenario: Scenario): Promise<void> {
  for (const [name, kind] of Object.entries(scenario.switches ?? {}))
    await (kind === 'ovs' ? openVswitch(lab, name) : bridge(lab, name));
  for (const [name, node] of Object.entries(scenario.nodes)) {
    await lab.namespace(name, node.ipv6 === true);
    if (node.on !== undefined) await plug(lab, name, node, scenario.switches?.[node.on] === 'ovs');
  }
  for (const link of scenario.links ?? []) await connect(lab, link);
}

async function bridge(lab: Lab, name: string): Promise<void> {
  await lab.namespace(name, false);
  // No spanning tree and no forward delay: a port forwards at once. No snooping: ND reaches every port.
  await lab.run(null, [
    'ip',
    '-n',
    lab.ns(name),
    'link',
    'add',
    'br0',
    'type',
    'bridge',
    'stp_state',
    '0',
    'forward_delay',
    '0',
    'mcast_snooping',
    '0',
  ]);
  await lab.run(null, ['ip', '-n', lab.ns(name), 'link', 'set', 'dev', 'br0', 'up']);
}

/** Open vSwitch with its userspace datapath: VLAN tags without a kernel module. */
async function openVswitch(lab: Lab, name: string): Promise<void> {
  if (!existsSync('/usr/share/openvswitch/vswitch.ovsschema')) throw new Skip('openvswitch-switch is not installed');
  lab.tool('ovs-vswitchd');
  await lab.namespace(name, false);
  const folder = join(lab.work, `ovs-${name}`);
  await lab.run(null, ['mkdir', '-p', folder]);
  await lab.run(null, ['ovsdb-tool', 'create', join(folder, 'conf.db'), '/usr/share/openvswitch/vswitch.ovsschema']);
  const env = { OVS_RUNDIR: folder, OVS_LOGDIR: folder };
  const socket = join(folder, 'db.sock');
  lab.start(
    name,
    `ovsdb-${name}`,
    [
      'ovsdb-server',
      `--remote=punix:${socket}`,
      `--unixctl=${folder}/ovsdb.ctl`,
      `--pidfile=${folder}/ovsdb.pid`,
      join(folder, 'conf.db'),
    ],
    env,
  );
  await lab.until(`the socket of ovsdb-server in ${name}`, 10, () => existsSync(socket));
  await lab.run(null, ['ovs-vsctl', `--db=unix:${socket}`, '--no-wait', 'init'], { env });
  lab.start(
    name,
    `vswitchd-${name}`,
    ['ovs-vswitchd', `unix:${socket}`, `--unixctl=${folder}/vswitchd.ctl`, `--pidfile=${folder}/vswitchd.pid`],
    env,
  );
  await vsctl(lab, name, [
    'add-br',
    'br0',
    '--',
    'set',
    'bridge',
    'br0',
    'datapath_type=netdev',
    'fail-mode=standalone',
  ]);
}

async function vsctl(lab: Lab, name: string, argv: readonly string[]): Promise<void> {
  const folder = join(lab.work, `ovs-${name}`);
  await lab.run(null, ['ovs-vsctl', '--timeout=15', `--db=unix:${folder}/db.sock`, ...argv], {
    env: { OVS_RUNDIR: folder },
  });
}

async function plug(lab: Lab, name: string, node: Node, ovs: boolean): Promise<void> {
  const on = node.on ?? '';
  await lab.wire([name, 'eth0'], [on, `p-${name}`]);
  if (node.mac !== undefined)
    await lab.run(null, ['ip', '-n', lab.ns(name), 'link', 'set', 'dev', 'eth0', 'address', node.mac]);
  if (ovs) await vsctl(lab, on, ['add-port', 'br0', `p-${name}`, ...(node.port ?? [])]);
  else await lab.run(null, ['ip', '-n', lab.ns(on), 'link', 'set', 'dev', `p-${name}`, 'master', 'br0']);
  await lab.run(null, ['ip', '-n', lab.ns(on), 'link', 'set', 'dev', `p-${name}`, 'up']);
  if (node.down !== true) await lab.run(null, ['ip', '-n', lab.ns(name), 'link', 'set', 'dev', 'eth0', 'up']);
  for (const one of node.addresses ?? []) await addressOn(lab, name, 'eth0', one);
}

async function addressOn(lab: Lab, node: string, iface: string, one: string): Promise<void> {
  // nodad: a server's own address must be usable at once; scenarios on DAD add theirs by a step.
  const flags = one.includes(':') ? ['nodad'] : [];
  await lab.run(null, ['ip', '-n', lab.ns(node), 'addr', 'add', one, 'dev', iface, ...flags]);
}

async function connect(lab: Lab, link: Link): Promise<void> {
  await lab.wire(link.a, link.b);
  if (link.mac !== undefined)
    await lab.run(null, ['ip', '-n', lab.ns(link.a[0]), 'link', 'set', 'dev', link.a[1], 'address', link.mac]);
  if (link.bridged === true)
    await lab.run(null, ['ip', '-n', lab.ns(link.b[0]), 'link', 'set', 'dev', link.b[1], 'master', 'br0']);
  for (const [node, iface] of [link.a, link.b])
    await lab.run(null, ['ip', '-n', lab.ns(node), 'link', 'set', 'dev', iface, 'up']);
  for (const one of link.addresses ?? []) await addressOn(lab, link.a[0], link.a[1], one);
}

/** Any command inside a node, for what has no verb of its own. */
export function inside(
  node: string,
  argv: readonly string[],
  options: { mayFail?: boolean; seconds?: number } = {},
): Step {
  return {
    tools: argv[0] === undefined || argv[0].includes('/') ? [] : [argv[0]],
    run: async (lab) => {
      await lab.run(node, argv, options);
    },
  };
}

/** `ip` on a node's interfaces, e.g. `link('client', 'link set dev eth0 up')`. */
export function ip(node: string, words: string): Step {
  return {
    tools: ['ip'],
    run: async (lab) => {
      await lab.run(null, ['ip', '-n', lab.ns(node), ...words.split(' ')]);
    },
  };
}

/** Makes a node a router. */
export function forwarding(node: string, family: 4 | 6 = 4): Step {
  return inside(node, ['sysctl', '-qw', family === 4 ? 'net.ipv4.ip_forward=1' : 'net.ipv6.conf.all.forwarding=1']);
}

/** Changes one port of an Open vSwitch. */
export function ovsSet(name: string, words: string): Step {
  return { tools: ['ovs-vsctl'], run: (lab) => vsctl(lab, name, words.split(' ')) };
}

/** OpenFlow rules instead of the learning switch, for what no port setting does. */
export function ovsFlows(name: string, flows: readonly string[]): Step {
  return {
    tools: ['ovs-vsctl'],
    run: async (lab) => {
      const bridge = `unix:${join(lab.work, `ovs-${name}`)}/br0.mgmt`;
      for (const flow of [null, ...flows])
        await lab.run(null, ['ovs-ofctl', ...(flow === null ? ['del-flows', bridge] : ['add-flow', bridge, flow])]);
    },
  };
}

/** Mirrors what enters and leaves ports of a bridge to a new interface `span0`, as a SPAN session does. */
export function span(name: string, ports: readonly string[], directions: readonly ('ingress' | 'egress')[]): Step {
  return {
    tools: ['tc'],
    run: async (lab) => {
      await lab.run(null, ['ip', '-n', lab.ns(name), 'link', 'add', 'span0', 'type', 'veth', 'peer', 'name', 'span1']);
      for (const end of ['span0', 'span1'])
        await lab.run(null, ['ip', '-n', lab.ns(name), 'link', 'set', 'dev', end, 'up']);
      for (const port of ports) {
        const made = await lab.run(name, ['tc', 'qdisc', 'add', 'dev', port, 'clsact'], { mayFail: true });
        if (made.code !== 0) throw new Skip(`the kernel has no clsact: ${made.stderr.trim()}`);
        for (const direction of directions) {
          await lab.run(name, [
            'tc',
            'filter',
            'add',
            'dev',
            port,
            direction,
            'protocol',
            'all',
            'u32',
            'match',
            'u32',
            '0',
            '0',
            'action',
            'mirred',
            'egress',
            'mirror',
            'dev',
            'span0',
          ]);
        }
      }
    },
  };
}

/** Makes a switch a hub: it forgets every address at once and floods each frame to every port. */
export function hub(name: string): Step {
  return ip(name, 'link set dev br0 type bridge ageing_time 0');
}

/** Waits until something answers on a UDP or TCP port of a node. */
export function listening(node: string, protocol: 'udp' | 'tcp', port: number): Step {
  return {
    tools: ['ss'],
    run: async (lab) => {
      const pattern = new RegExp(`[:\\]]${port}\\s`);
      await lab.until(`${protocol} ${port} on ${node}`, 10, async () => {
        const seen = await lab.run(node, ['ss', '-Hln', protocol === 'udp' ? '-u' : '-t'], { silent: true });
        return pattern.test(seen.stdout);
      });
    },
  };
}

/** A pause, where there is no condition to wait for: the scenario says why. */
export function pause(seconds: number, why: string): Step {
  return {
    tools: [],
    run: async (lab) => {
      lab.say(`sleep ${seconds}: ${why}`);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    },
  };
}

/** Ends a daemon that an earlier step started. */
export function stop(label: string, signal: NodeJS.Signals = 'SIGTERM'): Step {
  return { tools: [], run: (lab) => lab.stop(label, signal) };
}

/** Waits for a line in the log of a daemon that an earlier step started. */
export function waitLog(label: string, pattern: RegExp, seconds: number): Step {
  return { tools: [], run: (lab) => lab.untilLog(label, pattern, seconds) };
}

/** Writes a file that services serve; its text or its size in bytes (filled with a fixed pattern). */
export function served(name: string, content: string | number): Step {
  return {
    tools: [],
    run: async (lab) => {
      if (typeof content === 'string') lab.file(name, content);
      else {
        const bytes = Buffer.alloc(content);
        for (let at = 0; at < content; at += 1) bytes[at] = (at * 31 + (at >>> 8) * 7) & 255;
        lab.file(name, bytes);
      }
    },
  };
}

/** Copies a file of an installed package into a served folder. */
export function copied(from: string, name: string): Step {
  return {
    tools: [],
    run: async (lab) => {
      if (!existsSync(from)) throw new Skip(`${from} is not installed`);
      const to = join(lab.work, name);
      await lab.run(null, ['mkdir', '-p', join(to, '..')]);
      const done = await lab.run(null, ['cp', from, to], { mayFail: true });
      if (done.code !== 0) throw new LabError(done.stderr);
      await lab.run(null, ['chmod', 'a+r', to]);
    },
  };
}
