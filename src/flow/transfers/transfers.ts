import { latin1 } from '../../wire/cursor.ts';
import type { Address, Envelope } from '../../wire/envelope.ts';
import type { Span } from '../../wire/fault.ts';
import type { HttpRecord } from '../../wire/protocols/http.ts';
import type { IcmpRecord } from '../../wire/protocols/icmp.ts';
import type { TftpOptions, TftpRecord } from '../../wire/protocols/tftp.ts';
import type { WireRecord } from '../../wire/registry.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit, Flow, FlowRun } from '../flow.ts';
import { sightOf } from '../sight.ts';
import type { Visibility } from '../visibility.ts';
import type { Transfer, TransferEnd, TransferSource } from './types.ts';

/** Transfers followed at one time: a rack that powers on, several times over. */
const MAX_LIVE = 8192;
/** Answering sources kept of one transfer; a flood of forged answers says no more. */
const MAX_SOURCES = 4;
/** A file name longer than this is no boot file's (a request fits 512 bytes, RFC 2347 2). */
const MAX_NAME = 512;
/**
 * Silence after which a transfer has stopped (microseconds). Firmware repeats after 1–6 s (PXE 2.1 2.4, tftp-hpa 5 s,
 * curl 6 s); two missed repetitions of the slowest are 12 s.
 */
const SILENCE_US = 12e6;
/** The same request again within this time is a retransmission, after it a new attempt. */
const AGAIN_US = 30e6;
/**
 * Repetitions of one acknowledgement or request without an answer after which a transfer that the capture's end cuts has
 * stopped all the same, and over how long (microseconds): loss alone hardly takes four answers in a row.
 */
const REPEATED = 4;
const REPEATED_US = 4e6;
/** How long after its end a second answer to a request is still told (microseconds): the slower of two servers. */
const LATE_US = 5e6;
/** Ended transfers remembered for that. */
const MAX_ENDED = 1024;
/** How often the live transfers are looked over for silence, in capture time. */
const SWEEP_US = 1e6;
const UDP = 17;
/** RFC 1350 2: the block size without the option. */
const DEFAULT_BLOCK = 512;

interface Live {
  transfer: Transfer;
  key: string;
  /** Port that the first answer came from: the server's transfer identifier (RFC 1350 4). */
  serverPort: number;
  /** Block size in force. */
  blockSize: number;
  /** Block number of the final (short) block once seen, unwrapped; -1. */
  finalBlock: number;
  /** Time of the last new block or answer (microseconds). */
  progress: number;
  /** Acknowledgements, requests and blocks that were repeated since then. */
  repeats: number;
  /** Block number of the last acknowledgement, -1. */
  lastAck: number;
}

/** TFTP transfers from the request to the last block, and the HTTP requests that fetch boot files. */
export const transfers: Flow = {
  name: 'transfers',
  protocols: ['http', 'icmp', 'tftp'],
  start: (visibility) => new TransferRun(visibility),
};

class TransferRun implements FlowRun {
  private readonly live: BoundedMap<string, Live>;
  /** Forgetting one only loses the second answer to it. */
  private readonly ended = new BoundedMap<string, Live>('transfers-ended', MAX_ENDED);
  private readonly visibility: Visibility;
  private emit: Emit = () => {};
  private opened = 0;
  private swept = 0;

  constructor(visibility: Visibility) {
    this.visibility = visibility;
    this.live = new BoundedMap('transfers', MAX_LIVE, (_key, live) => this.say(live, 'open', live.transfer.lastTime));
  }

  on(record: WireRecord, e: Envelope, emit: Emit): void {
    this.emit = emit;
    if (e.time - this.swept > SWEEP_US) this.sweep(e.time);
    if (record.cut !== undefined) return;
    if (record.protocol === 'tftp') this.tftp(record, e);
    else if (record.protocol === 'http') this.http(record, e);
    else if (record.protocol === 'icmp') this.icmp(record, e);
  }

  end(at: CaptureEnd, emit: Emit): void {
    this.emit = emit;
    for (const live of [...this.live.values()]) {
      const end = this.silentEnd(live, at.time) ?? (repeatedInVain(live, at.time) ? stoppedAs(live) : 'open');
      this.close(live, end, at.time);
    }
  }

  limits(): LimitReached[] {
    const limit = this.live.limit();
    return limit === undefined ? [] : [limit];
  }

  private tftp(record: TftpRecord, e: Envelope): void {
    switch (record.type) {
      case 'RRQ':
      case 'WRQ':
        this.request(textAt(e, record.file), record, e);
        return;
      case 'DATA':
        this.data(record.block, record.length, e);
        return;
      case 'ACK':
        this.ack(record.block, e);
        return;
      case 'OACK':
        this.oack(record.options, e);
        return;
      case 'ERROR':
        this.error(record.code, record.message, e);
        return;
      default:
    }
  }

