import { AgeQueue, type LimitReached } from '../bounded.ts';
import { Generation } from '../generation.ts';
import { STAGE, type OpenExchange } from './exchange.ts';
import type { Seat } from './message.ts';
import type { Dhcp4Message, Exchange4End } from './types.ts';

/** RFC 2131 4.1: a client waits 64 s, give or take one, before its last repetition. Whoever is silent longer gave up. */
export const IDLE_SECONDS = 66;
/**
 * What may still follow an ACK or NAK: a second server's answer (a ping check takes 1–3 s), or the client's DECLINE
 * after probing its address (RFC 5227 2.1.1: up to 9 s).
 */
export const QUIET_SECONDS = 10;

/**
 * Messages kept in open exchanges of one stage, each exchange counting as one more: 4,000 clients that asked three times
 * and found no server, or as many with offers. A flood of clients cannot push out those that have an offer or an answer.
 */
const UNANSWERED_HELD = 16_384;
const OFFERED_HELD = 16_384;
/** Only late second answers and DECLINEs need these: 80 new leases a second are kept for all of `QUIET_SECONDS`. */
const DONE_HELD = 4096;

/** Exchanges of one hardware address at once: phases, links and client ids of one machine stay below. */
const SEAT = 16;
/** Closed by deadline at most per message: more than one message can open, so the sweep catches up. */
const SWEEP = 8;

export type Closed = (exchange: OpenExchange, end: Exchange4End) => void;

/**
 * The open exchanges of one capture: found by seat (hardware address), closed by age. Deadlines are judged by capture
 * time whenever a message comes, in bounded work.
 */
export class OpenTable {
  /** The youngest exchange of each seat; the queues bound it. */
  private readonly seats = new Generation<Seat, OpenExchange>();
  private readonly queues: readonly AgeQueue<OpenExchange>[] = [
    new AgeQueue('dhcp4-unanswered-exchanges', UNANSWERED_HELD),
    new AgeQueue('dhcp4-offered-exchanges', OFFERED_HELD),
    new AgeQueue('dhcp4-answered-exchanges', DONE_HELD),
  ];
  private crowded = 0;
  /** Nothing is overdue before: the least deadline known. */
  private due = Infinity;
  private readonly closed: Closed;

  constructor(closed: Closed) {
    this.closed = closed;
  }

  get size(): number {
    return this.queues.reduce((sum, queue) => sum + queue.size, 0);
  }

  /** The youngest exchange of a seat that is not overdue at `now`; follow `next` to older ones. */
  seat(key: Seat, now: number): OpenExchange | undefined {
    const first = this.seats.get(key);
    let late = false;
    for (let exchange = first; exchange !== undefined;) {
      const { next } = exchange;
      if (overdue(exchange, now)) {
        late = true;
        this.close(exchange, endOf(exchange));
      }
      exchange = next;
    }
    return late ? this.seats.get(key) : first;
  }

  add(exchange: OpenExchange): void {
    exchange.next = this.seats.get(exchange.seat);
    this.seats.set(exchange.seat, exchange);
    this.queue(exchange.stage).add(exchange);
    let places = 1;
    for (let one = exchange; one.next !== undefined; one = one.next) {
      places += 1;
      if (places > SEAT) {
        this.crowded += 1;
        this.close(one.next, one.next.stage === STAGE.done ? 'complete' : 'forgotten');
        break;
      }
    }
  }

  take(exchange: OpenExchange, message: Dhcp4Message): void {
    const { stage, weight } = exchange;
    exchange.take(message);
    this.due = Math.min(this.due, deadline(exchange));
    const queue = this.queue(stage);
    if (exchange.stage === stage) {
      queue.touch(exchange);
      queue.reweighed(weight, exchange.weight);
      this.shed(queue, exchange);
    } else {
      queue.remove(exchange, weight);
      const next = this.queue(exchange.stage);
      next.add(exchange);
      this.shed(next, exchange);
    }
  }

  close(exchange: OpenExchange, end: Exchange4End): void {
    this.queue(exchange.stage).remove(exchange);
    const first = this.seats.get(exchange.seat);
    if (first === exchange) {
      if (exchange.next === undefined) this.seats.delete(exchange.seat);
      else this.seats.set(exchange.seat, exchange.next);
    } else {
      for (let one = first; one !== undefined; one = one.next) {
        if (one.next === exchange) one.next = exchange.next;
      }
    }
    exchange.next = undefined;
    this.closed(exchange, end);
  }

  /** Closes what is overdue at `now`, a few at a time. */
  sweep(now: number): void {
    if (now <= this.due) return;
    this.due = Infinity;
    for (const queue of this.queues) {
      let left = SWEEP;
      for (let one = queue.oldest; one !== undefined; one = queue.oldest) {
        const over = overdue(one, now);
        // A clock that once jumped ahead must not hold up all that came after it.
        const ahead = one.lastTime > now + IDLE_SECONDS * 1e6;
        if (left === 0 || !(over || ahead)) {
          this.due = Math.min(this.due, ahead ? now : deadline(one));
          break;
        }
        left -= 1;
        if (over) this.close(one, endOf(one));
        else queue.touch(one);
      }
    }
  }

  /** The capture has ended at `now`. */
  end(now: number): void {
    for (const queue of this.queues) {
      for (let one = queue.oldest; one !== undefined; one = queue.oldest) {
        const over = one.stage === STAGE.done || overdue(one, now);
        this.close(one, over ? endOf(one) : 'capture-end');
      }
    }
  }

  limits(): LimitReached[] {
    const limits = this.queues.flatMap((queue) => queue.limit() ?? []);
    if (this.crowded > 0) {
      limits.push({ name: 'dhcp4-exchanges-of-one-client', cap: SEAT, lost: this.crowded });
    }
    return limits;
  }

  /** `spare` is the one that the present message belongs to: it is never closed under the caller's hands. */
  private shed(queue: AgeQueue<OpenExchange>, spare: OpenExchange): void {
    for (let one = queue.excess; one !== undefined && one !== spare; one = queue.excess) {
      queue.lost += 1;
      this.close(one, one.stage === STAGE.done ? 'complete' : 'forgotten');
    }
  }

  private queue(stage: number): AgeQueue<OpenExchange> {
    const queue = this.queues[stage];
    if (queue === undefined) throw new RangeError(`no such stage: ${stage}`);
    return queue;
  }
}

function deadline(exchange: OpenExchange): number {
  return exchange.lastTime + (exchange.stage === STAGE.done ? QUIET_SECONDS : IDLE_SECONDS) * 1e6;
}

/** Frames before the first one with a time (simple packet blocks) have none: nothing can be late against them. */
function overdue(exchange: OpenExchange, now: number): boolean {
  return exchange.lastTime > 0 && now > deadline(exchange);
}

function endOf(exchange: OpenExchange): Exchange4End {
  return exchange.stage === STAGE.done ? 'complete' : 'idle';
}
