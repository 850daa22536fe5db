import { MIB, type Collector } from '../collector.ts';

export const installLogs: Collector = {
  id: 'install-logs',
  title: 'cloud-init and curtin',
  takes: 'Logs of cloud-init and curtin on this host; never user-data',
  why: 'Certificate, proxy and mirror errors of an installation stand here and nowhere else',
  privilege: 'root',
  timeout: 30,
  cap: 64 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'uuid', 'url', 'secret', 'text', 'time'],
  folder: 'logs',
  profiles: ['tls'],
  symptoms: ['tls-interception', 'proxies-filters', 'dns'],
  plan: () => [
    { read: '/var/log/cloud-init.log*', as: 'cloud-init.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/cloud-init-output.log*', as: 'cloud-init-output.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/curtin/*.log*', as: 'curtin.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/installer/curtin-install.log', as: 'curtin-install.log', kind: 'log', tail: true },
  ],
};