  /** A request is the fetch, a status its end: what follows in the stream is not read. */
  private http(record: HttpRecord, e: Envelope): void {
    if (record.type === 'response') {
      const live = this.live.get(keyOf(e.segment, e.ipDst, e.dstPort));
      if (live === undefined || live.transfer.protocol !== 'http') return;
      touch(live, e);
      this.answered(live, String(record.status), e);
      live.transfer.errorCode = record.status;
      live.transfer.tsize = record.contentLength;
      const fine = record.status >= 200 && record.status < 400;
      if (!fine) live.transfer.errorSight = sightOf(e);
      this.close(live, fine ? 'complete' : 'refused', e.time);
      return;
    }
    if (record.type !== 'request' || record.target === undefined) return;
    const key = keyOf(e.segment, e.ipSrc, e.srcPort);
    const known = this.live.get(key);
    if (known !== undefined) this.close(known, this.silentEnd(known, e.time) ?? 'aborted', e.time);
    const transfer = this.open('http', textAt(e, record.target), e);
    transfer.host = record.host === undefined ? '' : textAt(e, record.host);
    transfer.write = record.method === 'PUT' || record.method === 'POST';
    this.begin(key, transfer);
  }

  /** An error that quotes a packet of a transfer: the port, or the way, is closed. */
  private icmp(record: IcmpRecord, e: Envelope): void {
    const { quoted } = record;
    if (quoted === undefined || quoted.ipProtocol !== UDP) return;
    const live =
      this.live.get(keyOf(e.segment, quoted.src, quoted.srcPort)) ??
      this.live.get(keyOf(e.segment, quoted.dst, quoted.dstPort));
    if (live === undefined || live.transfer.protocol !== 'tftp') return;
    live.transfer.icmp = record.type * 256 + record.code;
    live.transfer.icmpSight = sightOf(e);
  }

  private open(protocol: Transfer['protocol'], file: string, e: Envelope): Transfer {
    this.opened += 1;
    return {
      id: this.opened,
      protocol,
      segment: e.segment,
      client: e.ipSrc,
      clientMac: e.ethSrc,
      clientPort: e.srcPort,
      server: e.ipDst,
      serverMac: e.ethDst,
      file,
      host: '',
      write: false,
      request: sightOf(e),
      requestCount: 1,
      blockSize: -1,
      tsize: -1,
      windowSize: -1,
      sources: [],
      lastBlock: 0,
      dataFrames: 0,
      duplicates: 0,
      bytes: 0,
      errorCode: -1,
      errorText: '',
      errorSight: undefined,
      icmp: -1,
      icmpSight: undefined,
      firstTime: e.time,
      lastTime: e.time,
      lastSight: sightOf(e),
      couldSeeReplies: this.visibility.sawUnicastTo(e.segment, e.ethSrc),
    };
  }

  private begin(key: string, transfer: Transfer): void {
    this.live.set(key, {
      transfer,
      key,
      serverPort: -1,
      blockSize: DEFAULT_BLOCK,
      finalBlock: -1,
      progress: transfer.firstTime,
      repeats: 0,
      lastAck: -1,
    });
    this.emit({ type: 'transfer-request', transfer, time: transfer.firstTime });
  }

  private request(file: string, record: TftpRecord & { type: 'RRQ' | 'WRQ' }, e: Envelope): void {
    const key = keyOf(e.segment, e.ipSrc, e.srcPort);
    const known = this.live.get(key);
    this.ended.delete(key);
    if (known !== undefined) {
      const { transfer } = known;
      const again =
        transfer.file === file &&
        transfer.tsize === record.options.tsize &&
        e.time - transfer.firstTime < AGAIN_US &&
        transfer.dataFrames === 0;
      if (again) {
        transfer.requestCount += 1;
        known.repeats += 1;
        touch(known, e);
        return;
      }
      this.close(known, known.finalBlock >= 0 ? 'complete' : (this.silentEnd(known, e.time) ?? 'aborted'), e.time);
    }
    const { options } = record;
    const transfer = this.open('tftp', file, e);
    transfer.write = record.type === 'WRQ';
    transfer.blockSize = options.blksize;
    transfer.tsize = options.tsize;
    transfer.windowSize = options.windowsize;
    this.begin(key, transfer);
  }

  private data(block: number, length: number, e: Envelope): void {
    const live = this.towardsClient(e) ?? this.fromClient(e);
    if (live === undefined) {
      this.late('DATA', e);
      return;
    }
    const { transfer } = live;
    if (!transfer.write) this.answered(live, 'DATA', e);
    transfer.dataFrames += 1;
    touch(live, e);
    // Block numbers are 16 bits and wrap in long files; half the circle forward is new, half back was there before.
    const ahead = (block - (transfer.lastBlock & 0xffff) + 65_536) & 0xffff;
    if (ahead === 0 || ahead > 32_767) {
      transfer.duplicates += 1;
      if (ahead === 0) live.repeats += 1;
      return;
    }
    transfer.lastBlock += ahead;
    transfer.bytes += length;
    live.progress = e.time;
    live.repeats = 0;
    if (length < live.blockSize) live.finalBlock = transfer.lastBlock;
  }

