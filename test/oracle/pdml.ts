import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One field as tshark shows it, with its place in the frame (or in the datagram put together of fragments). */
export interface TsharkField {
  name: string;
  at: number;
  size: number;
  show: string;
}

/** One protocol of a frame; what stands quoted in an ICMP error is no layer of its own. */
export interface TsharkLayer {
  name: string;
  fields: TsharkField[];
  /** tshark came upon the end of the packet, or upon nonsense, and gave up: what follows is not shown. */
  gaveUp: boolean;
}

export interface TsharkFrame {
  number: number;
  /** frame.time_epoch, '' where the frame has none. */
  time: string;
  captured: number;
  length: number;
  /** frame.interface_id, '' where there is none (pcap). */
  iface: string;
  layers: TsharkLayer[];
}

export interface TsharkAnswer {
  frames: TsharkFrame[];
  /** What it wrote to stderr about the file: damage, an unknown format. */
  complaint: string;
}

/** `4.0.17`, or '' where tshark is not installed. */
export function tsharkVersion(): string {
  const { stdout } = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  return /(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? '';
}

/** Its preferences are the built-in ones, whoever runs this. */
const CONFIG = mkdtempSync(join(tmpdir(), 'rackwitness-tshark-config-'));

/**
 * Each segment by itself, as here (what tshark puts together of many segments it shows in the last one's frame), and no
 * dissector that takes a client's ephemeral port for its own.
 */
const PREFERENCES = ['-o', 'tcp.desegment_tcp_streams:FALSE', '--disable-protocol', 'c1222'];

/** Asks tshark for every field of these layers, frame by frame. */
export async function askTshark(path: string, layers: ReadonlySet<string>): Promise<TsharkAnswer> {
  const child = spawn('tshark', ['-n', ...PREFERENCES, '-r', path, '-T', 'pdml'], {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LC_ALL: 'C', WIRESHARK_CONFIG_DIR: CONFIG, HOME: CONFIG },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject).on('close', () => resolve());
  });
  const frames: TsharkFrame[] = [];
  const reader = new PdmlReader(layers, frames);
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) reader.line(line);
  await ended;
  return { frames, complaint: complaint.replace(/^Running as user.*\n?/m, '').trim() };
}

/** PDML as tshark writes it: one element a line, but for line ends inside an attribute. */
class PdmlReader {
  private readonly wanted: ReadonlySet<string>;
  private readonly frames: TsharkFrame[];
  private frame: TsharkFrame = emptyFrame();
  /** Names of the open `proto` elements. */
  private readonly open: string[] = [];
  private layer: TsharkLayer | undefined;
  /** An ICMP error has begun: what follows is quoted. */
  private quoting = false;
  /** An element whose end is on a later line. */
  private begun = '';

  constructor(wanted: ReadonlySet<string>, frames: TsharkFrame[]) {
    this.wanted = wanted;
    this.frames = frames;
  }

  line(line: string): void {
    const text = this.begun === '' ? line.trimStart() : `${this.begun}\n${line}`;
    const whole = !text.startsWith('<') || text.endsWith('>');
    this.begun = whole ? '' : text;
    if (!whole) return;
    if (text.startsWith('<field ')) this.field(text);
    else if (text.startsWith('<proto ')) this.begin(attribute(text, 'name'), text.endsWith('/>'));
    else if (text.startsWith('</proto>')) this.end();
    else if (text.startsWith('<packet>')) this.packet();
    else if (text.startsWith('</packet>')) this.frames.push(this.frame);
  }

  private packet(): void {
    this.frame = emptyFrame();
    this.open.length = 0;
    this.layer = undefined;
    this.quoting = false;
  }

  private begin(name: string, closed: boolean): void {
    if (name === '_ws.malformed' || name === '_ws.short') {
      const last = this.frame.layers.at(-1);
      if (last !== undefined) last.gaveUp = true;
    } else if (this.open.length === 0 && !this.quoting && this.wanted.has(name)) {
      this.layer = { name, fields: [], gaveUp: false };
      this.frame.layers.push(this.layer);
      this.quoting = name === 'icmp' || name === 'icmpv6';
    }
    if (!closed) this.open.push(name);
  }

  private end(): void {
    this.open.pop();
    if (this.open.length === 0) this.layer = undefined;
  }

  /** A relayed DHCPv6 message stands inside the relay's and a TLV of GLBP in its message: both belong there. What else a protocol holds is another's. */
  private field(text: string): void {
    const [name] = this.open;
    if (name === 'frame') this.general(text);
    if (this.layer === undefined) return;
    if (this.open.length > 1 && this.open.some((one, i) => i > 0 && one !== (name === 'dhcpv6' ? name : `${name}.tlv`)))
      return;
    this.layer.fields.push({
      name: attribute(text, 'name'),
      at: Number(attribute(text, 'pos') || 0),
      size: Number(attribute(text, 'size') || 0),
      show: attribute(text, 'show'),
    });
  }

  private general(text: string): void {
    const show = attribute(text, 'show');
    switch (attribute(text, 'name')) {
      case 'frame.number':
        this.frame.number = Number(show);
        break;
      case 'frame.time_epoch':
        this.frame.time = show;
        break;
      case 'frame.cap_len':
        this.frame.captured = Number(show);
        break;
      case 'frame.len':
        this.frame.length = Number(show);
        break;
      case 'frame.interface_id':
        this.frame.iface = show;
        break;
      default:
    }
  }
}

function emptyFrame(): TsharkFrame {
  return { number: 0, time: '', captured: 0, length: 0, iface: '', layers: [] };
}

const ATTRIBUTES = new Map(['name', 'pos', 'size', 'show'].map((name) => [name, new RegExp(` ${name}="([^"]*)"`)]));

function attribute(element: string, name: string): string {
  const text = ATTRIBUTES.get(name)?.exec(element)?.[1] ?? '';
  return text.includes('&')
    ? text.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-fA-F]+);/g, (_all, entity: string) => decoded(entity))
    : text;
}

function decoded(entity: string): string {
  if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
  if (entity.startsWith('#')) return String.fromCodePoint(Number.parseInt(entity.slice(1), 10));
  return { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[entity] ?? '';
}
