import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROTOCOLS } from '../../src/wire/registry.ts';
import { hasTool } from '../support/needs.ts';
import { unlistedNames, type Disagreement } from './compare.ts';
import { DIFFERENCES, reasonFor } from './differences.ts';
import { ORACLE } from './fields/index.ts';
import { compareAll } from './live.ts';
import { decodeMessages, listFrames } from './ours.ts';
import { tsharkVersion } from './pdml.ts';
import {
  digestOf,
  readRecord,
  recordedCaptures,
  recordFiles,
  recordPath,
  RECORDS,
  writeRecord,
  type OracleRecord,
  type RecordedCapture,
} from './records.ts';

/**
 * What we read in every sample is what tshark reads: frames, times, lengths, and every field of every message that both
 * decode. tshark's answers are recorded, so that this needs no tshark; where it is installed, CI asks it again.
 */

const captures = recordedCaptures();

function recordOf(capture: RecordedCapture): OracleRecord {
  const record = readRecord(recordPath(RECORDS, capture));
  if (record === undefined) throw new Error(`${capture.name} has no record: npm run oracle (needs tshark)`);
  if (record.sha256 !== digestOf(capture.path)) {
    throw new Error(`${capture.name} is not what was recorded: npm run oracle (needs tshark)`);
  }
  return record;
}

/** Those that are there: that one is missing is said where its capture is compared. */
const known = captures.flatMap((capture) => readRecord(recordPath(RECORDS, capture)) ?? []);

function lineOf({ frame, protocol, what, field, at, theirs, ours }: Disagreement): string {
  return `frame ${frame} ${protocol} ${what} ${field} at ${at}: tshark ${theirs || '-'}, here ${ours || '-'}`;
}

describe('every sample as tshark reads it', () => {
  const used = new Set<string>();

  it.each(captures.map((capture) => [capture.name, capture] as const))('%s', async (_name, capture) => {
    const record = recordOf(capture);
    const [{ lines, faults }, messages] = await Promise.all([listFrames(capture.path), decodeMessages(capture.path)]);
    expect(faults).toEqual([]);
    expect(lines).toEqual(record.frames);
    const { disagreements } = compareAll(record.messages, messages);
    const unexplained = disagreements.filter((one) => {
      const reason = reasonFor(capture.name, one);
      if (reason !== undefined) used.add(reason);
      return reason === undefined;
    });
    expect(
      unexplained.map(lineOf),
      'mend the decoder or the mapping (test/oracle/fields); where tshark is wrong, give the reason in test/oracle/differences.ts',
    ).toEqual([]);
  });

  it('with no difference allowed that is none any more', () => {
    const ofSamples = DIFFERENCES.filter(({ capture }) => captures.some(({ name }) => name.endsWith(capture)));
    const idle = ofSamples.filter(({ reason }) => !used.has(reason)).map(({ capture }) => capture);
    expect(idle, 'take it out of test/oracle/differences.ts').toEqual([]);
  });

  it('with no record of a sample that is gone', () => {
    const live = new Set(captures.map((capture) => recordPath(RECORDS, capture)));
    expect(
      recordFiles(RECORDS).filter((path) => !live.has(path)),
      'npm run oracle removes it',
    ).toEqual([]);
  });
});

describe("tshark's field names", () => {
  it.each(ORACLE.map((oracle) => [oracle.layers[0] ?? '', oracle] as const))(
    '%s: each is mapped or has a reason',
    (layer, oracle) => {
      const names = new Set(known.flatMap((record) => record.others[layer] ?? []));
      expect(
        unlistedNames(oracle, names),
        `map it to our path in test/oracle/fields (the file of ${layer}), or give the reason there under unmapped`,
      ).toEqual([]);
      expect(
        [...names].filter((name) => name in oracle.fields),
        'the records are older than the mapping: npm run oracle -- --all',
      ).toEqual([]);
    },
  );
});

