import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { walkEvents } from '../../src/collect/events.ts';
import { type FakeMaas, fakeMaas, type FakeOptions, KEY } from './fake-maas.ts';
import { about, type Collected, collected, fakeTool, folder, tree } from './scene.ts';

const ONLY = ['maas-events', 'maas-config'];
const open: FakeMaas[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function asked(options: FakeOptions, more = {}): Promise<Collected & { maas: FakeMaas }> {
  const maas = await fakeMaas(options);
  open.push(maas);
  const signal = new AbortController().signal;
  const words = { maasUrl: maas.url, maasApiKeyFile: keyFile(), ...more };
  return { ...(await collected(words, { root: tree({}) }, signal, ONLY)), maas };
}

function keyFile(text = `${KEY}\n`, mode = 0o600): string {
  const path = join(folder(), 'api-key');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('events by the REST API', () => {
  it('are asked for at DEBUG and page by page, back to the begin of the window, each once', async () => {
    // The window of the tests begins 2026-01-09 12:00, 720 minutes after the first event.
    const { of, text, maas } = await asked({ events: 2880 });
    expect(of('maas-events')).toMatchObject([{ status: 'collected', path: 'maas/events.ndjson', requests: 3 }]);
    const ids = text('maas/events.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id);
    // Until 2026-01-10 12:00, which is minute 2160.
    expect(ids.length).toBe(2160 - 720 + 1);
    expect(new Set(ids).size).toBe(ids.length);
    expect([Math.max(...ids), Math.min(...ids)]).toEqual([2160, 720]);
    const pages = maas.asked.filter((path) => path.includes('events'));
    expect(pages[0]).toBe('/MAAS/api/2.0/events/?op=query&level=DEBUG&limit=1000');
    expect(pages[1]).toMatch(/&before=1881$/);
  });

  it('that are none in the window are said to be none', async () => {
    expect((await asked({ events: 0 })).of('maas-events')).toMatchObject([
      { status: 'empty', reason: 'no event in the window' },
    ]);
  });

  it.each([
    ['not JSON', '<html>'],
    ['no list', '{"events":{}}'],
    ['no ids', '{"events":[{"id":"x"}]}'],
  ])('in an answer that is %s fail, and nothing else does', async (_what, body) => {
    const { of } = await asked({ answer: (path) => (path.includes('events') ? { status: 200, body } : undefined) });
    expect(of('maas-events')).toMatchObject([{ status: 'failed', reason: 'an answer that is no page of events' }]);
    expect(about(of('maas-config'), 'fabrics').status).toBe('collected');
  });

  it('of a server that gives the same page for ever are asked for twice', async () => {
    const body = JSON.stringify({ events: [{ id: 7, created: 'Sat, 10 Jan. 2026 00:00:00' }] });
    const { of, maas } = await asked({
      answer: (path) => (path.includes('events') ? { status: 200, body } : undefined),
    });
    expect(of('maas-events')).toMatchObject([{ status: 'failed', reason: 'the pages do not go back in time' }]);
    expect(maas.asked.filter((path) => path.includes('events')).length).toBe(2);
  });

  it('that stop half way are called a part', async () => {
    const { of, text } = await asked({
      events: 2100,
      answer: (path) => (path.includes('before=') ? { status: 502, body: '' } : undefined),
    });
    expect(of('maas-events')).toMatchObject([{ status: 'truncated', reason: 'the API answered 502', requests: 2 }]);
    expect(text('maas/events.ndjson').split('\n').length).toBe(1001);
  });
});

describe('configuration by the REST API', () => {
  it('is taken call by call; a call that this MAAS has not is missing; credentials are blanked', async () => {
    const { of, text, manifest } = await asked({});
    expect(JSON.parse(text('maas/subnets.json'))).toEqual([{ name: 'subnets/' }]);
    expect(about(of('maas-config'), 'static-routes')).toMatchObject({ status: 'missing' });
    const proxy = about(of('maas-config'), 'name=http_proxy');
    expect(text(proxy.path ?? '')).toBe('"http://joe:********@proxy.example:3128/"');
    expect(manifest.complete).toBe(true);
  });
});

describe('the API key', () => {
  it('stands in no file of the collection, in none of its spellings', async () => {
    const { out, maas } = await asked({ events: 10 });
    expect(maas.keys.every((header) => header.includes('sEcReT0000000000000003'))).toBe(true);
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'latin1');
      expect(text).not.toMatch(/cOnSuMeR|tOkEn0|sEcReT|OAuth/);
    }
  });

  it('that is wrong is denied, and the rest goes on', async () => {
    const { of, manifest } = await asked({}, { maasApiKeyFile: keyFile('a:b:c') });
    expect(of('maas-events')).toMatchObject([{ status: 'denied', reason: 'the API refused the key (401)' }]);
    expect(of('maas-config').every(({ status }) => status === 'denied')).toBe(true);
    expect(manifest.complete).toBe(false);
  });

  it('follows no redirect', async () => {
    const elsewhere = await fakeMaas();
    open.push(elsewhere);
    const { of } = await asked({
      answer: () => ({ status: 302, body: '', location: `${elsewhere.url}/api/2.0/version/` }),
    });
    expect(of('maas-events')).toMatchObject([{ status: 'failed', reason: 'the API answered 302' }]);
    expect(elsewhere.asked).toEqual([]);
  });

  it.each([
    ['others may read its file', { maasApiKeyFile: () => keyFile(KEY, 0o644) }, /others than its owner/],
    ['it has another form', { maasApiKeyFile: () => keyFile('sEcReT-of-another-form') }, /CONSUMER:TOKEN:SECRET/],
    ['its file is not there', { maasApiKeyFile: () => '/nonexistent/key' }, /ENOENT/],
    ['it would travel unencrypted', { maasUrl: () => 'http://maas.example:5240/MAAS' }, /readable for all/],
    ['it stands in the address', { maasUrl: () => 'http://me:key@localhost/MAAS' }, /give the address alone/],
    ['there is no address', { maasUrl: () => '' }, /without --maas-url/],
  ])('is refused before anything is collected when %s', async (_when, more, message) => {
    const words = {
      maasUrl: 'http://localhost:1/MAAS',
      maasApiKeyFile: keyFile(),
      ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, value()])),
    };
    const failed = collected(words, { root: tree({}) }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(await failed).toMatch(message);
    expect(await failed).not.toContain('sEcReT');
  });
});