  private ack(block: number, e: Envelope): void {
    const live = this.fromClient(e) ?? this.towardsClient(e);
    if (live === undefined) return;
    touch(live, e);
    if (block === live.lastAck) live.repeats += 1;
    live.lastAck = block;
    if (live.transfer.write && live.serverPort < 0) this.answered(live, 'ACK', e);
    if (live.finalBlock >= 0 && (live.finalBlock & 0xffff) === block) this.close(live, 'complete', e.time);
  }

  private oack(options: TftpOptions, e: Envelope): void {
    const live = this.towardsClient(e);
    if (live === undefined) {
      this.late('OACK', e);
      return;
    }
    this.answered(live, 'OACK', e);
    touch(live, e);
    live.progress = e.time;
    const { transfer } = live;
    transfer.blockSize = options.blksize;
    transfer.windowSize = options.windowsize;
    if (options.tsize >= 0) transfer.tsize = options.tsize;
    live.blockSize = options.blksize > 0 ? options.blksize : DEFAULT_BLOCK;
  }

  private error(code: number, message: Span, e: Envelope): void {
    const fromServer = this.towardsClient(e);
    const live = fromServer ?? this.fromClient(e);
    if (live === undefined) return;
    const { transfer } = live;
    touch(live, e);
    // RFC 1350 4: a host that gets a packet from a wrong port tells its sender so (5) and goes on with the right one.
    if (fromServer === undefined && code === 5 && e.dstPort !== live.serverPort) return;
    if (fromServer !== undefined) this.answered(live, 'ERROR', e);
    transfer.errorCode = code;
    transfer.errorText = latin1(e.bytes, message.at, message.at + message.length);
    transfer.errorSight = sightOf(e);
    this.close(live, fromServer === undefined ? 'aborted' : 'refused', e.time);
  }

  /** The transfer whose client this frame goes to. */
  private towardsClient(e: Envelope): Live | undefined {
    return this.live.get(keyOf(e.segment, e.ipDst, e.dstPort));
  }

  private fromClient(e: Envelope): Live | undefined {
    return this.live.get(keyOf(e.segment, e.ipSrc, e.srcPort));
  }

  private answered(live: Live, kind: string, e: Envelope): void {
    const { transfer } = live;
    transfer.couldSeeReplies = true;
    if (live.serverPort < 0) live.serverPort = e.srcPort;
    const { sources } = transfer;
    // One server may answer a repeated request from a further port: only another machine is another source.
    if (sources.some((s) => s.ip === e.ipSrc && s.mac === e.ethSrc) || sources.length >= MAX_SOURCES) return;
    const source: TransferSource = { ip: e.ipSrc, mac: e.ethSrc, port: e.srcPort, sight: sightOf(e), kind };
    sources.push(source);
    live.progress = e.time;
    this.emit({ type: 'transfer-answer', transfer, source, time: e.time });
  }

  /** An answer to a request whose transfer is over: of interest when it comes from another machine. */
  private late(kind: string, e: Envelope): void {
    const live = this.ended.get(keyOf(e.segment, e.ipDst, e.dstPort));
    if (live === undefined || e.time - live.transfer.lastTime > LATE_US) return;
    this.answered(live, kind, e);
  }

  private sweep(now: number): void {
    this.swept = now;
    for (const live of [...this.live.values()]) {
      const end = this.silentEnd(live, now);
      if (end !== undefined) this.close(live, end, now);
    }
  }

  /** How a transfer that has been silent until `now` has ended, or undefined while it may go on. */
  private silentEnd(live: Live, now: number): TransferEnd | undefined {
    if (live.finalBlock >= 0) return now - live.transfer.lastTime > SILENCE_US ? 'complete' : undefined;
    if (now - live.progress <= SILENCE_US) return undefined;
    return stoppedAs(live);
  }

  private close(live: Live, end: TransferEnd, time: number): void {
    this.live.delete(live.key);
    this.ended.set(live.key, live);
    // A read whose last block was seen is complete though the capture ends before the acknowledgement.
    this.say(live, end === 'open' && live.finalBlock >= 0 ? 'complete' : end, time);
  }

  private say(live: Live, end: TransferEnd, time: number): void {
    const { transfer } = live;
    transfer.couldSeeReplies ||= this.visibility.sawUnicastTo(transfer.segment, transfer.clientMac);
    this.emit({ type: 'transfer-end', transfer, end, time });
  }
}

function stoppedAs(live: Live): TransferEnd {
  return live.transfer.sources.length === 0 ? 'unanswered' : 'stalled';
}

function repeatedInVain(live: Live, now: number): boolean {
  return live.finalBlock < 0 && live.repeats >= REPEATED && now - live.progress > REPEATED_US;
}

function keyOf(segment: number, ip: Address, port: number): string {
  return `${segment}/${port}/${ip}`;
}

/** Bytes as they are, one character each; untrusted. */
function textAt(e: Envelope, { at, length }: Span): string {
  return latin1(e.bytes, at, at + Math.min(length, MAX_NAME));
}

function touch(live: Live, e: Envelope): void {
  live.transfer.lastTime = e.time;
  live.transfer.lastSight = sightOf(e);
}
