import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A key of the form that MAAS gives. */
export const KEY = 'cOnSuMeR0000000001:tOkEn00000000000002:sEcReT0000000000000003';

export interface FakeMaas {
  /** `http://127.0.0.1:PORT/MAAS` */
  url: string;
  /** Paths that were asked for, with their queries. */
  asked: string[];
  /** Authorization headers that came. */
  keys: string[];
  close(): Promise<void>;
}

export interface FakeOptions {
  events?: number;
  /** Answers every path instead of the fake's own; undefined lets it answer. */
  answer?: (path: string) => { status: number; body: string; location?: string } | undefined;
}

/**
 * Stands in for a MAAS region: its paging, its OAuth and the shape of its answers as its API documents them. It is no MAAS,
 * and proves only that we ask as documented.
 */
export async function fakeMaas({ events = 0, answer }: FakeOptions = {}): Promise<FakeMaas> {
  const asked: string[] = [];
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    keys.push(request.headers.authorization ?? '');
    const own = answer?.(path);
    const { status, body, location } = own ?? (signed(request) ? answered(path, events) : { status: 401, body: 'no' });
    response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) });
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/MAAS`, asked, keys, close: async () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

/** OAuth 1.0 PLAINTEXT (RFC 5849 3.4.4), checked as a server does: each field once, fresh, the signature of the secrets. */
const nonces = new Set<string>();

function signed(request: IncomingMessage): boolean {
  const header = request.headers.authorization ?? '';
  if (!header.startsWith('OAuth ')) return false;
  const fields = new Map(
    [...header.slice(6).matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      decodeURIComponent(value),
    ]),
  );
  const [consumer = '', token = '', secret = ''] = KEY.split(':');
  const nonce = fields.get('oauth_nonce') ?? '';
  if (nonce === '' || nonces.has(nonce)) return false;
  nonces.add(nonce);
  return (
    fields.get('oauth_version') === '1.0' &&
    fields.get('oauth_signature_method') === 'PLAINTEXT' &&
    fields.get('oauth_consumer_key') === consumer &&
    fields.get('oauth_token') === token &&
    fields.get('oauth_signature') === `&${secret}` &&
    /^\d{10}$/.test(fields.get('oauth_timestamp') ?? '')
  );
}

function answered(path: string, events: number): { status: number; body: string } {
  const url = new URL(path, 'http://fake');
  const call = url.pathname.replace('/MAAS/api/2.0/', '');
  if (call === 'events/') return { status: 200, body: JSON.stringify(eventsPage(url, events)) };
  if (call === 'maas/') return { status: 200, body: JSON.stringify('http://joe:pa55word@proxy.example:3128/') };
  if (call === 'static-routes/') return { status: 404, body: 'Not Found' };
  return { status: 200, body: JSON.stringify([{ name: call }]) };
}

/** Event n was made n minutes after 2026-01-09 00:00; ids fall from the newest. */
function eventsPage(url: URL, total: number): unknown {
  const limit = Math.min(1000, Number(url.searchParams.get('limit') ?? 100));
  const before = Number(url.searchParams.get('before') ?? total + 1);
  const level = url.searchParams.get('level');
  const events = [];
  for (let id = Math.min(total, before - 1); id > 0 && events.length < limit && level === 'DEBUG'; id -= 1) {
    events.push({ id, level, created: createdText(id), type: 'TFTP Request', description: `grubx64.efi ${id}` });
  }
  return { count: events.length, events, next_uri: '', prev_uri: '' };
}

function createdText(minutes: number): string {
  const at = new Date(Date.UTC(2026, 0, 9) + minutes * 60_000).toUTCString();
  // `Fri, 09 Jan 2026 00:01:00 GMT` as MAAS writes it: `Fri, 09 Jan. 2026 00:01:00`
  return at.replace(/ GMT$/, '').replace(/([A-Z][a-z]{2}) (\d{4})/, '$1. $2');
}
