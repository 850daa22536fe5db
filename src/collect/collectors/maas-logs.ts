import { MIB, type Collector, type Step } from '../collector.ts';

/** Folders of the snap and of the deb; up to 3.4 all services write here, from 3.5 the journal holds most of it. */
const FOLDERS = ['/var/snap/maas/common/log', '/var/log/maas'] as const;

export const maasLogs: Collector = {
  id: 'maas-logs',
  title: 'Log files of MAAS',
  takes: 'regiond, rackd, maas, http and proxy logs of the snap and of the deb; rotated ones within the window',
  why: 'Which file each machine asked for, over TFTP and HTTP, what MAAS decided, and what its proxy refused',
  privilege: 'root',
  timeout: 120,
  cap: 512 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'uuid', 'filename', 'url', 'secret', 'text', 'time'],
  folder: 'logs',
  profiles: ['dhcp', 'tls'],
  symptoms: ['tls-interception', 'dhcp-guards', 'dot1x-macsec', 'proxies-filters', 'dns', 'host-hardening'],
  plan: () =>
    FOLDERS.flatMap((folder): Step[] => [
      { read: `${folder}/*.log*`, as: 'maas.log', kind: 'log', window: true, tail: true },
      { read: `${folder}/http/*.log*`, as: 'maas-http.log', kind: 'log', window: true, tail: true },
      { read: `${folder}/proxy/*.log*`, as: 'maas-proxy.log', kind: 'log', window: true, tail: true },
      { read: `${folder}/nginx/*.log*`, as: 'maas-http.log', kind: 'log', window: true, tail: true },
    ]),
};
