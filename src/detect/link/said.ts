import type { LimitReached } from '../../flow/bounded.ts';
import type { SwitchLine, SwitchText } from '../../flow/switch/types.ts';

/** Lines of one kind that are told: a switch repeats one for each frame. */
const LINES = 1_024;

/** What a switch said while the captures ran: known when they have ended, since a log runs for months. */
export class Said {
  private readonly lines: SwitchLine[] = [];
  private readonly name: string;
  private readonly text: SwitchText;
  private lost = 0;

  constructor(name: string, text: SwitchText) {
    this.name = name;
    this.text = text;
  }

  add(line: SwitchLine): void {
    if (this.lines.length < LINES) this.lines.push(line);
    else this.lost += 1;
  }

  /** When all captures have ended. */
  during(): SwitchLine[] {
    return this.lines.filter((line) => this.text.during(line));
  }

  limits(): LimitReached[] {
    return this.lost === 0 ? [] : [{ name: this.name, cap: LINES, lost: this.lost }];
  }
}
