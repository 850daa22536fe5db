import type { FindingState } from '../run.ts';
import type { SwitchLine, SwitchLineKind, SwitchText } from '../../flow/switch/types.ts';
import { parseAddress, parseMac } from '../../wire/values.ts';
import type { Address } from '../../wire/envelope.ts';
import type { Remedy } from '../finding.ts';
import { lineNote, lineRemedy, lineSentence, lineTime, placeText, stationText } from './words.ts';

/** Lines added to one finding: what happened, not how often. */
const LINES = 4;
/** Around a finding's time (microseconds): a switch may log after a client gave up. */
const AROUND_US = 5e6;

/** Evidence of one finding in all, and frames that keep their place among it. */
const EVIDENCE = 10;
const KEPT = 6;

const DROPS: readonly SwitchLineKind[] = [
  'snooping-drop',
  'snooping-untrusted-server',
  'dai-drop',
  'source-guard-drop',
  'ra-guard-drop',
  'nd-drop',
  'snooping-rate-limit',
  'port-security',
];

/** Findings of an answer that did not come: a dropped answer names its server, not the client that waited. */
const UNANSWERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['dhcp-no-offer', ['OFFER']],
  ['dhcp-request-unanswered', ['ACK', 'NAK']],
  ['dhcp-pool-exhausted', ['OFFER']],
]);

/** Findings whose stations are what is wrong: that a switch stopped them is proof and no cause, and nothing to be mended. */
const CULPRITS = /rogue|hijack|spoof|denial|starvation|conflict|impersonated|-nak-|multiple-servers|flood/;

const MAC_TEXT = /(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])/g;
const IP_TEXT = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;

/**
 * Adds what the switches say to findings of packets: lines that dropped a message of a station that the finding is about
 * become evidence, with device, port, rule and remedy, and a station's port is named. Nothing is added where the times
 * cannot have been the same; verdict, severity and confidence stay those of the packets.
 */
export function witness(findings: readonly FindingState[], text: SwitchText): void {
  if (text.empty) return;
  for (const finding of findings) {
    // A detector that reads lines itself has said it all.
    if (finding.firstEvidence.some(({ kind }) => kind === 'line')) continue;
    const { macs, ips } = named(finding);
    const lines = droppedOf(finding, macs, ips, text);
    const ports = macs.flatMap((mac) => portLine(mac, text));
    if (lines.length === 0 && ports.length === 0) continue;
    tell(finding, lines, ports, text);
  }
}

interface PortLine {
  sentence: string;
  line: SwitchLine;
}

function portLine(mac: number, text: SwitchText): PortLine[] {
  const found = text.portOf(mac);
  if (found === undefined) return [];
  const device = found.device === '' ? `the switch (${found.line.vendor})` : found.device;
  return [{ sentence: placeText({ device, port: found.port, learned: found.line }), line: found.line }];
}

function droppedOf(finding: FindingState, macs: number[], ips: Address[], text: SwitchText): SwitchLine[] {
  const found = new Map<string, SwitchLine>();
  const add = (lines: readonly SwitchLine[]): void => {
    for (const line of lines) if (inTime(line, finding)) found.set(`${line.log} ${line.line}`, line);
  };
  for (const mac of macs) add(text.linesFor({ mac, kinds: DROPS }));
  for (const ip of ips) add(text.linesFor({ ip, kinds: DROPS }));
  const waited = UNANSWERED.get(finding.detector.id);
  if (waited !== undefined) {
    // Only a time that is known says that the drop belongs to this wait.
    add(
      text
        .linesFor({ kinds: ['snooping-untrusted-server'] })
        .filter((line) => (line.message === '' || waited.includes(line.message)) && lineTime(line) !== undefined),
    );
  }
  return [...found.values()].slice(0, LINES);
}

function inTime({ time }: SwitchLine, { firstTime, lastTime }: FindingState): boolean {
  return time === undefined || (time.to >= firstTime - AROUND_US && time.from <= lastTime + AROUND_US);
}

/** Stations that the finding is about: its subject, else those that its message names. */
function named({ subject, last }: FindingState): { macs: number[]; ips: Address[] } {
  const values = Object.values(subject)
    .flatMap((value) => (typeof value === 'object' ? [...value] : [String(value)]))
    .join(' ');
  const macs = new Set([...`${values} ${last.message}`.matchAll(MAC_TEXT)].map(([mac]) => parseMac(mac)));
  const ips = new Set([...values.matchAll(IP_TEXT)].map(([ip]) => parseAddress(ip)));
  return { macs: [...macs].filter((mac) => mac > 0), ips: [...ips].filter((ip) => ip !== -1 && ip !== 0) };
}

function tell(finding: FindingState, lines: readonly SwitchLine[], ports: readonly PortLine[], text: SwitchText): void {
  const { last, detector } = finding;
  const remedy = last.remedy ?? detector.remedy;
  const guilty = CULPRITS.test(detector.id);
  const steps = [
    ...new Set([
      ...ports.map(({ sentence, line }) => `${stationText(line)} is on ${sentence}: go there first.`),
      ...(guilty ? [] : lines.flatMap((line) => lineRemedy(line, text))),
    ]),
  ];
  const known: Remedy = { ...remedy, steps: [...steps, ...remedy.steps] };
  finding.last = {
    ...last,
    remedy: known,
    causes: [...new Set([...(guilty ? [] : lines.map((line) => lineSentence(line, text))), ...(last.causes ?? [])])],
  };
  const notes = [...lines, ...ports.map(({ line }) => line)].map((line) => lineNote(line, text));
  const { firstEvidence, lastEvidence } = finding;
  while (firstEvidence.length > KEPT && firstEvidence.length + lastEvidence.length + notes.length > EVIDENCE) {
    firstEvidence.pop();
  }
  const room = Math.max(0, EVIDENCE - firstEvidence.length - lastEvidence.length);
  lastEvidence.push(...notes.slice(0, Math.min(room, LINES)));
  finding.evidenceCount += notes.length;
}
