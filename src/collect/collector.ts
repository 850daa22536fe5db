import type { Kind } from '../redact/kinds.ts';
import type { Host } from './host.ts';
import type { Window } from './window.ts';

/** How much is asked for: each set holds the one before it, but for `dhcp` and `tls`, which stand side by side. */
export const PROFILES = {
  minimal: 'What every question needs: clock, versions, addresses, sockets, the journal of the services',
  dhcp: 'A machine gets no address or does not boot: DHCP, TFTP, bridges, neighbours, filters',
  tls: 'A machine boots, and its downloads fail: certificates, proxies, resolvers, cloud-init',
  full: 'Everything in the catalogue',
} as const;

export type CollectProfile = keyof typeof PROFILES;

/** The eight symptoms of the guide; each asks for the collectors that can show it. */
export const SYMPTOMS = {
  'tls-interception': 'A proxy opens TLS: certificates that only corporate machines trust',
  'dhcp-guards': 'DHCP snooping, Option 82, IP source guard',
  'arp-nd': 'ARP and ND inspection, limits on MAC addresses',
  'dot1x-macsec': '802.1X and MACsec',
  'proxies-filters': 'Proxies, mirrors and content filters',
  dns: 'DNS policies and split horizon',
  'host-hardening': 'Firewall, listeners, file modes, versions of a controller',
  'capture-hygiene': 'What a capture on this host can and cannot show: offloads, drops, clock',
} as const;

export type Symptom = keyof typeof SYMPTOMS;

/** Folder of the output that a collector writes to. */
export type Folder = 'journals' | 'logs' | 'config' | 'host' | 'maas' | 'added';

/** What a file is, for whoever reads it next. */
export type FileKind = 'journal-export' | 'journal-json' | 'log' | 'config' | 'json' | 'text';

interface StepBase {
  /** Name of the output without number: `[a-z0-9-]` and one ending, never from the host. */
  as: string;
  kind: FileKind;
}

/** A program by its name (found in fixed folders) and its arguments; no shell sees them. */
export interface RunStep extends StepBase {
  run: readonly [string, ...string[]];
  /** Exit codes that are no failure, beside 0. */
  fine?: readonly number[];
  /** Values of secrets that are blanked before anything is written. */
  blank?: boolean;
  /** The program needs the caller's home folder (the `maas` command finds its profile there). */
  home?: boolean;
  /** The program reads only what its arguments name: it may run for another root. */
  offline?: boolean;
}

/** Files by a pattern under the host's root: `*` and `?` within one part of the path. */
export interface ReadStep extends StepBase {
  read: string;
  /** Of rotated, compressed and dated files only those that may hold lines of the window are taken. */
  window?: boolean;
  blank?: boolean;
  /** Of a file beyond the cap its end is taken, not its beginning: a log's news stands there. */
  tail?: boolean;
  /** A file of the kernel: no size is known beforehand. */
  virtual?: boolean;
  /** Named by the person: its absence is a failure, and it may stand outside the root's catalogue. */
  asked?: boolean;
}

/** A GET of the MAAS API, below `/MAAS/api/2.0/`. */
export interface GetStep extends StepBase {
  get: string;
  /** `events` follows the pages of `?op=query` back to the window's begin. */
  paged?: 'events';
  blank?: boolean;
}

/** The same pages through the `maas` command and its own stored login. */
export interface PagesStep extends StepBase {
  pages: readonly [string, ...string[]];
}

/** Modes, owners, sizes and times of files: nothing of them is opened. */
export interface ModesStep extends StepBase {
  modes: readonly { path: string; expected?: string }[];
}

/** Facts of the certificates in these files; never a key. */
export interface CertificatesStep extends StepBase {
  certificates: readonly string[];
}

/** Why a part of the plan is not to be carried out here. */
export interface SkipStep {
  skip: string;
}

export type WorkStep = RunStep | ReadStep | GetStep | PagesStep | ModesStep | CertificatesStep;
export type Step = WorkStep | SkipStep;

/** What a person asked for, as far as collectors need it. */
export interface Request {
  window: Window;
  /** Folder of a journal that was carried here; '' for the host's own. */
  journalDir: string;
  /** Whether the MAAS API can be asked, and how. */
  api: 'none' | 'rest' | 'command';
  /** Profile of the `maas` command; '' without. */
  maasProfile: string;
  /** Files that a person adds. */
  add: readonly string[];
}

/** A collector: one file, one test, one line in `registry.ts`. The catalogue in the docs comes from this object. */
export interface Collector {
  /** kebab-case; never changes. */
  id: string;
  title: string;
  /** What it takes. */
  takes: string;
  /** What question it answers. */
  why: string;
  /** Without it the collector still runs, takes what it may, and says what was denied. */
  privilege: 'none' | 'systemd-journal or adm' | 'root' | 'MAAS API key';
  /** Seconds for each of its steps. */
  timeout: number;
  /** Bytes of all that it writes. */
  cap: number;
  /** Kinds of identifier and content in what it takes. */
  holds: readonly Kind[];
  folder: Folder;
  /** Profiles beside `full`, which has them all. */
  profiles: readonly CollectProfile[];
  symptoms: readonly Symptom[];
  plan(host: Host, request: Request): readonly Step[];
}

/** Bytes of one mebibyte: caps are written in it. */
export const MIB = 1024 * 1024;
