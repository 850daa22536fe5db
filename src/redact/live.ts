import { Piscina } from 'piscina';
import { workerFile } from '../installed.ts';
import { blindOf, coinciding, refusal } from './case.ts';
import { CaseIdentities } from './case-identities.ts';
import { NO_FACTS } from './facts.ts';
import { FrameRewriter } from './frames/frame.ts';
import { PcapWriter, pcapHeader } from './frames/pcap-writer.ts';
import { RecordBuffer } from './frames/record-buffer.ts';
import { newTally } from './frames/tally.ts';
import { movedSeconds, timeShift } from './frames/time-shift.ts';
import type { IdentityPlan } from './identity-plan.ts';
import type { Identities } from './identities.ts';
import { deriveTierKey } from './key.ts';
import { Ledger } from './ledger.ts';
import { type GateTask, LedgerFeed, type LiveGate, MAX_LIVE } from './live-gate.ts';
import { emptyFile } from './member.ts';
import type { Policy } from './policy/policy.ts';
import { redactionReport, type RedactedFile, type RedactionReport } from './report.ts';
import { withoutFreeText } from './stream.ts';

/** Records that are held before they are written out. */
const BUFFER = 256 * 1024;
/** Lines of a refusal that lead to the rule that failed. */
const TOLD = 3;

export interface LiveOptions {
  policy: Policy;
  /** 32 bytes, of `readCaseKey`. */
  caseKey: Uint8Array;
  /** What the copy is called among others of the case; the policy's name unless said. */
  tier?: string;
  /** Whole second since 1970 UTC, before that of every frame: where times of a policy that keeps no dates begin. */
  firstTime: number;
  /** What rebuilds frames, where it is not `FrameRewriter` itself. */
  rewriterOf?(identities: Identities): FrameRewriter;
}

/**
 * Rebuilds frames while they come, and has a thread of its own gate what was written of them. Nobody looks ahead: free
 * text is dropped, fragments are cut, and a segment is searched for what was met until its end. Raw bytes are not kept:
 * whatever stands in `out` is rebuilt.
 */
export class LiveRedaction {
  readonly policy: Policy;
  readonly tier: string;
  /** Records of the frames since it was last emptied. */
  readonly out = new RecordBuffer(BUFFER * 2);
  private readonly identities: CaseIdentities;
  private readonly rewriter: FrameRewriter;
  private readonly shift: number;
  private readonly feed: LedgerFeed;
  private readonly thread: Piscina<GateTask, LiveGate>;
  private writer: PcapWriter | undefined;
  private header: Uint8Array = NOTHING;
  private piece: ArrayBufferLike = NOTHING.buffer;
  private decoded = { files: 0, values: 0 };
  private raw: LiveGate['raw'] = { originals: 0, needles: 0, tooShort: 0, bytes: 0 };

  constructor({ policy, caseKey, tier, firstTime, rewriterOf }: LiveOptions) {
    this.policy = withoutFreeText(policy);
    this.tier = tier ?? policy.name;
    const facts = { ...NO_FACTS, firstTime };
    const plan: IdentityPlan = { policy: this.policy, tierKey: deriveTierKey(caseKey, this.tier), facts };
    this.identities = new CaseIdentities(plan, new Ledger(MAX_LIVE));
    this.shift = timeShift(this.identities, firstTime);
    const { undecoded } = this.policy;
    this.rewriter = rewriterOf?.(this.identities) ?? new FrameRewriter(this.identities, { undecoded });
    this.feed = new LedgerFeed(this.identities.ledger);
    this.thread = new Piscina<GateTask, LiveGate>({
      filename: workerFile('gate'),
      minThreads: 1,
      maxThreads: 1,
      workerData: plan,
    });
  }

  /** True when what is in `out` is worth writing. */
  get ready(): boolean {
    return this.out.at >= BUFFER;
  }

  /** True when it holds as many identities as can be searched for. */
  get full(): boolean {
    return this.identities.ledger.size >= MAX_LIVE;
  }

  /** @param digits of a second that times have */
  open(linkType: number, snapLength: number, digits: 6 | 9): void {
    const clock = { kind: 'split', base: 10, exponent: digits, offset: 0 } as const;
    this.header = pcapHeader(
      {
        ...{ id: 0, section: 0, sectionId: 0, linkType: linkType >>> 0, snapLength: snapLength >>> 0, clock },
        ...{ name: '', description: '', filter: '', os: '', received: -1, dropped: -1 },
      },
      true,
    );
    this.writer = new PcapWriter(this.rewriter, this.out, true, linkType >>> 0, this.shift, 0);
  }

  /** Puts the header of a file into `out`. */
  begin(): void {
    this.out.need(this.header.length);
    this.out.put(this.header);
  }

  /**
   * Puts the record of a frame into `out`.
   *
   * @param fraction of the second, in its digits
   * @throws Problem `refused` when the capture holds more identities than can be searched for
   */
  frame(sec: number, fraction: number, wireLength: number, bytes: Uint8Array): void {
    const { writer } = this;
    if (writer === undefined) throw new Error('a frame before the link is known');
    // One view serves all frames of a piece.
    if (bytes.buffer !== this.piece) {
      this.piece = bytes.buffer;
      writer.bytes = new Uint8Array(bytes.buffer);
    }
    writer.frame(bytes.byteOffset, bytes.length, wireLength, 0, sec | 0, fraction);
  }

  /** A time as frames have it now. */
  moved(seconds: number): number {
    return movedSeconds(Math.floor(seconds), this.shift) + (seconds - Math.floor(seconds));
  }

  /** Has a written segment read again and searched, behind those that were given before. */
  async gate(path: string, name: string): Promise<LiveGate> {
    const { raw, decoded } = this;
    const found = await this.thread.run({ path, name, ledger: this.feed.next() });
    raw.bytes += found.raw.bytes;
    this.raw = { ...found.raw, bytes: raw.bytes };
    decoded.files += 1;
    decoded.values += found.values;
    return found;
  }

  /** What was done since this was asked last, as the report tells of a file. */
  described(name: string): RedactedFile {
    const { frames, dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut } = this.rewriter.tally.rows;
    this.rewriter.tally.rows = newTally();
    const did = { dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut };
    return { ...emptyFile(name, 'capture', 'pcap'), ...did, units: frames };
  }

  /** Of what was released. @param warnings beside those of the policy */
  report(files: readonly RedactedFile[], warnings: readonly string[]): RedactionReport {
    const { identities, policy, tier, decoded, raw } = this;
    const { ledger } = identities;
    return redactionReport({
      policy,
      tier,
      ledger,
      files,
      gate: { result: 'passed', mode: 'streaming', decoded, raw: { ...raw, coinciding: coinciding(ledger) } },
      blind: blindOf(policy),
      verdict: null,
      warnings: [...identities.warnings(), ...warnings],
    });
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.thread.destroy();
  }
}

/** Why a segment was not released, in one line; never what stands in it. */
export function gateLine({ hits, lost }: LiveGate): string {
  const places = refusal(hits, lost).lines.slice(1, 1 + Math.min(TOLD, hits.length));
  return `the leak gate found ${hits.length + lost} places that may still identify, and deleted the segment: ${places.join('; ')}`;
}

const NOTHING = new Uint8Array(0);
