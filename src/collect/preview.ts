import type { Collector, Request } from './collector.ts';
import { expand, type Item, readOf } from './expand.ts';
import type { Host } from './host.ts';
import type { MaasApi } from './maas-api.ts';
import type { Status } from './result.ts';

/** What a run would do, line by line: `--dry-run`. Nothing was opened, run or asked for it. */
export interface PreviewLine {
  collector: string;
  action: 'run' | 'read' | 'get' | 'modes' | 'certificates' | 'none';
  /** The program with its arguments, the path, or the address. */
  what: string[];
  /** Bytes of a file at most, after the caps; absent where nobody can know before. */
  size?: number;
  /** Of `none`: why. */
  status?: Status;
  reason?: string;
  /** Values of secrets are blanked. */
  blanked?: true;
}

export interface Preview {
  schema: 'rackwitness.collection-plan/1';
  window: { since: string; until: string };
  lines: PreviewLine[];
  files: number;
  programs: number;
  requests: number;
  /** Bytes of the files that would be read. */
  fileBytes: number;
  /** Bytes that the run may write at most. */
  mostBytes: number;
  mostSeconds: number;
}

export function previewOf(
  collectors: readonly Collector[],
  host: Host,
  request: Request,
  api: MaasApi | undefined,
  window: { since: string; until: string },
  budget: { seconds: number; bytes: number },
): Preview {
  const lines = collectors.flatMap((collector) => {
    let room = collector.cap;
    return expand(collector, host, request).map((item) => {
      const line = lineOf(item, api, room);
      room -= line.size ?? 0;
      return line;
    });
  });
  const count = (...actions: readonly PreviewLine['action'][]): number =>
    lines.filter(({ action }) => actions.includes(action)).length;
  return {
    schema: 'rackwitness.collection-plan/1',
    window,
    lines,
    files: count('read'),
    programs: count('run'),
    requests: count('get'),
    fileBytes: lines.reduce((sum, { size = 0 }) => sum + size, 0),
    mostBytes: Math.min(
      budget.bytes,
      collectors.reduce((sum, { cap }) => sum + cap, 0),
    ),
    mostSeconds: budget.seconds,
  };
}

function lineOf(item: Item, api: MaasApi | undefined, room: number): PreviewLine {
  const collector = item.collector.id;
  switch (item.how) {
    case 'nothing': {
      const { what, status, reason } = item;
      const text = 'run' in what ? [...what.run] : ['read' in what ? what.read : what.plan];
      return { collector, action: 'none', what: text, status, reason };
    }
    case 'run':
      return { collector, action: 'run', what: [item.tool, ...item.argv.slice(1)], ...mark(item.blank) };
    case 'pages':
      return { collector, action: 'run', what: [item.tool, ...item.argv.slice(1)] };
    case 'read': {
      const { read } = readOf(item.path);
      const { blank = false, virtual = false } = item.step;
      const size = virtual ? {} : { size: Math.max(0, Math.min(item.size, room)) };
      return { collector, action: 'read', what: [read], ...size, ...mark(blank) };
    }
    case 'get':
      return { collector, action: 'get', what: [api?.address(item.path) ?? item.path], ...mark(item.blank) };
    case 'modes':
      return { collector, action: 'modes', what: item.modes.map(({ path }) => path) };
    case 'certificates':
      return { collector, action: 'certificates', what: [...item.patterns] };
  }
}

function mark(blank: boolean): { blanked?: true } {
  return blank ? { blanked: true } : {};
}
