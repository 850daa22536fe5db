import { createRequire } from 'node:module';
import { packageRoot, workerFile } from '../../../installed.ts';
import type { Engine, EngineCommand, EngineRequest, InstalledEngine } from '../engine.ts';
import { lastNumber } from '../engine.ts';

/**
 * node-pcap, the package `pcap`: an optional peer, in a process of its own. Its dispatch loop keeps an event loop from
 * turning while frames come faster than they are taken, and it cannot be loaded twice in one process: nothing that must
 * stop on time may share a process with it.
 */
export const pcap: Engine = {
  name: 'pcap',
  install: 'npm install pcap (version 3; it is built with libpcap-dev, and npm 12 asks for allow-scripts)',
  latency: 0.3,

  async find() {
    try {
      // Where this package would find it, and whether it was built; it is loaded in the child only.
      const { resolve } = createRequire(`${packageRoot()}/package.json`);
      resolve('pcap/build/Release/pcap_binding');
      const { version } = createRequire(import.meta.url)(resolve('pcap/package.json')) as { version?: unknown };
      return { program: process.execPath, version: `node-pcap ${String(version)}`, help: '' };
    } catch {
      return undefined;
    }
  },

  command({ program }: InstalledEngine, request: EngineRequest): EngineCommand {
    return { program, args: [workerFile('pcap-engine')], message: request };
  },

  counters(said) {
    return {
      captured: lastNumber(said, /captured=(\d{1,15})/g),
      received: lastNumber(said, /received=(\d{1,15})/g),
      droppedByKernel: lastNumber(said, /(?<!_)dropped=(\d{1,15})/g),
      droppedByInterface: lastNumber(said, /interface_dropped=(\d{1,15})/g),
    };
  },
};
