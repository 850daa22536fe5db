import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RedactionReport } from '../../../src/redact/report.ts';
import { buildDhcp4 } from '../../support/dhcp4.ts';
import {
  arpFrame,
  type CapturedFrame,
  eth,
  ipv4,
  ipv4Fragments,
  tcp,
  udp,
  udp4Frame,
  utf8,
} from '../../support/packets.ts';

/** Values that must not be found again: every one stands in some frame, in fields and outside of them. */
export interface Planted {
  frames: CapturedFrame[];
  /** Names, secrets, and addresses in the spellings that texts have. */
  texts: string[];
  /** Addresses as they stand in frames. */
  bytes: Buffer[];
}

/** What no policy may keep. */
export const SECRET = 'Wurzel-Passwort-9931';
const DOMAIN = 'rz-koeln.beispiel-werke.de';

/** Traffic of so many machines: what they say of themselves in DHCP, DNS, ARP, LLDP, syslog, TCP and what nobody decodes. */
export function planted(machines: number, start = 1_790_000_000): Planted {
  const frames: CapturedFrame[] = [];
  const texts = [SECRET, DOMAIN, 'beispiel-werke'];
  const bytes: Buffer[] = [];
  const put = (frame: Uint8Array): void => {
    frames.push({ time: start + frames.length / 1000, bytes: frame });
  };
  for (let i = 0; i < machines; i += 1) {
    const hex = (n: number): string => n.toString(16).padStart(2, '0');
    const mac = `3c:ec:ef:${hex(i)}:71:${hex((i * 37) & 255)}`;
    const own = `10.77.${i}.143`;
    const host = `kundenportal-${String(i).padStart(3, '0')}`;
    const server = '10.77.9.2';
    texts.push(mac, mac.replaceAll(':', ''), mac.replaceAll(':', '-'), own, host);
    bytes.push(Buffer.from(mac.replaceAll(':', ''), 'hex'), Buffer.from(own.split('.').map(Number)));
    const to = { dst: '3c:ec:ef:99:99:99', ipDst: server };
    const message = buildDhcp4({
      chaddr: mac,
      yiaddr: own,
      options: [
        [53, [1]],
        [61, [1, ...Buffer.from(mac.replaceAll(':', ''), 'hex')]],
        [12, host],
        [15, DOMAIN],
        [50, own.split('.').map(Number)],
        [82, [1, host.length, ...utf8(host), 2, 6, ...Buffer.from(mac.replaceAll(':', ''), 'hex')]],
        [209, `/srv/${host}/${mac}.cfg`],
      ],
    });
    put(udp4(mac, own, to, 68, 67, message));
    put(udp4(mac, own, to, 5353, 53, query(`${host}.${DOMAIN}`)));
    put(arpFrame({ operation: 1, senderMac: mac, senderIp: own, targetIp: server }));
    put(udp4(mac, own, to, 40_000, 514, utf8(`<34>1 ${host} sshd: user root password ${SECRET} from ${own} ${mac}`)));
    put(eth({ src: mac, dst: to.dst, type: 0x88b5 }, utf8(`${host} ${SECRET} ${own}`)));
    const request = utf8(`GET /${host} HTTP/1.1\r\nHost: ${host}.${DOMAIN}\r\nAuthorization: Basic ${SECRET}\r\n\r\n`);
    const ip = { src: own, dst: server };
    put(
      eth(
        { src: mac, dst: to.dst, type: 0x0800 },
        ipv4({ ...ip, proto: 6 }, tcp({ ...ip, sport: 40_001, dport: 80, flags: 0x18 }, request)),
      ),
    );
    put(eth({ src: mac, dst: '01:80:c2:00:00:0e', type: 0x88cc }, lldp(mac, host)));
    const datagram = udp({ ...ip, sport: 68, dport: 67 }, message);
    for (const part of ipv4Fragments({ ...ip, proto: 17, id: 1000 + i }, datagram, 120)) {
      put(eth({ src: mac, dst: to.dst, type: 0x0800 }, part));
    }
  }
  return { frames, texts, bytes };
}

function udp4(
  src: string,
  ipSrc: string,
  to: { dst: string; ipDst: string },
  sport: number,
  dport: number,
  payload: Uint8Array,
): Uint8Array {
  return udp4Frame({ srcMac: src, dstMac: to.dst, src: ipSrc, dst: to.ipDst, sport, dport }, payload);
}

function query(name: string): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...utf8(label)]);
  return Uint8Array.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
}

function lldp(mac: string, name: string): Uint8Array {
  const tlv = (type: number, value: ArrayLike<number>): number[] => [
    (type << 1) | (value.length >> 8),
    value.length & 255,
    ...Array.from(value),
  ];
  return Uint8Array.from([
    ...tlv(1, [4, ...Buffer.from(mac.replaceAll(':', ''), 'hex')]),
    ...tlv(2, [5, ...utf8(name)]),
    ...tlv(3, [0, 120]),
    ...tlv(5, utf8(name)),
    ...tlv(6, utf8(`${name} ${SECRET}`)),
    ...tlv(0, []),
  ]);
}

/** What of it stands anywhere in a folder, in names or in bytes: file and offset of each. */
export function survivors({ texts, bytes }: Pick<Planted, 'texts' | 'bytes'>, folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, entry);
    if (!statSync(path).isFile()) continue;
    // Letters in either case; what is no letter is compared as it stands.
    const content = readFileSync(path);
    const folded = content.toString('latin1').toLowerCase();
    for (const text of texts) {
      if (entry.toLowerCase().includes(text.toLowerCase())) found.push(`${entry}: in its name`);
      const at = folded.indexOf(text.toLowerCase());
      if (at >= 0) found.push(`${entry}: a text at ${at}`);
    }
    for (const one of bytes) {
      const at = content.indexOf(one);
      if (at >= 0) found.push(`${entry}: bytes at ${at} (${one.length})`);
    }
  }
  return found;
}

/** Waits for something, twelve seconds at most. */
export async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  if (!done()) throw new Error('it did not come to pass');
}

/** Bytes of a file; 0 where it is not there. */
export function size(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export function reportOf(path: string): RedactionReport {
  return JSON.parse(readFileSync(path, 'utf8')) as RedactionReport;
}
