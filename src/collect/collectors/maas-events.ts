import { MIB, type Collector, type Request, type Step } from '../collector.ts';
import type { Host } from '../host.ts';
import { LEVEL, PAGE } from '../events.ts';

export const maasEvents: Collector = {
  id: 'maas-events',
  title: 'Events of MAAS',
  takes: `Events of all machines at level ${LEVEL}, page by page back to the window's begin, one JSON object a line`,
  why: 'PXE, TFTP and HTTP requests are recorded at DEBUG: at the usual WARNING none of them is seen',
  privilege: 'MAAS API key',
  timeout: 120,
  cap: 256 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'filename', 'text', 'time'],
  folder: 'maas',
  profiles: ['dhcp', 'tls'],
  symptoms: ['tls-interception', 'dhcp-guards', 'arp-nd', 'dot1x-macsec', 'proxies-filters', 'dns'],
  plan(_host: Host, { api, maasProfile }: Request): Step[] {
    const as = 'events.ndjson';
    if (api === 'rest') {
      return [{ get: `events/?op=query&level=${LEVEL}&limit=${PAGE}`, paged: 'events', as, kind: 'json' }];
    }
    if (api === 'command') {
      return [{ pages: ['maas', maasProfile, 'events', 'query', `level=${LEVEL}`, `limit=${PAGE}`], as, kind: 'json' }];
    }
    return [{ skip: 'no way to the MAAS API was given: --maas-url with --maas-api-key-file, or --maas-profile' }];
  },
};
