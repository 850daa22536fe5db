/** The IPv6 segment that these scenarios share: hosts, profile, and the wait for duplicate address detection. */
import type { Expectation, Node, Step } from '../scenario.ts';

export const RACK: Node = { on: 'sw', mac: '02:00:00:00:06:01', addresses: ['2001:db8:1::1/64'], ipv6: true };

export const CLIENT: Node = { on: 'sw', mac: '02:00:00:00:06:02', ipv6: true };

export const OTHER: Node = { on: 'sw', mac: '02:00:00:00:06:03', ipv6: true };

export const PROFILE = {
  schema: 'rackwitness.profile/1',
  name: 'lab',
  dhcp: {
    servers: [
      {
        name: 'rack1',
        addresses: ['fe80::ff:fe00:601'],
        macs: ['02:00:00:00:06:01'],
        duids: ['0002000092080102030405'],
        roles: ['dhcp'],
      },
    ],
  },
  routers: [{ address: 'fe80::ff:fe00:601', macs: ['02:00:00:00:06:01'], prefixes: ['2001:db8:1::/64'] }],
} as const;

const ATTACKS: readonly string[] = [
  'nd-dad-conflict',
  'nd-dad-denial',
  'nd-spoof',
  'ra-rogue-router',
  'dhcpv6-rogue-server',
  'dhcpv6-no-reply',
];

export function silent(files: readonly string[]): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: ATTACKS,
    })),
  );
}

/** Waits until no address of a node is tentative: before that it neither answers nor asks. */
export function settled(node: string): Step {
  return {
    tools: ['ip'],
    run: async (lab) => {
      await lab.until(`duplicate address detection on ${node}`, 10, async () => {
        const shown = await lab.run(null, ['ip', '-n', lab.ns(node), '-6', 'addr', 'show', 'dev', 'eth0'], {
          silent: true,
        });
        return /inet6 fe80/.test(shown.stdout) && !/tentative/.test(shown.stdout);
      });
    },
  };
}
