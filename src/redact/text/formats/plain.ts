import { PLACEHOLDER } from '../../rules/rule.ts';
import { Blocks } from '../blocks.ts';
import { decodeText, encodeText, type Line, LineCutter } from '../lines.ts';
import type { Treatment } from '../treatment.ts';
import type { FormatReader, TextFormat } from './format.ts';

/** Line after line; what no other format is. */
export class PlainReader implements FormatReader {
  private readonly cutter: LineCutter;
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private readonly blocks = new Blocks();

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void) {
    this.treatment = treatment;
    this.write = write;
    this.cutter = new LineCutter((line) => this.line(line));
  }

  push(bytes: Uint8Array): void {
    this.cutter.push(bytes);
  }

  end(): void {
    this.cutter.end();
  }

  private line({ bytes, ending, over }: Line): void {
    this.treatment.place.line += 1;
    const { text, encoding } = decodeText(bytes);
    const out = this.treatment.line(text, this.blocks);
    if (over > 0) this.treatment.dropped('end of a line that is too long', over);
    this.write(encodeText(out + (over > 0 ? PLACEHOLDER : '') + ending, encoding));
  }
}

export const plain: TextFormat = {
  name: 'lines',
  title: 'Lines of text: logs, configurations, output of commands and switches',
  fits: () => 1,
  open: (treatment, write) => new PlainReader(treatment, write),
};
