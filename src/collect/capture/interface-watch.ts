import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells of every interface here; other systems do not, and are not watched. */
const FOLDER = '/sys/class/net';
/** IFF_UP (netdevice(7)). */
const UP = 1;
/** Changes that are told one by one; a link that flaps more than this is broken, however often. */
const MOST_CHANGES = 64;
/** Linux has up to 15 bytes; a name is never an option, a path, or the address of another machine. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,14}$/;
/** All interfaces at once. */
export const ANY = 'any';

export type LinkState = 'up' | 'down' | 'no-carrier' | 'gone' | 'unknown';

export interface LinkChange {
  /** Seconds since 1970 UTC. */
  time: number;
  state: LinkState;
}

/** What an interface is called here: '' when there is none of that name. */
export function knownInterface(name: string): string {
  if (!NAME.test(name)) return '';
  const all = interfaces();
  return name === ANY || all.length === 0 || all.includes(name) ? name : '';
}

/** Names of the interfaces; none where the system does not tell. */
export function interfaces(): string[] {
  try {
    return readdirSync(FOLDER)
      .filter((name) => NAME.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** Sees an interface go down and come back: a capture engine does not always say. */
export class InterfaceWatch {
  readonly changes: LinkChange[] = [];
  /** Whether at any time nothing could have been seen. */
  lost = false;
  private readonly name: string;
  private state: LinkState;

  constructor(name: string) {
    this.name = name;
    this.state = stateOf(name);
  }

  /** @param time seconds since 1970 UTC */
  look(time: number): LinkState {
    const state = stateOf(this.name);
    if (state !== this.state) {
      this.state = state;
      if (this.changes.length < MOST_CHANGES) this.changes.push({ time, state });
    }
    if (state === 'down' || state === 'no-carrier' || state === 'gone') this.lost = true;
    return state;
  }
}

function stateOf(name: string): LinkState {
  if (name === ANY || interfaces().length === 0) return 'unknown';
  try {
    const flags = Number(readFileSync(`${FOLDER}/${name}/flags`, 'latin1').trim());
    if ((flags & UP) === 0) return 'down';
    return readFileSync(`${FOLDER}/${name}/carrier`, 'latin1').trim() === '0' ? 'no-carrier' : 'up';
  } catch {
    return interfaces().includes(name) ? 'unknown' : 'gone';
  }
}
