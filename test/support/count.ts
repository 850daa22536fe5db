import type { Reporter, TestModule } from 'vitest/node';

/**
 * Closes the run with `N passed, N failed` alone on a line, for whatever reads the output without knowing the runner.
 * A file that could not be loaded, or an error outside any test, counts as one failure.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let [passed, failed, skipped] = [0, unhandled.length, 0];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
      const broken = module.state() === 'failed' && [...module.children.allTests('failed')].length === 0;
      if (broken) failed += 1;
    }
    const rest = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(`\n${passed} passed, ${failed} failed${rest}\n`);
  }
}
