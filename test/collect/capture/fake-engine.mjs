/**
 * A FAKE capture engine for tests: it speaks as tcpdump does and captures nothing. What it plays stands in the filter, as
 * `fake {"frames":10,"every":5,"ending":"wait"}`.
 *
 * - `frames`, `size`, `every`: how many of how many bytes, and the milliseconds between two
 * - `file`, `loops`: plays the records of a little-endian pcap file instead, so many times (0: without end); `every` is
 *   between two of them, and without it they come as fast as they are taken
 * - `refuse`: what it says before it leaves without having begun
 * - `deaf`: it does not hear SIGINT
 * - `ending`: `wait` (assumed), `exit` with code 1, `half` (half a record, then SIGKILL to itself), `garbage`, `gone` (as when
 *   the interface disappears)
 */
import { readFileSync, writeSync } from 'node:fs';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  writeSync(1, 'tcpdump version 0.0.0 (fake)\nlibpcap version 0.0.0 (fake)\n[ -B size ]\n');
  process.exit(0);
}

const play = {
  frames: 0,
  size: 60,
  every: 0,
  file: '',
  loops: 1,
  ending: 'wait',
  refuse: '',
  deaf: false,
  ...JSON.parse((args.at(-1) ?? '').replace(/^fake /, '')),
};
let sent = 0;

if (play.refuse !== '') {
  writeSync(2, `tcpdump: ${play.refuse}\n`);
  process.exit(1);
}

process.on('SIGUSR1', () => writeSync(2, `tcpdump: ${counters().replaceAll('\n', ', ')}\n`));
process.on('SIGINT', () => {
  if (play.deaf) return;
  writeSync(2, counters());
  process.exit(0);
});

const file = play.file === '' ? Buffer.alloc(0) : readFileSync(play.file);
const header = Buffer.alloc(24);
header.writeUInt32LE(0xa1b2c3d4, 0);
header.writeUInt16LE(2, 4);
header.writeUInt16LE(4, 6);
header.writeUInt32LE(262144, 16);
header.writeUInt32LE(1, 20);
writeSync(1, play.file === '' ? header : file.subarray(0, 24));

if (play.file === '') await send();
else await replay();
end();

async function send() {
  while (sent < play.frames) {
    writeSync(1, record());
    sent += 1;
    if (play.every > 0) await new Promise((resolve) => setTimeout(resolve, play.every));
  }
}

/** At the speed of the reader the whole body goes out at once, again and again. */
async function replay() {
  const records = [];
  for (let at = 24; at < file.length;) {
    const next = at + 16 + file.readUInt32LE(at + 8);
    records.push(file.subarray(at, next));
    at = next;
  }
  const body = Buffer.concat(Array.from({ length: Math.ceil(100_000 / (file.length + 1)) }, () => file.subarray(24)));
  const copies = Math.round(body.length / Math.max(1, file.length - 24));
  for (let loop = 0; play.loops === 0 || loop < play.loops;) {
    if (play.every > 0) {
      for (const one of records) {
        writeAll(one);
        sent += 1;
        await new Promise((resolve) => setTimeout(resolve, play.every));
      }
      loop += 1;
      continue;
    }
    const whole = play.loops === 0 || play.loops - loop >= copies;
    writeAll(whole ? body : file.subarray(24));
    loop += whole ? copies : 1;
    sent += records.length * (whole ? copies : 1);
    // Signals are heard between two pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

function record() {
  const bytes = Buffer.alloc(16 + play.size, sent & 255);
  bytes.writeUInt32LE(1_790_000_000 + sent, 0);
  bytes.writeUInt32LE(sent % 1_000_000, 4);
  bytes.writeUInt32LE(play.size, 8);
  bytes.writeUInt32LE(play.size + 4, 12);
  return bytes;
}

function end() {
  if (play.ending === 'exit') {
    writeSync(2, counters());
    process.exit(1);
  }
  if (play.ending === 'gone') {
    writeSync(2, `tcpdump: pcap_loop: The interface disappeared\n${counters()}`);
    process.exit(1);
  }
  if (play.ending === 'half') {
    writeSync(1, record().subarray(0, 40));
    process.kill(process.pid, 'SIGKILL');
  }
  if (play.ending === 'garbage') writeSync(1, Buffer.alloc(64, 0xff));
  setInterval(() => {}, 1000);
}

function counters() {
  return `${sent} packets captured\n${sent} packets received by filter\n7 packets dropped by kernel\n`;
}
