import { MIB, type Collector, type Request, type Step } from '../collector.ts';
import type { Host } from '../host.ts';

export const addedFiles: Collector = {
  id: 'added-files',
  title: 'Files that a person added',
  takes: 'Each --add FILE as it is: pasted switch output, notes, a capture; not what `exclude.ts` refuses',
  why: 'What only a person could fetch: the words of the switch, a ticket, a console log',
  privilege: 'none',
  timeout: 120,
  cap: 1024 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'circuit-id', 'secret', 'text', 'payload', 'opaque'],
  folder: 'added',
  profiles: ['minimal', 'dhcp', 'tls'],
  symptoms: [
    'tls-interception',
    'dhcp-guards',
    'arp-nd',
    'dot1x-macsec',
    'proxies-filters',
    'dns',
    'host-hardening',
    'capture-hygiene',
  ],
  plan(_host: Host, { add }: Request): Step[] {
    if (add.length === 0) return [{ skip: 'no --add FILE was given' }];
    return add.map((read): Step => ({ read, as: 'added.txt', kind: 'text', asked: true }));
  },
};