describe('the mapping', () => {
  it('has every protocol', () => {
    const compared = new Set(ORACLE.flatMap(({ protocols }) => protocols));
    expect(
      PROTOCOLS.map(({ name }) => name).filter((name) => !compared.has(name)),
      'write test/oracle/fields/<protocol>.ts, and a frame of it in test/oracle/made.ts where no sample has one',
    ).toEqual([]);
  });

  it('compares something of every protocol', () => {
    const seen = new Set(known.flatMap((record) => record.messages.flatMap((list, i) => (list.length > 0 ? [i] : []))));
    expect(
      ORACLE.filter((_oracle, i) => !seen.has(i)).map(({ layers }) => layers[0]),
      'put a frame of it into test/oracle/made.ts',
    ).toEqual([]);
  });
});

describe('the comparison itself', () => {
  const dhcp = ORACLE.findIndex(({ layers }) => layers[0] === 'dhcp');

  async function disagreements(change: (messages: OracleRecord['messages']) => void): Promise<string[]> {
    const capture = captures.find(({ name }) => name === 'dora-clean/client.pcap');
    if (capture === undefined) throw new Error('the sample dora-clean is gone: take another healthy exchange');
    const { messages } = recordOf(capture);
    change(messages);
    const { disagreements: found } = compareAll(messages, await decodeMessages(capture.path));
    return found.map(({ what, field }) => `${what} ${field}`.trim());
  }

  it('finds another value', async () => {
    const changed = await disagreements((messages) => {
      const xid = messages[dhcp]?.[0]?.fields.find(({ name }) => name === 'dhcp.id');
      if (xid !== undefined) xid.show = '0x01020304';
    });
    expect(changed).toEqual(['differs dhcp.id']);
  });

  it('finds a value at another place', async () => {
    const moved = await disagreements((messages) => {
      const lease = messages[dhcp]?.[1]?.fields.find(({ name }) => name === 'dhcp.option.ip_address_lease_time');
      if (lease !== undefined) lease.at += 1;
    });
    expect(moved).toEqual(['missing dhcp.option.ip_address_lease_time', 'only-ours options[].seconds']);
  });

  it('finds a message that only one of the two has', async () => {
    expect(await disagreements((messages) => messages[dhcp]?.pop())).toEqual(['only-our-message']);
    const more = await disagreements((messages) => {
      const [first] = messages[dhcp] ?? [];
      if (first !== undefined) messages[dhcp]?.push({ ...first, frame: 100_000 });
    });
    expect(more).toEqual(['missing-message']);
  });

  it('finds a name that nobody has judged', () => {
    const oracle = ORACLE[dhcp];
    expect(oracle && unlistedNames(oracle, ['dhcp.type', 'dhcp.option.value', 'dhcp.option.new'])).toEqual([
      'dhcp.option.new',
    ]);
  });
});

/** Set by CI and by hand: asking tshark about all samples takes a minute. */
const again = process.env['CI'] !== undefined && process.env['CI'] !== '';

describe.skipIf(!again || !hasTool('tshark'))('asked again', () => {
  it('tshark answers as it was recorded', { timeout: 900_000 }, async () => {
    const version = tsharkVersion();
    const folder = mkdtempSync(join(tmpdir(), 'rackwitness-oracle-'));
    try {
      const changed: string[] = [];
      for (const capture of captures) {
        const tshark = readRecord(recordPath(RECORDS, capture))?.tshark;
        // That it is missing is said where it is compared.
        if (tshark === undefined) continue;
        // The recorded version's name, so that only its answers can differ.
        await writeRecord(folder, capture, tshark);
        const [fresh, known] = [folder, RECORDS].map((place) => readFileSync(recordPath(place, capture), 'utf8'));
        if (fresh !== known) changed.push(`${capture.name} (recorded with ${tshark})`);
      }
      expect(
        changed,
        `tshark ${version} says otherwise than was recorded: npm run oracle -- --all, and look at the difference`,
      ).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
