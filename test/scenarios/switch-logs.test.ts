import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, UNDECLARED } from '../../src/index.ts';
import { switchText } from '../../lab/switch-log.ts';
import { SCENARIOS } from '../../lab/catalogue.ts';
import { hasTool } from '../support/needs.ts';
import { SAMPLES } from '../support/samples.ts';
import { switchTextsOf, type SwitchLog } from '../support/switch-logs.ts';

/** The texts of the samples' switches are in the words of a known dialect, and of the captures beside them. */
interface Manifest {
  captures: { file: string; start: string; stop: string }[];
  switchLogs?: SwitchLog[];
}

const spoken = readdirSync(SAMPLES)
  .filter((name) => existsSync(join(SAMPLES, name, 'manifest.json')))
  .map((name) => ({
    name,
    manifest: JSON.parse(readFileSync(join(SAMPLES, name, 'manifest.json'), 'utf8')) as Manifest,
  }))
  .filter(({ manifest }) => manifest.switchLogs !== undefined);

it('there are samples with the words of a switch', () => {
  expect(spoken.length).toBeGreaterThan(20);
});

describe.each(spoken)('the texts of $name', ({ name, manifest }) => {
  it('hold no line that a dialect does not know, and speak of the time of the captures', async () => {
    const folder = join(SAMPLES, name);
    const files = (manifest.switchLogs ?? []).map(({ file }) => file);
    const switchTexts = switchTextsOf(folder, manifest.switchLogs, files);
    const inputs = manifest.captures.map(({ file }) => ({ vantage: file, files: [join(folder, file)] }));
    const { logs } = await analyze(inputs, { site: UNDECLARED, switchTexts });
    expect(logs.map(({ name: file, unknownLines }) => [file, unknownLines])).toEqual(files.map((file) => [file, []]));
    const [begin, end] = [
      Math.min(...manifest.captures.map(({ start }) => Date.parse(start))),
      Math.max(...manifest.captures.map(({ stop }) => Date.parse(stop))),
    ];
    for (const log of logs.filter(({ source, parsed }) => source === 'log' && parsed > 0)) {
      expect(log.timeSure).toBe('certain');
      expect(Date.parse(log.firstTime)).toBeGreaterThanOrEqual(begin - 1000);
      // A switch gives up some seconds after the last message.
      expect(Date.parse(log.lastTime)).toBeLessThanOrEqual(end + 15_000);
    }
  });
});

describe('a binding table beside two captures of a guard', () => {
  const folder = join(SAMPLES, 'multi-source-guard');
  const judged = async (address: string): Promise<string[]> => {
    const temporary = mkdtempSync(join(tmpdir(), 'rackwitness-bindings-'));
    const path = join(temporary, 'bindings.txt');
    try {
      const rows = readFileSync(join(folder, 'bindings.txt'), 'utf8').replace('198.51.100.77', address);
      writeFileSync(path, rows);
      const inputs = ['client', 'rack'].map((vantage) => ({ vantage, files: [join(folder, `${vantage}.pcap`)] }));
      const { findings } = await analyze(inputs, { site: UNDECLARED, switchTexts: [{ path, source: 'show' }] });
      return findings.flatMap(({ id, confidence }) => (id === 'source-guard-drop' ? [confidence.level] : []));
    } finally {
      rmSync(temporary, { recursive: true });
    }
  };

  it('makes it certain where it binds the machine to another address, and not where it allows its lease', async () => {
    expect(await judged('198.51.100.77')).toEqual(['certain']);
    expect(await judged('198.51.100.100')).toEqual(['likely']);
  });
});

describe.skipIf(!hasTool('tshark'))('made again from the captures', () => {
  it.each(SCENARIOS.filter(({ switchLogs }) => switchLogs !== undefined).slice(0, 4))('$name', (scenario) => {
    const folder = join(SAMPLES, scenario.name);
    for (const log of scenario.switchLogs ?? []) {
      expect(switchText(folder, log)).toBe(readFileSync(join(folder, log.file), 'utf8'));
    }
  });
});
