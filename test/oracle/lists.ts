import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readCapture } from '../../src/capture/read.ts';
import { openSource } from '../../src/capture/source.ts';
import type { FrameSink } from '../../src/capture/types.ts';
import { listFrames } from './ours.ts';

/**
 * Compares a capture with what another project wrote down about it, where such a list lies beside it: the block lists of
 * the pcapng test generator (`.txt`), the packets of netboot (`.parsed`), what tcpdump prints (`.out`).
 *
 * @returns what does not agree, and how many lists there were
 */
export async function compareLists(path: string): Promise<{ wrong: string[]; lists: number }> {
  const wrong: string[] = [];
  let lists = 0;
  const stem = path.replace(/\.[^./]+$/, '');
  const text = (end: string): string => (existsSync(`${stem}.${end}`) ? readFileSync(`${stem}.${end}`, 'utf8') : '');
  const blocks = /^Block sequence: (.*)$/m.exec(text('txt'))?.[1];
  if (blocks !== undefined) {
    lists += 1;
    wrong.push(...(await compareBlocks(path, blocks.split(', '))));
  }
  const packets = [...text('parsed').matchAll(/Timestamp: (\d+),\s+Length: (\d+)/g)];
  if (packets.length > 0) {
    lists += 1;
    const { lines } = await listFrames(path);
    const ours = lines
      .map((line) => line.split(' '))
      .map(([, time = '', , length]) => `${time.replace('.', '')} ${length}`);
    const theirs = packets.map(([, time, length]) => `${time} ${length}`);
    if (ours.join() !== theirs.join())
      wrong.push(`times and lengths: ${ours.join(', ')}; netboot: ${theirs.join(', ')}`);
  }
  for (const out of outputsOf(path)) {
    lists += 1;
    const theirs = printedPackets(readFileSync(out, 'utf8'));
    const { lines } = await listFrames(path);
    if (lines.length !== theirs) wrong.push(`${lines.length} frames; ${basename(out)} has ${theirs}`);
  }
  return { wrong, lists };
}

/** Enhanced and simple packets, and custom blocks (which take a number too), in order; interfaces and sections by count. */
async function compareBlocks(path: string, blocks: readonly string[]): Promise<string[]> {
  const kinds: string[] = [];
  const sink: FrameSink = {
    bytes: new Uint8Array(0),
    frame: () => kinds.push('packet'),
    other: (kind) => kinds.push(kind),
  };
  const source = await openSource(path);
  try {
    const { interfaces } = await readCapture(source, sink);
    const theirs = blocks.flatMap(
      (block) => ({ EPB: 'packet', SPB: 'packet', CB: 'custom', DCB: 'custom' })[block] ?? [],
    );
    const wrong: string[] = [];
    if (kinds.join() !== theirs.join()) wrong.push(`blocks ${kinds.join()}; the list has ${theirs.join()}`);
    const declared = blocks.filter((block) => block === 'IDB').length;
    if (interfaces.length !== declared) wrong.push(`${interfaces.length} interfaces; the list has ${declared}`);
    return wrong;
  } finally {
    source.close();
  }
}

/** tcpdump's outputs for a capture: `dhcp-rfc3004-v.out` belongs to `dhcp-rfc3004.pcap`, not to a shorter name. */
function outputsOf(path: string): string[] {
  const folder = dirname(path);
  const names = readdirSync(folder);
  const stems = names.filter((name) => /\.pcap(?:ng)?$/.test(name)).map((name) => name.replace(/\.[^.]+$/, ''));
  const own = basename(path).replace(/\.[^.]+$/, '');
  const belongsTo = (name: string): string | undefined =>
    stems
      .filter((stem) => name === `${stem}.out` || new RegExp(`^${escaped(stem)}-?[a-zA-Z0-9-]*\\.out$`).test(name))
      .toSorted((a, b) => b.length - a.length)[0];
  return names.filter((name) => name.endsWith('.out') && belongsTo(name) === own).map((name) => join(folder, name));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** tcpdump numbers each packet at the line's beginning. */
function printedPackets(text: string): number {
  return text.split('\n').filter((line) => /^ *\d+ {2}/.test(line)).length;
}
