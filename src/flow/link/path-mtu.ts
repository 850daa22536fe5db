import type { Address, Envelope } from '../../wire/envelope.ts';
import type { QuotedPacket } from '../../wire/quoted.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { TooBig } from './types.ts';

/** Paths on which something was too big: a router with a small MTU has one for each pair of hosts. */
const PATHS = 4_096;
/** What was under way when the sender was told comes within this (microseconds); larger packets after it are its choice. */
const UNDER_WAY_US = 1e6;

interface Path extends TooBig {
  capture: number;
}

/** What routers say of paths that are too narrow (RFC 1191, RFC 8201), and hosts of packets that never became whole. */
export class PathMtu {
  private readonly paths = new BoundedMap<string, Path>('link.paths', PATHS);

  tooBig(mtu: number, quoted: QuotedPacket | undefined, e: Envelope): void {
    if (quoted === undefined) return;
    const key = `${e.segment}/${quoted.src}/${quoted.dst}`;
    const sight = sightOf(e);
    const known = this.paths.get(key);
    if (known === undefined) {
      this.paths.set(key, {
        capture: e.capture,
        segment: e.segment,
        router: e.ipSrc,
        src: quoted.src,
        dst: quoted.dst,
        mtu,
        length: quoted.length,
        count: 1,
        ignored: 0,
        first: sight,
        last: sight,
        firstTime: e.time,
        lastTime: e.time,
      });
      return;
    }
    known.count += 1;
    if (e.time - known.firstTime > UNDER_WAY_US && known.mtu > 0 && quoted.length > known.mtu) known.ignored += 1;
    known.mtu = mtu;
    known.length = Math.max(known.length, quoted.length);
    known.last = sight;
    known.lastTime = e.time;
  }

  reassemblyTimeout(quoted: QuotedPacket | undefined, e: Envelope, emit: Emit): void {
    const sender: Address = quoted?.src ?? -1;
    emit({ type: 'reassembly-timeout', segment: e.segment, host: e.ipSrc, sender, sight: sightOf(e), time: e.time });
  }

  end(at: CaptureEnd, emit: Emit): void {
    for (const path of this.paths.values()) {
      if (path.capture === at.capture) emit({ type: 'packet-too-big', path, time: at.time });
    }
  }

  limits(): LimitReached[] {
    const limit = this.paths.limit();
    return limit === undefined ? [] : [limit];
  }
}
