import { bootFileBase, urlHost } from '../../flow/dhcp4/compare.ts';
import type { Promise4 } from '../../flow/dhcp4/types.ts';
import { parseIpv4 } from '../../wire/values.ts';

/** Boot servers of one promise that are looked at: option 43 of a real site lists a handful. */
const SERVERS = 8;

/** What a promise tells a machine to boot. */
export interface BootOrder {
  /** As promised; '' when none. */
  file: string;
  /** Addresses that the file is to come from: siaddr, 66, 150, option 43, a URL's host. */
  servers: readonly number[];
}

/** The boot instructions of a promise, or undefined when it gives none (a bare next-server starts nothing). */
export function bootOrder(promise: Promise4 | undefined): BootOrder | undefined {
  if (promise === undefined) return undefined;
  const { bootFile, pxeBootServers, tftpServers, configFile } = promise;
  if (bootFile === '' && pxeBootServers.length === 0 && tftpServers.length === 0 && configFile === '') {
    return undefined;
  }
  const servers = new Set<number>();
  const take = (address: number): void => {
    if (address > 0 && servers.size < SERVERS) servers.add(address);
  };
  // A URL says itself where the file is; next-server then serves nothing.
  for (const url of [bootFile, configFile, promise.pathPrefix]) take(hostAddress(url));
  take(promise.nextServer);
  take(parseIpv4(promise.serverName));
  for (const address of tftpServers) take(address);
  for (const address of pxeBootServers) take(address);
  return { file: bootFile, servers: [...servers] };
}

/** The address in a URL's host, -1 for a name or none. */
function hostAddress(url: string): number {
  const host = urlHost(url);
  return host === '' ? -1 : parseIpv4(host.replace(/:\d+$/, ''));
}

/** True when `requested` (a TFTP file name or HTTP target) is the file that was promised. */
export function isPromisedFile(promised: string, requested: string): boolean {
  return promised !== '' && bootFileBase(promised) === bootFileBase(requested);
}
