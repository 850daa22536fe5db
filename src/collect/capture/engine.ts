/** What an engine is asked to capture. */
export interface EngineRequest {
  interface: string;
  /** pcap-filter(7) text; '' for everything. */
  filter: string;
  /** Bytes of a frame that are kept. */
  snapLength: number;
  /** Bytes of the kernel's buffer. */
  bufferBytes: number;
}

/** An engine as it is installed here. */
export interface InstalledEngine {
  /** Full path of the program. */
  program: string;
  /** First line of what it says of its version. */
  version: string;
  /** What it says of its options, for `command`. */
  help: string;
}

/** Frames that the engine and the kernel counted; -1 where nobody said. */
export interface Counters {
  /** Handed to us. */
  captured: number;
  /** Passed the filter, as the kernel counts. */
  received: number;
  /** Lost between kernel and engine, for want of buffer. */
  droppedByKernel: number;
  /** Lost by the interface or its driver. */
  droppedByInterface: number;
}

/** How an engine's process is started: no shell sees it. */
export interface EngineCommand {
  program: string;
  args: readonly string[];
  /** Sent to it as one message, for an engine that is a program of ours. */
  message?: EngineRequest;
}

/**
 * A program that captures and writes a pcap stream to its standard output, and nothing to any file. SIGINT ends it well:
 * it gives what it still holds, says its counters on standard error, and leaves.
 */
export interface Engine {
  name: 'tcpdump' | 'dumpcap' | 'pcap';
  /** How it is got, for whoever has it not. */
  install: string;
  /** @param program its path where it stands elsewhere; '' looks in the usual folders @returns undefined when absent */
  find(program: string): Promise<InstalledEngine | undefined>;
  command(installed: InstalledEngine, request: EngineRequest): EngineCommand;
  /** What it counted, out of the last of what it said on standard error. */
  counters(said: string): Counters;
  /** Seconds that a frame may wait inside the engine before it is handed on. */
  latency: number;
  /** Signal at which it says its counters and goes on; without one they come at the end. */
  askCounters?: 'SIGUSR1';
}

/** The last number that a pattern finds; -1 none. */
export function lastNumber(text: string, pattern: RegExp): number {
  const value = Number([...text.matchAll(pattern)].at(-1)?.[1] ?? '-1');
  return Number.isSafeInteger(value) ? value : -1;
}

/** tcpdump's and dumpcap's words for an interface that went away under them. */
export const INTERFACE_LOST =
  /interface (?:went down|disappeared)|no longer attached|network is down|no such device|device not configured/i;
