import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { bytePath, type BytePath, matchPattern, type Matches, rawPath } from './paths.ts';

/** What a plan may ask about the host. Nothing here opens a file or runs a program. */
export interface Host {
  /** Root of the files, without a slash at its end: '' for the host's own. */
  readonly root: BytePath;
  /** Programs may run here: it is the host itself, not a disk of another. */
  readonly live: boolean;
  readonly name: string;
  /** Full path of a program, '' when it is not installed. */
  tool(name: string): string;
  match(pattern: string): Matches;
  /** Whether names in a folder can be looked up. */
  enterable(folder: BytePath): boolean;
  /** Network interfaces with hardware behind them, sorted; names that no tool could take are left out. */
  nics(): string[];
  /** Home folder of the account that runs this. */
  home(): string;
}

/** Where programs are looked for, in this order: the environment's PATH is anybody's. */
export const TOOL_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/snap/bin'] as const;

/** Linux names an interface with up to 15 bytes, of which some would be read as options. */
const NIC_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,14}$/;

export interface LocalHostOptions {
  /** Root of the files; '' or '/' for the host's own. */
  root?: string;
  /** Whether programs run; without it only where the root is the host's own. */
  live?: boolean;
  toolFolders?: readonly string[];
}

/** The host that this runs on, or the files of another below a folder. */
export class LocalHost implements Host {
  readonly root: BytePath;
  readonly live: boolean;
  readonly name: string;
  private readonly toolFolders: readonly string[];

  constructor({ root = '', live, toolFolders = TOOL_FOLDERS }: LocalHostOptions = {}) {
    // The real one: what is opened is compared with what was named.
    this.root = root === '' ? '' : bytePath(realpathSync(root)).replace(/\/+$/, '');
    this.live = live ?? this.root === '';
    this.name = hostname();
    this.toolFolders = toolFolders;
  }

  tool(name: string): string {
    for (const folder of this.toolFolders) {
      const path = `${folder}/${name}`;
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here: the next folder.
      }
    }
    return '';
  }

  match(pattern: string): Matches {
    return matchPattern(this.root, pattern);
  }

  enterable(folder: BytePath): boolean {
    try {
      accessSync(rawPath(folder), constants.X_OK);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EACCES';
    }
  }

  nics(): string[] {
    return this.match('/sys/class/net/*/device')
      .found.concat(this.throughLinks())
      .map((path) => path.split('/').at(-2) ?? '')
      .filter((name, i, all) => NIC_NAME.test(name) && all.indexOf(name) === i)
      .sort();
  }

  home(): string {
    return userInfo().homedir;
  }

  /** The kernel's own folder holds links, which a pattern does not follow. */
  private throughLinks(): string[] {
    const folder = `${this.root}/sys/class/net`;
    try {
      return readdirSync(rawPath(folder), { encoding: 'latin1' })
        .map((name) => `${folder}/${name}/device`)
        .filter((path) => {
          try {
            accessSync(rawPath(path));
            return true;
          } catch {
            return false;
          }
        });
    } catch {
      return [];
    }
  }
}
