import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { SwitchLine, SwitchText } from '../../flow/switch/types.ts';
import type { EvidenceNote } from '../finding.ts';
import { lineNote, lineTime, placeOf, placeText } from './words.ts';

/** Ports told of; a switch has a few hundred. */
const MAX_PORTS = 4096;
/** Lines kept of one port: enough to count a flood. */
const MAX_LINES = 4096;

/** Lines of one port that may have been written while the captures ran. */
export interface PortCase {
  subject: { device: string; port: string };
  /** `sw1 port Gi1/0/7`. */
  where: string;
  lines: readonly SwitchLine[];
  /** Of the first line whose time is known to the second (microseconds), else 0. */
  time: number;
  /** Its first lines as evidence. */
  evidence(most: number): EvidenceNote[];
}

interface Port {
  subject: { device: string; port: string };
  where: string;
  lines: SwitchLine[];
}

/** Collects lines by port. A log runs for months: what was written at another time than the captures' is left out. */
export class PortLines {
  private readonly text: SwitchText;
  private readonly name: string;
  private readonly ports: BoundedMap<string, Port>;
  private lost = 0;

  /** @param name what the report calls the table */
  constructor(name: string, text: SwitchText) {
    this.name = name;
    this.text = text;
    this.ports = new BoundedMap<string, Port>(`${name}.ports`, MAX_PORTS);
  }

  add(line: SwitchLine): void {
    const place = placeOf(line, this.text);
    const subject = { device: place.device, port: place.port };
    const key = JSON.stringify(subject);
    let port = this.ports.get(key);
    if (port === undefined) {
      port = { subject, where: placeText(place), lines: [] };
      this.ports.set(key, port);
    }
    if (port.lines.length < MAX_LINES) port.lines.push(line);
    else this.lost += 1;
  }

  /** To be asked when all captures have ended. */
  *during(): Generator<PortCase> {
    const { text } = this;
    for (const { subject, where, lines: all } of this.ports.values()) {
      const lines = all.filter((line) => text.during(line));
      if (lines.length === 0) continue;
      yield {
        subject,
        where,
        lines,
        time: lines.map(lineTime).find((time) => time !== undefined) ?? 0,
        evidence: (most) => lines.slice(0, most).map((line) => lineNote(line, text)),
      };
    }
  }

  limits(): LimitReached[] {
    const ports = this.ports.limit();
    return [
      ...(ports === undefined ? [] : [ports]),
      ...(this.lost > 0 ? [{ name: `${this.name}.lines`, cap: MAX_LINES, lost: this.lost }] : []),
    ];
  }
}
