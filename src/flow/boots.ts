import type { Address } from '../wire/envelope.ts';
import { BoundedMap, type LimitReached } from './bounded.ts';
import type { Exchange4, Exchange4End } from './dhcp4/types.ts';
import type { FlowEvent } from './events.ts';
import type { Sight } from './sight.ts';
import { stationKey, type StationKey } from './station.ts';
import type { Transfer, TransferEnd } from './transfers/types.ts';

/** Machines followed: a large site booting at once, several times over. */
const MAX_MACHINES = 16_384;
/** Addresses by which transfers find their machine. */
const MAX_ADDRESSES = 32_768;
/** Steps of one machine: a full boot by pxelinux has about thirty. */
const MAX_STEPS = 64;
/**
 * Silence after which a machine has stopped (microseconds): a kernel of 100 MB at 10 Mbit/s takes 80 s, but then blocks
 * are seen; between steps firmware waits at most 60 s (PXE 2.1 2.2.3: 4 + 8 + 16 + 32).
 */
const STOPPED_US = 60e6;

export type StepName =
  | 'dhcp'
  | 'proxydhcp'
  | 'boot-file'
  | 'configuration'
  | 'kernel'
  | 'initrd'
  | 'metadata'
  | 'packages'
  | 'file';
export type StepState = 'done' | 'failed' | 'missing' | 'undecided';

/** One rung: an exchange, or a file. */
export interface BootStep {
  name: StepName;
  state: StepState;
  /** How it ended, in a word that `report/` turns into a sentence: `ack`, `nak`, `no-offer`, `stalled` … */
  outcome: string;
  /** File name, or the client's own name of its stage (`iPXE`); untrusted. */
  label: string;
  server: Address;
  tries: number;
  bytes: number;
  first: Sight;
  last: Sight;
  lastTime: number;
}

/** One machine on its way through a network boot. */
export interface Boot {
  segment: number;
  /** chaddr as a 48-bit number, or -1. */
  mac: number;
  /** DHCP client identity. */
  client: string;
  architectures: readonly number[];
  steps: BootStep[];
  /** Steps beyond the cap. */
  lost: number;
  firstTime: number;
  lastTime: number;
  state: 'finished' | 'stopped' | 'undecided';
}

/** Follows each machine that boots from the network, from its first DISCOVER to the last file it fetched. */
export class Boots {
  private readonly machines = new BoundedMap<StationKey, Boot>('boots', MAX_MACHINES);
  private readonly byAddress = new BoundedMap<StationKey, Boot>('boot-addresses', MAX_ADDRESSES);
  private readonly open = new Map<number, BootStep>();
  private now = 0;

  on(event: FlowEvent): void {
    this.now = Math.max(this.now, event.time);
    switch (event.type) {
      case 'dhcp4-message': {
        const { message, exchange } = event;
        if (exchange !== undefined && message.kind === 'ACK' && message.yiaddr !== 0) {
          const boot = this.machines.get(keyOf(exchange));
          if (boot !== undefined) this.byAddress.set(stationKey(message.segment, message.yiaddr), boot);
        }
        if (exchange !== undefined && message.kind === 'DISCOVER' && exchange.clientClass.pxe) this.machine(exchange);
        return;
      }
      case 'dhcp4-exchange':
        this.exchange(event.exchange, event.end);
        return;
      case 'transfer-request':
        this.request(event.transfer);
        return;
      case 'transfer-end':
        this.transferEnd(event.transfer, event.end);
        return;
      default:
    }
  }

  /** In order of first sight; the states are judged against the time of the last event. */
  list(): Boot[] {
    const boots = [...this.machines.values()];
    for (const boot of boots) boot.state = this.stateOf(boot);
    return boots.sort((a, b) => a.firstTime - b.firstTime || a.mac - b.mac);
  }

  limits(): LimitReached[] {
    return [this.machines, this.byAddress].flatMap((table) => table.limit() ?? []);
  }

  private machine(exchange: Exchange4): Boot {
    const key = keyOf(exchange);
    let boot = this.machines.get(key);
    if (boot === undefined) {
      boot = {
        segment: exchange.segment,
        mac: exchange.chaddr,
        client: exchange.client,
        architectures: exchange.clientClass.architectures,
        steps: [],
        lost: 0,
        firstTime: exchange.firstTime,
        lastTime: exchange.lastTime,
        state: 'undecided',
      };
      this.machines.set(key, boot);
    }
    return boot;
  }

  private exchange(exchange: Exchange4, end: Exchange4End): void {
    // What does not boot from the network (an installed system) is of interest only behind a boot.
    const known = exchange.clientClass.pxe ? this.machine(exchange) : this.machines.get(keyOf(exchange));
    const first = exchange.discovers[0] ?? exchange.requests[0] ?? exchange.offers[0] ?? exchange.acks[0];
    if (known === undefined || first === undefined) return;
    const { outcome, state } = outcomeOf(exchange, end);
    const answer = exchange.lease ?? exchange.acks[0] ?? exchange.naks[0] ?? exchange.offers[0];
    this.add(known, {
      name: exchange.phase === 'proxy' ? 'proxydhcp' : 'dhcp',
      state,
      outcome,
      label: exchange.clientClass.userClass !== '' ? exchange.clientClass.userClass : exchange.clientClass.vendorClass,
      server: answer?.server ?? -1,
      tries: Math.max(1, exchange.discoverCount, exchange.requestCount),
      bytes: 0,
      first: first.sight,
      last: (answer ?? first).sight,
      lastTime: exchange.lastTime,
    });
  }

