import type { Address, Envelope } from '../../wire/envelope.ts';
import { STRIDE, type Dhcp4Record } from '../../wire/protocols/dhcpv4/record.ts';
import type { WireRecord } from '../../wire/registry.ts';
import { addressText } from '../../wire/values.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { Dhcp4Message, Exchange4, Exchange4End } from '../dhcp4/types.ts';
import type { Dhcp6Message, Exchange6, Exchange6End } from '../dhcp6/types.ts';
import type { FlowEvent } from '../events.ts';
import type { CaptureEnd, Flow } from '../flow.ts';
import { stationKey, type StationKey } from '../station.ts';
import type { Transfer, TransferEnd } from '../transfers/types.ts';
import type { Visibility } from '../visibility.ts';
import { knownBootFile, reportsDone, roleOf } from './files.ts';
import { addressInName, addressKind, hexOf, macInName, macOfAddress, macOfDuid, uuidInName } from './identity.ts';
import { ladders, type Clock } from './ladders.ts';
import { Machine } from './machine.ts';
import { Places } from './places.ts';
import { step4, step6, stageOf, step6Stage, transferStep, transferState } from './steps.ts';
import type { Boot, BootStep } from './types.ts';

/** Machines followed: a large site booting at once, several times over. */
const MAX_MACHINES = 16_384;
/** Addresses by which transfers find their machine. */
const MAX_ADDRESSES = 32_768;
/** Transfers whose end is awaited: as many as are followed at one time. */
const MAX_OPEN = 8_192;

const BOOTREQUEST = 1;
const CLIENT_ID = 61;
const CLIENT_UUID = 97;
const UUID_LENGTH = 17;

/**
 * Follows each machine that boots from the network, from its first DISCOVER to the packages it fetched: events of all
 * flows, and of the DHCP messages themselves the names that the machine gives itself.
 */
export class Boots {
  private readonly machines = new BoundedMap<StationKey, Machine>('boots', MAX_MACHINES);
  /** By segment and address; and by capture and address, for what comes through a router. */
  private readonly byAddress = new BoundedMap<StationKey, Machine>('boot-addresses', MAX_ADDRESSES);
  private readonly byRoute = new BoundedMap<string, Machine | 'several'>('', MAX_ADDRESSES);
  private readonly open = new BoundedMap<number, { step: BootStep; machine: Machine }>('', MAX_OPEN);
  private readonly places = new Places();
  /** Segments on which a transfer was answered: whoever fetches there is seen. */
  private readonly served = new Set<string>();
  private readonly ends = new Map<number, number>();
  private visibility: Visibility | undefined;
  private now = 0;

  /** What reads the names that machines give themselves (options 61 and 97); it follows the flows. */
  flow(): Flow {
    return {
      name: 'boots',
      protocols: ['dhcpv4'],
      start: (visibility) => {
        this.visibility = visibility;
        return {
          on: (record, envelope) => this.names(record, envelope),
          end: (at) => this.end(at),
          limits: () => [],
        };
      },
    };
  }

  on(event: FlowEvent): void {
    if (event.time > this.now) this.now = event.time;
    switch (event.type) {
      case 'dhcp4-message':
        if (event.exchange !== undefined) this.message4(event.message, event.exchange);
        return;
      case 'dhcp4-exchange':
        this.exchange4(event.exchange, event.end);
        return;
      case 'dhcp6-message':
        if (event.exchange !== undefined) this.message6(event.message, event.exchange);
        return;
      case 'dhcp6-exchange':
        this.exchange6(event.exchange, event.end);
        return;
      case 'transfer-request':
        this.request(event.transfer);
        return;
      case 'transfer-end':
        this.transferEnd(event.transfer, event.end);
        return;
      default:
        this.places.on(event);
    }
  }

  /**
   * One ladder for each machine, in order of first sight; the states are judged against the end of its capture.
   *
   * @param clock the captures' common time; absent where there is one capture
   */
  list(clock: Clock = (_capture, time) => time): Boot[] {
    const { places, ends, now } = this;
    return ladders([...new Set(this.machines.values())], {
      places,
      clock,
      endOf: (capture) => ends.get(capture) ?? now,
      visible: (machine) => this.visible(machine),
    });
  }

  limits(): LimitReached[] {
    return [...[this.machines, this.byAddress].flatMap((table) => table.limit() ?? []), ...this.places.limits()];
  }

