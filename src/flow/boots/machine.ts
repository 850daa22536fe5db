import type { Address } from '../../wire/envelope.ts';
import { addressText, macText } from '../../wire/values.ts';
import type { Exchange4 } from '../dhcp4/types.ts';
import type { Exchange6 } from '../dhcp6/types.ts';
import type { Sight } from '../sight.ts';
import type { Transfer } from '../transfers/types.ts';
import { addressKind, Names } from './identity.ts';
import type { FileRole } from './files.ts';
import type { Boot, BootStep, Stage } from './types.ts';

/** Steps of one boot: a full one by pxelinux has about thirty. */
const MAX_STEPS = 64;
/** Boots of one machine that are kept apart; of one that reboots for ever the first and the last say enough. */
const MAX_BOOTS = 9;
/** Addresses of one machine: one for each stage and link. */
const MAX_ADDRESSES = 8;
/** Firmware repeats a DISCOVER within a minute (PXE 2.1 2.2.3); the same boot tries its next adapter. */
const SAME_BOOT_US = 5e6;

/** One boot of a machine: what it did from one power-on to the next. */
export interface Climb {
  /** Microseconds. */
  start: number;
  steps: BootStep[];
  lost: number;
  reported: Sight | undefined;
}

/** A machine as one segment shows it. */
export class Machine {
  readonly segment: number;
  readonly mac: number;
  readonly client: string;
  readonly names = new Names();
  readonly addresses: Address[] = [];
  readonly firstTime: number;
  /** Boots in order, the last one running. */
  readonly climbs: Climb[];
  /** How many there were. */
  attempts = 1;
  architectures: readonly number[] = [];
  promised: Boot['promised'] = undefined;
  /** ProxyDHCP's offer, which a client may take without asking on port 4011. */
  proxyOffer: { server: Address; file: string; sight: Sight } | undefined = undefined;
  stage: Stage = 'firmware';
  /** It was asked for through a relay: what goes to its MAC does not come by here. */
  relayed = false;
  /** Its beginning was not captured. */
  late = false;
  /** Its MAC stands for others too: a router's. */
  anonymous = false;
  /** Only its address tells it from others. */
  byAddress = false;
  /** First and last DISCOVER of its firmware, microseconds; 0 none. */
  asked: [first: number, last: number] = [0, 0];

  constructor(segment: number, mac: number, client: string, firstTime: number) {
    this.segment = segment;
    this.mac = mac;
    this.client = client;
    this.firstTime = firstTime;
    this.climbs = [{ start: firstTime, steps: [], lost: 0, reported: undefined }];
    if (mac >= 0) this.names.add('mac', macText(mac));
  }

  get climb(): Climb {
    const last = this.climbs.at(-1);
    if (last === undefined) throw new Error('a machine has one boot at least');
    return last;
  }

  set reported(sight: Sight) {
    this.climb.reported ??= sight;
  }

  get reported(): Sight | undefined {
    return this.climb.reported;
  }

  /** It asks for an address as firmware, as a loader or as a system. */
  asks(stage: Stage, time: number, discover: boolean): void {
    this.stage = stage;
    if (!discover || stage !== 'firmware') return;
    this.asked = [this.asked[0] === 0 ? time : this.asked[0], time];
    // Firmware that asks after a kernel was loaded: the machine was started anew.
    const { steps, start } = this.climb;
    const kernel = steps.some(({ name, state }) => name === 'kernel' && state === 'done');
    if (!kernel || time - start < SAME_BOOT_US) return;
    this.attempts += 1;
    if (this.climbs.length >= MAX_BOOTS) this.climbs.splice(1, 1);
    this.climbs.push({ start: time, steps: [], lost: 0, reported: undefined });
  }

  /** @returns false when the boot has as many steps as are kept */
  add(step: BootStep): boolean {
    const time = step.first.sec * 1e6 + step.first.nsec / 1e3;
    // An exchange is told when it is over: it belongs to the boot in which it began.
    const climb = this.climbs.findLast(({ start }) => start <= time + 1) ?? this.climb;
    const { steps } = climb;
    const last = steps.at(-1);
    if (last !== undefined && repeats(last, step)) {
      last.tries += step.tries;
      last.last = step.last;
      last.lastTime = Math.max(last.lastTime, step.lastTime);
      return false;
    }
    if (steps.length >= MAX_STEPS) {
      climb.lost += 1;
      return false;
    }
    steps.push(step);
    return true;
  }

  addAddress(address: Address): void {
    if (this.addresses.includes(address) || this.addresses.length >= MAX_ADDRESSES) return;
    this.addresses.push(address);
    this.names.add(addressKind(address, this.mac), addressText(address));
  }

  promise4({ lease, offers, phase, acks }: Exchange4): void {
    const proxy = [...acks, ...offers].find((one) => one.proxy && one.promise !== undefined);
    if (proxy !== undefined) {
      this.proxyOffer ??= { server: proxy.server, file: proxy.promise?.bootFile ?? '', sight: proxy.sight };
    }
    const answer = lease ?? (phase === 'proxy' ? acks[0] : undefined);
    const promise = answer?.promise;
    if (promise === undefined || answer === undefined) return;
    const server = promise.nextServer > 0 ? promise.nextServer : (promise.tftpServers[0] ?? answer.server);
    if (promise.bootFile !== '' || this.promised === undefined) this.promised = { file: promise.bootFile, server };
  }

  promise6({ replies, advertises }: Exchange6): void {
    const url = [...replies, ...advertises].find(({ promise }) => (promise?.bootFileUrl ?? '') !== '')?.promise;
    if (url !== undefined) this.promised = { file: url.bootFileUrl, server: -1 };
    else if (replies.length > 0) this.promised ??= { file: '', server: -1 };
  }

  /** What a file is for this machine: the first that it asks for is its boot file, whatever its name. */
  role({ file }: Transfer, role: FileRole): FileRole {
    const { steps } = this.climb;
    const fetched = steps.filter((step) => step.name !== 'dhcp' && step.name !== 'proxydhcp');
    if (fetched.length === 0) return role === 'file' || !this.late ? first(role) : role;
    // What was probed for its size, or began and was given up, is asked for again.
    const before = fetched.find((step) => step.label === file && step.state !== 'done');
    return before !== undefined && before.name === 'boot-file' ? 'boot-file' : role;
  }

  /** A size that was asked for is part of the read that follows it; what HTTP sent is known by its announcement. */
  ended(step: BootStep, transfer: Transfer): void {
    if (transfer.protocol === 'http' && step.state === 'done' && transfer.tsize > 0) step.bytes = transfer.tsize;
  }
}

/** Metadata and packages are never the first file of a firmware; all else may be. */
function first(role: FileRole): FileRole {
  return role === 'metadata' || role === 'packages' || role === 'root-image' ? role : 'boot-file';
}

/** Firmware that asks again and again, and is answered the same each time. */
function repeats(before: BootStep, step: BootStep): boolean {
  return (
    (step.name === 'dhcp' || step.name === 'proxydhcp') &&
    step.name === before.name &&
    step.state !== 'done' &&
    step.outcome === before.outcome &&
    step.stage === before.stage &&
    step.label === before.label &&
    step.server === before.server
  );
}
