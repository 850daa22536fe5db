/**
 * A scenario is data: a network, what runs in it, where it is recorded, what happens, and what an
 * analyzer must and must not find. The only code in it are steps, and a step is made by a verb.
 */
import type { Lab } from './lab.ts';

/** One thing that the lab does. `tools` are the programs that it runs, so a missing one is a named skip. */
export interface Step {
  readonly tools: readonly string[];
  run(lab: Lab): Promise<void>;
}

/** A host: one network namespace with one interface on a switch, or none until a wire gives it one. */
export interface Node {
  /** Name of the switch that eth0 is plugged into. */
  readonly on?: string;
  readonly mac?: string;
  /** Addresses with prefix length, `198.51.100.2/24`. */
  readonly addresses?: readonly string[];
  /** IPv6 is off unless a scenario asks for it: router solicitations would clutter IPv4 captures. */
  readonly ipv6?: boolean;
  /** Open vSwitch port settings (`tag=10`), only for a port on an `ovs` switch. */
  readonly port?: readonly string[];
  /** Keep eth0 down until a step brings it up, so that a capture sees the first frame. */
  readonly down?: boolean;
}

/** A cable between two namespaces, neither end on a switch unless a step puts it there. */
export interface Link {
  readonly a: readonly [node: string, iface: string];
  readonly b: readonly [node: string, iface: string];
  /** Put the b end on the bridge of its namespace, when that namespace is a switch. */
  readonly bridged?: boolean;
  /** Hardware and network addresses of the a end. */
  readonly mac?: string;
  readonly addresses?: readonly string[];
}

/** Where and how one capture is made. */
export interface CapturePoint {
  readonly vantage: string;
  readonly node: string;
  readonly interface: string;
  /** Capture filter in the language of pcap-filter(7). */
  readonly filter?: string;
  /** Bytes kept of each frame; whole frames unless a scenario moves large files. */
  readonly snaplen?: number;
  /** Clip TFTP blocks and HTTP bodies to their headers; all other frames stay whole. */
  readonly clip?: boolean;
  /** `in` or `out`: one direction only, as a broken mirror port records it. */
  readonly direction?: 'in' | 'out';
  readonly tool?: 'tcpdump' | 'dumpcap';
  /** More arguments for the tool, e.g. `--nano`. */
  readonly extra?: readonly string[];
  /** File name; `<vantage>.pcap` unless given. */
  readonly file?: string;
}

/** What an analyzer must and must not say of one or more captures. */
export interface Expectation {
  readonly captures: readonly string[];
  /** Judged with the scenario's profile. */
  readonly profile?: boolean;
  readonly verdict?: 'compromised' | 'fault' | 'undecided' | 'nothing-found' | undefined;
  readonly must?: readonly string[];
  readonly mustNot?: readonly string[];
  /** No finding of severity medium or above may fire. */
  readonly quiet?: boolean;
  /** Judged with these texts of the scenario's switch (`switchLogs`). */
  readonly switchLogs?: readonly string[];
  /** Found with these texts, and with more confidence than without them (or not at all without). */
  readonly surer?: readonly string[];
}

/** A line that the switch writes about a frame that the captures hold, with that frame's time and addresses. */
export interface SwitchWords {
  readonly capture: string;
  /** tshark filter: the frames of which it speaks. */
  readonly filter: string;
  /** A line for each up to so many; one for the first unless given. */
  readonly most?: number;
  /** Seconds between the frame and the line; a switch speaks of what it counted at the end of the count. */
  readonly after?: number;
  /**
   * The sentence as the dialect writes it; `{eth.src}` is that field of the frame, `{eth.src|dotted}` as
   * 5254.00bb.0001, `{frame.time_epoch|clock}` as 14:15:17 UTC Sun Nov 22 2026.
   */
  readonly text: string;
}

/**
 * A text of the scenario's switch, written beside the captures: the forms are those that docs/switch-text.md proves, the
 * identities and times are the captures' own. What the lab's own switch did is what the captures show.
 */
export interface SwitchLog {
  readonly file: string;
  /** `log`: stamped lines; `show`: a table, whose rows have no stamps. */
  readonly source: 'log' | 'show';
  /** How the switch stamps its lines: `ios` as `1: sw1: Nov 22 2026 14:15:17.886 UTC: `, `iso` as `2026-11-22T14:15:17.886000+00:00 sw1 `. */
  readonly stamp?: 'ios' | 'iso';
  readonly lines: readonly (string | SwitchWords)[];
}

/** The capture's own proof that it shows what the title says: a tshark filter and how many frames match. */
export interface Shows {
  readonly capture: string;
  readonly filter: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** The scenario with the same network and the fault off. */
  readonly twin?: string;
  /** What a script or a filter rule plays instead of the real thing. */
  readonly emulated?: readonly string[];
  /** Switches by name: a Linux bridge, or Open vSwitch in userspace where tags are needed. */
  readonly switches?: Readonly<Record<string, 'bridge' | 'ovs'>>;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly links?: readonly Link[];
  /** Steps before the captures start. */
  readonly before?: readonly Step[];
  readonly captures: readonly CapturePoint[];
  /** Services, stimulus and faults, in order, while the captures run. */
  readonly steps: readonly Step[];
  /** Steps on the finished capture files (compress, merge). */
  readonly after?: readonly Step[];
  readonly profile?: object;
  /** What the switch wrote meanwhile. */
  readonly switchLogs?: readonly SwitchLog[];
  readonly shows: readonly Shows[];
  readonly expect: readonly Expectation[];
  readonly notAsserted: string;
}