describe('without an answer', () => {
  it('each call fails with its reason', async () => {
    const words = { maasUrl: 'http://127.0.0.1:9/MAAS', maasApiKeyFile: keyFile() };
    const { of } = await collected(words, { root: tree({}) }, new AbortController().signal, ONLY);
    expect(of('maas-events')).toMatchObject([{ status: 'failed', reason: 'no answer (ECONNREFUSED)' }]);
  });

  it('and without an address both are skipped, and say what to give', async () => {
    const { of } = await collected({}, { root: tree({}) });
    for (const id of ONLY)
      expect(of(id)).toMatchObject([{ status: 'skipped', reason: expect.stringContaining('--maas-url') as string }]);
  });
});

describe('events by the maas command', () => {
  it('are paged in the same way', async () => {
    const tools = join(folder(), 'bin');
    // Two pages, and an empty one behind them.
    fakeTool(
      tools,
      'maas',
      `case "$*" in
*before=1) echo '{"events":[]}';;
*before=2) echo '{"events":[{"id":1,"created":"Sat, 10 Jan. 2026 00:00:00"}]}';;
"admin events query"*) echo '{"events":[{"id":3,"created":"Sat, 10 Jan. 2026 00:00:00"},{"id":2,"created":"odd"}]}';;
*) exit 2;;
esac`,
    );
    const host = { root: tree({}), live: true, toolFolders: [tools] };
    const { of, text } = await collected({ maasProfile: 'admin' }, host, new AbortController().signal, ONLY);
    expect(of('maas-events')).toMatchObject([{ status: 'collected', requests: 3 }]);
    expect(text('maas/events.ndjson').match(/"id":\d/g)).toEqual(['"id":3', '"id":2', '"id":1']);
  });

  it('end with the last page, or at a cap', async () => {
    let next = 1e9;
    const walk = await walkEvents(
      { since: 0, until: 2e9 },
      async () => `{"events":[{"id":${(next -= 1)}}]}`,
      () => {},
    );
    expect(walk).toEqual({ pages: 1000, events: 1000, stopped: 'pages' });
  });
});
