import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { EventOf } from '../../flow/events.ts';
import type { Sight } from '../../flow/sight.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { DetectorContext, EmitFinding } from '../detector.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import type { Confidence, EvidenceNote, Remedy, Severity, Subject } from '../finding.ts';
import { Said } from '../link/said.ts';
import type { Spoken } from './spoken.ts';
import { lineNote, lineRemedy, lineTime, placeOf, placeText } from './words.ts';

/** Drops told apart: a switch has some hundred ports, a rule or two each. */
const MAX_DROPS = 1_024;
/** Lines kept of one drop: what happened, not how often. */
const MAX_LINES = 256;
/** Clients whose questions and answers are counted. */
const MAX_CLIENTS = 8_192;
const LINES = 4;
const FRAMES = 3;

/** What the captures show of a client that a switch names. */
export interface Asked {
  mac: number;
  asked: number;
  /** OFFERs and ACKs to it, and offers that it chose. */
  answered: number;
  first: Sight;
}

/** Lines of one drop, and the clients of whom they speak. */
export interface SpokenDrop {
  subject: Subject;
  /** `sw1 port Gi1/0/7`. */
  where: string;
  lines: readonly [SwitchLine, ...SwitchLine[]];
  /** Messages that the lines count. */
  count: number;
  /** Stations that the lines name. */
  stations: Distinct;
  /** Clients among them that asked here; all that asked here where the lines name none, and of a server's drop. */
  asking: readonly Asked[];
  /** A frame of the named station is seen here at the time of a line. */
  seen: boolean;
}

/** How one detector words what a switch says that it dropped. */
export interface SpokenDropWords {
  id: string;
  takes(line: SwitchLine): boolean;
  /** What the finding is about, beside device and port. */
  subject(line: SwitchLine): Subject;
  /** A server's messages: whoever waits may be waiting for them. */
  ofServer: boolean;
  /** undefined: nothing is wrong with this drop. */
  judge(
    drop: SpokenDrop,
  ): { severity: Severity; confidence: Confidence; message: string; causes: string[] } | undefined;
  remedy(): Remedy;
}

interface Drop {
  subject: Subject;
  lines: [SwitchLine, ...SwitchLine[]];
  count: number;
  stations: Distinct;
}

/** DHCP messages that a switch dropped by its own word: one vantage is enough for it. */
export function spokenDrops({ switchText: text }: DetectorContext, words: SpokenDropWords): Spoken {
  const drops = new BoundedMap<string, Drop>(`${words.id}.drops`, MAX_DROPS);
  const clients = new BoundedMap<number, Asked>(`${words.id}.clients`, MAX_CLIENTS);
  const take = (line: SwitchLine): void => {
    const { device, port } = placeOf(line, text);
    const subject: Subject = { ...words.subject(line), device, ...(port === '' ? {} : { port }) };
    const key = JSON.stringify(subject);
    let drop = drops.get(key);
    if (drop === undefined) {
      drop = { subject, lines: [line], count: 0, stations: new Distinct(`${words.id}.stations`) };
      drops.set(key, drop);
    } else if (drop.lines.length < MAX_LINES) drop.lines.push(line);
    drop.count += line.count;
    const station = stationOf(line);
    if (station > 0) drop.stations.add(station);
  };
  const said = new Said(`${words.id}.lines`, text);
  return {
    line(line) {
      if (words.takes(line)) said.add(line);
    },
    ...(text.empty
      ? {}
      : {
          message({ message: m }: EventOf<'dhcp4-message'>): void {
            if (m.copy || m.chaddr < 0) return;
            const known = clients.get(m.chaddr);
            if (m.reply) {
              if (known !== undefined && (m.kind === 'OFFER' || m.kind === 'ACK')) known.answered += 1;
            } else if (known === undefined) {
              clients.set(m.chaddr, { mac: m.chaddr, asked: 1, answered: 0, first: m.sight });
            } else {
              known.asked += 1;
              // Who chooses an offer was answered, wherever that went.
              if (m.kind === 'REQUEST' && m.serverId > 0) known.answered += 1;
            }
          },
        }),
    end(emit) {
      for (const line of said.during()) take(line);
      for (const drop of drops.values()) tell(drop, emit);
    },
    limits(): LimitReached[] {
      return [...said.limits(), ...[drops.limit(), clients.limit()].flatMap((limit) => limit ?? [])];
    },
  };

  function tell({ subject, lines, count, stations }: Drop, emit: EmitFinding): void {
    const [line] = lines;
    const named = new Set(lines.flatMap(({ mac, chaddr }) => [mac, chaddr]).filter((mac) => mac > 0));
    const asking = [...clients.values()].filter(({ mac }) => words.ofServer || named.size === 0 || named.has(mac));
    const frames = [
      ...new Map(lines.flatMap((one) => text.framesFor(one)).map((sight) => [frameKey(sight), sight])).values(),
    ];
    const where = placeText(placeOf(line, text));
    const judged = words.judge({ subject, where, lines, count, stations, asking, seen: frames.length > 0 });
    if (judged === undefined) return;
    const waiting = asking.filter(({ answered }) => answered === 0);
    const known = new Set(frames.slice(0, FRAMES).map(frameKey));
    const remedy = words.remedy();
    const evidence: EvidenceNote[] = [
      ...lines.slice(0, LINES).map((one) => lineNote(one, text)),
      ...frames.slice(0, FRAMES).map((sight) => ({ kind: 'frame' as const, sight, note: 'the message, seen here' })),
      ...waiting
        .filter(({ first }) => !known.has(frameKey(first)))
        .slice(0, FRAMES)
        .map(({ mac, first }) => ({
          kind: 'frame' as const,
          sight: first,
          note: `${macText(mac)} asks, and is not answered`,
        })),
    ];
    emit({
      subject,
      ...judged,
      segment: -1,
      time: lines.map(lineTime).find((time) => time !== undefined) ?? 0,
      count,
      evidence,
      remedy: { ...remedy, steps: [...new Set([...lineRemedy(line, text), ...remedy.steps])] },
    });
  }
}

/** The scale of what only a switch says: what its word cost the machines that are seen here. */
export function costOf({ asking }: SpokenDrop): 'unanswered' | 'answered' | 'unseen' {
  if (asking.length === 0) return 'unseen';
  return asking.some(({ answered }) => answered === 0) ? 'unanswered' : 'answered';
}

export function spokenConfidence(level: Confidence['level'], drop: SpokenDrop, wouldDecide: string[] = []): Confidence {
  const waiting = drop.asking.filter(({ answered }) => answered === 0);
  const asked = waiting.reduce((sum, one) => sum + one.asked, 0);
  return confidence(
    level,
    [
      'the switch says so in its own log',
      ...(drop.seen ? ['frames of this station are seen here at that time'] : []),
      ...(waiting.length > 0
        ? [
            `${asked} DHCP message${asked === 1 ? '' : 's'} of ${waiting.length === 1 ? macText(waiting[0]?.mac ?? -1) : `${waiting.length} clients`} are seen here, and no answer`,
          ]
        : []),
    ],
    wouldDecide,
  );
}

/** Of a message whose hardware address is not its source the client is who it says that it is. */
function stationOf({ mac, chaddr }: SwitchLine): number {
  return chaddr > 0 ? chaddr : mac;
}

function frameKey({ capture, file, frame }: Sight): string {
  return `${capture}/${file}/${frame}`;
}
