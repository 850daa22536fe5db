import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import type { Engine, InstalledEngine } from './engine.ts';
import { dumpcap } from './engines/dumpcap.ts';
import { pcap } from './engines/pcap.ts';
import { tcpdump } from './engines/tcpdump.ts';

/** Every engine; those that are tried unasked come first. */
export const ENGINES: readonly Engine[] = [tcpdump, dumpcap, pcap];
/** node-pcap has defects that only whoever asks for it should meet. */
const UNASKED: readonly Engine[] = [tcpdump, dumpcap];

export interface ChosenEngine {
  engine: Engine;
  installed: InstalledEngine;
}

/**
 * @param name of the engine; '' the first that is installed @param program its path where it stands elsewhere, or ''
 * @throws Problem when it is not installed
 */
export async function chooseEngine(name: string, program: string): Promise<ChosenEngine> {
  const wanted = name === '' ? UNASKED : ENGINES.filter((engine) => engine.name === name);
  for (const engine of wanted) {
    const installed = await engine.find(program);
    if (installed !== undefined) return { engine, installed };
    if (program !== '') throw new Problem('usage', `--engine-file ${safeText(program)}: it is no ${engine.name}`);
  }
  throw new Problem(
    'usage',
    name === ''
      ? `nothing to capture with: ${UNASKED.map(({ install }) => install).join(', or ')}`
      : `the engine ${safeText(name)} is not installed: ${wanted[0]?.install ?? 'see --help'}`,
  );
}
