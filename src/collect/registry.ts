import type { Collector } from './collector.ts';
import { addedFiles } from './collectors/added-files.ts';
import { addresses } from './collectors/addresses.ts';
import { bridges } from './collectors/bridges.ts';
import { certificates } from './collectors/certificates.ts';
import { clock } from './collectors/clock.ts';
import { dhcpServer } from './collectors/dhcp-server.ts';
import { fileModes } from './collectors/file-modes.ts';
import { firewall } from './collectors/firewall.ts';
import { installLogs } from './collectors/install-logs.ts';
import { journals } from './collectors/journals.ts';
import { lldp } from './collectors/lldp.ts';
import { maasConfig } from './collectors/maas-config.ts';
import { maasEvents } from './collectors/maas-events.ts';
import { maasLogs } from './collectors/maas-logs.ts';
import { machineLogs } from './collectors/machine-logs.ts';
import { networkConfig } from './collectors/network-config.ts';
import { nics } from './collectors/nics.ts';
import { portAccess } from './collectors/port-access.ts';
import { proxies } from './collectors/proxies.ts';
import { resolver } from './collectors/resolver.ts';
import { sockets } from './collectors/sockets.ts';
import { systemLogs } from './collectors/system-logs.ts';
import { versions } from './collectors/versions.ts';

/** Every collector, sorted by id: one line and one file each. */
export const COLLECTORS: readonly Collector[] = [
  addedFiles,
  addresses,
  bridges,
  certificates,
  clock,
  dhcpServer,
  fileModes,
  firewall,
  installLogs,
  journals,
  lldp,
  maasConfig,
  maasEvents,
  maasLogs,
  machineLogs,
  networkConfig,
  nics,
  portAccess,
  proxies,
  resolver,
  sockets,
  systemLogs,
  versions,
];