  private names(record: WireRecord, e: Envelope): void {
    if (record.protocol !== 'dhcpv4' || record.cut !== undefined || record.op !== BOOTREQUEST) return;
    if (this.machines.size === 0 || record.chaddrMac < 0) return;
    const { options } = record;
    for (let i = 0; i < options.length; i += STRIDE) {
      const code = options[i];
      if (code !== CLIENT_ID && code !== CLIENT_UUID) continue;
      this.name(record, e);
      return;
    }
  }

  private name(record: Dhcp4Record, e: Envelope): void {
    const machine = this.machines.peek(stationKey(e.segment, record.chaddrMac));
    if (machine === undefined) return;
    const { options } = record;
    for (let i = 0; i < options.length; i += STRIDE) {
      const at = options[i + 1] ?? 0;
      const length = options[i + 2] ?? 0;
      if (options[i] === CLIENT_UUID && length === UUID_LENGTH) {
        if (machine.names.uuid === '') machine.names.addUuid(e.bytes, at + 1);
      } else if (options[i] === CLIENT_ID && length > 1 && machine.names.isNewId(e.bytes, at, length)) {
        machine.names.addClientId(hexOf(e.bytes, at, length));
      }
    }
  }

  private end({ capture, time }: CaptureEnd): void {
    if (time > 0) this.ends.set(capture, time);
  }

  private message4(message: Dhcp4Message, exchange: Exchange4): void {
    const { kind } = message;
    if (kind === 'ACK') {
      if (message.yiaddr === 0 || this.machines.size === 0) return;
      const machine = this.machines.get(keyOf(exchange));
      if (machine !== undefined) this.address(machine, message.segment, message.sight.capture, message.yiaddr);
      return;
    }
    if (kind !== 'DISCOVER' && kind !== 'REQUEST') return;
    if (exchange.clientClass.pxe) {
      const machine = kind === 'DISCOVER' ? this.machine4(exchange) : this.machines.get(keyOf(exchange));
      machine?.asks(stageOf(exchange.clientClass), message.time, kind === 'DISCOVER');
      if (message.giaddr !== 0 && machine !== undefined) machine.relayed = true;
    } else if (this.machines.size > 0) {
      this.machines.get(keyOf(exchange))?.asks('system', message.time, false);
    }
  }

  private exchange4(exchange: Exchange4, end: Exchange4End): void {
    // What does not boot from the network (an installed system) is of interest only behind a boot.
    const machine = exchange.clientClass.pxe ? this.machine4(exchange) : this.machines.get(keyOf(exchange));
    if (machine === undefined) return;
    const step = step4(exchange, end);
    if (step === undefined) return;
    machine.add(step);
    machine.promise4(exchange);
  }

  private message6(message: Dhcp6Message, exchange: Exchange6): void {
    if (message.boot) {
      const machine = this.machine6(exchange);
      machine?.asks('firmware', message.time, message.kind === 'SOLICIT');
      if (machine !== undefined && machine.architectures.length === 0) machine.architectures = message.architectures;
    } else if (message.kind === 'SOLICIT' || message.kind === 'REQUEST') {
      this.known6(exchange)?.asks('system', message.time, false);
    }
    if (message.kind !== 'REPLY' || message.addresses.length === 0) return;
    const machine = this.known6(exchange);
    if (machine === undefined) return;
    for (const address of message.addresses) {
      this.address(machine, message.segment, message.sight.capture, address);
    }
  }

  private exchange6(exchange: Exchange6, end: Exchange6End): void {
    const machine = exchange.boot ? this.machine6(exchange) : this.known6(exchange);
    const step = machine === undefined ? undefined : step6(exchange, end, step6Stage(exchange, machine.stage));
    if (machine === undefined || step === undefined) return;
    machine.add(step);
    machine.promise6(exchange);
  }

  private machine4(exchange: Exchange4): Machine {
    const key = keyOf(exchange);
    let machine = this.machines.get(key);
    if (machine === undefined) {
      machine = new Machine(exchange.segment, exchange.chaddr, exchange.client, exchange.firstTime);
      this.machines.set(key, machine);
    }
    if (machine.architectures.length === 0) machine.architectures = exchange.clientClass.architectures;
    return machine;
  }

  private machine6(exchange: Exchange6): Machine | undefined {
    const known = this.known6(exchange);
    if (known !== undefined) return known;
    const mac = exchange.clientMac >= 0 ? exchange.clientMac : macOfDuid(exchange.client);
    const key = mac >= 0 ? stationKey(exchange.segment, mac) : `${exchange.segment}/${exchange.client}`;
    const machine = new Machine(exchange.segment, mac, exchange.client, exchange.firstTime);
    machine.names.addDuid(exchange.client);
    this.machines.set(key, machine);
    return machine;
  }

