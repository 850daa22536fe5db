import type { IncomingMessage, RequestOptions } from 'node:http';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import type { ApiKey } from './maas-key.ts';

/** Where the API is, and how its answers are asked for. */
export interface ApiOptions {
  /** `http://host:5240/MAAS`, with or without `/api/2.0` and a slash at its end. */
  url: string;
  key: ApiKey;
  /** PEM text of the authority that signed its certificate; '' for those that Node trusts. */
  ca: string;
  /** The key may travel unencrypted to another host. */
  allowHttp: boolean;
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** A fresh value for each request. */
  nonce: () => string;
}

/** An answer of the API. */
export interface Answer {
  status: number;
  body: Buffer;
  /** The body was longer than the cap. */
  cut: boolean;
}

/** The API's own part of every path. */
const BASE = '/api/2.0/';

/** GETs of the MAAS API 2.0, signed by OAuth 1.0 PLAINTEXT (RFC 5849 3.4.4). Redirects are not followed: the key is for one host. */
export class MaasApi {
  readonly base: URL;
  private readonly options: ApiOptions;

  /** @throws Problem for an address that cannot be used */
  constructor(options: ApiOptions) {
    this.options = options;
    this.base = baseOf(options.url, options.allowHttp);
  }

  /** For people and manifests. */
  address(path: string): string {
    return `${this.base.href}${path}`;
  }

  /**
   * @param path below `/MAAS/api/2.0/` @param cap bytes of the body @param timeout seconds for the whole of it
   * @throws the system's error
   */
  async get(path: string, cap: number, timeout: number, signal: AbortSignal): Promise<Answer> {
    const url = new URL(path, this.base);
    // Loaded where a person asked for the API alone: nothing else here opens a socket.
    const secure = url.protocol === 'https:';
    const { request } = secure ? await import('node:https') : await import('node:http');
    const { ca } = this.options;
    const options: RequestOptions & { ca?: string } = {
      method: 'GET',
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeout * 1000))]),
      headers: { accept: 'application/json', authorization: this.authorization(), 'user-agent': 'rackwitness' },
      ...(secure && ca !== '' ? { ca } : {}),
    };
    return new Promise<Answer>((resolve, reject) => {
      const asked = request(url, options, (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        let size = 0;
        const answer = (cut: boolean): Answer => ({
          status: response.statusCode ?? 0,
          body: Buffer.concat(parts),
          cut,
        });
        response.on('data', (bytes: Buffer) => {
          const room = cap - size;
          parts.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
          size += Math.min(bytes.length, room);
          if (bytes.length <= room) return;
          response.destroy();
          resolve(answer(true));
        });
        response.on('end', () => resolve(answer(!response.complete)));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** RFC 5849 3.5.1: values are percent-encoded; the signature is the two secrets, joined by an ampersand. */
  private authorization(): string {
    const { key, now, nonce } = this.options;
    const fields: readonly (readonly [string, string])[] = [
      ['oauth_version', '1.0'],
      ['oauth_signature_method', 'PLAINTEXT'],
      ['oauth_consumer_key', key.consumer],
      ['oauth_token', key.token],
      ['oauth_signature', `&${encodeURIComponent(key.secret)}`],
      ['oauth_timestamp', String(Math.floor(now()))],
      ['oauth_nonce', nonce()],
    ];
    return `OAuth ${fields.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`;
  }
}

function baseOf(text: string, allowHttp: boolean): URL {
  const name = `--maas-url ${safeText(text).slice(0, 200)}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Problem('usage', `${name}: give an address such as http://localhost:5240/MAAS`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Problem('usage', `--maas-url: give the address alone; the key comes from --maas-api-key-file`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Problem('usage', `${name}: give an address of http or https`);
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw new Problem(
      'refused',
      `${name}: the API key would travel readable for all: use https, ask on the region host itself (localhost), or accept it with --maas-allow-http`,
    );
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/2\.0$/, '');
  url.pathname = `${path === '' ? '/MAAS' : path}${BASE}`;
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
