import { type Engine, type EngineCommand, type EngineRequest, type InstalledEngine, lastNumber } from '../engine.ts';
import { ask, executable, findProgram } from '../program.ts';

/**
 * tcpdump(8). `-U` hands every frame on as it comes, so that a child that is killed takes none with it; the large kernel
 * buffer pays for that. Nanoseconds where this build knows them.
 */
export const tcpdump: Engine = {
  name: 'tcpdump',
  install: 'install the package tcpdump',
  latency: 1.2,
  askCounters: 'SIGUSR1',

  async find(program) {
    const path = program === '' ? findProgram('tcpdump') : program;
    if (!executable(path)) return undefined;
    const said = await ask(path, ['--help']);
    if (said === undefined) return undefined;
    const help = `${said.out}\n${said.err}`;
    // libpcap's version is part of what may have gone wrong.
    const version = help
      .split('\n')
      .filter((line) => / version /.test(line))
      .slice(0, 2)
      .join(', ');
    return { program: path, version, help };
  },

  command({ program, help }: InstalledEngine, request: EngineRequest): EngineCommand {
    const { filter, snapLength, bufferBytes } = request;
    const args = ['-U', '-w', '-', '-n', '-s', String(snapLength), '-i', request.interface];
    if (help.includes('-B size')) args.push('-B', String(Math.ceil(bufferBytes / 1024)));
    if (help.includes('--time-stamp-precision')) args.push('--time-stamp-precision=nano');
    // After `--` nothing is an option, whatever a filter begins with.
    if (filter !== '') args.push('--', filter);
    return { program, args };
  },

  counters(said) {
    return {
      captured: lastNumber(said, /(\d{1,15}) packets? captured/g),
      received: lastNumber(said, /(\d{1,15}) packets? received by filter/g),
      droppedByKernel: lastNumber(said, /(\d{1,15}) packets? dropped by kernel/g),
      droppedByInterface: lastNumber(said, /(\d{1,15}) packets? dropped by interface/g),
    };
  },
};
