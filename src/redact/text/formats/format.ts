import type { Treatment } from '../treatment.ts';

/** Takes a file's bytes as they come, cut anywhere, and gives out what the treatment makes of them. */
export interface FormatReader {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** A way in which text files are written: one file, one line in `registry.ts`. */
export interface TextFormat {
  name: string;
  title: string;
  /**
   * How well a file's beginning fits, 0 to 100; the best has it.
   *
   * @param head first characters, one a byte
   * @param fileName lower case; '' where there is none
   */
  fits(head: string, fileName: string): number;
  open(treatment: Treatment, write: (bytes: Uint8Array) => void): FormatReader;
}
