/**
 * A FAKE capture engine for tests: it speaks as tcpdump does and captures nothing. What it plays stands in the filter, as
 * `fake {"frames":10,"every":5,"ending":"wait"}`.
 *
 * - `frames`, `size`, `every`: how many of how many bytes, and the milliseconds between two
 * - `refuse`: what it says before it leaves without having begun
 * - `deaf`: it does not hear SIGINT
 * - `ending`: `wait` (assumed), `exit` with code 1, `half` (half a record, then SIGKILL to itself), `garbage`, `gone` (as when
 *   the interface disappears)
 */
import { writeSync } from 'node:fs';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  writeSync(1, 'tcpdump version 0.0.0 (fake)\nlibpcap version 0.0.0 (fake)\n[ -B size ]\n');
  process.exit(0);
}

const play = {
  frames: 0,
  size: 60,
  every: 0,
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

const header = Buffer.alloc(24);
header.writeUInt32LE(0xa1b2c3d4, 0);
header.writeUInt16LE(2, 4);
header.writeUInt16LE(4, 6);
header.writeUInt32LE(262144, 16);
header.writeUInt32LE(1, 20);
writeSync(1, header);

await send();
end();

async function send() {
  while (sent < play.frames) {
    writeSync(1, record());
    sent += 1;
    if (play.every > 0) await new Promise((resolve) => setTimeout(resolve, play.every));
  }
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
