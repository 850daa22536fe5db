import { addressText } from '../../wire/values.ts';
import type { ClientClass4, Exchange4, Exchange4End } from '../dhcp4/types.ts';
import type { Exchange6, Exchange6End } from '../dhcp6/types.ts';
import type { Transfer, TransferEnd } from '../transfers/types.ts';
import type { BootStep, Stage, StepName, StepState } from './types.ts';

/** RFC 8415 21.13: no addresses, not on link; what a server says instead of giving one. */
const SUCCESS = 0;

/** Who asks, by what it says of itself: iPXE keeps the firmware's vendor class and adds its user class. */
export function stageOf({ pxe, userClass, vendorClass }: ClientClass4): Stage {
  if (/ipxe|gpxe|grub|u-boot/i.test(userClass)) return 'loader';
  if (/^(?:PXE|HTTP)Client/.test(vendorClass)) return 'firmware';
  if (/u-boot|grub/i.test(vendorClass)) return 'loader';
  return pxe ? 'firmware' : 'system';
}

/** An exchange as a step; undefined where it belongs to no boot: a renewal, a release, somebody's query. */
export function step4(exchange: Exchange4, end: Exchange4End): BootStep | undefined {
  const { phase, clientClass } = exchange;
  if (phase === 'renewing' || phase === 'rebinding' || phase === 'release' || phase === 'leasequery') return undefined;
  const first = exchange.discovers[0] ?? exchange.requests[0] ?? exchange.offers[0] ?? exchange.acks[0];
  if (first === undefined) return undefined;
  const answer = exchange.lease ?? exchange.acks[0] ?? exchange.naks[0] ?? exchange.offers[0];
  return {
    name: phase === 'proxy' ? 'proxydhcp' : 'dhcp',
    ...outcome4(exchange, end),
    label: clientClass.userClass !== '' ? clientClass.userClass : clientClass.vendorClass,
    stage: stageOf(clientClass),
    server: answer?.server ?? -1,
    tries: Math.max(1, exchange.discoverCount, exchange.requestCount),
    bytes: 0,
    first: first.sight,
    last: (answer ?? first).sight,
    lastTime: exchange.lastTime,
    key: `${phase === 'proxy' ? 'proxy' : 'dhcp'}/${exchange.xid}`,
    elsewhere: [],
  };
}

function outcome4(exchange: Exchange4, end: Exchange4End): { outcome: string; state: StepState } {
  const over = end !== 'capture-end' && end !== 'forgotten';
  if (exchange.decline !== undefined) return { outcome: 'declined', state: 'failed' };
  if (exchange.lease !== undefined || exchange.ackCount > 0) {
    return { outcome: exchange.phase === 'proxy' ? 'proxy-ack' : 'ack', state: 'done' };
  }
  if (exchange.nakCount > 0) return { outcome: 'nak', state: 'failed' };
  if (!over) return { outcome: 'open', state: 'undecided' };
  if (!exchange.couldSeeReplies) return { outcome: 'not-visible', state: 'undecided' };
  if (exchange.requestCount > 0) return { outcome: 'no-answer', state: 'missing' };
  return exchange.offerCount > 0
    ? { outcome: 'offer-ignored', state: 'failed' }
    : { outcome: 'no-offer', state: 'missing' };
}

export function step6Stage(exchange: Exchange6, known: Stage): Stage {
  return exchange.boot ? (known === 'loader' ? 'loader' : 'firmware') : 'system';
}

/** A DHCPv6 exchange as a step; undefined for renewals and the like. */
export function step6(exchange: Exchange6, end: Exchange6End, stage: Stage): BootStep | undefined {
  const { kind, requests, advertises, replies } = exchange;
  if (kind !== 'SOLICIT' && kind !== 'REQUEST' && kind !== 'INFORMATION-REQUEST') return undefined;
  const first = requests[0];
  if (first === undefined) return undefined;
  const answer = replies[0] ?? advertises[0];
  return {
    name: 'dhcp',
    ...outcome6(exchange, end),
    label: 'DHCPv6',
    stage,
    server: answer?.ipSrc ?? -1,
    tries: Math.max(1, exchange.requestCount),
    bytes: 0,
    first: first.sight,
    last: (answer ?? first).sight,
    lastTime: exchange.lastTime,
    key: `dhcp6/${exchange.xid}`,
    elsewhere: [],
  };
}

function outcome6(exchange: Exchange6, end: Exchange6End): { outcome: string; state: StepState } {
  const refused = exchange.replies.find(({ status }) => status > SUCCESS);
  if (refused !== undefined) return { outcome: 'no-address', state: 'failed' };
  // Each pair of SOLICIT and ADVERTISE is an exchange of its own where the REQUEST has another transaction id.
  if (exchange.replyCount > 0 || exchange.advertiseCount > 0) return { outcome: 'reply', state: 'done' };
  if (end === 'capture-end' || end === 'forgotten') return { outcome: 'open', state: 'undecided' };
  if (!exchange.couldSeeReplies) return { outcome: 'not-visible', state: 'undecided' };
  return { outcome: 'no-reply', state: 'missing' };
}

/** A request for a file, whose end is not known yet. */
export function transferStep(transfer: Transfer, stage: Stage, name: StepName): BootStep {
  const { protocol, client, clientPort, file } = transfer;
  return {
    name,
    state: 'undecided',
    outcome: 'open',
    label: file,
    stage,
    server: transfer.server,
    tries: 1,
    bytes: 0,
    first: transfer.request,
    last: transfer.request,
    lastTime: transfer.firstTime,
    key: `${protocol}/${addressText(client)}/${clientPort}/${file}`,
    elsewhere: [],
  };
}

/** How it ended. */
export function transferState(step: BootStep, transfer: Transfer, end: TransferEnd): void {
  // An answer that does not pass here did not fail to come.
  const unseen = end === 'unanswered' && !transfer.couldSeeReplies;
  step.outcome = unseen ? 'not-visible' : sizeProbe(transfer, end) ? 'size-asked' : end;
  step.state =
    step.outcome === 'size-asked'
      ? 'skipped'
      : end === 'complete'
        ? 'done'
        : end === 'open' || end === 'aborted' || unseen
          ? 'undecided'
          : end === 'unanswered'
            ? 'missing'
            : 'failed';
  step.tries = transfer.requestCount;
  step.bytes = transfer.bytes;
  step.last = transfer.lastSight;
  step.lastTime = transfer.lastTime;
}

/** PXE firmware asks for the size first (RFC 2349), and ends the transfer once it has it. */
function sizeProbe({ tsize, sources, dataFrames }: Transfer, end: TransferEnd): boolean {
  return end === 'aborted' && tsize >= 0 && sources.length > 0 && dataFrames <= 1;
}
