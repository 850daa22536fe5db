import { bootFileBase, urlHost } from '../../flow/dhcp4/compare.ts';
import type { ClientClass4, Dhcp4Message, Promise4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text, parseIpv4 } from '../../wire/values.ts';
import type { Site } from '../site.ts';
import type { Charge } from './charges.ts';
import { named, serverOf } from './servers.ts';
import { quoted } from './words.ts';

/** Boot servers of one promise that are looked at: option 43 of a real site lists a handful. */
const SERVERS = 8;

/** What a promise tells a machine to boot. */
export interface BootOrder {
  /** As promised; '' when none. */
  file: string;
  /** Addresses that the file is to come from: siaddr, 66, 150, option 43, a URL's host. */
  servers: readonly number[];
}

/** Promises are interned: each is read once. */
const orders = new WeakMap<Promise4, BootOrder | 'none'>();

/** The boot instructions of a promise, or undefined when it gives none (a bare next-server starts nothing). */
export function bootOrder(promise: Promise4 | undefined): BootOrder | undefined {
  if (promise === undefined) return undefined;
  let order = orders.get(promise);
  if (order === undefined) {
    order = readOrder(promise) ?? 'none';
    orders.set(promise, order);
  }
  return order === 'none' ? undefined : order;
}

function readOrder(promise: Promise4): BootOrder | undefined {
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

/** Boots in an authorised server's name that lead where the profile does not allow it. */
export class Redirects {
  private readonly site: Site;
  /** Promises are interned: most replies ask the same again. */
  private lastPromise: Promise4 | undefined;
  private lastClass = '';
  private lastReason = '';

  constructor(site: Site) {
    this.site = site;
  }

  of(reply: Dhcp4Message): Charge | undefined {
    const { promise, clientClass } = reply;
    if (promise !== this.lastPromise || clientClass.key !== this.lastClass) {
      this.lastPromise = promise;
      this.lastClass = clientClass.key;
      this.lastReason = this.reason(promise, clientClass);
    }
    if (this.lastReason === '') return undefined;
    const server = serverOf(reply);
    if (!named(server)) return undefined;
    return { kind: 'impostor', server, level: 'likely', reason: this.lastReason, macs: [] };
  }

  private reason(promise: Promise4 | undefined, { architectures, userClass }: ClientClass4): string {
    const boot = bootOrder(promise);
    if (boot === undefined) return '';
    const where = boot.servers.find((address) => this.site.tftpServer(address) === 'unauthorised');
    if (where !== undefined) return `it sends the boot to ${ipv4Text(where)}, which is no boot server of the profile`;
    // iPXE, once loaded, asks for its script: the profile lists what firmware loads.
    if (boot.file === '' || userClass !== '' || architectures.length === 0) return '';
    if (!architectures.every((one) => this.site.bootFile(one, boot.file) === 'unauthorised')) return '';
    return `it names the boot file ${quoted(boot.file)}, which the profile does not list for this architecture`;
  }
}
