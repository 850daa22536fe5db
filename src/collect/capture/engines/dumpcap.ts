import { type Engine, type EngineCommand, type EngineRequest, type InstalledEngine, lastNumber } from '../engine.ts';
import { ask, executable, findProgram } from '../program.ts';

/** dumpcap(1), of Wireshark: where its group may capture without being root. Microseconds, and counters only at its end. */
export const dumpcap: Engine = {
  name: 'dumpcap',
  install: 'install the package wireshark-common or tshark',
  latency: 0.5,

  async find(program) {
    const path = program === '' ? findProgram('dumpcap') : program;
    if (!executable(path)) return undefined;
    const said = await ask(path, ['--version']);
    if (said === undefined || said.exit !== 0) return undefined;
    return { program: path, version: (said.out.split('\n')[0] ?? '').trim(), help: '' };
  },

  command({ program }: InstalledEngine, request: EngineRequest): EngineCommand {
    const { filter, snapLength, bufferBytes } = request;
    // Its buffer is counted in MiB.
    const buffer = Math.max(1, Math.ceil(bufferBytes / (1024 * 1024)));
    const args = ['-q', '-P', '-w', '-', '-s', String(snapLength), '-B', String(buffer), '-i', request.interface];
    if (filter !== '') args.push('-f', filter);
    return { program, args };
  },

  counters(said) {
    // Packets received/dropped on interface 'eth0': 3/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0)
    return {
      captured: lastNumber(said, /Packets captured: (\d{1,15})/g),
      received: lastNumber(said, /Packets received\/dropped on interface [^\n]{1,200}: (\d{1,15})\/\d/g),
      droppedByKernel: lastNumber(
        said,
        /Packets received\/dropped on interface [^\n]{1,200}: \d{1,15}\/(\d{1,15}) \(pcap/g,
      ),
      droppedByInterface: lastNumber(said, /ps_ifdrop:(\d{1,15})/g),
    };
  },
};
