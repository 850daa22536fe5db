import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPolicy, redactCase } from '../../src/index.ts';

/** A pcapng block: type, length, body, length again; the body in whole words. */
function block(type: number, body: Buffer): Buffer {
  const filled = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const out = Buffer.alloc(12 + filled.length);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(out.length, 4);
  filled.copy(out, 8);
  out.writeUInt32LE(out.length, out.length - 4);
  return out;
}

function entry(message: string): Buffer {
  const fields = ['__REALTIME_TIMESTAMP=1790000000000000', '_HOSTNAME=rack-ctrl-07', `MESSAGE=${message}`];
  return block(9, Buffer.from(`${fields.join('\n')}\n`));
}

const SECTION = Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex');
const ETHERNET = Buffer.from('0100000000000400', 'hex');
const ORIGINALS = ['rack-ctrl-07', '198.51.100.100', '52:54:00:bb:00:01', 'node-four', 'Hunter2Hunter2'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-journal-'));
  const capture = Buffer.concat([
    block(0x0a0d0d0a, SECTION),
    block(1, ETHERNET),
    entry('DHCPACK on 198.51.100.100 to 52:54:00:bb:00:01 (node-four) via eth0'),
    entry('password=Hunter2Hunter2 of rack-ctrl-07'),
  ]);
  writeFileSync(join(folder, 'timeline.pcapng'), capture);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['auditor', 'vendor-support', 'public'])(
  'journal entries between frames are rewritten as logs: %s',
  async (name) => {
    const out = join(folder, name);
    const { report, ledger } = await redactCase({
      inputs: [join(folder, 'timeline.pcapng')],
      policy: await loadPolicy(name),
      caseKey: new Uint8Array(32).fill(7),
      out,
    });
    const written = readFileSync(join(out, 'capture-001.pcapng'), 'latin1');
    expect(report.files[0]?.units).toBe(0);
    expect(written.match(/__REALTIME_TIMESTAMP=\d{16}\n/g)).toHaveLength(2);
    expect(written.match(/MESSAGE=/g)).toHaveLength(2);
    for (const original of ORIGINALS) expect(written).not.toContain(original);
    const host = ledger.find('hostname', 'rack-ctrl-07');
    expect(written.split(`_HOSTNAME=${String(host)}\n`)).toHaveLength(3);
  },
);