  private request(transfer: Transfer): void {
    const boot =
      this.byAddress.get(
        typeof transfer.client === 'number'
          ? stationKey(transfer.segment, transfer.client)
          : `${transfer.segment}/${transfer.client}`,
      ) ?? this.byMac(transfer);
    if (boot === undefined) return;
    const fetched = boot.steps.some((step) => step.name !== 'dhcp' && step.name !== 'proxydhcp');
    const step: BootStep = {
      name: fetched ? fileStep(transfer.file) : 'boot-file',
      state: 'undecided',
      outcome: 'open',
      label: transfer.file,
      server: transfer.server,
      tries: 1,
      bytes: 0,
      first: transfer.request,
      last: transfer.request,
      lastTime: transfer.firstTime,
    };
    this.add(boot, step);
    if (boot.steps.includes(step)) this.open.set(transfer.id, step);
  }

  private transferEnd(transfer: Transfer, end: TransferEnd): void {
    const step = this.open.get(transfer.id);
    if (step === undefined) return;
    this.open.delete(transfer.id);
    step.outcome = end;
    step.state =
      end === 'complete'
        ? 'done'
        : end === 'open' || end === 'aborted'
          ? 'undecided'
          : end === 'unanswered'
            ? 'missing'
            : 'failed';
    step.tries = transfer.requestCount;
    step.bytes = transfer.bytes;
    step.last = transfer.lastSight;
    step.lastTime = transfer.lastTime;
  }

  private byMac(transfer: Transfer): Boot | undefined {
    return transfer.clientMac < 0 ? undefined : this.machines.peek(stationKey(transfer.segment, transfer.clientMac));
  }

  private add(boot: Boot, step: BootStep): void {
    boot.lastTime = Math.max(boot.lastTime, step.lastTime);
    if (boot.steps.length >= MAX_STEPS) {
      boot.lost += 1;
      return;
    }
    boot.steps.push(step);
  }

  private stateOf(boot: Boot): Boot['state'] {
    boot.steps.sort(
      (a, b) => a.first.sec - b.first.sec || a.first.nsec - b.first.nsec || a.first.frame - b.first.frame,
    );
    for (const step of boot.steps) boot.lastTime = Math.max(boot.lastTime, step.lastTime);
    const done = (name: StepName): boolean => boot.steps.some((step) => step.name === name && step.state === 'done');
    if (done('metadata') || done('packages')) return 'finished';
    const loaded = boot.steps.findLastIndex(
      (step) => step.state === 'done' && step.name !== 'dhcp' && step.name !== 'proxydhcp',
    );
    const after = boot.steps.slice(loaded + 1);
    // A system that asks for its own address after a kernel was loaded has left the firmware.
    const kernel = boot.steps.some(
      (step) => step.state === 'done' && (step.name === 'kernel' || step.name === 'initrd'),
    );
    if (
      kernel &&
      after.some((step) => step.name === 'dhcp' && step.state === 'done' && !/^(PXE|HTTP)Client/.test(step.label))
    )
      return 'finished';
    if (after.some((step) => step.state === 'failed' || step.state === 'missing')) return 'stopped';
    return this.now - boot.lastTime > STOPPED_US ? 'stopped' : 'undecided';
  }
}

function keyOf({ segment, chaddr, client }: Exchange4): StationKey {
  return chaddr >= 0 ? stationKey(segment, chaddr) : `${segment}/${client}`;
}

function outcomeOf(exchange: Exchange4, end: Exchange4End): { outcome: string; state: StepState } {
  if (exchange.decline !== undefined) return { outcome: 'declined', state: 'failed' };
  if (exchange.lease !== undefined || exchange.ackCount > 0) return { outcome: 'ack', state: 'done' };
  if (exchange.nakCount > 0) return { outcome: 'nak', state: 'failed' };
  if (end === 'capture-end' || end === 'forgotten') return { outcome: 'open', state: 'undecided' };
  if (!exchange.couldSeeReplies) return { outcome: 'not-visible', state: 'undecided' };
  if (exchange.requestCount > 0) return { outcome: 'no-answer', state: 'missing' };
  return exchange.offerCount > 0
    ? { outcome: 'offer-ignored', state: 'failed' }
    : { outcome: 'no-offer', state: 'missing' };
}

/** What a file is, by the names that MAAS, pxelinux, GRUB and Debian use. */
function fileStep(file: string): StepName {
  const name = file.toLowerCase();
  if (/\/(metadata|latest\/(meta|user)-data|openstack)(\/|$)/.test(name)) return 'metadata';
  if (/\.(deb|rpm)$|\/dists\/|\/squashfs$|\.squashfs$/.test(name)) return 'packages';
  if (/initrd|initramfs/.test(name)) return 'initrd';
  if (/vmlinuz|bzimage|(^|\/)(boot-)?(kernel|linux)$/.test(name)) return 'kernel';
  if (/\.(cfg|ipxe|conf|lst)$|pxelinux\.cfg\/|grub\.cfg/.test(name)) return 'configuration';
  return 'file';
}