  private known6({ segment, clientMac, client }: Exchange6): Machine | undefined {
    if (this.machines.size === 0) return undefined;
    const fromDuid = macOfDuid(client);
    const machine =
      (clientMac >= 0 ? this.machines.get(stationKey(segment, clientMac)) : undefined) ??
      (fromDuid >= 0 ? this.machines.get(stationKey(segment, fromDuid)) : undefined) ??
      this.machines.get(`${segment}/${client}`);
    machine?.names.addDuid(client);
    return machine;
  }

  private address(machine: Machine, segment: number, capture: number, address: Address): void {
    this.byAddress.set(addressKey(segment, address), machine);
    machine.addAddress(address);
    const route = `${capture}/${address}`;
    const there = this.byRoute.get(route);
    // Two machines with one address on two links: behind a router nobody can tell them apart.
    if (there === undefined) this.byRoute.set(route, machine);
    else if (there !== machine && there !== 'several' && there.mac !== machine.mac) this.byRoute.set(route, 'several');
  }

  private request(transfer: Transfer): void {
    const machine = this.whose(transfer) ?? this.beginsWith(transfer);
    if (machine === undefined) return;
    const { file, client } = transfer;
    if (macInName(file) >= 0 || uuidInName(file) !== '' || addressInName(file) >= 0) machine.names.add('file', file);
    const kind = addressKind(client, machine.mac);
    if (kind === 'eui-64') machine.names.add(kind, addressText(client));
    const step = transferStep(transfer, machine.stage, machine.role(transfer, roleOf(transfer)));
    if (reportsDone(transfer)) machine.reported ??= transfer.request;
    if (machine.add(step)) this.open.set(transfer.id, { step, machine });
  }

  /** By its address, by the MAC that is in the file's name, by its Ethernet source. */
  private whose(transfer: Transfer): Machine | undefined {
    if (this.machines.size === 0) return undefined;
    const { segment, client, clientMac, file, request } = transfer;
    const known = this.byAddress.get(addressKey(segment, client));
    if (known !== undefined) return known;
    const named = macInName(file);
    const byName = named < 0 ? undefined : this.machines.get(stationKey(segment, named));
    if (byName !== undefined) {
      this.address(byName, segment, request.capture, client);
      return byName;
    }
    const routed = this.byRoute.get(`${request.capture}/${client}`);
    if (routed !== undefined && routed !== 'several') return routed;
    const made = macOfAddress(client);
    const byMade = made < 0 ? undefined : this.machines.get(stationKey(segment, made));
    return byMade ?? (clientMac < 0 ? undefined : this.machines.peek(stationKey(segment, clientMac)));
  }

  /** A boot whose beginning was not captured: it is known by the boot file that it asks for. */
  private beginsWith(transfer: Transfer): Machine | undefined {
    const { segment, client, clientMac, file, firstTime, write } = transfer;
    if (write || !knownBootFile(file)) return undefined;
    const named = macInName(file);
    const mac = named >= 0 ? named : clientMac;
    const machine = new Machine(segment, mac, '', firstTime);
    machine.late = true;
    // A router's MAC stands for many: the address tells them apart.
    machine.byAddress = named < 0;
    this.machines.set(`${segment}/ip/${client}`, machine);
    this.address(machine, segment, transfer.request.capture, client);
    return machine;
  }

  private transferEnd(transfer: Transfer, end: TransferEnd): void {
    if (transfer.sources.length > 0) this.served.add(`${transfer.segment}`);
    const known = this.open.get(transfer.id);
    if (known === undefined) return;
    this.open.delete(transfer.id);
    transferState(known.step, transfer, end);
    known.machine.ended(known.step, transfer);
  }

  /** Unicast of the machine passes here, so that what it does not do is known. */
  private visible({ segment, mac, relayed }: Machine): boolean {
    if (this.served.has(`${segment}`)) return true;
    return !relayed && this.visibility !== undefined && this.visibility.sawUnicastTo(segment, mac);
  }
}

function keyOf({ segment, chaddr, client }: Exchange4): StationKey {
  return chaddr >= 0 ? stationKey(segment, chaddr) : `${segment}/${client}`;
}

function addressKey(segment: number, address: Address): StationKey {
  return typeof address === 'number' ? stationKey(segment, address) : `${segment}/${address}`;
}
