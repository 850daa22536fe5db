/**
 * - `usage`: wrong arguments, a file that is not there: exit code 2
 * - `profile`: a profile or policy that cannot be used: exit code 2
 * - `refused`: refused for safety: exit code 4
 */
export type ProblemKind = 'usage' | 'profile' | 'refused';

/**
 * What a person can mend. Each line says what, where and what to do; none is a stack trace. The library throws it; the
 * program prints it and ends with the code of its kind. Everything else that is thrown is our own bug.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  /** One or more lines, the first first. */
  readonly lines: readonly string[];

  constructor(kind: ProblemKind, lines: string | readonly string[]) {
    const all = typeof lines === 'string' ? [lines] : lines;
    super(all.join('\n'));
    this.kind = kind;
    this.lines = all;
  }
}
