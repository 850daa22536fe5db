import type { Dhcp4Message } from '../flow/dhcp4/types.ts';
import type { Dhcp6Message } from '../flow/dhcp6/types.ts';
import type { EventOf, FlowEvent } from '../flow/events.ts';
import type { TransferSource } from '../flow/transfers/types.ts';
import type { JsonObject } from '../wire/trace.ts';
import { addressText, ipv4Text, ipv6Text, macText } from '../wire/values.ts';
import { momentOf, type Names } from './names.ts';
import { promiseText } from './servers.ts';
import { microText } from './time.ts';

/** A finished exchange as `decode --what exchanges` writes it; undefined for every other event. */
export function exchangeLine(event: FlowEvent, names: Names): JsonObject | undefined {
  switch (event.type) {
    case 'dhcp4-exchange':
      return dhcp4(event, names);
    case 'dhcp6-exchange':
      return dhcp6(event, names);
    case 'transfer-end':
      return transfer(event, names);
    default:
      return undefined;
  }
}

function dhcp4({ exchange: x, end }: EventOf<'dhcp4-exchange'>, names: Names): JsonObject {
  const message = (m: Dhcp4Message): JsonObject => message4(m, names);
  return {
    protocol: 'dhcpv4',
    id: x.id,
    end,
    segment: names.segment(x.segment),
    link: x.link,
    client: x.client,
    ...present('chaddr', macText(x.chaddr)),
    xid: hex32(x.xid),
    phase: x.phase,
    ...present('giaddr', x.giaddr > 0 ? ipv4Text(x.giaddr) : ''),
    ...present('vendorClass', x.clientClass.vendorClass),
    ...present('userClass', x.clientClass.userClass),
    ...(x.clientClass.architectures.length > 0 ? { architectures: [...x.clientClass.architectures] } : {}),
    firstTime: microText(x.firstTime),
    lastTime: microText(x.lastTime),
    discovers: x.discovers.map(message),
    offers: x.offers.map(message),
    requests: x.requests.map(message),
    ...present('chosen', ipv4Text(x.chosen)),
    acks: x.acks.map(message),
    naks: x.naks.map(message),
    ...(x.decline === undefined ? {} : { decline: message(x.decline) }),
    ...(x.release === undefined ? {} : { release: message(x.release) }),
    couldSeeReplies: x.couldSeeReplies,
    omitted: x.lost,
  };
}

function message4(m: Dhcp4Message, names: Names): JsonObject {
  return {
    kind: m.kind,
    ...moment(m, names),
    ethSrc: macText(m.ethSrc),
    ipSrc: ipv4Text(m.ipSrc),
    ...present('yiaddr', m.yiaddr > 0 ? ipv4Text(m.yiaddr) : ''),
    ...present('serverId', ipv4Text(m.serverId)),
    ...present('requested', ipv4Text(m.requested)),
    ...(m.leaseTime >= 0 ? { leaseTime: m.leaseTime } : {}),
    ...present('relayAgent', m.relayAgent),
    ...present('text', m.text),
    ...(m.promise === undefined ? {} : { promise: { ...promiseText(m.promise) } as JsonObject }),
    ...(m.faults > 0 ? { faults: m.faults, firstFault: m.firstFault } : {}),
  };
}

function dhcp6({ exchange: x, end }: EventOf<'dhcp6-exchange'>, names: Names): JsonObject {
  const message = (m: Dhcp6Message): JsonObject => ({
    kind: m.kind,
    ...moment(m, names),
    ...present('ethSrc', macText(m.ethSrc)),
    ipSrc: addressText(m.ipSrc),
    ...present('server', m.server),
    ...(m.addresses.length > 0 ? { addresses: m.addresses.map(ipv6Text) } : {}),
    ...(m.status >= 0 ? { status: m.status } : {}),
    ...present('bootFileUrl', m.promise?.bootFileUrl ?? ''),
    ...(m.faults > 0 ? { faults: m.faults } : {}),
  });
  return {
    protocol: 'dhcpv6',
    id: x.id,
    end,
    segment: names.segment(x.segment),
    link: x.link,
    client: x.client,
    ...present('mac', macText(x.clientMac)),
    xid: x.xid,
    opened: x.kind,
    firstTime: microText(x.firstTime),
    lastTime: microText(x.lastTime),
    requests: x.requests.map(message),
    ...present('chosen', x.chosen),
    advertises: x.advertises.map(message),
    replies: x.replies.map(message),
    couldSeeReplies: x.couldSeeReplies,
    omitted: x.lost,
  };
}

function transfer({ transfer: t, end }: EventOf<'transfer-end'>, names: Names): JsonObject {
  const source = (one: TransferSource): JsonObject => ({
    address: addressText(one.ip),
    ...present('mac', macText(one.mac)),
    port: one.port,
    first: { ...momentOf(one.sight, names) },
    kind: one.kind,
  });
  return {
    protocol: t.protocol,
    id: t.id,
    end,
    segment: names.segment(t.segment),
    client: addressText(t.client),
    ...present('clientMac', macText(t.clientMac)),
    clientPort: t.clientPort,
    server: addressText(t.server),
    file: t.file,
    ...present('host', t.host),
    ...(t.write ? { write: true } : {}),
    request: { ...momentOf(t.request, names) },
    requests: t.requestCount,
    sources: t.sources.map(source),
    ...option('blockSize', t.blockSize),
    ...option('tsize', t.tsize),
    ...option('windowSize', t.windowSize),
    lastBlock: t.lastBlock,
    dataFrames: t.dataFrames,
    duplicates: t.duplicates,
    bytes: t.bytes,
    ...option('errorCode', t.errorCode),
    ...present('errorText', t.errorText),
    firstTime: microText(t.firstTime),
    lastTime: microText(t.lastTime),
    couldSeeReplies: t.couldSeeReplies,
  };
}

function moment(m: Dhcp4Message | Dhcp6Message, names: Names): JsonObject {
  return { ...momentOf(m.sight, names) };
}

function present(name: string, text: string): JsonObject {
  return text === '' ? {} : { [name]: text };
}

function option(name: string, value: number): JsonObject {
  return value < 0 ? {} : { [name]: value };
}

function hex32(n: number): string {
  return n.toString(16).padStart(8, '0');
}
