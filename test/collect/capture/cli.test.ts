import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rackwitness } from '../../cli/run.ts';
import { Workshop } from './engine.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.clear());

const left = (): string[] => readdirSync(shop.folder).filter((name) => name !== 'fake-tcpdump');

describe('an engine that cannot begin', () => {
  it.each([
    ["lo: You don't have permission to perform this capture on that device", /CAP_NET_RAW[\s\S]*sudo[\s\S]*setcap/],
    ["can't parse filter expression: syntax error", /filter is not understood: tcpdump: can't parse/],
    ['lo: No such device exists', /-i lo: .*there are .*lo/],
    ['something else', /tcpdump could not begin: tcpdump: something else/],
  ])('says why (%s) and leaves nothing', (refuse, message) => {
    const { code, err, out } = rackwitness(shop.args({ refuse }, shop.path('n.pcap')));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(left()).toEqual([]);
  });
});

describe('--out', () => {
  it('makes a folder of mode 0700, and names the file by time, interface and preset', () => {
    const folder = `${shop.path('new')}/`;
    const { code, out } = rackwitness(shop.args({ frames: 1 }, folder, '--packets', '1'));
    expect(code).toBe(0);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(out).toMatch(/\/new\/capture-\d{8}T\d{6}Z-lo-filter\.pcap\n$/);
  });

  it('refuses a folder that is open to others, and a place where others may rename', () => {
    const open = shop.path('open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect(rackwitness(shop.args({}, open)).code).toBe(4);
    chmodSync(open, 0o777);
    const { code, err } = rackwitness(shop.args({}, `${open}/x.pcap`));
    expect([code, err]).toEqual([4, expect.stringContaining('others may write')]);
    expect(readdirSync(open)).toEqual([]);
  });

  it('never writes over what is there, or through a link', () => {
    const file = shop.path('there.pcap');
    writeFileSync(file, 'mine');
    expect(rackwitness(shop.args({}, file)).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const aim = shop.path('aim');
    symlinkSync(aim, shop.path('link.pcap.partial'));
    expect(rackwitness(shop.args({}, shop.path('link.pcap'))).code).toBe(2);
    symlinkSync(aim, shop.path('dangling.pcap'));
    expect(rackwitness(shop.args({}, shop.path('dangling.pcap'))).code).toBe(2);
    expect(existsSync(aim)).toBe(false);
  });
});

describe('arguments', () => {
  it('--dry-run prints the command line as a list, and makes nothing', () => {
    const args = ['capture', '-i', 'lo', '--engine-file', shop.engine, '--out', shop.path('f.pcap')];
    const { code, out } = rackwitness([...args, '--snaplen', '1600', '--duration', '2m', '--dry-run']);
    expect(code).toBe(0);
    const plan = JSON.parse(out) as { argv: string[]; filter: string; limits: object; preset: string };
    const at = plan.argv.indexOf(shop.engine);
    expect(plan.argv.slice(at)).toEqual([
      shop.engine,
      '-U',
      '-w',
      '-',
      '-n',
      '-s',
      '1600',
      '-i',
      'lo',
      '-B',
      '65536',
      '--',
      plan.filter,
    ]);
    expect(plan).toMatchObject({ preset: 'pxe', limits: { seconds: 120, packets: 1_000_000, bytes: 200_000_000 } });
    expect(left()).toEqual([]);
  });

  it.each([
    [['-i', '-x'], /following: i/],
    [['-i', '../lo'], /no such interface/],
    [['-i', 'nosuch0'], /no such interface; there are .*lo/],
    [['-i', 'lo', '--duration', '0'], /--duration 0/],
    [['-i', 'lo', '--duration', '25h', '--bytes', '1', '--packets', '-1'], /--duration 25h[\s\S]*--bytes 1:/],
    [['-i', 'lo', '--snaplen', '10'], /--snaplen 10/],
    [['-i', 'lo', '--preset', 'everything'], /preset/],
    [['-i', 'lo', '--preset', 'dns', '--filter', 'arp'], /mutually exclusive/],
    [['-i', 'lo', '--engine-file', '/nonexistent'], /it is no tcpdump/],
  ])('%j is refused', (args, message) => {
    const { code, err } = rackwitness(['capture', '--out', shop.path('r.pcap'), ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(left()).toEqual([]);
  });

  it('`list presets` has them all', () => {
    const { code, out } = rackwitness(['list', 'presets']);
    expect(code).toBe(0);
    expect(out.trim().split('\n').length).toBe(9);
    const data = JSON.parse(rackwitness(['list', 'presets', '--format', 'json']).out) as { filter: string }[];
    expect(data.every(({ filter }) => filter.includes('vlan'))).toBe(true);
  });
});
